"""
Check a certificate of allocation with this one file and Python's standard library.

    python checker.py certificate.json [annex.json]

Exit code 0: every statement holds; 1: the first false one is named; 2: not a certificate.
Proved: the hash; every key and kind of value is one known here; points are the sum of their parts
and seniority follows from the dates; the order is strict; every pair is one the law allows and
nothing is given twice; round by round nobody is passed over by a household ranked below, directly
or by moving others, unless a floor or a cap stands in the way, no dwelling is wasted, no exchange
lowers the shortage of the floors, and the fit is least and canonical; seats, counts and grounds of
every quota follow from share, ledger and pacing; the ground and witness of everyone not served;
channel, seat and critical floors of everyone served; dwellings left empty; the serial alternative,
replayed.
Proved with the sealed annex: commitments open on the same facts, best lines make the points, draws
come from the published seed. A person erased from the annex leaves all the rest provable.
Not proved: that register and ledger tell the truth (only their hash is here); refusals counted as
``unproved``; without the annex, a fact changed so that nothing stated follows from it.
"""

from __future__ import annotations

import gc
import hashlib
import json
import re
import sys
from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from fractions import Fraction
from itertools import chain, combinations, repeat
from math import ceil, floor
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

Json = dict[str, Any]
ROUNDS = ("appeal", "adapted", "over_65", "main")
# Up to so many dwellings on offer, nothing may be left out as too long to work out.
WORKED_OUT = 150
TYPE = (
    "nis5", "section", "kind", "bedrooms", "accessibility", "designed_for_over_65", "agreement",
)  # fmt: skip


class FalseStatementError(Exception):
    """A statement of the certificate does not hold: code, place in the file, facts."""

    def __init__(self, code: str, path: str, facts: Mapping[str, object]) -> None:
        self.code, self.path, self.facts = f"certificate.{code}", path, dict(facts)
        told = ", ".join(f"{name} = {value}" for name, value in self.facts.items())
        super().__init__(f"{self.code} at {path}: {told}")


class UnreadableError(ValueError):
    """The file is not a certificate this checker knows."""


# What reading a garbled file may raise.
BAD_FILE = (OSError, LookupError, TypeError, ValueError, AttributeError, ArithmeticError)


def refuse(code: str, path: str, **facts: object) -> NoReturn:
    """Name a false statement and stop."""
    raise FalseStatementError(code, path, facts)


def require(holds: object, code: str, path: str, **facts: object) -> None:
    """Stop at the first statement that does not hold."""
    if not holds:
        refuse(code, path, **facts)


def equal(stated: object, found: object, code: str, path: str) -> None:
    """Stop when what is stated is not what is found."""
    require(stated == found, code, path, stated=stated, found=found)


@contextmanager
def no_search_for_cycles() -> Iterator[None]:
    """A certificate and what is made of it hold no cycles: looking for some costs a sixth."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@no_search_for_cycles()
def read(text: bytes, schema: str) -> Json:
    """Parse strictly: whole numbers only, no key twice."""

    def unique(pairs: list[tuple[str, Any]]) -> Json:
        if len({key for key, _ in pairs}) != len(pairs):
            raise ValueError("a key is written twice")
        return dict(pairs)

    def whole(number: str) -> NoReturn:
        raise ValueError(f"{number} is not a whole number")

    try:
        value = json.loads(text, object_pairs_hook=unique, parse_float=whole, parse_constant=whole)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(str(error)) from error
    if not isinstance(value, dict) or value.get("schema") != schema:
        raise UnreadableError(f"not a {schema}")
    return value


def digest(value: Json, salt: bytes = b"") -> str:
    """SHA-256 of the canonical form (RFC 8785; whole numbers, ASCII keys) without ``hash``."""
    rest = {name: item for name, item in value.items() if name != "hash"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + text.encode()).hexdigest()


def bits(mask: int) -> Iterator[int]:
    """Positions of the bits set."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def count(cells: Iterable[int]) -> Counter[int]:
    """How many of these sets of bits hold each bit."""
    return Counter(i for cell in cells for i in bits(cell))


class Or(NamedTuple):
    """This empty value, or this form."""

    empty: str | None
    form: Any


class Either(NamedTuple):
    """One of these objects, told apart by their keys."""

    forms: tuple[Json, ...]


class Place(NamedTuple):
    """A part of a file: of which part, its key or position."""

    above: Place | None
    name: object

    def path(self) -> str:
        """As it is written in an answer."""
        if self.above is None:
            return str(self.name)
        own = f"[{self.name}]" if type(self.name) is int else f".{self.name}"
        return (self.above.path() + own).lstrip(".")


def a(*types: type) -> Callable[[object], bool]:
    """A value of just these types: a truth value is no number."""
    return lambda value: type(value) in types


def natural(value: object) -> bool:
    """A whole number, not negative."""
    return type(value) is int and value >= 0


def day(value: object) -> bool:
    """A date written YYYY-MM-DD."""
    try:
        return type(value) is str and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def sha256(value: object) -> bool:
    """A digest in hexadecimal."""
    return type(value) is str and re.fullmatch("[0-9a-f]{64}", value) is not None


def one_of(names: str) -> Callable[[object], bool]:
    """One of these words."""
    known = names.split()
    return lambda value: value in known


def of(form: object, names: str) -> Json:
    """Several keys of the same form."""
    return dict.fromkeys(names.split(), form)


# Every key of every object, and what stands there. A function accepts the value; the name of a
# part of the certificate stands for an identifier found there; [x] is a list of x, (x, y) a list
# of just these two, {function: x} an object whose keys the function accepts.
# fmt: off
TEXT, FLAG, WHOLE = a(str), a(bool), a(int)
PAIRS, RIGHTS = [("households", "dwellings")], "appeal adapted over_65"
ACCESS = "ordinary accessible adaptable adapted"
LEVELS = ["floors", "priority", "fit"], ["floors", "units", "priority", "fit"]
FACTS: Json = of(natural, "tier nature housing personal seniority points") | {
    "date": day, "category": WHOLE, "preferences": [one_of(RIGHTS)]}
SPLIT: Json = of(natural, "cell at_most")
PROOF = Either((SPLIT, of(natural, "shortage served") | {
    "cuts": [(natural, natural)], "quotas": [("quotas", natural)]}))
SPLIT |= of(PROOF, "below above")
SUMS: Json = {"cells": [["quotas"]], "cuts": [{"cells": [natural], "types": ["dwellings"]}]}
CLASH: Json = {"kind": one_of("conflict"), "quotas": ["quotas"]}
WITNESS = Either((
    {}, {"kind": one_of("no_candidate dwelling_by_dwelling")},
    {"kind": one_of("too_few_compatible"), "at_most": natural, "dwellings": ["dwellings"]},
    CLASH, CLASH | SUMS | {"proof": PROOF, "without": {TEXT: PAIRS}}))
FORM: Json = of(sha256, "hash register_hash rulebook_hash proposal_hash") | {
    "schema": TEXT, "kind": one_of("demo real"),
    "meeting": of(TEXT, "slsp_id draw_seed rulebook") | {
        "meeting_on": day, "mode": one_of("joint serial"), "levels": LEVELS.__contains__,
        "settings": [{"key": TEXT, "value": a(str, int, bool)}], "base_is_settled": FLAG,
        "basis": one_of("planned realised"), "pacing": one_of("linear year_end prefix"),
        "forecast": Or(None, of(natural, "allocations vacated") | {"made_on": day})},
    "rules": of(natural, "seniority_cap seniority_per_year") | {
        "seniority_mode": one_of("anniversary calendar confirmations"),
        "spare": of(natural, f"{ACCESS} designed_for_over_65")},
    "profiles": [of(FLAG, "adapted_wanted has_disabled has_over_65") | {
        "id": TEXT, "bedrooms": WHOLE, "kind_wanted": one_of("house flat any"),
        "choices": [(natural, TEXT, TEXT)], "agreements": [TEXT]}],
    "dwellings": [of(TEXT, "id nis5 section agreement regime") | {
        "kind": one_of("house flat"), "bedrooms": natural, "accessibility": one_of(ACCESS),
        "designed_for_over_65": FLAG, "is_available": FLAG, "available_on": day,
        "origin": one_of("vacated new renovated")}],
    "households": [FACTS | of(natural, "rank tie") | {
        "id": TEXT, "profile": "profiles", "groups": ["quotas"], "commitment": sha256}],
    "counts": of(natural, "applications ranked") | {"not_ranked": {
        one_of("not_admitted struck_off withdrawn open_offer unknown not_admissible"): natural}},
    "quotas": [of(TEXT, "id nis5 parameter mark") | of(FLAG, "is_hard counts_transfers")
        | of(natural, "weight opening base_done seats used shortage")
        | of(Or(None, natural), "places interim closing") | {
        "kind": one_of("floor cap"), "counting": one_of("each once"), "base_planned": WHOLE,
        "group": {"income_categories": [WHOLE], "list": Or("", one_of("candidate transfer")),
                  "agreement": TEXT},
        "base": one_of("allocations vacated"), "limit": one_of("share period_seats seats"),
        "value": a(str, int), "ground": one_of("met short reached open exceeded_before"),
        "witness": WITNESS, "passed_over": ["households"], "instead": ["households"]}],
    "assignments": [{
        "dwelling": "dwellings", "household": "households", "round": one_of(f"{RIGHTS} main"),
        "channel": one_of(f"{RIGHTS} transfer list reserve agreement"),
        "seat": one_of("open reserve"), "seat_quota": Or("", "quotas"),
        "critical_for": ["quotas"]}],
    "unserved": [{
        "household": "households", "quotas": ["quotas"], "must_outrank": Or(None, "households"),
        "reason": one_of("no_compatible_dwelling preferential outranked reserve cap joint"),
        "hall": Or(None, natural), "is_rank_known": FLAG}],
    "halls": [{"households": ["households"], "dwellings": ["dwellings"]}],
    "counterfactuals": {TEXT: PAIRS},
    "arguments": {TEXT: SUMS | of(Or(None, PROOF), "least most") | {
        "unproved": ["households"], "refusals": [of(natural, "after cell") | {
            "types": Or(None, ["dwellings"]), "proof": PROOF}]}},
    "empty": [{
        "dwelling": "dwellings", "quotas": ["quotas"], "waiting": [("households", ["quotas"])],
        "ground": one_of("no_candidate cap excluded_regime locked nobody_left")}],
    "alternatives": {one_of("serial joint lex lex_units"): PAIRS},
}
OPENED: Json = {
    "application_id": TEXT, "draw": TEXT, "stated": FACTS | {"profile": sha256},
    "lines": [{"code": TEXT, "table": one_of("housing_situation personal_situation"),
               "points": natural}]}
