"""The reference page of the procedures, generated: one diagram and one table each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from allocation.procedure.machine import Machine

Say = Callable[[str], str]

_TITLE = "The procedures: states and acts"
_INTRODUCTION = (
    "This page is generated from `allocation/procedure` and `allocation/accompaniment`. Nothing "
    "moves by itself: a date that passes makes an act possible, and a person does it. In "
    "brackets: whose act it is."
)


def procedures_page(
    machines: Sequence[Machine],
    french: Say,
    english: Say,
    *,
    title: str = _TITLE,
    introduction: str = _INTRODUCTION,
) -> str:
    """
    The page in Markdown.

    Parameters
    ----------
    machines
        The procedures, in the order of the page.
    french, english
        Words of a key (``procedure.state.open``) in the two languages of the page.
    title, introduction
        What stands above the machines.
    """
    parts = [f"# {title}", introduction]
    for machine in machines:
        parts += _section(machine, french, english)
    return "\n\n".join(parts) + "\n"


def _section(machine: Machine, french: Say, english: Say) -> Iterator[str]:
    name = f"procedure.machine.{machine.name}"
    yield f"## {english(name)} (*{french(name)}*)"
    yield f"```mermaid\n{machine.diagram()}\n```"
    rows = ["| act | in French | from | to | whose |", "| --- | --- | --- | --- | --- |"]
    for step in machine.steps:
        before = ", ".join(f"`{state}`" for state in step.before)
        said = french(f"procedure.act.{step.act}")
        rows.append(f"| `{step.act}` | {said} | {before} | `{step.after}` | {step.by} |")
    yield "\n".join(rows)
    states = ["| state | in French | in English |", "| --- | --- | --- |"]
    for state in machine.states:
        key = f"procedure.state.{state}"
        states.append(f"| `{state}` | {french(key)} | {english(key)} |")
    yield "\n".join(states)
