"""
``support.json``: beside each dwelling an agreement reserves, the place of support it promises.

An allocation has two parts, a home and an offer of support. What is shown is what the agreement
promises, from the register; no plan is read, nor whether anybody accepted, so that the committee
decides without knowing it. The file is apart from the proposal and its certificate.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from allocation.model import Register
from allocation.model.proposal import DwellingLine, Proposal

SCHEMA = "support/1"


@dataclass(frozen=True)
class PromisedSupport:
    """
    What an agreement promises the household proposed for one dwelling.

    ``promised``: places of support in all; ``None`` when it promises none, as are both others.
    ``free_before``, ``free_after``: places left before the meeting, and after it if everything
    proposed under this agreement is decided; below zero when more are in use than promised.
    """

    dwelling_id: str
    application_id: str
    agreement_id: str
    partner_id: str
    kind: str
    promised: int | None
    free_before: int | None
    free_after: int | None


def promised_support(proposal: Proposal, register: Register) -> Mapping[str, PromisedSupport]:
    """Dwelling proposed under an agreement -> what the agreement promises with it."""
    under = {
        line.dwelling_id: agreement_id
        for line in proposal.dwellings
        if line.application_id and (agreement_id := agreement_of(line, register))
    }
    taken = Counter(under.values())
    agreements = register["agreements"]
    found = {}
    for line in proposal.dwellings:
        if line.dwelling_id not in under:
            continue
        row = agreements.row(agreements.index[under[line.dwelling_id]][0])
        promised, before, after = None, None, None
        if row["accompaniment_places"] is not None:
            promised = int(str(row["accompaniment_places"]))
            before = promised - int(str(row["accompaniment_used"] or 0))
            after = before - taken[under[line.dwelling_id]]
        found[line.dwelling_id] = PromisedSupport(
            dwelling_id=line.dwelling_id,
            application_id=str(line.application_id),
            agreement_id=under[line.dwelling_id],
            partner_id=str(row["partner_id"]),
            kind=str(row["kind"]),
            promised=promised,
            free_before=before,
            free_after=after,
        )
    return found


def agreement_of(line: DwellingLine, register: Register) -> str:
    """The agreement that names the dwelling or whose reserved place is used; empty when none."""
    if line.agreement_id or line.channel != "reserve":
        return line.agreement_id
    rule = next((q for q in register.quotas if q.quota_id == line.seat_quota), None)
    return rule.group.agreement_id if rule else ""


def support_json(proposal: Proposal, register: Register) -> bytes:
    """The file, sorted by dwelling; the same proposal always gives the same bytes."""
    lines = [asdict(found) for _, found in sorted(promised_support(proposal, register).items())]
    document = {"schema": SCHEMA, "dwellings": lines}
    return json.dumps(document, sort_keys=True, indent=2).encode() + b"\n"
