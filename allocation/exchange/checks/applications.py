"""Applications: one active application per household, and transfers that can be ordered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from allocation.errors import Problem
from allocation.exchange.draft import Draft
from allocation.exchange.frame import Array, Frame

ACTIVE = ("admitted", "incomplete")
TRANSFER_COLUMNS = ("transfer_nature", "transfer_requested_on")


def check(draft: Draft) -> Iterator[Problem]:
    """What the rows of applications say together."""
    frame = draft["applications"]
    is_transfer = frame.is_choice("list", "transfer")
    is_active = frame.is_choice("status", *ACTIVE)
    for name in TRANSFER_COLUMNS:
        filled = frame.filled(name)
        yield from frame.problems_at(
            is_active & is_transfer & ~filled, name, "register.transfer_incomplete"
        )
        yield from frame.problems_at(
            ~is_transfer & filled & frame.is_choice("list", "candidate"),
            name,
            "register.transfer_of_a_candidate",
        )
    yield from frame.problems_at(
        frame.filled("bedrooms_exception") & ~frame.filled("bedrooms_exception_reason"),
        "bedrooms_exception_reason",
        "register.exception_without_reason",
    )
    if draft.is_known("applications"):
        yield from _active_twice(frame, draft["household_members"])


def _active_twice(applications: Frame, members: Frame) -> Iterator[Problem]:
    """
    One household, one active application.

    The same adult in two active applications is an error. A child may live with each parent in
    turn, so a child is only an error when both say it lives there all the time. Adults of the
    same names and birth date are told when a number that would tell them apart is missing.
    """
    at = members.rows_of(members["application_id"].tolist(), applications)
    is_active = np.zeros(len(members), dtype=bool)
    if len(applications):
        is_active = (at >= 0) & applications.is_choice("status", *ACTIVE)[at]
    is_child = members.is_choice("role", "child")
    is_shared = members.is_choice("lodging", "shared_recognised", "shared_private")
    counted = is_active & ~(is_child & is_shared)
    numbers = [compact(n) for n in members["national_number"].tolist()]
    yield from _same(members, counted, numbers, "national_number", "register.active_twice")
    yield from _resembling(members, is_active & ~is_child, numbers)


def compact(number: str) -> str:
    """A national number without the signs people put between its digits."""
    return number if number.isdigit() else "".join(c for c in number if c.isalnum())


def _same(
    members: Frame, counted: Array, keys: Iterable[str], column: str, code: str
) -> Iterator[Problem]:
    applications = members["application_id"].tolist()
    first: dict[str, int] = {}
    for idx, (key, is_counted) in enumerate(zip(keys, counted.tolist(), strict=True)):
        if not (key and is_counted) or first.setdefault(key, idx) == idx:
            continue
        before = first[key]
        if applications[before] == applications[idx]:
            yield members.problem(idx, column, "register.person_twice", first=members.rows[before])
        else:
            yield members.problem(
                idx, column, code, application=applications[idx], other=applications[before],
                first=members.rows[before],
            )  # fmt: skip


def _resembling(members: Frame, counted: Array, numbers: list[str]) -> Iterator[Problem]:
    born = members["born_on"].astype(np.int64).tolist()
    usable = counted & members.filled("born_on") & members.filled("family_name")
    first: dict[tuple[str, str, int], int] = {}
    applications = members["application_id"].tolist()
    for idx in np.flatnonzero(usable).tolist():
        family = members["family_name"][idx].casefold()
        given = members["given_name"][idx].casefold()
        before = first.setdefault((family, given, born[idx]), idx)
        is_told_apart = numbers[before] and numbers[idx]
        if before != idx and applications[before] != applications[idx] and not is_told_apart:
            yield members.problem(
                idx, "family_name", "register.perhaps_active_twice",
                application=applications[idx], other=applications[before],
                first=members.rows[before],
            )  # fmt: skip