ANNEX: Json = {
    "schema": TEXT, "certificate": sha256, "openings": {TEXT: {"salt": sha256, "opened": OPENED}}}
# fmt: on


def parts(form: Any, value: Any, place: Place) -> Iterable[tuple[Any, Any, object]]:
    """What an object or a list holds: form, value, key or position."""
    if type(form) is Either:
        same = [f for f in form.forms if isinstance(value, dict) and f.keys() == value.keys()]
        form = (*same, *form.forms)[0]
    is_of_kind = type(value) is (dict if isinstance(form, dict) else list)
    if not is_of_kind:
        refuse("form", place.path())
    first = next(iter(form), None)
    if not isinstance(form, dict):
        if isinstance(form, tuple) and len(value) != len(form):
            refuse("form", place.path())
        each = form if isinstance(form, tuple) else repeat(first)
        return zip(each, value, range(len(value)), strict=False)
    known: Json = dict.fromkeys(filter(first, value), form[first]) if callable(first) else form
    if known.keys() != value.keys():
        refuse("form", Place(place, min(known.keys() ^ value.keys())).path())
    return zip(map(known.__getitem__, value), value.values(), value, strict=True)


def inside(form: Any, values: list[Any]) -> list[tuple[Any, list[Any]]] | None:
    """Forms and values of the parts of objects or lists of one form; ``None``: not of that form."""
    if set(map(type, values)) != {dict if type(form) in (dict, Either) else list}:
        return None
    if type(form) is list:
        return [(form[0], list(chain.from_iterable(values)))]
    if type(form) is tuple:
        is_as_long = set(map(len, values)) == {len(form)}
        return (
            list(zip(form, map(list, zip(*values, strict=True)), strict=True))
            if is_as_long
            else None
        )
    if type(form) is Either:
        same = [[v for v in values if v.keys() == f.keys()] for f in form.forms]
        are_all = sum(map(len, same)) == len(values)
        return list(zip(form.forms, same, strict=True)) if are_all else None
    first = next(iter(form), None)
    if callable(first):
        accepted = all(map(first, chain.from_iterable(values)))
        return [(form[first], [x for v in values for x in v.values()])] if accepted else None
    are_known = all(v.keys() == form.keys() for v in values)
    return [(form[key], [v[key] for v in values]) for key in form] if are_known else None


def has_form(table: Json, stated: Json, known: Mapping[str, set[str]]) -> bool:
    """Every key and value is as the table says; alike parts are looked at together, by key."""
    waiting: list[tuple[Any, list[Any]]] = [(table, [stated])]
    for form, values in waiting:
        if type(form) is Or:
            waiting.append((form.form, [v for v in values if v != form.empty]))
        elif callable(form):
            if not all(map(form, values)):
                return False
        elif type(form) is str:
            if not set(map(type, values)) <= {str} or not known[form].issuperset(values):
                return False
        elif values:
            found = inside(form, values)
            if found is None:
                return False
            waiting.extend(found)
    return True


def check_form(table: Json, stated: Json, certificate: Json, name: str) -> None:
    """Refuse the first key, kind of value or identifier that the table does not know."""
    lists = ("households", "quotas", "dwellings", "profiles")
    known = {part: {item["id"] for item in certificate[part]} for part in lists}
    if has_form(table, stated, known):
        return
    waiting: list[tuple[Any, Any, Place]] = [(table, stated, Place(None, name))]
    for whole, value, place in waiting:
        for form, item, key in parts(whole, value, place):
            if type(form) is Or:
                if item == form.empty:
                    continue
                form = form.form
            if callable(form):
                if not form(item):
                    refuse("form", Place(place, key).path(), stated=item)
            elif type(form) is str:
                if type(item) is not str or item not in known[form]:
                    refuse("identifier_unknown", Place(place, key).path(), stated=item)
            else:
                waiting.append((form, item, Place(place, key)))
    refuse("form", name)


class Session:
    """What the certificate states, indexed: types of dwellings, who accepts what, quota cells."""

    def __init__(self, certificate: Json) -> None:
        self.all, self.rules = certificate, certificate["rules"]
        self.people: list[Json] = certificate["households"]
        self.index = {h["id"]: i for i, h in enumerate(self.people)}
        self.quotas: list[Json] = certificate["quotas"]
        self.bit = {q["id"]: i for i, q in enumerate(self.quotas)}
        self.dwellings = {d["id"]: d for d in certificate["dwellings"]}
        self.profiles = {p["id"]: p for p in certificate["profiles"]}
        for part in ("households", "quotas", "dwellings", "profiles"):
            ids = [item["id"] for item in certificate[part]]
            require(len(set(ids)) == len(ids), "identifier_twice", part)
        available = [d for d in self.dwellings.values() if d["is_available"]]
        keys = sorted({tuple(d[f] for f in TYPE) for d in available})
        self.types: list[Json] = [dict(zip(TYPE, key, strict=True)) for key in keys]
        number = {key: t for t, key in enumerate(keys)}
        self.type_of = {d["id"]: number[tuple(d[f] for f in TYPE)] for d in available}
        self.is_worked_out = len(self.type_of) <= WORKED_OUT
        self.counting = [
            sum(1 << i for i, q in enumerate(self.quotas) if q["nis5"] in ("", t["nis5"]))
            for t in self.types
        ]
        self.scoped = sum(1 << i for i, q in enumerate(self.quotas) if q["nis5"])
        here: dict[tuple[str, int], list[int]] = defaultdict(list)
        for t, kind in enumerate(self.types):
            here[kind["nis5"], kind["bedrooms"]].append(t)
        costs = {name: self.accepted(p, here) for name, p in self.profiles.items()}
        masks = {name: sum(1 << t for t in cost) for name, cost in costs.items()}
        self.cost = [costs[h["profile"]] for h in self.people]
        self.mask = [masks[h["profile"]] for h in self.people]
        self.member = [sum(1 << self.bit[g] for g in h["groups"]) for h in self.people]

    def accepted(
        self, profile: Json, here: Mapping[tuple[str, int], list[int]]
    ) -> dict[int, tuple[int, int]]:
        """Types a household of this profile may have: spare adaptation, choice rank."""
        found: dict[int, tuple[int, int]] = {}
        for rank, nis5, section in sorted(profile["choices"]):
            for t in here.get((nis5, profile["bedrooms"]), ()):
                kind = self.types[t]
                if (
                    t not in found
                    and section in ("", kind["section"])
                    and profile["kind_wanted"] in ("any", kind["kind"])
                    and (kind["accessibility"] == "adapted" or not profile["adapted_wanted"])
                    and kind["agreement"] in ("", *profile["agreements"])
                ):
                    found[t] = (self.spare(profile, kind), rank)
        return found

    def spare(self, profile: Json, kind: Json) -> int:
        """Adaptation of the dwelling that the household does not need."""
        table: Json = self.rules["spare"]
        needed = profile["has_disabled"] or profile["adapted_wanted"]
        unused = kind["designed_for_over_65"] and not profile["has_over_65"]
        return int(
            (0 if needed else table[kind["accessibility"]])
            + (table["designed_for_over_65"] if unused else 0)
        )

    def cell(self, h: int, t: int, active: int) -> int:
        """Quotas (a bit mask) that count household ``h`` when it lives in type ``t``."""
        return self.member[h] & active & self.counting[t]

    def alike(self, h: int, t: int, active: int) -> int:
        """Accepted types where ``h`` counts in the same quotas as in type ``t``."""
        if not self.member[h] & active & self.scoped:
            return self.mask[h]
        here = self.cell(h, t, active)
        return sum(1 << u for u in bits(self.mask[h]) if self.cell(h, u, active) == here)

    def enters(self, dwelling: str, name: str) -> bool:
        """Does this dwelling take part in the round?"""
        kind = self.types[self.type_of[dwelling]]
        if name == "adapted":
            return bool(kind["accessibility"] == "adapted")
        return name != "over_65" or bool(kind["designed_for_over_65"])

    def quota_mask(self, *kinds: str) -> int:
        """All quotas of these kinds."""
        return sum(1 << i for i, q in enumerate(self.quotas) if q["kind"] in kinds)

    def stock(self, pool: Iterable[str]) -> dict[int, list[str]]:
        """Dwellings of each type, in order of identifier."""
        found: dict[int, list[str]] = defaultdict(list)
        for dwelling in sorted(pool):
            found[self.type_of[dwelling]].append(dwelling)
        return found


