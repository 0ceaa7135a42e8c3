"""
How the work of the simulator grows, and what a run of a million households needs of a cluster.

``python -m tests.benchmarks.growth_simulator`` measures, draws the picture and prints the tables
of ``docs/explanation/simulator.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from scenarios.experiment import region_groups
from scenarios.replication import Task
from tests.benchmarks.simulated import Measured, a_task, each_alone

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "growth_simulator.svg"
COMPANY = "logis-saint-ghislainois"
TITLE = "Seconds of processor and peak of memory of one task of the simulator (logarithmic axes)"
MILLION = 1_000_000
REPLICATIONS, ARMS, WORKERS = 100, 2, 64


@dataclass(frozen=True)
class Point:
    """One task, what was changed in it, and what it took."""

    changed: str
    value: int
    took: Measured


def tasks() -> dict[tuple[str, int], Task]:
    """From one company, ten years, one replication and one arm: one thing changed at a time."""
    group = region_groups()[-1]
    found = {("companies", n): a_task(group[:n]) for n in (1, 2, 4, len(group))}
    found |= {("years", n): a_task((COMPANY,), years=n) for n in (2, 5, 10, 20)}
    found |= {("replications", n): a_task((COMPANY,), numbers=range(n)) for n in (1, 3, 10)}
    found |= {("arms", n): a_task((COMPANY,), arms=n) for n in (1, 2, 4)}
    return found


def measure() -> list[Point]:
    """Every task, each in a new process."""
    asked = tasks()
    done = each_alone(list(asked.values()))
    return [Point(*key, took) for key, took in zip(asked, done, strict=True)]


def per_thousand(points: list[Point]) -> float:
    """Seconds of processor for a thousand households over ten years, in the largest task."""
    took = max((p for p in points if p.changed == "companies"), key=lambda p: p.value).took
    return took.processor_s / took.households * 1000


def per_arm(points: list[Point]) -> float:
    """What one arm more adds, as a share of a task of one arm."""
    arms = {p.value: p.took.processor_s for p in points if p.changed == "arms"}
    return (arms[4] - arms[1]) / 3 / arms[1]


def needs(points: list[Point]) -> str:
    """What a million households over ten years need."""
    one = per_thousand(points) * MILLION / 1000
    whole = one * (1 + (ARMS - 1) * per_arm(points)) * REPLICATIONS
    memory = max(p.took.memory_mb for p in points)
    return (
        f"A thousand households met in ten years take {per_thousand(points):.2f} s of processor, "
        f"another arm {per_arm(points):.0%} more. A million households, {REPLICATIONS} "
        f"replications and {ARMS} arms are {whole / 3600:.0f} hours of processor: "
        f"{whole / 60 / WORKERS:.0f} minutes on {WORKERS} workers, each with "
        f"{memory:,.0f} MB for a task of the size measured."
    )


def markdown(points: list[Point]) -> str:
    """The table beside the picture."""
    lines = ["changed | value | households | processor | peak of memory"]
    lines += ["--- | --- | --- | --- | ---"]
    lines += [
        f"{p.changed} | {p.value} | {p.took.households:,} | {p.took.processor_s:.2f} s"
        f" | {p.took.memory_mb:,.0f} MB"
        for p in points
    ]
    return "\n".join(f"| {line} |" for line in lines)


def draw(points: list[Point]) -> str:
    """The picture as SVG: time and memory, one line for each thing changed."""
    import altair as alt
    import vl_convert

    rows = [
        {
            "changed": p.changed,
            "value": p.value,
            "seconds": p.took.processor_s,
            "megabytes": p.took.memory_mb,
        }
        for p in points
    ]

    def panel(field: str, title: str) -> alt.Chart:
        return (
            alt.Chart(alt.InlineData(values=rows))
            .mark_line(point=True)
            .encode(
                x=alt.X("value:Q", scale=alt.Scale(type="log", nice=False), title="how many"),
                y=alt.Y(f"{field}:Q", scale=alt.Scale(type="log"), title=title),
                color=alt.Color("changed:N", legend=alt.Legend(title=None)),
            )
            .properties(width=300, height=280)
        )

    both = panel("seconds", "seconds of processor") | panel("megabytes", "megabytes at the peak")
    return str(vl_convert.vegalite_to_svg(both.to_dict()))


if __name__ == "__main__":
    found = measure()
    PICTURE.write_text(draw(found), encoding="utf-8")
    print(f"{needs(found)}\n\n![{TITLE}](../images/growth_simulator.svg)\n\n{markdown(found)}")
