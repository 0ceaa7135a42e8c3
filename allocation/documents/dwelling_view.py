"""One vacant dwelling as the documents print it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from allocation.accompaniment import agreement_types
from allocation.documents.household_facts import chosen_place
from allocation.documents.promised_support import agreement_of
from allocation.documents.reader import Reader
from allocation.documents.view import DwellingView, NextView
from allocation.model.proposal import DwellingLine
from allocation.wording import Catalogue
from allocation.wording.citations import citation

# Channels whose name says that a person of the household is disabled.
TELLS_OF_HEALTH = ("adapted",)


def dwelling_view(line: DwellingLine, reader: Reader) -> DwellingView:
    """Where the dwelling is, who is proposed and why, who is next."""
    table = reader.register["dwellings"]
    row = table.row(table.index[line.dwelling_id][0])
    vacancies = reader.register["vacancies"]
    places = vacancies.index.get(line.dwelling_id, [])
    found = vacancies.row(places[0])["available_on"] if places else None
    available = found if isinstance(found, date) else None
    rent = row["rent_cents"]
    served = line.application_id
    return DwellingView(
        dwelling_id=line.dwelling_id,
        nis5=str(row["nis5"]),
        commune=reader.place(row),
        address=str(row["address"] or ""),
        description=_description(row, reader.words),
        rent=reader.words.money(rent) if isinstance(rent, int) else "",
        rent_cents=rent if isinstance(rent, int) else None,
        available=reader.words.date(available, style="short") if available else "",
        available_on=available,
        household=reader.household(served, with_points=True) if served else None,
        channel=reader.reasons.channel(line) if served else "",
        channel_name=reader.reasons.channel_name(line.channel) if served else "",
        discreet_channel=_discreet_channel(line, reader) if served else "",
        critical=reader.reasons.critical(line) if served else "",
        legal_ground=_legal_ground(line, reader) if served else "",
        support=_support(line, reader) if served else "",
        is_support_promised=line.dwelling_id in reader.support,
        ground=line.ground,
        choice=_choice(served, line, reader) if served else "",
        empty="" if served else _empty(line, row, reader),
        next=tuple(
            NextView(
                reader.household(n.application_id),
                reader.reasons.next_in_line(n),
                is_served_by_refusal=n.needs == "refusal",
            )
            for n in line.next
        ),
    )


def _empty(line: DwellingLine, row: Mapping[str, Any], reader: Reader) -> str:
    """Why nobody is proposed: off the points list, by what regime and what agreement."""
    if line.ground != "excluded_regime":
        return reader.reasons.empty(line)
    agreement = (reader.reasons.agreements or {}).get(line.agreement_id, line.agreement_id)
    return reader.words.text(
        f"documents.empty.regime{'_agreement' if agreement else ''}",
        regime=reader.words.text(f"documents.regime.{row['regime']}"),
        agreement=agreement,
    )


def _discreet_channel(line: DwellingLine, reader: Reader) -> str:
    """The channel for papers that circulate: a preference of health is not named."""
    if line.channel in TELLS_OF_HEALTH:
        return reader.words.text("reasons.channel_discreet")
    return reader.reasons.channel(line)


def _choice(application_id: str, line: DwellingLine, reader: Reader) -> str:
    choice = reader.choice(line.choice_rank)
    place = chosen_place(application_id, line.choice_rank, reader)
    if not place:
        return choice
    return reader.words.text("documents.choice_in", choice=choice, place=place)


def _legal_ground(line: DwellingLine, reader: Reader) -> str:
    """What the channel rests on: an agreement, when one gives the place, else an article."""
    agreement_id = agreement_of(line, reader.register)
    if not agreement_id:
        act, article = reader.rules.citation(line.channel, reader.meeting_on)
        return citation(act, article, reader.words)
    agreements = reader.register["agreements"]
    agreement = agreements.row(agreements.index[agreement_id][0])
    basis = reader.words.text(
        f"documents.legal.basis.{agreement['basis'] or 'none'}",
        article=agreement["legal_article"] or "-",
        act=agreement["authorising_act"] or "-",
    )
    return reader.words.text(
        "documents.legal.agreement",
        agreement=agreement_id,
        partner=(reader.reasons.agreements or {}).get(agreement_id, ""),
        basis=basis,
    )


def _support(line: DwellingLine, reader: Reader) -> str:
    """What the agreement behind the dwelling promises; that nothing is tied to it, otherwise."""
    found = reader.support.get(line.dwelling_id)
    if found is None:
        return reader.words.text("promised_support.none")
    return reader.words.text(
        f"promised_support.{'unpromised' if found.promised is None else 'promised'}",
        agreement=found.agreement_id,
        partner=(reader.reasons.agreements or {}).get(found.agreement_id, found.partner_id),
        kind=getattr(agreement_types()[found.kind].label, reader.words.language),
        before=found.free_before,
        after=found.free_after,
    )


def _description(row: Mapping[str, Any], words: Catalogue) -> str:
    text = words.text
    parts = [
        text(f"documents.kind.{row['kind']}"),
        text("documents.bedrooms", n=int(row["bedrooms"] or 0)),
    ]
    if row["accessibility"] != "ordinary":
        parts.append(text(f"documents.accessibility.{row['accessibility']}"))
    if row["designed_for_over_65"] == "yes":
        parts.append(text("documents.designed_for_over_65"))
    if row["kind"] == "flat" and row["floor"] is not None:
        parts.append(text(_floor_key(int(row["floor"])), floor=int(row["floor"])))
    return ", ".join(parts)


def _floor_key(floor: int) -> str:
    return "documents.ground_floor" if floor == 0 else "documents.floor"