class Tally:
    """Households counted by quota cell: are the quotas kept, how short are the floors?"""

    def __init__(self, session: Session, active: int, before: Iterable[int]) -> None:
        """``before``: cells of the households served in earlier rounds, who count too."""
        self.session = session
        chosen = [(i, q) for i, q in enumerate(session.quotas) if active >> i & 1]
        soft = [(i, q) for i, q in chosen if q["kind"] == "floor" and not q["is_hard"]]
        self.active, self.cells = active, Counter(cell & active for cell in before)
        self.before = dict(self.cells)
        self.caps = {i: max(q["seats"], self.n(i)) for i, q in chosen if q["kind"] == "cap"}
        self.hard = {i: q["seats"] for i, q in chosen if q["kind"] == "floor" and q["is_hard"]}
        self.each: list[tuple[int, int, int]] = [
            (i, q["seats"], q["weight"]) for i, q in soft if q["counting"] == "each"
        ]
        once = sorted((-q["weight"], i, q["seats"]) for i, q in soft if q["counting"] == "once")
        self.once: list[tuple[int, int, int]] = [(i, seats, -minus) for minus, i, seats in once]
        self.memory: dict[tuple[int | None, int | None], int | None] = {}
        self.needed: dict[int, list[str]] = {}

    def n(self, i: int, cells: Mapping[int, int] | None = None) -> int:
        """Members of a quota."""
        counted = self.cells if cells is None else cells
        return sum(k for cell, k in counted.items() if cell >> i & 1)

    def shortage(self, cells: Mapping[int, int]) -> int | None:
        """Weighted shortage of the soft floors; ``None`` when a cap or a hard floor is broken."""
        if any(self.n(i, cells) > most for i, most in self.caps.items()):
            return None
        if any(self.n(i, cells) < least for i, least in self.hard.items()):
            return None
        total: int = sum(w * max(0, seats - self.n(i, cells)) for i, seats, w in self.each)
        filled = self.filled(cells)
        return total + sum(w * (seats - filled[i]) for i, seats, w in self.once)

    def filled(self, cells: Mapping[int, int]) -> dict[int, int]:
        """Seats counted `once` that these households fill, heaviest floors first (a matroid)."""
        spare, found = dict(cells), dict[int, int]()
        of = {i: [cell for cell in spare if cell >> i & 1] for i, _, _ in self.once}
        used = {i: dict.fromkeys(mine, 0) for i, mine in of.items()}

        def place(i: int, seen: set[int]) -> bool:
            seen.add(i)
            free = next((cell for cell in of[i] if spare[cell] > 0), None)
            if free is not None:
                spare[free] -= 1
                used[i][free] += 1
                return True
            for cell in of[i]:
                for j, mine in used.items():
                    if j not in seen and mine.get(cell) and place(j, seen):
                        mine[cell] -= 1
                        used[i][cell] += 1
                        return True
            return False

        for i, seats, _ in self.once:
            found[i] = 0
            for cell in of[i]:
                used[i][cell] = min(spare[cell], seats - found[i])
                spare[cell] -= used[i][cell]
                found[i] += used[i][cell]
            while found[i] < seats and place(i, set()):
                found[i] += 1
        return found

    def seated(self, cells: Mapping[int, int]) -> tuple[int, int]:
        """The best filling of the seats counted `once`: what it weighs, how many."""
        filled = self.filled(cells)
        return sum(w * filled[i] for i, _, w in self.once), sum(filled.values())

    def critical(self, cell: int) -> list[str]:
        """Floors that one household of this cell keeps filled, `once` ones in some best filling."""
        if cell not in self.needed:
            mine, once = cell & self.active, sum(1 << i for i, _, _ in self.once)
            less, best = self.cells - Counter([mine]), self.seated(self.cells)
            is_needed, found = self.seated(less) != best, list[str]()
            for i in bits(mine & self.session.quota_mask("floor")):
                quota, alone = self.session.quotas[i], less + Counter([mine & ~once | 1 << i])
                sits = is_needed and self.seated(alone) == best  # on a seat of this floor
                if sits if once >> i & 1 else self.n(i) <= quota["seats"]:
                    found.append(quota["id"])
            self.needed[cell] = found
        return self.needed[cell]

    def keeps(self, cells: Iterable[int], seats: Mapping[int, int]) -> bool:
        """Are caps kept and floors filled to these seats, with these households as well?"""
        self.hard = {}
        quotas = {i: self.session.quotas[i] for i in seats if i not in self.caps}
        once = {i for i, q in quotas.items() if q["counting"] == "once" and not q["is_hard"]}
        self.once = [(i, seats[i], 1) for i in sorted(once)]
        self.each = [(i, seats[i], 1) for i in quotas if i not in once]
        return self.shortage(self.cells + Counter(cell & self.active for cell in cells)) == 0

    def seats_to_keep(self, quotas: int) -> dict[int, int]:
        """Least of each floor, most of each cap, of a set of quotas (a bit mask)."""
        floors = self.hard | {i: seats for i, seats, _ in (*self.each, *self.once)}
        return {i: seats for i, seats in (floors | self.caps).items() if quotas >> i & 1}

    def after(self, gain: int | None, loss: int | None) -> int | None:
        """Shortage with one household of cell ``gain`` more and one of cell ``loss`` less."""
        if (gain, loss) not in self.memory:
            cells = Counter(self.cells)
            cells.update([] if gain is None else [gain])
            cells.subtract([] if loss is None else [loss])
            self.memory[gain, loss] = self.shortage(cells)
        return self.memory[gain, loss]


class Reach:
    """Which types a newcomer could free by moving others, and whom it would meet there."""

    def __init__(
        self, session: Session, matched: Mapping[int, str], pool: Iterable[str], active: int
    ) -> None:
        self.session, self.active, self.stock = session, active, session.stock(pool)
        self.mask = sum(1 << t for t in self.stock)
        taken = Counter(session.type_of[d] for d in matched.values())
        self.vacant = sum(1 << t for t, ids in self.stock.items() if taken[t] < len(ids))
        self.leaving: Counter[int] = Counter()
        self.last: dict[int, dict[int, int]] = defaultdict(dict)
        for h, dwelling in sorted(matched.items()):
            t = session.type_of[dwelling]
            self.leaving[t] |= session.alike(h, t, active) & self.mask
            self.last[t][session.cell(h, t, active)] = h
        self.known: dict[int, int] = {}
        self.closure: dict[int, int] = {}
        self.met: dict[int, dict[int, int]] = {}
        self.replaced: dict[tuple[int, int], int] = {}

    def types(self, start: int) -> int:
        """Types reached from those of ``start``, by moving households one after the other."""
        if start not in self.known:
            reached = 0
            for t in bits(start & self.mask):
                reached |= self.types_from(t)
            self.known[start] = reached
        return self.known[start]

    def types_from(self, t: int) -> int:
        """The same from one type."""
        if t not in self.closure:
            seen, fresh = 0, 1 << t
            while fresh:
                seen |= fresh
                step = 0
                for u in bits(fresh):
                    step |= self.leaving[u]
                fresh = step & ~seen
            self.closure[t] = seen
        return self.closure[t]

    def households(self, reached: int) -> dict[int, int]:
        """The lowest-ranked household of each cell in the types reached."""
        if reached not in self.met:
            found: dict[int, int] = {}
            for t in bits(reached):
                for cell, h in self.last[t].items():
                    found[cell] = max(found.get(cell, -1), h)
            self.met[reached] = found
        return self.met[reached]

    def last_inside(self, mask: int) -> int:
        """
        Below this rank, those above fill all that these types lead to, and accept nothing else.

        After everybody when a dwelling there is free; before everybody when there is none.
        """
        reached = self.types(mask)
        if reached & self.vacant:
            return len(self.session.people)
        return max(self.households(reached).values(), default=-1)

    def lowest(self, cell: int, reached: int, tally: Tally) -> int:
        """Lowest-ranked household that one of ``cell`` could replace as things stand; -1: none."""
        if (cell, reached) not in self.replaced:
            now, met = tally.after(None, None), self.households(reached)
            able = [k for theirs, k in met.items() if tally.after(cell, theirs) == now]
            self.replaced[cell, reached] = max(able, default=-1)
        return self.replaced[cell, reached]

    def entries(self, h: int) -> Iterator[tuple[int, int]]:
        """Accepted types on offer, split by the cell in which ``h`` would count there."""
        mask = self.session.mask[h] & self.mask
        while mask:
            t = (mask & -mask).bit_length() - 1
            group = self.session.alike(h, t, self.active) & mask
            yield self.session.cell(h, t, self.active), group
            mask &= ~group


def audit(
    session: Session, path: str, matched: Mapping[int, str], people: Iterable[int],
    pool: Iterable[str], tally: Tally,
) -> Reach:  # fmt: skip
    """
    Nobody is passed over without a ground, nothing is wasted, no exchange lowers the shortage.

    One look per distinct set of types reached and cell, from its best unserved household; in a
    cell everybody counts alike, so the lowest-ranked one reached stands for the others. Without
    quotas this proves the served set the best one.
    """
    reach = Reach(session, matched, pool, tally.active)
    tally.cells.update(
        session.cell(h, session.type_of[d], tally.active) for h, d in matched.items()
    )
    now = tally.after(None, None)
    if now is None:
        refuse("cap_or_hard_floor_broken", path)
    first: dict[tuple[int, int], int] = {}
    for h in people:
        if h not in matched:
            first.setdefault((session.member[h], session.mask[h]), h)
    best: dict[tuple[int, int], int] = {}
    for h in first.values():
        for cell, start in reach.entries(h):
            best.setdefault((cell, reach.types(start)), h)
    for (cell, reached), h in best.items():
        name = session.people[h]["id"]
        if reached & reach.vacant and tally.after(cell, None) is not None:
            refuse("dwelling_wasted", path, household=name)
        for theirs, k in reach.households(reached).items():
            then, other = tally.after(cell, theirs), session.people[k]["id"]
            if then is not None and then < now:
                refuse("shortage_not_least", path, household=name, instead_of=other)
            require(then != now or k < h, "passed_over", path, household=name, by=other)
    return reach


