"""
The same household registered twice: suspected by the program, decided by a person, undoable.

An application is unique in Wallonia, so two files of one household are brought together; two
households taken for one are kept apart for good. Only names, birth dates and national numbers are
compared, never what happened to people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Literal
from unicodedata import combining, normalize

from allocation.procedure.machine import IllegalActError

Ground = Literal[
    "national_number", "name_and_birth", "close_name_and_birth", "name_and_close_birth"
]
GROUNDS: tuple[Ground, ...] = (
    "national_number",
    "name_and_birth",
    "close_name_and_birth",
    "name_and_close_birth",
)
# Two spellings of one name differ by a letter or two; not a figure of a law, and only a person
# decides. Of 100.
CLOSE_NAMES = 85


@dataclass(frozen=True)
class Person:
    """A member of a household as compared; ``national_number`` holds digits only."""

    application_id: str
    member_id: str
    family_name: str
    given_name: str
    born_on: date | None
    national_number: str = ""


@dataclass(frozen=True)
class Suspicion:
    """
    Two applications that may be one household: the persons found in both, each with its ground.

    ``first`` is the application whose identifier sorts first.
    """

    first: str
    second: str
    persons: tuple[tuple[str, str, Ground], ...]


@dataclass(frozen=True)
class Verdict:
    """A person's decision on two applications; ``same`` false keeps them apart for good."""

    first: str
    second: str
    same: bool
    decided_by: str
    decided_on: date


def suspicions(persons: Iterable[Person], verdicts: Iterable[Verdict] = ()) -> list[Suspicion]:
    """
    Pairs of applications with a person in common, strongest ground first, nobody judged.

    Pairs on which a person has decided, or that decisions on others settle (the same set, or
    kept apart), are left out. The order of the input changes nothing.
    """
    verdicts = tuple(verdicts)
    sets = same_household(verdicts)
    apart = _apart(verdicts, sets)
    found: dict[tuple[str, str], dict[tuple[str, str], Ground]] = {}
    for a, b, ground in _pairs(sorted(persons, key=_key)):
        pair = (a.application_id, b.application_id)
        known = (sets.get(pair[0], pair[0]), sets.get(pair[1], pair[1]))
        if known[0] == known[1] or frozenset(known) in apart:
            continue
        members = found.setdefault(pair, {})
        seen = members.get((a.member_id, b.member_id), ground)
        members[a.member_id, b.member_id] = min(seen, ground, key=GROUNDS.index)
    listed = [
        Suspicion(*pair, tuple((*who, members[who]) for who in sorted(members)))
        for pair, members in found.items()
    ]
    return sorted(listed, key=_strength)


def same_household(verdicts: Iterable[Verdict]) -> dict[str, str]:
    """
    Application -> name of its set (the identifier that sorts first), chains included.

    If A and B are one household and B and C are, so are A and C. Leaving a verdict out undoes
    it, whatever came after.
    """
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            name = parent[name]
        return name

    for verdict in verdicts:
        if verdict.same:
            low, high = sorted((root(verdict.first), root(verdict.second)))
            parent[high] = low
    return {name: root(name) for name in sorted(parent)}


def check_verdict(verdict: Verdict, earlier: Sequence[Verdict]) -> None:
    """
    May this decision stand beside the earlier ones?

    Raises
    ------
    IllegalActError
        ``duplicates.one_application``: both names are one. ``duplicates.kept_apart``: bringing
        them together would join two applications that a person kept apart, directly or through
        others: undo that decision first. ``duplicates.joined``: they are one set through other
        decisions: undo one of those first.
    """
    if verdict.first == verdict.second:
        raise IllegalActError("duplicates.one_application", "An application is itself.")
    sets = same_household([*earlier, verdict] if verdict.same else earlier)
    for decided in (*earlier, verdict):
        if decided.same or sets.get(decided.first, decided.first) != sets.get(
            decided.second, decided.second
        ):
            continue
        code = "duplicates.kept_apart" if verdict.same else "duplicates.joined"
        raise IllegalActError(
            code,
            f"{decided.first} and {decided.second} cannot be both one household and two",
            first=decided.first,
            second=decided.second,
            decided_on=decided.decided_on,
        )


def _apart(verdicts: Iterable[Verdict], sets: dict[str, str]) -> set[frozenset[str]]:
    return {
        frozenset((sets.get(v.first, v.first), sets.get(v.second, v.second)))
        for v in verdicts
        if not v.same
    }


def _key(person: Person) -> tuple[str, str]:
    return person.application_id, person.member_id


def _strength(suspicion: Suspicion) -> tuple[int, int, str, str]:
    best = min(GROUNDS.index(ground) for _, _, ground in suspicion.persons)
    return best, -len(suspicion.persons), suspicion.first, suspicion.second


def _pairs(persons: Sequence[Person]) -> Iterator[tuple[Person, Person, Ground]]:
    """Persons compared only where a key brings them together: never everybody with everybody."""
    for group in _grouped(persons, lambda p: [p.national_number] if p.national_number else []):
        for a, b in _across(group):
            yield a, b, "national_number"
    for group in _grouped(persons, lambda p: [p.born_on.isoformat()] if p.born_on else []):
        for a, b in _across(group):
            ground = _names(a, b)
            if ground:
                yield a, b, ground
    for group in _grouped(persons, _name_keys):
        for a, b in _across(group):
            if a.born_on and b.born_on and _births_are_close(a.born_on, b.born_on):
                yield a, b, "name_and_close_birth"


def _name_keys(person: Person) -> list[str]:
    return ["\x1f".join(plain_name(person))] if person.born_on else []


def _grouped(
    persons: Sequence[Person], keys: Callable[[Person], list[str]]
) -> Iterator[list[Person]]:
    """Persons who share a key; a key of one person alone compares nobody."""
    groups: dict[str, list[Person]] = {}
    for person in persons:
        for key in keys(person):
            groups.setdefault(key, []).append(person)
    yield from groups.values()


def _across(group: Sequence[Person]) -> Iterator[tuple[Person, Person]]:
    """Pairs of a group that are in two different applications, in order."""
    for a, b in combinations(group, 2):
        if a.application_id != b.application_id:
            yield a, b


def plain_name(person: Person) -> tuple[str, str]:
    """Family and given name without accents, case, hyphens or double blanks."""
    return _plain(person.family_name), _plain(person.given_name)


def _plain(name: str) -> str:
    letters = "".join(c for c in normalize("NFKD", name.casefold()) if not combining(c))
    return " ".join("".join(c if c.isalnum() else " " for c in letters).split())


def _names(a: Person, b: Person) -> Ground | None:
    """Equal names, either way round; or close ones."""
    one, other = plain_name(a), plain_name(b)
    if other in (one, one[::-1]):
        return "name_and_birth"
    from rapidfuzz import fuzz

    close = fuzz.token_sort_ratio(" ".join(one), " ".join(other))
    return "close_name_and_birth" if close >= CLOSE_NAMES else None


def _births_are_close(a: date, b: date) -> bool:
    """A slip of writing: day and month swapped, or one of day, month, year wrong."""
    if a == b:
        return False
    if (a.day, a.month, a.year) == (b.month, b.day, b.year):
        return True
    return ((a.year == b.year) + (a.month == b.month) + (a.day == b.day)) == 2
