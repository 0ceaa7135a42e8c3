"""
A real register as the first day of a simulation: its waiting list, dwellings and year so far.

Who is on the list and what their files say is the register's, row by row; so are the dwellings
it knows, those to let and the allocations of the year. Drawn, as in every study: who comes later,
what happens to everybody afterwards, how offers are answered, and how long tenants stay. What a
register does not tell is taken as ``TAKEN`` says, and the report repeats it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from allocation.errors import Problem, ProblemsError
from allocation.model import MISSING_INTEGER, TABLE_BY_NAME, Register
from allocation.small_cells import FEWEST_SHOWN
from allocation.territory import Company, companies
from scenarios.intervals import NEVER
from scenarios.pseudonymous import nameless
from scenarios.synthetic.applications import Wishes
from scenarios.synthetic.calibration import shares
from scenarios.synthetic.evidence import HOUSEHOLD, FactRows
from scenarios.synthetic.households import (
    APPLICANT,
    FIRST_CHILD,
    N_SLOTS,
    OTHER_ADULT,
    PARTNER,
    SHARED_PRIVATE,
    Households,
)
from scenarios.synthetic.stock import Stock

if TYPE_CHECKING:
    from scenarios.lives import Courses

Int = npt.NDArray[np.int64]
Values = dict[str, npt.NDArray[Any]]
# What is taken for what a register does not tell; each has its sentence in the report.
TAKEN = ("homes", "tenancies", "situation", "agreements", "later")
_ADMITTED = TABLE_BY_NAME["applications"].column("status").choices.index("admitted")
_ROLES = TABLE_BY_NAME["household_members"].column("role").choices
_TRANSFER = TABLE_BY_NAME["applications"].column("list").choices.index("transfer")
_DAYS_OF_A_YEAR, _LAST_MONTH = 365, 12
_STAYS = ("transit", "insertion")


@dataclass(frozen=True, eq=False)
class Start:
    """
    The register of one company on the first day.

    ``rows``: positions in its ``applications`` of those on the list, in order; household ``i`` of
    the run is row ``rows[i]``. ``register_hash``: of the register with its names, which are not
    kept here: a run may be sent to other machines. ``is_outside``: told outside the company.
    """

    register: Register
    on: date
    rows: Int
    register_hash: str
    is_outside: bool = False

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def left_out(self) -> int:
        """Applications that are not on the list: incomplete, withdrawn, struck off."""
        return len(self.register["applications"]) - len(self.rows)

    def counts(self) -> dict[str, int | None]:
        """How much of it is the register's; ``None``: too few for a reader outside."""
        year = self.on.year if self.on.month < _LAST_MONTH else self.on.year + 1
        return {
            "applications": len(self),
            "left_out": self._shown(self.left_out),
            "dwellings": len(self.homes),
            "to_let": len(self.to_let),
            "allocations": self._shown(sum(1 for _ in self.allocated(year))),
            "dwellings_drawn": self.company.stock - len(self.homes),
        }

    def _shown(self, n: int) -> int | None:
        return None if self.is_outside and 0 < n < FEWEST_SHOWN else n

    @cached_property
    def company(self) -> Company:
        """The company, with as many dwellings as its register knows when it knows more."""
        found = companies()[self.register.slsp_id]
        stock = max(found.stock, len(self.homes))
        return replace(found, stock=stock, candidates_known=len(self))

    @cached_property
    def homes(self) -> Stock:
        """Its dwellings, in the order of their identifiers."""
        table = self.register["dwellings"]
        mine = table["slsp_id"] == self.register.slsp_id
        columns: dict[str, Any] = {
            name: table[name][mine]
            for name in Stock.__dataclass_fields__
            if name not in ("company", "designed_for_over_65", "has_lift")
        }
        for flag in ("designed_for_over_65", "has_lift"):
            columns[flag] = table[flag][mine] == 1
        return Stock(company=np.zeros(int(mine.sum()), dtype=np.int64), **columns)

    @cached_property
    def home_numbers(self) -> dict[str, int]:
        """Number of each of its dwellings."""
        table = self.register["dwellings"]
        names = table["dwelling_id"][table["slsp_id"] == self.register.slsp_id]
        return {str(name): i for i, name in enumerate(names.tolist())}

    @cached_property
    def to_let(self) -> list[tuple[int, int, int, str]]:
        """Dwellings to let: number, day left, day it can be entered (from 1970), origin."""
        found = []
        first = int(np.datetime64(self.on, "D").astype(np.int64))
        for row in self.register["vacancies"].rows():
            number = self.home_numbers.get(str(row["dwelling_id"]))
            if number is not None:
                ready, left = (_day_of(row[name], first) for name in ("available_on", "vacated_on"))
                found.append((number, min(left, first), ready, str(row["origin"])))
        return found

    @cached_property
    def present_homes(self) -> dict[int, int]:
        """Where those who ask for a transfer live, when the register says so."""
        named = self.register["applications"]["current_dwelling_id"][self.rows].tolist()
        return {i: self.home_numbers[n] for i, n in enumerate(named) if n in self.home_numbers}

    def allocated(self, year: int) -> Iterator[dict[str, Any]]:
        """Rows of the ledger of that year that count up to the first day."""
        for row in self.register["allocations_ytd"].rows():
            decided = row["decided_on"]
            is_in_year = isinstance(decided, date) and decided.year == year and decided <= self.on
            if is_in_year and row["undone_on"] is None:
                yield row

    # ---- people ----

    @cached_property
    def _owner(self) -> dict[str, int]:
        names = self.register["applications"]["application_id"][self.rows].tolist()
        return {str(name): i for i, name in enumerate(names)}

    @cached_property
    def _members(self) -> tuple[Int, Int, Int]:
        """Rows of ``household_members`` taken, their household, and their place in it."""
        table = self.register["household_members"]
        rows, owners, places = [], [], []
        taken: dict[int, set[int]] = {}
        order = np.argsort(np.where(np.isnat(table["born_on"]), np.datetime64("9999-01-01"),
                                    table["born_on"]), kind="stable")  # fmt: skip
        for row in order.tolist():
            owner = self._owner.get(str(table["application_id"][row]))
            if owner is None:
                continue
            used = taken.setdefault(owner, set())
            place = _free_place(_ROLES[table["role"][row]], used)
            used.add(place)
            rows.append(row)
            owners.append(owner)
            places.append(place)
        return tuple(np.array(x, dtype=np.int64) for x in (rows, owners, places))  # type: ignore[return-value]

    @cached_property
    def members(self) -> tuple[Int, Values]:
        """Household of each member, and its columns, with its place."""
        rows, owner, place = self._members
        table = self.register["household_members"]
        kept = ("role", "sex", "born_on", "is_married", "is_pensioner", "lodging")
        more = ("is_self_employed", "income_year", "taxable_income_cents")
        last = ("current_income_cents", "maintenance_paid_cents")
        columns = {name: table[name][rows] for name in (*kept, *more, *last)}
        return owner, {"place": place, **columns}

    def living(self, drawn: Households) -> Households:
        """The persons of the list in their places; those drawn stay for who comes later."""
        owner, columns = self.members
        place = columns["place"]
        inside = place < N_SLOTS
        owner, place = owner[inside], place[inside]
        born = columns["born_on"][inside]
        n, today = len(self), np.datetime64(self.on, "D")
        # A birth that is not known opens nothing: a child of ten, an adult of forty.
        usual = np.where(place >= FIRST_CHILD, 10, 40) * np.timedelta64(_DAYS_OF_A_YEAR, "D")
        born = np.where(np.isnat(born), today - usual, born)
        found = {
            name: getattr(drawn, name).copy()
            for name in ("present", "age", "born_on", "sex", "lodging", "is_married")
        }
        found["present"][:n] = False
        found["present"][owner, place] = True
        found["born_on"][owner, place] = born
        found["age"][owner, place] = (today - born).astype(np.int64) // _DAYS_OF_A_YEAR
        found["sex"][owner, place] = columns["sex"][inside]
        found["lodging"][owner, place] = columns["lodging"][inside]
        married = (columns["is_married"][inside] == 1) & (place == APPLICANT)
        found["is_married"][:n] = False
        found["is_married"][owner[married]] = True
        return replace(drawn, **found)

    def courses(self, drawn: Courses) -> Courses:
        """What happens to everybody: a child on file has not left before the first day."""
        first = int(np.datetime64(self.on, "D").astype(np.int64))
        leaves = drawn.leaves_home.copy()
        there = leaves[: len(self)]
        there[there <= first] = NEVER
        return replace(drawn, leaves_home=leaves)

    def wishes(self, drawn: Wishes) -> Wishes:
        """When they registered, and who asks for a transfer: what departures depend on."""
        table, n = self.register["applications"], len(self)
        registered, is_transfer = drawn.registered_on.copy(), drawn.is_transfer.copy()
        registered[:n] = table["registered_on"][self.rows]
        is_transfer[:n] = table["list"][self.rows] == _TRANSFER
        return replace(drawn, registered_on=registered, is_transfer=is_transfer)

    @cached_property
    def _facts(self) -> FactRows:
        table, (rows, owners, places) = self.register["facts"], self._members
        members = self.register["household_members"]["member_id"]
        place_of = {str(members[r]): int(p) for r, p in zip(rows, places, strict=True)}
        owners = table["application_id"].tolist()
        taken = [i for i, name in enumerate(owners) if name in self._owner]
        owner = np.array([self._owner[owners[i]] for i in taken], dtype=np.int64)
        of = table["member_id"].tolist()
        place = np.array([place_of.get(of[i], HOUSEHOLD) for i in taken], dtype=np.int64)
        names = ("fact", "value", "proof", "issued_on", "issuer")
        return FactRows(owner, place, **{name: table[name][taken] for name in names})

    def facts(self, drawn: FactRows) -> FactRows:
        """The facts of the register for those on the list, before those of who comes later."""
        mine, later = self._facts, drawn.owner >= len(self)
        return FactRows(
            **{
                name: np.concatenate([getattr(mine, name), getattr(drawn, name)[later]])
                for name in FactRows.__dataclass_fields__
            }
        )

    def situation(self, drawn: Int) -> Int:
        """Where they live today, as far as facts on file tell; a private tenant otherwise."""
        found = drawn.copy()
        found[: len(self)] = self._situation
        return found

    @cached_property
    def _situation(self) -> Int:
        labels = list(shares("demand.current_situation_share"))
        found = np.full(len(self), labels.index("private_tenant"))
        table = self.register["applications"]
        is_transfer = table["list"][self.rows] == _TRANSFER
        found[np.flatnonzero(is_transfer)] = labels.index("social_tenant_transfer")
        facts = self.register["facts"]
        ended = {
            str(a) for a, f in zip(facts["application_id"], facts["fact"], strict=True)
            if f == "homeless_ended_on"
        }  # fmt: skip
        said = zip(facts["application_id"], facts["fact"], facts["value"], strict=True)
        for name, fact, value in said:
            owner = self._owner.get(str(name))
            if owner is None or not value:
                continue
            if fact == "unfit_dwelling":
                found[owner] = labels.index("unfit_or_overcrowded")
            if fact == "homeless_since" and str(name) not in ended:
                found[owner] = labels.index("homeless_or_shelter")
            if fact == "temporary_housing" and value in _STAYS:
                found[owner] = labels.index("transit_or_insertion")
        return found

    def applications(self, drawn: Values, households: Households) -> Values:
        """The columns of the register for those on the list, under the names of the run."""
        table, n = self.register["applications"], len(self)
        found = {}
        for name, column in drawn.items():
            found[name] = column
            if name != "application_id":
                found[name] = column.copy()
                found[name][:n] = table[name][self.rows]
        # As established by the clerk; otherwise the children on file that count.
        counted = households.children & (households.lodging[:, FIRST_CHILD:] != SHARED_PRIVATE)
        unknown = np.flatnonzero(found["dependent_children"][:n] == MISSING_INTEGER)
        found["dependent_children"][unknown] = counted[unknown].sum(axis=1)
        return found

    def choices(
        self, drawn: tuple[Int, Int, npt.NDArray[Any], npt.NDArray[Any]]
    ) -> tuple[Int, Int, npt.NDArray[Any], npt.NDArray[Any]]:
        """Household, rank, commune, section of each choice."""
        later = drawn[0] >= len(self)
        owner, rank, nis5, section = (
            np.concatenate([a, b[later]]) for a, b in zip(self._choices, drawn, strict=True)
        )
        return owner, rank, nis5, section

    @cached_property
    def _choices(self) -> tuple[Int, Int, npt.NDArray[Any], npt.NDArray[Any]]:
        table = self.register["choices"]
        names = table["application_id"].tolist()
        taken = [i for i, name in enumerate(names) if name in self._owner]
        owner = np.array([self._owner[names[i]] for i in taken], dtype=np.int64)
        return owner, table["rank"][taken], table["nis5"][taken], table["section_id"][taken]