class Fit:
    """
    Least spare adaptation, then least choice ranks, then canonical, the served set unchanged.

    Shadow prices (``level``) of types exist exactly when no chain of moves is cheaper. Then in
    rank order nobody may have a smaller (spare, choice, dwelling) through a chain that costs
    nothing and moves only households ranked below. Type ``out`` is a dwelling left empty.
    """

    def __init__(
        self, session: Session, matched: Mapping[int, str], pool: Iterable[str], tally: Tally
    ) -> None:
        self.session, self.matched, self.out = session, matched, len(session.types)
        self.stock, tight = session.stock(pool), 0
        for i in bits(tally.active & session.scoped):  # quotas of one commune that moves may break
            homes = [session.type_of[d] for h, d in matched.items() if session.member[h] >> i & 1]
            outside = sum(not session.counting[t] >> i & 1 for t in homes)
            seats = session.quotas[i]["seats"]
            may_break = tally.n(i) + outside > seats if i in tally.caps else seats > 0
            tight |= may_break << i
        self.bound = {h: session.member[h] & tight for h in matched if session.member[h] & tight}
        mask = sum(1 << t for t in self.stock)
        worst = max((rank for h in matched for _, rank in session.cost[h].values()), default=0)
        scale = 1 + worst * len(matched)
        self.price = {
            h: {t: spare * scale + rank for t, (spare, rank) in session.cost[h].items()}
            for h in matched
        }
        self.where = {h: session.type_of[d] for h, d in matched.items()}
        self.option = {h: session.alike(h, t, tight) & mask for h, t in self.where.items()}
        self.sitting: dict[int, list[int]] = defaultdict(list)
        for h in sorted(matched, reverse=True):
            self.sitting[self.where[h]].append(h)
        self.free = {t for t, ids in self.stock.items() if len(self.sitting[t]) < len(ids)}
        self.level = [0] * (self.out + 1)

    def is_least(self) -> bool:
        """Find the shadow prices; false when a chain of moves would cost less."""
        arcs = {(t, self.out): 0 for t in self.free} | {(self.out, t): 0 for t in self.sitting}
        for h, t in self.where.items():
            for u in bits(self.option[h]):
                w = self.price[h][u] - self.price[h][t]
                arcs[t, u] = min(arcs.get((t, u), w), w)
        for _ in range(self.out + 2):
            late = [(b, self.level[a] + w) for (a, b), w in arcs.items()]
            late = [(b, low) for b, low in late if low < self.level[b]]
            if not late:
                return True
            for b, low in late:
                self.level[b] = min(self.level[b], low)
        return False

    def costless(self, h: int) -> set[int]:
        """Types where ``h`` could sit in some arrangement as good."""
        price, level = self.price[h], self.level
        base = price[self.where[h]] - level[self.where[h]]
        return {u for u in bits(self.option[h]) if price[u] - level[u] == base}

    def leads(self, start: int, end: int) -> bool:
        """Can a dwelling of ``start`` be freed at no cost, one of ``end`` being given up?"""
        level, seen, queue = self.level, {start}, [start]
        for t in queue:
            if t == self.out:
                found = {u for u in self.stock if level[u] == level[t]}
            else:
                found = {u for h in self.sitting[t] for u in self.costless(h)}
                found |= {self.out} if t in self.free and level[t] == level[self.out] else set()
            queue += sorted(found - seen)
            seen |= found
        return end in seen

    def check(self, path: str) -> None:
        """Least, and canonical."""
        require(self.is_least(), "fit_not_least", path)
        for h in sorted(self.matched):
            t, cost = self.where[h], self.session.cost[h]
            self.sitting[t].pop()
            for u in sorted(self.costless(h)):
                first = self.stock[u][0] if self.stock[u] else None
                if first and (*cost[u], first) < (*cost[t], self.matched[h]):
                    name = self.session.people[h]["id"]
                    holds = u != t and not self.leads(u, t)
                    require(holds, "fit_not_canonical", path, household=name, dwelling=first)
            self.stock[t].remove(self.matched[h])
        for h, k in combinations(sorted(self.bound), 2):
            if self.bound[h] == self.bound[k]:
                self.check_exchange(h, k, path)

    def check_exchange(self, h: int, k: int, path: str) -> None:
        """Two members of the same commune quotas, which no chain may carry across a border."""
        t, u = self.where[h], self.where[k]
        if u in self.price[h] and t in self.price[k]:
            gain = self.price[h][t] + self.price[k][u] - self.price[h][u] - self.price[k][t]
            mine = (self.price[h][t], self.matched[h])
            first = gain == 0 and (self.price[h][u], self.matched[k]) < mine
            name, other = self.session.people[h]["id"], self.matched[k]
            require(gain <= 0, "fit_not_least", path, household=name, dwelling=other)
            require(not first, "fit_not_canonical", path, household=name, dwelling=other)


def seniority(registered: date, on: date, *, mode: str) -> int:
    """Full years by anniversary (29 February falls on 1 March) or by calendar year."""
    late = (on.month, on.day) < (registered.month, registered.day)
    return on.year - registered.year - (late if mode == "anniversary" else 0)


def check_households(session: Session) -> None:
    """Totals, seniority, membership, strict order, ranks and ties."""
    counts = session.all["counts"]
    n_read = len(session.people) + sum(counts["not_ranked"].values())
    said = (counts["applications"], counts["ranked"])
    equal(said, (n_read, len(session.people)), "count", "counts")
    rules, on = session.rules, date.fromisoformat(session.all["meeting"]["meeting_on"])
    before, tie = tuple[Any, ...](), 0
    groups: dict[tuple[Any, ...], list[str]] = {}
    for i, h in enumerate(session.people):
        path = f"households[{i}]"
        equal(h["rank"], i + 1, "rank", f"{path}.rank")
        equal(h["points"], h["housing"] + h["personal"] + h["seniority"], "total", f"{path}.points")
        if h["tier"]:
            mode = rules["seniority_mode"]
            years = seniority(date.fromisoformat(h["date"]), on, mode=mode)
            found = max(0, min(years * rules["seniority_per_year"], rules["seniority_cap"]))
            if mode == "confirmations":  # how many is a fact of the register; at most one a year
                found = min(found, max(0, h["seniority"]))
            equal(h["seniority"], found, "seniority", f"{path}.seniority")
        place = -h["points"] if h["tier"] else h["nature"]
        key = (h["tier"], place, date.fromisoformat(h["date"]))
        known = h["tier"] in (0, 1) and (h["tier"] == 0 or h["nature"] == 0)
        require(known and key >= before, "order", path, household=h["id"])
        tie = tie + 1 if key == before else 1
        equal(h["tie"], tie, "tie", f"{path}.tie")
        before = key
        profile = session.profiles[h["profile"]]
        kind = (h["tier"], h["category"], *profile["agreements"])
        if kind not in groups:
            groups[kind] = [q["id"] for q in session.quotas if is_member(session, h, q)]
        equal(h["groups"], groups[kind], "groups", f"{path}.groups")
        rights = {"adapted": profile["has_disabled"], "over_65": profile["has_over_65"]}
        held = [name for name, holds in rights.items() if holds]
        claimed = [name for name in h["preferences"] if name != "appeal"]
        equal(claimed, held, "preferences", f"{path}.preferences")


def is_member(session: Session, h: Json, quota: Json) -> bool:
    """Does the quota's group hold this household?"""
    group, is_transfer = quota["group"], h["tier"] == 0
    if is_transfer and not quota["counts_transfers"]:
        return False
    profile = session.profiles[h["profile"]]
    return (
        (not group["income_categories"] or h["category"] in group["income_categories"])
        and group["list"] in ("", "transfer" if is_transfer else "candidate")
        and (not group["agreement"] or group["agreement"] in profile["agreements"])
    )


def pacing_of(session: Session, quota: Json) -> tuple[int | None, int | None, int]:
    """Interim and closing figures of a floor, and the seats they ask for."""
    meeting, opening, n = session.all["meeting"], quota["opening"], quota["base_planned"]
    if quota["limit"] == "seats":
        return None, None, int(quota["value"])
    is_floor, is_share = quota["kind"] == "floor", quota["limit"] == "share"
    if not is_floor or not meeting["forecast"] or quota["nis5"]:
        exact = Fraction(quota["value"]) * (n if is_share else 1)
        return None, None, max(0, (ceil if is_floor else floor)(exact) - opening)
    year = max(n, meeting["forecast"][quota["base"]])
    due = Fraction(quota["value"]) * (year if is_share else 1)
    interim = max(0, floor(due * n / year if year else due) - opening)
    closing = max(0, ceil(due) - opening - (year - n))
    if meeting["pacing"] == "year_end":
        return None, closing, closing
    return interim, closing, max(interim, closing)


def seats_of(session: Session, quota: Json) -> tuple[int | None, int | None, int]:
    """The same, seats limited by the free accompaniment places of the agreement."""
    interim, closing, seats = pacing_of(session, quota)
    return interim, closing, seats if quota["places"] is None else min(seats, quota["places"])


def pairs_of(session: Session, path: str, pairs: Iterable[tuple[str, str]]) -> dict[int, str]:
    """Household -> dwelling: known, allowed by law, nobody and nothing twice."""
    found: dict[int, str] = {}
    used: set[str] = set()
    for name, dwelling in pairs:
        h, t = session.index[name], session.type_of.get(dwelling)
        require(t in session.cost[h], "not_compatible", path, household=name, dwelling=dwelling)
        require(h not in found, "household_twice", path, household=name)
        require(dwelling not in used, "dwelling_twice", path, dwelling=dwelling)
        found[h] = dwelling
        used.add(dwelling)
    return found


class Main(NamedTuple):
    """Everybody served, and what the main round had."""

    served: dict[int, str]
    matched: dict[int, str]
    people: list[int]
    pool: set[str]
    before: list[int]
    tally: Tally
    reach: Reach
    rounds: list[tuple[str, dict[int, str], Tally, Reach]]
    unproved: int


