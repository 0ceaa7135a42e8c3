"""Whatever is asked of a stay, in any order, its limits hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from allocation.accompaniment import (
    COUPLED,
    ENDS,
    OCCUPANCY,
    RUNNING,
    Agreement,
    Asked,
    Review,
    Stay,
    StayRefusedError,
    load_stay_rules,
    take,
)
from allocation.procedure import IllegalActError

RULES = load_stay_rules()
START = date(2024, 2, 29)
DAYS = st.integers(0, 1500).map(lambda n: START + timedelta(days=n))
CLASSES = {
    "leave_by_choice": "moved_by_choice",
    "move_via_bridge": "moved_for_fit",
    "end_without_slide": "end_of_term_without_slide",
}


@st.composite
def asked(draw: st.DrawFn) -> Asked:
    """An act, with everything recorded but for what is drawn away."""
    act, on = draw(st.sampled_from(OCCUPANCY.acts)), draw(DAYS)
    until_on = draw(st.one_of(st.none(), DAYS))
    return Asked(
        act, on, until_on, on, on, on, on, on, on, on,
        is_subtenant_named=True, situation_persists=True, objectives=("One",),
        crisis="other", reason="A reason.", support_change="More visits.",
        exit_class=CLASSES.get(act, "contract_ended"),
        no_alternative=draw(st.sampled_from(["", "none_found"])), receiving_landlord="Another",
    )  # fmt: skip


@given(
    st.lists(st.tuples(asked(), st.booleans()), min_size=1, max_size=12),
    st.sampled_from(["transit", "sliding_lease", "accompaniment_subcontract"]),
)
def test_no_stay_passes_a_limit_and_none_ends_without_a_review_or_an_alternative(
    story: list[tuple[Asked, bool]], kind: str
) -> None:
    agreement = Agreement(kind, START, None, has_basis=True)
    stay = Stay(
        operator_kind="apl",
        is_operator_approved=True,
        agreement=agreement,
        income_category=1,
    )
    for act, with_review in story:
        before = stay
        if with_review:
            state = (("1", "reached"),)
            review = Review(act.on, is_household_present=True, objectives=state)
            stay = replace(stay, reviews=(*stay.reviews, review))
        try:
            stay = take(stay, act, RULES)
        except (StayRefusedError, IllegalActError):
            assert stay.status == before.status
            continue
        look_at(before, act, stay, reviewed=stay.reviews != ())
    days = [episode.from_on for episode in stay.episodes]
    assert days == sorted(days)


def look_at(before: Stay, act: Asked, after: Stay, *, reviewed: bool) -> None:
    """The limits, written a second time: in days and years, not through the rules."""
    last = after.episode
    if after.status in RUNNING and last and last.until_on:
        years = last.until_on.year - last.from_on.year
        assert {"transit": years <= 1, "insertion": years <= 3, "sliding_lease": years <= 3}.get(
            last.status, True
        )
        if last.status == "transit":
            assert (last.until_on - last.from_on).days <= 367
    if act.act == "slide":
        (lease,) = [e for e in after.episodes if e.status == "sliding_lease"]
        assert (act.on - lease.from_on).days in (366, 365, 731, 730, 1096, 1095)
        assert last is not None
        assert last.until_on is not None
        assert last.until_on.year == (lease.signed_on or lease.from_on).year + 9
    if act.act in ENDS:
        assert act.no_alternative == "none_found"
        if before.status in COUPLED and act.act not in ("leave_by_choice", "move_via_bridge"):
            assert reviewed
