"""
The whole API under requests made from its own description: valid, at the bounds, and nonsense.

Each operation is called as a role that may do it (``matrix``), with identifiers that exist in half
of the requests. What is looked for: an answer of 500 or more, a status or a body the description
does not tell of, nonsense that is taken.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import schemathesis
from schemathesis.checks import negative_data_rejection
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation

from api.app import API, create_app
from api.db import Database
from api.service import Service
from api.settings import Settings
from tests.contract.matrix import MATRIX
from tests.fixtures.service import OURS, Caller, World

PARTNER, PATH = "P1", ParameterLocation.PATH
# Roles in whose name an operation is called: the first of them that may.
AS = ("manager", "clerk", "committee_member", "administrator", "commissioner", "partner")
# Names of path parameters -> what ``World.ids`` or the register calls the thing.
THINGS = {
    "meeting_id": "meeting", "run_id": "run", "campaign_id": "campaign",
    "verdict_id": "verdict", "derogation_id": "derogation", "offer_id": "offer",
    "strike_off_id": "strike_off", "study_id": "study", "appeal_id": "appeal",
    "webhook_id": "webhook",
}  # fmt: skip
KNOWN = {
    "application_id": "A2", "dwelling_id": "D1", "agreement_id": "C1", "quota_id": "income-1",
    "account_id": f"acc-{OURS}-clerk", "session_id": "0123456789abcdef",
}  # fmt: skip


def configuration(*, seed: int, examples: int, is_short: bool) -> SchemathesisConfig:
    """What is made and what is checked: the examples, random requests, and every bound."""
    phases = {"examples": True, "fuzzing": True, "coverage": not is_short}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "generation": {"max-examples": examples, "database": "none", "no-shrink": True},
            "phases": {name: {"enabled": is_on} for name, is_on in phases.items()},
            "checks": {
                # A well-formed request may still be refused for what it asks: an unknown dwelling.
                "positive_data_acceptance": {"enabled": False},
                # Takes our own header away and puts it back: ``test_matrix`` calls without one.
                "ignored_auth": {"enabled": False},
            },
        }
    )


def described(config: SchemathesisConfig) -> schemathesis.BaseSchema:
    """What the document says, read from an application that answers nothing else."""
    nowhere = Service(Settings(has_worker=False), Database.at("sqlite:///nowhere"), b"s" * 32)
    path = f"{API}/openapi.json"
    return schemathesis.openapi.from_asgi(path, app=create_app(nowhere), config=config)


class Fuzz:
    """An application that is called, and those in whose names."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.ids = world.ids
        world.work()
        self._callers: dict[str, Caller] = {}

    def caller(self, operation: str) -> Caller:
        """Somebody who may do it; signed in again where a session may have been closed."""
        row = MATRIX.get(operation)
        if row is None:
            return self.world.anonymous
        role = next(r for r in AS if r in row.roles)
        if role not in self._callers or "session" in operation:
            place = PARTNER if role == "partner" else OURS
            self._callers[role] = self.world.as_role(role, place)
        return self._callers[role]

    def check(self, case: schemathesis.Case) -> None:
        """Send a request and check its answer."""
        draw = random.Random(repr((case.method, case.path, case.path_parameters, case.query)))
        made = case.meta.components if case.meta else {}
        # Nonsense in an address stays: put right, it would rightly be taken.
        is_nonsense = PATH in made and made[PATH].mode.is_negative
        for name in {} if is_nonsense else case.path_parameters or {}:
            known = self.ids.get(THINGS.get(name, ""), KNOWN.get(name))
            if known is not None and draw.random() < 0.5:
                case.path_parameters[name] = known
        headers = self.caller(case.operation.label).headers
        is_lost = any(map(_leaves_nothing, (case.query or {}).values()))
        case.call_and_validate(
            headers=headers,
            app=self.world.client.app,
            excluded_checks=[negative_data_rejection] if is_lost else [],
        )


def _leaves_nothing(value: Any) -> bool:
    """Whether a value is not in the address at all: a list of empty lists is nonsense unsent."""
    if isinstance(value, Mapping):
        value = list(value.values())
    return isinstance(value, list) and all(map(_leaves_nothing, value))