def check_rounds(session: Session) -> Main:
    """Each round in the order of the text: who may enter, who is served, who gets what."""
    stated = session.all["assignments"]
    everything = pairs_of(session, "assignments", [(a["household"], a["dwelling"]) for a in stated])
    in_round = {session.index[a["household"]]: a["round"] for a in stated}
    caps, both = session.quota_mask("cap"), session.quota_mask("cap", "floor")
    done, rounds, missing = dict[int, str](), list[Any](), 0
    for name in ROUNDS:
        path = f"rounds.{name}"
        people = [
            h
            for h, item in enumerate(session.people)
            if h not in done and (name == "main" or name in item["preferences"])
        ]
        pool = {d for d in set(session.type_of) - set(done.values()) if session.enters(d, name)}
        matched = {h: d for h, d in everything.items() if in_round[h] == name}
        require(set(matched) <= set(people) and set(matched.values()) <= pool, "round", path)
        active = {"appeal": 0, "main": both}.get(name, caps)
        before = [session.cell(h, session.type_of[d], both) for h, d in done.items()]
        tally = Tally(session, active, before)
        reach = audit(session, path, matched, people, pool, tally)
        Fit(session, matched, pool, tally).check(path)
        missing += unproved(session, name, matched, people, tally, reach)
        rounds.append((name, matched, tally, reach))
        done |= matched
    equal(len(done), len(everything), "round", "assignments")
    return Main(done, matched, people, pool, before, tally, reach, rounds, missing)


def offered(session: Session, quota: Json, dwellings: Iterable[str]) -> int:
    """Of these dwellings, those in the base of a quota's share."""
    homes = [session.dwellings[d] for d in dwellings]
    here = [d for d in homes if quota["nis5"] in ("", d["nis5"])]
    return sum(quota["base"] == "allocations" or d["origin"] == "vacated" for d in here)


def added(session: Session, quota: Json, served: Mapping[int, str]) -> int:
    """What this meeting adds to the base of a quota's share."""
    n = offered(session, quota, served.values() if counts_let(session, quota) else session.type_of)
    if quota["counts_transfers"]:
        return n
    return n - sum(
        quota["nis5"] in ("", session.dwellings[d]["nis5"])
        for h, d in served.items()
        if session.people[h]["tier"] == 0
    )


def counts_let(session: Session, quota: Json) -> bool:
    """Does the base count the dwellings actually let?"""
    return bool(session.all["meeting"]["basis"] == "realised" and quota["base"] == "allocations")


def check_seats_of_quotas(session: Session, served: Mapping[int, str]) -> None:
    """
    Base and seats of every quota, from its share, the ledger and the pacing.

    A base said not to be settled is one that depends on who is served, and stays between
    nobody counted out and every dwelling counted out.
    """
    is_settled = session.all["meeting"]["base_is_settled"]
    bases = [q["base_done"] + added(session, q, served) for q in session.quotas]
    stated = [q["base_planned"] for q in session.quotas]
    require((stated == bases) == is_settled, "base", "quotas", stated=stated, found=bases)
    for i, q in enumerate(session.quotas):
        most = q["base_done"] + offered(session, q, session.type_of)
        depends = not q["counts_transfers"] or counts_let(session, q)
        inside = depends and most - len(session.type_of) <= stated[i] <= most
        holds = stated[i] == bases[i] or inside
        require(holds, "base", f"quotas[{i}]", stated=stated[i], found=bases[i])
        exact = Fraction(q["value"])
        share = f"{exact.numerator}/{exact.denominator}" if q["limit"] == "share" else int(exact)
        equal(q["value"], share, "form", f"quotas[{i}].value")
        found = (q["interim"], q["closing"], q["seats"])
        equal(found, seats_of(session, q), "seats", f"quotas[{i}]")


CONFLICT = {"quotas", "cells", "cuts", "proof", "without"}


def check_quotas(session: Session, main: Main) -> int:
    """Members counted, shortage, ground and witness of every quota; conflicts without a proof."""
    tally = main.tally
    used = count(session.cell(h, session.type_of[d], -1) for h, d in main.served.items())
    filled, missing = tally.filled(tally.cells), 0
    for i, q in enumerate(session.quotas):
        path = f"quotas[{i}]"
        equal(q["used"], used[i], "count", f"{path}.used")
        short = q["seats"] - filled.get(i, min(q["seats"], used[i]))
        ground = "short" if short else "met"
        if q["kind"] == "cap":
            short, ground = 0, "reached" if used[i] >= q["seats"] else "open"
            most = Fraction(q["value"]) * (q["base_planned"] if q["limit"] == "share" else 1)
            if q["limit"] != "seats" and q["opening"] > most:
                ground = "exceeded_before"
        equal((q["shortage"], q["ground"]), (short, ground), "quota_ground", path)
        found = witness(session, main, i) if short else {}
        conflict = q["witness"] if q["witness"].get("kind") == "conflict" else {}
        said = {name: v for name, v in q["witness"].items() if name not in {*conflict} & CONFLICT}
        equal(said, found, "shortage_witness", f"{path}.witness")
        known = set(q["witness"].get("quotas", ())) <= set(session.bit) - {q["id"]}
        require(known, "shortage_witness", f"{path}.witness")
        others, mine = (set(in_order(session, q, part)) for part in ("passed_over", "instead"))
        inside = mine <= set(main.matched) and others <= set(main.people) - set(main.matched)
        require(inside, "claimed", f"{path}.passed_over")
        missing += bool(conflict) and "proof" not in conflict
        if "proof" in conflict:
            check_conflict(session, main, i, conflict, path=f"{path}.witness")
    return missing


def check_conflict(session: Session, main: Main, i: int, stated: Json, *, path: str) -> None:
    """
    Floor ``i`` cannot be full while these quotas are kept, and could be without any one of them.

    Kept: a cap; a floor as far as it was filled.
    """
    others, tally = [session.bit[name] for name in stated["quotas"]], main.tally
    filled = {j: tally.n(j) for j in others} | tally.filled(tally.cells)
    seats = {j: tally.caps.get(j, min(session.quotas[j]["seats"], filled[j])) for j in others}
    seats[i] = session.quotas[i]["seats"]
    sums = Additions(session, stated, main.people, tally, main.reach)
    kept = {j: n for j, n in seats.items() if sums.kept >> j & 1}
    holds = i not in others and sums.fail(stated["proof"], kept, 0)
    require(holds and set(stated["without"]) == set(stated["quotas"]), "shortage_witness", path)
    for name, pairs in stated["without"].items():
        rest = {j: n for j, n in seats.items() if j != session.bit[name]}
        housed = pairs_of(session, path, pairs)
        inside = set(housed) <= set(main.people) and set(housed.values()) <= main.pool
        cells = [session.cell(h, session.type_of[d], -1) for h, d in housed.items()]
        enough = Tally(session, sum(1 << j for j in rest), main.before).keeps(cells, rest)
        require(inside and enough, "shortage_witness", path, without=name)


def in_order(session: Session, quota: Json, part: str) -> list[int]:
    """Households a quota names, each once, best rank first."""
    found = [session.index[name] for name in quota[part]]
    require(found == sorted(set(found)), "claimed", f"{quota['id']}.{part}")
    return found


def in_the_way(session: Session, h: int, kinds: set[str], main: Main) -> list[str]:
    """Quotas without any one of which ``h`` is said to be served; else all that bind."""
    able = [(i, q) for i, q in enumerate(session.quotas) if q["kind"] in kinds]
    name = session.people[h]["id"]
    alone = [q["id"] for _, q in able if name in q["passed_over"]]
    binding = [
        q["id"]
        for i, q in able
        if (q["kind"] == "floor" and 0 < q["used"] <= q["seats"])
        or (i in main.tally.caps and session.member[h] >> i & 1 and q["used"] >= main.tally.caps[i])
    ]
    return sorted(alone or binding)


def witness(session: Session, main: Main, i: int) -> Json:
    """Why a floor stays short: nobody, too few who can be housed together, or a conflict."""
    here = sum(1 << t for t in main.reach.stock if session.counting[t] >> i & 1)
    members = [h for h in main.people if session.member[h] >> i & 1]
    masks = [session.mask[h] & here for h in members if session.mask[h] & here]
    if not masks:
        return {"kind": "no_candidate"}
    room = {t: len(ids) for t, ids in main.reach.stock.items()}
    kept, tight = housed_together(masks, dict(room))
    if len(kept) + count(main.before)[i] < session.quotas[i]["seats"]:
        homes = sorted(d for t in bits(tight) for d in main.reach.stock[t])
        return {"kind": "too_few_compatible", "at_most": len(kept), "dwellings": homes}
    return {"kind": "conflict"}


def housed_together(masks: Iterable[int], room: dict[int, int]) -> tuple[list[int], int]:
    """
    Whoever can be housed together with those before, in this order: their positions.

    Also the types full of households that accept nothing else: as many of those refused as one
    likes would not fit in (Hall).
    """
    on: dict[int, Counter[int]] = defaultdict(Counter)  # type -> acceptances of its households
    dead, kept = 0, list[int]()
    for n, mask in enumerate(masks):
        queue, came = list(bits(mask & ~dead)), dict[int, tuple[int, int]]()
        seen, free = mask | dead, -1
        for t in queue:
            if room[t]:
                free = t
                break
            for held in on[t]:
                for u in bits(held & ~seen):
                    came[u] = (t, held)
                    queue.append(u)
                seen |= held
        if free < 0:
            dead |= seen
            continue
        kept.append(n)
        room[free] -= 1
        while free in came:
            before, held = came[free]
            on[free][held] += 1
            on[before][held] -= 1
            if not on[before][held]:
                del on[before][held]
            free = before
        on[free][mask] += 1
    return kept, dead


