"""
What a certificate says it took from a rulebook is in that rulebook, on the day of the meeting.

The checker has no rulebook: whoever holds the one whose hash the certificate states compares
the shares, how transfers are counted and how seniority is, under the settings stated.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from allocation.model.meeting import Setting
from allocation.proof.checker import Json, equal, refuse
from allocation.rules.rulebook import Parameter, Rulebook, RulebookError

CODE = "rulebook_value"
SENIORITY = {
    "seniority_mode": "seniority_mode",
    "seniority_cap": "seniority.cap",
    "seniority_per_year": "seniority.points_per_year",
}
COUNTS_TRANSFERS = "quota.count_transfers"
TRANSFER_SHARE, IS_AT_LEAST = "quota.transfer_share", "quota.transfer_is_at_least"
Fact = tuple[str, object, object]  # path, stated, found


def check_rulebook(certificate: Json, rulebook: Rulebook) -> bool:
    """
    Compare a certificate that was checked with a rulebook; ``False``: it names another one.

    Raises
    ------
    FalseStatementError
        ``certificate.rulebook_value``: another value, or none of that name on that day.
    """
    if certificate["rulebook_hash"] != rulebook.content_hash:
        return False
    for path, stated, found in _facts(certificate, rulebook):
        equal(stated, found, CODE, path)
    return True


def _facts(certificate: Json, rulebook: Rulebook) -> Iterator[Fact]:
    meeting = certificate["meeting"]
    on = date.fromisoformat(meeting["meeting_on"])
    settings = tuple(Setting(s["key"], s["value"]) for s in meeting["settings"])

    def read(key: str, path: str) -> Parameter:
        try:
            return rulebook.parameter(key, on, settings)
        except RulebookError as error:
            refuse(CODE, path, stated=key, found=error.reason)

    for name, key in SENIORITY.items():
        yield f"rules.{name}", certificate["rules"][name], read(key, f"rules.{name}").value
    for i, quota in enumerate(certificate["quotas"]):
        path, group, key = f"quotas[{i}]", quota["group"], quota["parameter"]
        with_transfers = bool(read(COUNTS_TRANSFERS, path).value)
        counted = bool(group["list"] or group["agreement"]) or with_transfers
        yield f"{path}.counts_transfers", quota["counts_transfers"], counted
        if key:
            said, there = (quota["limit"], Fraction(quota["value"])), read(key, path)
            yield f"{path}.value", said, ("share", there.value)
            yield f"{path}.mark", quota["mark"], there.mark
        if key == TRANSFER_SHARE and read(IS_AT_LEAST, path).value:
            yield f"{path}.kind", quota["kind"], "floor"