def start_of(
    register: Register, on: date, slsp_ids: tuple[str, ...], *, is_outside: bool = False
) -> Start:
    """
    A register as the first day of a study of the companies ``slsp_ids``.

    Raises
    ------
    ProblemsError
        ``start.other_company``: the study is not of that company alone; ``start.nobody``: nobody is
        on its list; ``start.registered_after``: somebody registered after that day.
    """
    table = register["applications"]
    problems = []
    if slsp_ids != (register.slsp_id,):
        facts = {"name": register.slsp_id, "others": ", ".join(slsp_ids)}
        problems.append(Problem.at("register.yaml", 0, "slsp_id", "start.other_company", **facts))
    rows = np.flatnonzero(table["status"] == _ADMITTED)
    if not len(rows):
        problems.append(Problem.at("applications.csv", 0, "status", "start.nobody"))
    late = rows[table["registered_on"][rows] > np.datetime64(on, "D")]
    if len(late):
        last = str(table["registered_on"][late].max())
        problems.append(
            Problem.at("applications.csv", 0, "registered_on", "start.registered_after",
                       n=len(late), last=last, start=on)
        )  # fmt: skip
    if problems:
        raise ProblemsError(problems)
    return Start(nameless(register), on, rows, register.content_hash, is_outside)


def _free_place(role: str, used: set[int]) -> int:
    """The place of a member; who has none of the usual ones lives in one where nothing happens."""
    usual: Mapping[str, range] = {
        "applicant": range(APPLICANT, APPLICANT + 1),
        "partner": range(PARTNER, PARTNER + 1),
        "child": range(FIRST_CHILD, N_SLOTS),
    }
    for place in usual.get(role, range(OTHER_ADULT, OTHER_ADULT + 1)):
        if place not in used:
            return place
    place = N_SLOTS + 1
    while place in used:
        place += 1
    return place


def _day_of(value: object, otherwise: int) -> int:
    if not isinstance(value, date):
        return otherwise
    return int(np.datetime64(value, "D").astype(np.int64))


__all__ = ["TAKEN", "Start", "start_of"]