class Additions:
    """
    Why a served set is the best one: lines that contradict one another when added up.

    Households are counted by cell (the quotas that count them), between those already served and
    all who could be. A *cut* (cells, types of dwellings) limits some cells together: those of
    them who accept nothing else have the dwellings of these types, less what households of other
    cells take who are already served and accept nothing else. Whoever is shut out by better
    ranked of the same cell is never counted: one of those could take its place. Caps limited to
    a commune are left out, its floors count members wherever they live: what is impossible even
    so is impossible with them.
    """

    def __init__(
        self, session: Session, stated: Json, people: Iterable[int], tally: Tally, reach: Reach
    ) -> None:
        self.session, self.tally, self.offered = session, tally, reach.mask
        self.room = {t: len(ids) for t, ids in reach.stock.items()}
        self.kept = tally.active & ~(session.scoped & session.quota_mask("cap"))
        self.cells = [sum(1 << session.bit[q] for q in names) for names in stated["cells"]]
        by_cell: dict[int, list[int]] = {mask: [] for mask in self.cells}
        able = [h for h in people if session.mask[h] & self.offered]
        known = {session.member[h] & tally.active for h in able} <= set(by_cell)
        require(known and len(by_cell) == len(self.cells), "argument", "arguments")
        for h in able:
            by_cell[session.member[h] & tally.active].append(h)
        self.classes: list[tuple[int, int]] = []  # cell, types accepted
        self.size, self.served = list[int](), list[int]()
        self.of: dict[int, int] = {}
        number: dict[tuple[int, int], int] = {}
        for c, mine in enumerate(by_cell.values()):
            masks = [session.mask[h] & self.offered for h in mine]
            for n in housed_together(masks, dict(self.room))[0]:
                k = self.of[mine[n]] = number.setdefault((c, masks[n]), len(number))
                if k == len(self.size):
                    self.classes.append((c, masks[n]))
                    self.size.append(0)
                    self.served.append(0)
                self.size[k] += 1
        self.cuts = [
            self.cut(set(cut["cells"]), self.types(cut["types"])) for cut in stated["cuts"]
        ]

    def types(self, dwellings: list[str] | None) -> int:
        """Types named by a dwelling of each; ``None``: all."""
        named = {self.session.type_of[d] for d in dwellings or ()}
        return self.offered if dwellings is None else sum(1 << t for t in named) & self.offered

    def cut(self, cells: set[int], types: int) -> tuple[set[int], int, list[int], list[int]]:
        """With its classes that accept something else, and those of other cells that do not."""
        require(cells <= set(range(len(self.cells))), "argument", "arguments", cells=cells)
        outside, inside = list[int](), list[int]()
        for k, (c, mask) in enumerate(self.classes):
            if (c in cells) == bool(mask & ~types):
                (outside if c in cells else inside).append(k)
        return cells, types, outside, inside

    def most_housed(self, n: int, cell: int, types: int) -> int:
        """Households of a cut's cells that can be housed, around the served and a newcomer."""
        cells, within, outside, inside = self.cuts[n]
        most = sum(k for t, k in self.room.items() if within >> t & 1)
        most += sum(self.size[k] for k in outside) - sum(self.served[k] for k in inside)
        return most - (cell >= 0 and cell not in cells and not types & ~within)

    def fail(
        self, proof: Json, seats: Mapping[int, int], most_short: int,
        *, least_served: int = 0, cell: int = -1, types: int = 0,
    ) -> bool:  # fmt: skip
        """
        Is there no solution around the households served and a newcomer of ``cell``?

        ``seats``: of the quotas to keep; ``types``: all that the newcomer may accept. When one
        addition is not enough, the number served of a cell is split: at most so many, or more.
        """
        low, high = [0] * len(self.cells), [0] * len(self.cells)
        for (c, _), served, size in zip(self.classes, self.served, self.size, strict=True):
            low[c] += served
            high[c] += size
        if cell >= 0:
            low[cell] += 1
        waiting = [(proof, low, high)]
        while waiting:
            proof, low, high = waiting.pop()
            if "at_most" in proof:
                c, most = proof["cell"], proof["at_most"]
                fewer, more = list(high), list(low)
                fewer[c], more[c] = min(high[c], most), max(low[c], most + 1)
                waiting += [(proof["below"], low, fewer), (proof["above"], more, high)]
            elif all(a <= b for a, b in zip(low, high, strict=True)):
                rooms = {n: self.most_housed(n, cell, types) for n, _ in proof["cuts"]}
                load, limit = self.sum_of(proof, seats, rooms)
                limit += proof["shortage"] * most_short - proof["served"] * least_served
                ends = zip(load, low, high, strict=True)
                if sum(n * (a if n > 0 else b) for n, a, b in ends) <= limit:
                    return False
        return True

    def sum_of(
        self, proof: Json, seats: Mapping[int, int], rooms: Mapping[int, int]
    ) -> tuple[list[int], int]:
        """The lines added up: how often a household of each cell counts, and the limit."""
        load, limit, floors = [-proof["served"]] * len(self.cells), 0, dict[int, int]()
        for n, times in proof["cuts"]:
            limit += times * rooms[n]
            for c in self.cuts[n][0]:
                load[c] += times
        for name, times in proof["quotas"]:
            i, quota = self.session.bit[name], self.session.quotas[self.session.bit[name]]
            is_cap = quota["kind"] == "cap"
            enough = is_cap or quota["is_hard"] or times <= proof["shortage"] * quota["weight"]
            require(enough and i in seats and i not in floors, "argument", name)
            limit += times * (seats[i] - self.tally.n(i, self.tally.before)) if is_cap else 0
            if is_cap:
                load = [
                    n + times * (mask >> i & 1) for n, mask in zip(load, self.cells, strict=True)
                ]
            else:
                floors[i], limit = times, limit - times * seats[i]
        load = [n - self.worth(mask, floors) for n, mask in zip(load, self.cells, strict=True)]
        before = self.tally.before.items()
        return load, limit + sum(n * self.worth(mask, floors) for mask, n in before)

    def worth(self, cell: int, floors: Mapping[int, int]) -> int:
        """Seats a household can take in these floors, each so many times; one of the `once`."""
        quotas = self.session.quotas
        mine = [(quotas[i], n) for i, n in floors.items() if cell >> i & 1]
        once = [n for q, n in mine if q["counting"] == "once" and not q["is_hard"]]
        return sum(n for _, n in mine) - sum(once) + max(once, default=0)

    def commit(self, people: Iterable[int]) -> None:
        """These are served for good."""
        for k in (self.of[h] for h in people if h in self.of):
            self.served[k] += 1
            self.size[k] = max(self.size[k], self.served[k])

    def close(self, cell: int, types: int) -> None:
        """Nobody more of a cell who accepts nothing else than these types."""
        for k, (c, mask) in enumerate(self.classes):
            if c == cell and not mask & ~types:
                self.size[k] = self.served[k]


def unproved(
    session: Session, name: str, matched: Mapping[int, str], people: list[int], tally: Tally,
    reach: Reach,
) -> int:  # fmt: skip
    """
    Is this served set the best one? The number of refusals, and of levels, without a proof.

    Down the list, whoever is refused is shut out by households above who fill all they could live
    in, or named by a refusal that adds up: after so many served, nobody of a cell who accepts
    nothing else than some types can still come in.
    """
    path = f"arguments.{name}"
    if tally.active & session.scoped:  # moves that an audit would not follow count here
        reach = Reach(session, matched, (d for ids in reach.stock.values() for d in ids), 0)
    last = {mask: reach.last_inside(mask) for mask in {session.mask[h] for h in people}}
    waiting = [h for h in people if h < last[session.mask[h]] and h not in matched]
    short, stated = tally.after(None, None) or 0, session.all["arguments"].get(name)
    if stated is None:
        return len(waiting) + (short > 0)
    sums = Additions(session, stated, people, tally, reach)
    seats = tally.seats_to_keep(sums.kept)
    least = len(matched) if "units" in session.all["meeting"]["levels"] else 0
    missing = 0
    for part, level in (("least", (short - 1, 0)), ("most", (short, least + 1))):
        if short if part == "least" else least:
            missing += stated[part] is None
            proof, (most, served) = stated[part], level
            holds = proof is None or sums.fail(proof, seats, most, least_served=served)
            require(holds, "argument", f"{path}.{part}")
    order, done, refused = sorted(matched), 0, defaultdict[int, list[tuple[int, int]]](list)
    for n, refusal in enumerate(stated["refusals"]):
        c, types, after = refusal["cell"], sums.types(refusal["types"]), refusal["after"]
        require(c < len(sums.cells) and done <= after, "argument", f"{path}.refusals[{n}]")
        sums.commit(order[done:after])
        done = after
        proof = refusal["proof"]
        holds = sums.fail(proof, seats, short, least_served=least, cell=c, types=types)
        require(holds, "argument", f"{path}.refusals[{n}]", after=after)
        sums.close(c, types)
        refused[sums.cells[c]].append((after, types))
    rest = []
    for h in waiting:
        above, mine = bisect(order, h), refused[session.member[h] & tally.active]
        mask = session.mask[h] & reach.mask
        if h in sums.of and not any(n <= above and not mask & ~types for n, types in mine):
            rest.append(session.people[h]["id"])
    equal(stated["unproved"], rest, "argument", f"{path}.unproved")
    return missing + len(rest)


