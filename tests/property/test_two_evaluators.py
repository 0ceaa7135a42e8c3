"""One household alone, or a register in columns: the same answer, whatever is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from allocation.model import Application, Choice, Fact, Member, Setting
from allocation.rules import evaluate, evaluate_register, load_rulebook
from allocation.rules.rulebook import ParameterDef
from tests.rulebooks.case_format import register_of
from tests.rulebooks.test_cases import in_columns, in_objects

BOOK = load_rulebook("wallonia")
DATES = st.sampled_from([date(2018, 8, 31), date(2024, 2, 29), date(2024, 4, 1), date(2026, 6, 30)])
SWITCHES = [
    "single_parent_limb", "work_rule", "seniority_mode", "same_sex_rule", "age_gt_10", "age_gt_65",
    "adult_room_rule", "adult_child_room_rule", "homeless_recheck",
]  # fmt: skip


def maybe(strategy: st.SearchStrategy) -> st.SearchStrategy:
    return st.none() | strategy


@st.composite
def members(draw: st.DrawFn, on: date, member_id: str, role: str) -> Member:
    # Ages near the bounds of the rules, to the day.
    years = draw(st.sampled_from([0, 3, 5, 9, 10, 11, 15, 17, 18, 25, 26, 40, 65, 66, 70]))
    born_on = on.replace(year=on.year - years, day=min(on.day, 28))
    born_on += timedelta(days=draw(st.integers(-2, 2)))
    cents = st.sampled_from([-100_000, 0, 1, 500_000, 1_000_000, 1_700_000, 1_955_000, 4_000_000])
    return Member(
        member_id, role, born_on=draw(maybe(st.just(min(born_on, on)))),
        sex=draw(st.sampled_from(["f", "m", "x", None])),
        is_married=draw(st.sampled_from([None, False, False, True])),
        is_pensioner=draw(st.sampled_from([None, False, True])),
        lodging=draw(st.sampled_from([None, "full", "shared_recognised", "shared_private"])),
        taxable_income_cents=draw(maybe(cents)), current_income_cents=draw(maybe(cents)),
        maintenance_paid_cents=draw(maybe(st.sampled_from([0, 50_000]))),
    )  # fmt: skip


@st.composite
def facts(draw: st.DrawFn, on: date, member_ids: list[str]) -> tuple[Fact, ...]:
    readable = sorted(c for c, d in BOOK.facts.items() if d.from_ == "facts")
    found = []
    for code in draw(st.lists(st.sampled_from(readable), unique=True, max_size=7)):
        definition = BOOK.facts[code]
        member_id = draw(st.sampled_from(member_ids)) if definition.level == "member" else None
        if definition.type == "date":
            days = st.sampled_from([-400, -366, -365, -92, -91, -31, -30, -29, -1, 0, 1, 150, 190])
            value = (on + timedelta(days=draw(days))).isoformat()
        else:
            value = draw(st.sampled_from(definition.choices or ["yes", "yes", "no"]))
        proof = draw(maybe(st.sampled_from(definition.proofs))) if definition.proofs else None
        issued_on = draw(maybe(st.just(on - timedelta(days=draw(st.integers(28, 32))))))
        found.append(Fact(code, draw(st.sampled_from([value, value, None])), member_id, proof,
                          issued_on))  # fmt: skip
    return tuple(found)


@st.composite
def applications(draw: st.DrawFn, on: date, number: int) -> Application:
    name = f"A{number}"
    roles = ["applicant", *draw(st.lists(st.sampled_from(
        ["partner", "child", "child", "child", "ascendant", "other"]), max_size=6))]  # fmt: skip
    people = tuple(draw(members(on, f"{name}-{i}", role)) for i, role in enumerate(roles))
    registered_on = on - timedelta(days=draw(st.sampled_from([0, 29, 30, 364, 365, 366, 2600])))
    renewed_on = maybe(st.sampled_from([registered_on, on - timedelta(days=40)]))
    communes = draw(st.lists(st.sampled_from(["52011", "62063", "63023"]), max_size=6))
    return Application(
        name, registered_on, last_confirmed_on=draw(renewed_on),
        confirmations=draw(maybe(st.integers(0, 8))),
        list=draw(st.sampled_from(["candidate", "candidate", "transfer"])),
        owns_dwelling=draw(st.sampled_from([None, "no", "no", "yes", "exception"])),
        dependent_children=draw(maybe(st.integers(0, 4))),
        bedrooms_exception=draw(st.sampled_from([None, None, None, 3])),
        appeal_won_on=draw(maybe(st.just(on))),
        transfer_nature=draw(maybe(st.sampled_from(
            ["under_occupation", "over_occupation", "medical", "convenience"]))),
        tenant_since_on=draw(maybe(st.just(on - timedelta(days=1096)))),
        members=people, facts=draw(facts(on, [m.member_id for m in people])),
        choices=tuple(Choice(i, c) for i, c in enumerate(communes, 1)),
    )  # fmt: skip


@st.composite
def switched(draw: st.DrawFn) -> tuple[Setting, ...]:
    found = []
    for key in draw(st.lists(st.sampled_from(SWITCHES), unique=True, max_size=3)):
        definition: ParameterDef = BOOK.parameters[key]
        found.append(Setting(key, draw(st.sampled_from(definition.allowed or []))))
    if draw(st.booleans()):
        found.append(Setting("unborn_counts", True))
    return tuple(found)


@st.composite
def registers(draw: st.DrawFn) -> tuple[date, list[Application], tuple[Setting, ...]]:
    on = draw(DATES)
    return on, [draw(applications(on, i)) for i in range(draw(st.integers(1, 4)))], draw(switched())


@given(registers())
@settings(max_examples=80, deadline=None)
def test_a_register_in_columns_says_what_each_household_alone_says(asked) -> None:
    on, households, chosen = asked
    columns = evaluate_register(BOOK, register_of(households), on, settings=chosen)
    for row, household in enumerate(households):
        alone = evaluate(BOOK, household, on, settings=chosen)
        said = in_objects(alone, is_candidate=household.list == "candidate")
        assert in_columns(columns, row) == said


@given(registers(), st.randoms(use_true_random=False))
@settings(max_examples=25, deadline=None)
def test_the_order_of_members_facts_and_households_changes_nothing(asked, random) -> None:
    on, households, chosen = asked
    mixed = []
    for household in households:
        people, known = list(household.members), list(household.facts)
        random.shuffle(people)
        random.shuffle(known)
        mixed.append(replace(household, members=tuple(people), facts=tuple(known)))
    for before, after in zip(households, mixed, strict=True):
        first = evaluate(BOOK, before, on, settings=chosen)
        second = evaluate(BOOK, after, on, settings=chosen)
        assert in_objects(first) == in_objects(second)


@given(registers())
@settings(max_examples=25, deadline=None)
def test_one_more_proof_never_takes_points_away(asked) -> None:
    on, households, chosen = asked
    for household in households:
        proved = replace(
            household,
            facts=tuple(
                replace(f, proof=BOOK.facts[f.fact].proofs[0])
                if f.proof is None and BOOK.facts[f.fact].proofs
                else f
                for f in household.facts
            ),
        )
        before = evaluate(BOOK, household, on, settings=chosen)
        after = evaluate(BOOK, proved, on, settings=chosen)
        if before.income.category == after.income.category:
            assert after.housing_points >= before.housing_points
            assert after.personal_points >= before.personal_points


def test_the_synthetic_register_is_judged_the_same_way_household_by_household() -> None:
    from scenarios.synthetic import DEMO_MEETING_ON, DEMO_SLSP, synthesise

    on = DEMO_MEETING_ON
    register = synthesise("two evaluators", slsp_id=DEMO_SLSP, households=300, on=on)
    columns = evaluate_register(BOOK, register, on)
    for row, application_id in enumerate(columns.application_ids):
        household = register.application(application_id)
        alone = evaluate(BOOK, household, on)
        said = in_objects(alone, is_candidate=household.list == "candidate")
        assert in_columns(columns, row) == said
