"""A run as the API tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from api.schemas import View


class RunView(View):
    """Work asked for."""

    run_id: str
    kind: str
    subject: str = Field(description="What it works on.")
    state: str = Field(description="`queued`, `running`, `done`, `failed`, `cancelled`.")
    progress: float = Field(description="How far it is, from 0 to 1.")
    step: str = Field(description="What it is doing, in words; empty when it has not said.")
    result: dict[str, Any]
    error: str = Field(description="Code of what stopped it; empty otherwise.")
    detail: str = Field(description="That code in words.")
    asked_at: datetime
    ended_at: datetime | None
