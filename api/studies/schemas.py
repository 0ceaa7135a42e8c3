"""Studies as they are asked for and told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.schemas import Day, Entry, View

Kind = Literal["study", "search", "reform"]
Company = Annotated[str, Field(min_length=1, max_length=100)]


class StudyAsk(Entry):
    """
    What is to be studied: a ready one by its name, or one's own as the same file says it.

    A `study` runs its arms beside each other, a `search` looks for the smallest shares of its
    part `search`, a `reform` holds one meeting twice.
    """

    kind: Kind = Field(examples=["reform"])
    ready: str = Field(
        default="", max_length=60, description="Name of a ready one.", examples=["emploi-2025"]
    )
    content: dict[str, Any] | None = Field(
        default=None,
        description="Instead of a ready one: the file (`passerelle-study/1`, `reform/1`) as JSON.",
        examples=[None],
    )
    registers: list[Company] = Field(
        default=[],
        max_length=100,
        description="Companies whose register a reform is held on: by default one's own; for the "
        "Region and the SWL, every company's together. The one a study or a search starts from: "
        "none by default, everybody is invented.",
        examples=[[]],
    )
    seed: str = Field(default="1", min_length=1, max_length=100, examples=["1"])
    replications: int | None = Field(
        default=None, ge=1, le=1_000, description="Instead of those of the study.", examples=[None]
    )
    on: Day | None = Field(
        default=None,
        description="Day both meetings of a reform are held; by default the next meeting's.",
        examples=[None],
    )


class ReadyView(View):
    """A study or a reform that comes with the program, as a file one may start from."""

    name: str
    kinds: tuple[str, ...]
    title: str
    question: str = Field(description="Empty for a reform.")
    content: dict[str, Any]


class ReadyList(View):
    """Everything ready."""

    items: tuple[ReadyView, ...]


class StudyFileView(View):
    """A file of the results."""

    name: str
    sha256: str
    n_bytes: int


class StudyView(View):
    """A study: what was asked, how far it is, what it gave and how long that is kept."""

    study_id: str
    kind: str
    title: str
    audience: str = Field(
        description="`company`: it names the company's own applications. `outside`: aggregates in "
        "cells of ten or more, and typical cases that are nobody's."
    )
    registers: tuple[str, ...]
    seed: str
    replications: int | None
    on: date | None
    run_id: str = Field(description="Follow it, or call it off, at `/runs/{run_id}`.")
    state: str = Field(description="`queued`, `running`, `done`, `failed`, `cancelled`.")
    asked_at: datetime
    done_at: datetime | None
    snapshot_until: date | None = Field(description="Last day the frozen registers are kept.")
    results_until: date | None = Field(description="Last day the results are kept.")
    files: tuple[StudyFileView, ...]


class StudyDetail(StudyView):
    """The same, with what was asked."""

    content: dict[str, Any]


class StudyList(View):
    """The latest studies of one's organisation."""

    items: tuple[StudyView, ...]
