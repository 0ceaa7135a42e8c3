"""A sentence fits what it is about: a transfer has no points, an agreement has a name."""

from dataclasses import replace

from allocation.model.quota import Group
from allocation.model.what_if import Ahead, Gap, Margin, Shortfall
from allocation.wording import catalogue
from allocation.wording.reasons import Reasons
from allocation.wording.reasons_what_if import WhatIfWords
from tests.proposals import a_dwelling_line, a_proposal

SAFE = Margin(3, True, None, False, "", (), False)
NOTHING = Shortfall(Ahead(by_date=2), None, None, None, (), (), (), (), ())


def words(*, mode: str = "joint") -> WhatIfWords:
    proposal = a_proposal()
    seats = {"label": {"fr": "Places du relais"}, "group": Group(agreement_id="G1")}
    quotas = tuple(
        replace(q, **seats) if q.quota_id == "relais" else q  # type: ignore[arg-type]  # by name
        for q in proposal.quotas
    )
    meeting = {**proposal.meeting, "mode": mode}
    return WhatIfWords(Reasons(replace(proposal, quotas=quotas, meeting=meeting), catalogue("fr")))


def test_without_the_register_an_agreement_goes_by_the_label_of_its_seats() -> None:
    line = a_dwelling_line("D3", "A08", channel="agreement", agreement_id="G1")
    assert words().reasons.channel(line) == "logement désigné par une convention (Places du relais)"
    other = replace(line, agreement_id="G9")
    assert words().reasons.channel(other) == "logement désigné par une convention (G9)"


def test_whatever_its_points_is_said_of_a_reserved_place_only_when_a_minimum_keeps_it() -> None:
    said = words()
    alone = "Quel que soit son nombre de points, un logement lui aurait été proposé à cette séance."
    assert said.margin(SAFE)[0] == alone
    assert said.margin(replace(SAFE, needs=("cat3",)))[0] == alone  # a maximum keeps others out
    assert said.margin(replace(SAFE, needs=("relais",)))[0] == (
        "Grâce à la place réservée (Places du relais), un logement lui aurait été proposé quel"
        " que soit son nombre de points."
    )


def test_a_transfer_is_told_of_requests_and_grounds_and_a_candidate_of_applications() -> None:
    said = words()
    transfer, candidate = said.reasons.households["A01"], said.reasons.households["A05"]
    ways = (
        (transfer, "demande de mutation", "de même motif de mutation, avec une demande"),
        (candidate, "candidature", "à égalité mais avec une candidature"),
    )
    for household, kind, equals in ways:
        left = replace(said.reasons.proposal.unserved[0], application_id=household.application_id)
        gap = Gap("A02", 0, 7, is_other_list=False)
        found = replace(NOTHING, gap=gap)
        told = " ".join(said.why_not(left, found))
        assert f"sa {kind} arrive 7 jours plus tard" in told
        assert f"2 {equals} plus ancienne" in told
        assert f"Même la {kind} la plus ancienne" in " ".join(said.enough(household, found))


def test_no_rank_is_a_matter_of_points_for_a_candidate_and_of_dates_for_a_transfer() -> None:
    said = words().reasons
    assert said.no_rank_enough("A05").endswith(": ce n'est pas une question de points.")
    assert said.no_rank_enough("A01").endswith(": ce n'est pas une question de date.")


def test_dwelling_by_dwelling_a_minimum_was_behind_else_it_would_be_shorter() -> None:
    line = a_dwelling_line("D3", "A08", critical_for=("relais",))
    assert words().reasons.critical(line) == (
        "Sans ce ménage, une place de plus manquerait au minimum : Places du relais."
    )
    assert words(mode="serial").reasons.critical(line) == (
        "Au tour de ce logement, ce ménage comptait pour un minimum en retard : Places du relais."
    )
