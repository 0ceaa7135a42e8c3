"""
The acts a story is made of: what each needs to be allowed, what it is sent, who does it.

They are the acts of the routes, with the same entries: a story that the service would refuse to a
person is refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from api.accompaniment import capacity, contact_offers, following, plans
from api.accompaniment import schemas as support
from api.accompaniment.record import plan_of
from api.agreements import queries as agreement_queries
from api.agreements import service as agreements
from api.agreements.schemas import ActEntry, NewAgreement
from api.auth.actor import Actor
from api.buildings import service as buildings
from api.buildings.schemas import NewBuilding
from api.occupancies import recording
from api.occupancies import schemas as stays
from api.occupancies import service as occupancies
from api.orientation import directory, networks, referrals
from api.orientation import schemas as orientation
from api.places import service as places
from api.places.schemas import PlaceEntry
from api.practice import measures, work
from api.practice import schemas as practice
from api.schemas import Entry
from api.service import Service


@dataclass(frozen=True)
class Doing:
    """One act under way: by whom, to what; ``number``: which of what it is done to."""

    connection: sa.Connection
    actor: Actor
    service: Service
    to: str = ""
    number: int = 0

    def of(self, act: Callable[..., Any], asked: Any) -> Any:
        """The act of a feature on what it is done to."""
        return act(self.connection, self.actor, self.to, asked, service=self.service)

    def new(self, act: Callable[..., Any], asked: Any) -> Any:
        """The act of a feature that makes something."""
        return act(self.connection, self.actor, asked, service=self.service)


@dataclass(frozen=True)
class Act:
    """``allowed``: row of the table of acts and roles; ``do`` gives what a later step may name."""

    allowed: str
    entry: type[Entry]
    do: Callable[[Doing, Any], Any]


def _of(allowed: str, entry: type[Entry], act: Callable[..., Any]) -> Act:
    return Act(allowed, entry, lambda doing, asked: doing.of(act, asked))


def _new(allowed: str, entry: type[Entry], act: Callable[..., Any]) -> Act:
    return Act(allowed, entry, lambda doing, asked: doing.new(act, asked))


def version_read(doing: Doing) -> int:
    """The version of an agreement or a plan, read just before it is changed."""
    if doing.to.startswith("pln-"):
        return int(plan_of(doing.connection, doing.actor, doing.to).row_version)
    row = agreement_queries.one_document(doing.connection, doing.actor, doing.to)
    return int(row.row_version)


def _answer(doing: Doing, asked: Any) -> None:
    recording.answer(
        doing.connection, doing.actor, doing.to, doing.number, asked, service=doing.service
    )


def _hand_back(doing: Doing, asked: stays.HandBack) -> None:
    doing.of(recording.hand_back, asked.on)


def _put(doing: Doing, asked: orientation.QueueEntry) -> str:
    return str(doing.of(networks.put, asked).entry_id)


def _describe(doing: Doing, asked: orientation.ServiceEntryIn) -> str:
    return str(doing.new(directory.write, asked).service_id)


ACTS: Mapping[str, Act] = {
    "agreement.file": _new("agreements.draft", NewAgreement, agreements.create),
    "agreement.draft": _new("agreements.draft", NewAgreement, agreements.create),
    "agreement.act": _of("agreements.act", ActEntry, agreements.act_on),
    "operator.approve": _new("operators.approve", stays.ApprovalEntry, recording.approve),
    "stay.prepare": _new("occupancies.act", stays.OccupancyEntry, occupancies.plan),
    "stay.act": _of("occupancies.act", stays.StayAct, occupancies.act_on),
    "stay.review": _of("occupancies.act", stays.ReviewEntry, recording.review),
    "stay.paper": _of("occupancies.act", stays.PaperEntry, recording.paper),
    "stay.alternative": _of("occupancies.act", stays.AlternativeEntry, recording.alternative),
    "stay.answer": Act("occupancies.act", stays.AlternativeAnswer, _answer),
    "stay.hand_back": Act("occupancies.act", stays.HandBack, _hand_back),
    "support.settle": _new("accompaniment.settle", support.SettingEntry, capacity.settle),
    "plan.open": _new("accompaniment.act", support.PlanEntry, plans.open_plan),
    "plan.act": _of("accompaniment.act", support.PlanAct, plans.act_on),
    "plan.change": _of("accompaniment.act", support.PlanChange, plans.change),
    "plan.contact": _of("accompaniment.act", support.ContactEntry, following.add_contact),
    "plan.review": _of("accompaniment.act", support.ReviewEntry, following.add_review),
    "plan.preparation": _of("accompaniment.act", support.PreparationEntry, following.prepare),
    "plan.support": _of("accompaniment.act", support.SupportEntry, following.ask_support),
    "contact.pass_on": _new(
        "contact_offers.send", support.ContactOfferEntry, contact_offers.pass_on
    ),
    "directory.describe": Act("directory.write", orientation.ServiceEntryIn, _describe),
    "referral.send": _new("orientation.act", orientation.ReferralEntry, referrals.send),
    "referral.act": _of("orientation.act", orientation.ReferralAct, referrals.act_on),
    "network.join": _of("orientation.act", orientation.MemberEntry, networks.add_member),
    "network.priority": _of("orientation.act", orientation.PriorityEntry, networks.set_priority),
    "queue.put": Act("orientation.act", orientation.QueueEntry, _put),
    "queue.act": _of("orientation.act", orientation.QueueAct, networks.act_on),
    "place.offer": _new("places.offer", PlaceEntry, places.offer),
    "building.enter": _new("dwellings.write", NewBuilding, buildings.add),
    "practice.project": _new("accompaniment.act", practice.ProjectEntry, work.add_project),
    "practice.hours": _new("accompaniment.act", practice.HoursEntry, work.add_hours),
    "practice.activity": _new("accompaniment.act", practice.ActivityEntry, work.add_activity),
    "practice.publish": _new("accompaniment.act", practice.PracticeEntry, work.publish),
    "practice.view": _new("accompaniment.act", practice.HouseholdViewEntry, measures.keep_view),
}