def check_counterfactuals(
    session: Session, main: Main
) -> tuple[dict[str, dict[int, str]], Reach, int]:
    """The main round under no quota, no floor, no cap; what a newcomer reaches in the first."""
    lifted = {
        "without_floors": session.quota_mask("cap"),
        "without_caps": session.quota_mask("floor"),
        "without_quotas": 0,
    }
    stated, every = session.all["counterfactuals"], session.quota_mask("floor", "cap")
    each = {f"without:{q['id']}": every ^ 1 << i for i, q in enumerate(session.quotas)}
    is_each_stated = session.is_worked_out or len(stated) > len(lifted)
    named = {*lifted, *each} if is_each_stated else set(lifted)
    equal(set(stated), named, "round", "counterfactuals")
    argued = set(session.all["arguments"]) <= named | set(ROUNDS)
    require(argued, "argument", "arguments")
    lifted |= {name: active for name, active in each.items() if name in stated}
    sets: dict[str, dict[int, str]] = {}
    free, missing = main.reach, 0
    for name, active in lifted.items():
        path = f"counterfactuals.{name}"
        sets[name] = pairs_of(session, path, stated[name])
        inside = set(sets[name]) <= set(main.people) and set(sets[name].values()) <= main.pool
        require(inside, "round", path)
        other = Tally(session, active, main.before)
        reach = audit(session, path, sets[name], main.people, main.pool, other)
        missing += unproved(session, name, sets[name], main.people, other, reach)
        free = reach if name == "without_quotas" else free
        if name in each:
            quota, now = session.quotas[session.bit[name.partition(":")[2]]], set(main.matched)
            found = (sorted(set(sets[name]) - now), sorted(now - set(sets[name])))
            said = (in_order(session, quota, "passed_over"), in_order(session, quota, "instead"))
            equal(said, found, "claimed", f"{quota['id']}.passed_over")
    return sets, free, missing


def check_grounds(session: Session, main: Main) -> int:
    """Why everyone else is not served, against audited counterfactual sets; what is unproved."""
    sets, free, missing_proofs = check_counterfactuals(session, main)
    tight: dict[int, int] = {}  # position in ``halls`` -> types filled by the households named
    kinds = {"reserve": {"floor"}, "cap": {"cap"}, "joint": {"floor", "cap"}}
    stated = [session.index[u["household"]] for u in session.all["unserved"]]
    missing = [h for h in range(len(session.people)) if h not in main.served]
    equal(stated, missing, "unserved", "unserved")
    for n, (h, u) in enumerate(zip(stated, session.all["unserved"], strict=True)):
        path, here = f"unserved[{n}]", session.mask[h] & free.mask
        if not here:
            ground = "preferential" if session.mask[h] else "no_compatible_dwelling"
        elif h not in sets["without_quotas"]:
            ground = "outranked"
        elif h in sets["without_floors"]:
            ground = "reserve"
        else:
            ground = "cap" if h in sets["without_caps"] else "joint"
        equal(u["reason"], ground, "ground", f"{path}.reason")
        found = in_the_way(session, h, kinds.get(ground, set()), main)
        equal(u["quotas"], found, "ground", f"{path}.quotas")
        require((u["hall"] is not None) == (ground == "outranked"), "hall", f"{path}.hall")
        if ground == "outranked":
            filled = tight.setdefault(u["hall"], free.types(here))
            equal(free.types(here), filled, "hall", f"{path}.hall")
        if u["is_rank_known"]:
            check_must_outrank(session, h, u["must_outrank"], main, f"{path}.must_outrank")
        else:
            require(not (u["must_outrank"] or session.is_worked_out), "must_outrank", path)
    equal(sorted(tight), list(range(len(session.all["halls"]))), "hall", "halls")
    at_home: dict[int, list[int]] = defaultdict(list)
    for h, d in sets["without_quotas"].items():
        at_home[session.type_of[d]].append(h)
    for n, mask in tight.items():
        hall, blockers = session.all["halls"][n], sorted(h for t in bits(mask) for h in at_home[t])
        names = [session.people[h]["id"] for h in blockers]
        equal(hall["households"], names, "hall", f"halls[{n}].households")
        homes = sorted(d for t in bits(mask) for d in free.stock[t])
        equal(hall["dwellings"], homes, "hall", f"halls[{n}].dwellings")
    check_seats(session, main, set(sets["without_floors"]))
    return missing_proofs


def check_must_outrank(session: Session, h: int, stated: str | None, main: Main, path: str) -> None:
    """
    The household named ranks above, is served in a round ``h`` enters, and no lower rank would do.

    Whoever could be replaced as the quotas stand shows a rank that is enough; without quotas it
    is the lowest one.
    """
    enough, able = -1, list[Mapping[int, str]]()
    for name, matched, tally, reach in main.rounds:
        if name in ("main", *session.people[h]["preferences"]):
            ways = [(cell, reach.types(start)) for cell, start in reach.entries(h)]
            last = max((reach.lowest(cell, types, tally) for cell, types in ways), default=-1)
            able.append(matched if tally.active else {last: ""})
            enough = max(enough, last)
    other = -1 if stated is None else session.index.get(stated, h)
    holds = enough <= other < h and (stated is None or any(other in some for some in able))
    require(holds, "must_outrank", path, stated=stated)


def check_seats(session: Session, main: Main, without_floors: set[int]) -> None:
    """Open or reserved seat, floors that would be shorter, the one channel named."""
    for n, a in enumerate(session.all["assignments"]):
        h, path = session.index[a["household"]], f"assignments[{n}]"
        if h not in main.matched:
            equal((a["channel"], a["seat"]), (a["round"], "open"), "channel", path)
            equal(a["critical_for"], [], "critical", path)
            continue
        seat = "open" if h in without_floors else "reserve"
        channel = "transfer" if session.people[h]["tier"] == 0 else "list"
        equal(a["seat"], seat, "seat", path)
        channel = "reserve" if seat == "reserve" else channel
        channel = "agreement" if session.dwellings[a["dwelling"]]["agreement"] else channel
        equal(a["channel"], channel, "channel", path)
        critical = main.tally.critical(session.cell(h, session.type_of[a["dwelling"]], -1))
        equal(a["critical_for"], critical, "critical", f"{path}.critical_for")
        weights = [(-session.quotas[session.bit[q]]["weight"], q) for q in critical]
        wanted = min(weights)[1] if weights and seat == "reserve" else ""
        equal(a["seat_quota"], wanted, "seat", f"{path}.seat_quota")


def check_empty(session: Session, main: Main) -> None:
    """Every dwelling left empty, and why."""
    left = sorted(set(session.dwellings) - set(main.served.values()))
    equal([e["dwelling"] for e in session.all["empty"]], left, "empty", "empty")
    takers: dict[int, list[int]] = defaultdict(list)
    for h in range(len(session.people)):
        for t in session.cost[h]:
            takers[t].append(h)
    for n, e in enumerate(session.all["empty"]):
        dwelling = session.dwellings[e["dwelling"]]
        if not dwelling["is_available"]:
            ground = "locked" if dwelling["regime"] == "social" else "excluded_regime"
        else:
            able = takers[session.type_of[e["dwelling"]]]
            waiting = [h for h in able if h not in main.served]
            ground = "cap" if waiting else "nobody_left" if able else "no_candidate"
        equal(e["ground"], ground, "empty", f"empty[{n}].ground")
        found = []
        for h in waiting if ground == "cap" else ():
            cell = session.cell(h, session.type_of[e["dwelling"]], session.quota_mask("cap"))
            caps = [session.quotas[i] for i in bits(cell)]
            full = sorted(q["id"] for q in caps if q["used"] >= q["seats"])
            found.append([session.people[h]["id"], full])
        equal(e["waiting"], found, "empty", f"empty[{n}].waiting")
        named = sorted({q for _, quotas in found for q in quotas})
        equal(e["quotas"], named, "empty", f"empty[{n}].quotas")


class Serial:
    """
    The literal reading: dwelling by dwelling, in order of availability, then identifier.

    Looked at first: appeal winners (whom no cap stops), then the preferential group of that
    dwelling, then members of the floors behind their even pace (furthest behind first).
    """

    def __init__(self, session: Session) -> None:
        self.session, self.used = session, Counter[int]()
        self.served: dict[int, str] = {}
        self.passed: dict[str, list[int]] = {}  # dwelling -> better-ranked households able to
        self.closed: dict[str, int] = {}  # dwelling -> caps full when its turn came
        self.behind: dict[str, int] = {}  # dwelling -> floors behind when its turn came
        self.asked: dict[str, int] = {}  # dwelling -> the floor (a bit) it was let for, if any
        ready = {d: (session.dwellings[d]["available_on"], d) for d in session.type_of}
        self.order = sorted(ready, key=lambda d: ready[d])
        self.holders: dict[str, set[int]] = {
            name: {h for h, p in enumerate(session.people) if name in p["preferences"]}
            for name in ROUNDS[:3]
        }
        caps, waiting = session.quota_mask("cap"), defaultdict[int, list[int]](list)
        for h, mask in enumerate(session.mask):
            for t in bits(mask):
                waiting[t].append(h)
        for n, dwelling in enumerate(self.order, 1):
            t = session.type_of[dwelling]
            waiting[t] = [h for h in waiting[t] if h not in self.served]
            full = sum(1 << i for i, q in enumerate(session.quotas) if self.used[i] >= q["seats"])
            closed = self.closed[dwelling] = full & caps & session.counting[t]
            winners = self.holders["appeal"]
            able = [h for h in waiting[t] if not session.member[h] & closed or h in winners]
            chosen = self.first(able, dwelling, n)
            if chosen is not None:
                self.served[chosen] = dwelling
                self.passed[dwelling] = able[: able.index(chosen)]
                self.used.update(bits(session.cell(chosen, t, -1)))

    def first(self, able: list[int], dwelling: str, n: int) -> int | None:
        """Who gets the ``n``-th dwelling."""
        quotas = self.session.quotas
        floors = [i for i, q in enumerate(quotas) if q["kind"] == "floor"]
        due = {i: quotas[i]["seats"] * n // len(self.order) - self.used[i] for i in floors}
        behind = [i for i in floors if due[i] > 0]
        self.behind[dwelling] = sum(1 << i for i in behind)
        for name, holders in self.holders.items():
            mine = [h for h in holders.intersection(able) if self.session.enters(dwelling, name)]
            if mine:
                return min(mine)
        for i in sorted(behind, key=lambda i: (-due[i], quotas[i]["id"])):
            member = next((h for h in able if self.session.member[h] >> i & 1), None)
            if member is not None:
                self.asked[dwelling] = 1 << i
                return member
        return able[0] if able else None

    def check(self) -> dict[int, str]:
        """A meeting held in this mode: every dwelling, seat, channel and count."""
        session, stated = self.session, self.session.all["assignments"]
        pairs = [(a["household"], a["dwelling"]) for a in stated]
        equal(pairs_of(session, "assignments", pairs), self.served, "serial", "assignments")
        joint = pairs_of(session, "alternatives.joint", session.all["alternatives"]["joint"])
        check_seats_of_quotas(session, joint)
        self.check_served(stated)
        self.check_quotas()
        self.check_unserved()
        self.check_empty()
        for name in ("halls", "counterfactuals", "arguments"):
            require(not session.all[name], "serial", name)
        return self.served

    def way(self, h: int, dwelling: str) -> str:
        """The first round in which a household may have this dwelling."""
        rights = self.session.people[h]["preferences"]
        mine = (x for x in ROUNDS[:3] if x in rights and self.session.enters(dwelling, x))
        return next(mine, "main")

    def floor(self, dwelling: str) -> int:
        """The floor for which somebody came before a better rank (a bit), if one did."""
        return self.asked.get(dwelling, 0) if self.passed[dwelling] else 0

    def alike(self, h: int, k: int, dwelling: str) -> bool:
        """Would a rank above ``k``, who has it, have given ``h`` this dwelling at its turn?"""
        mine, closed = self.session.member[h], self.closed[dwelling]
        is_able = h in self.holders["appeal"] or not mine & closed
        is_asked = not self.asked.get(dwelling, 0) & ~mine
        return is_able and is_asked and self.way(h, dwelling) == self.way(k, dwelling)

    def names(self, mask: int) -> list[str]:
        """Identifiers of a set of quotas."""
        return sorted(self.session.quotas[i]["id"] for i in bits(mask))

    def check_served(self, stated: list[Json]) -> None:
        """Round, channel and seat of everyone served."""
        session = self.session
        for n, a in enumerate(stated):
            h, path = session.index[a["household"]], f"assignments[{n}]"
            name, floor = self.way(h, a["dwelling"]), self.names(self.floor(a["dwelling"]))
            behind = self.behind[a["dwelling"]] & session.member[h] if name == "main" else 0
            channel = "transfer" if session.people[h]["tier"] == 0 else "list"
            channel = "reserve" if floor else channel
            channel = "agreement" if session.dwellings[a["dwelling"]]["agreement"] else channel
            channel = channel if name == "main" else name
            seat = ("reserve", floor[0]) if floor else ("open", "")
            found = (name, channel, seat[0], self.names(behind), seat[1])
            said = (a["round"], a["channel"], a["seat"], a["critical_for"], a["seat_quota"])
            equal(said, found, "channel", path)

    def check_quotas(self) -> None:
        """Count, ground and witness of every quota."""
        for i, q in enumerate(self.session.quotas):
            is_floor, path = q["kind"] == "floor", f"quotas[{i}]"
            short = max(0, q["seats"] - self.used[i]) if is_floor else 0
            equal((q["used"], q["shortage"]), (self.used[i], short), "count", path)
            reached = "reached" if self.used[i] >= q["seats"] else "open"
            ground = ("short" if short else "met") if is_floor else reached
            equal(q["ground"], ground, "quota_ground", path)
            witness = {"kind": "dwelling_by_dwelling"} if short else {}
            equal(q["witness"], witness, "shortage_witness", f"{path}.witness")
            behind = {
                k
                for d in self.served.values()
                if self.floor(d) >> i & 1
                for k in self.passed[d]
                if k not in self.served
            }
            said = (in_order(self.session, q, "passed_over"), in_order(self.session, q, "instead"))
            equal(said, (sorted(behind), list[int]()), "claimed", f"{path}.passed_over")

    def check_unserved(self) -> None:
        """
        The ground of everyone not served, read off the dwellings they accept.

        A cap full at the turn of one; else a floor that gave one to somebody ranked below; else
        a preferential group that did; else everybody there ranks above.
        """
        session, stated = self.session, self.session.all["unserved"]
        missing = [p["id"] for h, p in enumerate(session.people) if h not in self.served]
        equal([u["household"] for u in stated], missing, "unserved", "unserved")
        closed = Counter[int]()  # by type
        let: dict[int, list[tuple[int, int, str]]] = defaultdict(list)  # holder, floors
        for d in self.order:
            closed[session.type_of[d]] |= self.closed[d]
        for h, d in self.served.items():
            let[session.type_of[d]].append((h, self.floor(d), d))
        for n, u in enumerate(stated):
            h = session.index[u["household"]]
            caps = floors = 0
            for t in bits(session.mask[h]):
                caps |= 0 if h in self.holders["appeal"] else closed[t] & session.member[h]
            there = [line for t in bits(session.mask[h]) for line in let[t]]
            behind = [f for k, f, _ in there if k > h]
            for mask in behind:
                floors |= mask
            last = max((k for k, _, d in there if k < h and self.alike(h, k, d)), default=-1)
            ground = "reserve" if floors else "preferential" if behind else "outranked"
            ground = ("cap" if caps else ground) if session.mask[h] else "no_compatible_dwelling"
            above = session.people[last]["id"] if last >= 0 else None
            said = (u["reason"], u["quotas"], u["must_outrank"], u["is_rank_known"], u["hall"])
            found = (ground, self.names(caps or floors), above, True, None)
            equal(said, found, "ground", f"unserved[{n}]")

    def check_empty(self) -> None:
        """Every dwelling left empty, and why."""
        session, stated = self.session, self.session.all["empty"]
        left = sorted(set(session.dwellings) - set(self.served.values()))
        equal([e["dwelling"] for e in stated], left, "empty", "empty")
        for n, e in enumerate(stated):
            dwelling, full = session.dwellings[e["dwelling"]], 0
            if dwelling["is_available"]:
                t = session.type_of[e["dwelling"]]
                able = [h for h, mask in enumerate(session.mask) if mask >> t & 1]
                for h in set(able) - self.holders["appeal"]:
                    full |= self.closed[e["dwelling"]] & session.member[h]
                ground = "cap" if full else "nobody_left" if able else "no_candidate"
            else:
                ground = "locked" if dwelling["regime"] == "social" else "excluded_regime"
            found = (ground, self.names(full), list[Json]())
            equal((e["ground"], e["quotas"], e["waiting"]), found, "empty", f"empty[{n}]")


TABLES = {"housing": "housing_situation", "personal": "personal_situation"}


def check_annex(certificate: Json, annex: Json) -> int:
    """Open the commitments still there; returns how many."""
    equal(annex["certificate"], certificate["hash"], "annex_binding", "annex.certificate")
    check_form(ANNEX, annex, certificate, "annex")
    seed, openings = certificate["meeting"]["draw_seed"], annex["openings"]
    profiles = {p["id"]: digest(p | {"id": ""}) for p in certificate["profiles"]}
    opened_ids = {o["opened"]["application_id"] for o in openings.values()}
    require(len(opened_ids) == len(openings), "identifier_twice", "annex.openings")
    before = ("", "")
    for i, h in enumerate(certificate["households"]):
        path = f"households[{i}]"
        if h["tie"] == 1:  # the first of those alike but for the draw
            before = ("", "")
        if h["id"] not in openings:
            continue
        opened, salt = openings[h["id"]]["opened"], bytes.fromhex(openings[h["id"]]["salt"])
        equal(h["commitment"], digest(opened, salt), "commitment", f"{path}.commitment")
        for name, value in opened["stated"].items():
            found = profiles[h["profile"]] if name == "profile" else h[name]
            equal(found, value, "commitment", f"{path}.{name}")
        for name, table in TABLES.items():
            best = max((n["points"] for n in opened["lines"] if n["table"] == table), default=0)
            equal(h[name], best, "line", f"{path}.{name}")
        text = f"{seed}\n{opened['application_id']}".encode()
        draw = hashlib.sha256(text).digest()[:8].hex()
        equal(opened["draw"], draw, "draw", path)
        now = (draw, str(opened["application_id"]))
        require(now > before, "draw", path)
        before = now
    ids = {h["id"] for h in certificate["households"]}
    require(set(openings) <= ids, "identifier_unknown", "annex.openings")
    return len(openings)


@no_search_for_cycles()
def check(certificate: Json, annex: Json | None = None) -> dict[str, int]:
    """Check every statement; returns what was counted on the way."""
    equal(certificate["hash"], digest(certificate), "hash", "hash")
    check_form(FORM, certificate, certificate, "")
    session = Session(certificate)
    check_households(session)
    if certificate["meeting"]["mode"] == "serial":
        served, missing = Serial(session).check(), 0
    else:
        main = check_rounds(session)
        served = main.served
        check_seats_of_quotas(session, served)
        missing = main.unproved + check_quotas(session, main) + check_grounds(session, main)
        check_empty(session, main)
    for name, pairs in certificate["alternatives"].items():
        found = pairs_of(session, f"alternatives.{name}", pairs)
        holds = name != "serial" or found == Serial(session).served
        require(holds, "serial", "alternatives.serial")
    return {
        "households": len(session.people),
        "dwellings": len(session.dwellings),
        "served": len(served),
        "unserved": len(certificate["unserved"]),
        "quotas": len(session.quotas),
        "unproved": missing,
        "opened": 0 if annex is None else check_annex(certificate, annex),
    }


def main(arguments: list[str]) -> int:
    """Check one certificate, with its annex if given; returns the exit code."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    try:
        texts = [Path(name).read_bytes() for name in arguments]
        annex = read(texts[1], "certificate-annex/1") if texts[1:] else None
        counted = check(read(texts[0], "certificate/1"), annex)
    except FalseStatementError as error:
        print(f"FALSE {error}")
        return 1
    except BAD_FILE as error:
        print(f"UNREADABLE {type(error).__name__}: {error}")
        return 2
    print("TRUE " + ", ".join(f"{n} {name}" for name, n in counted.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
