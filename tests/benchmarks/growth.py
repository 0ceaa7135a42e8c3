"""How time and memory grow from a thousand to a million households: a table and a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from allocation.matching import Problem, solve
from tests.benchmarks import rivals
from tests.benchmarks.measure import peak_megabytes, seconds_within
from tests.benchmarks.rounds import a_round, nested, without_quotas

PICTURE = Path(__file__).parents[2] / "docs" / "images" / "growth.svg"
SIZES = (1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000)
HOUSEHOLDS_PER_DWELLING = 10
OUR_LIMIT_S = 600.0
FORMS = {"no quota": without_quotas, "nested": nested, "crossing": lambda p: p}
# Small sizes are taken several times: one run of a millisecond says little.
RUNS = {1_000: 5, 3_000: 5, 10_000: 3, 30_000: 3}
TITLE = "Seconds to solve one round exactly, ten households a dwelling (both axes logarithmic)"


@dataclass(frozen=True)
class Point:
    """One method at one size; ``seconds`` is None when it was stopped at its limit."""

    method: str
    households: int
    seconds: float | None
    memory_mb: float | None = None


def measure() -> list[Point]:
    """Every method at every size; a rival stopped once is not asked for larger sizes."""
    rivals.warm()
    found: list[Point] = []
    stopped: set[str] = set()
    for households in SIZES:
        problem = a_round(households // HOUSEHOLDS_PER_DWELLING, households)
        for form, shape in FORMS.items():
            found.append(_ours(form, households, shape(problem)))
        for name, (form, work) in RIVALS.items():
            if name in stopped:
                continue
            seconds, answer = seconds_within(rivals.LIMIT_S, work, FORMS[form](problem))
            if seconds is None or answer is False:
                stopped.add(name)
                seconds = None
            found.append(Point(name, households, seconds))
        a_round.cache_clear()
        for point in found:
            if point.households == households:
                print("  ".join(cells(point)), flush=True)
    return found


RIVALS: dict[str, tuple[str, rivals.Rival]] = {
    "SimpleMinCostFlow, no quota": ("no quota", rivals.min_cost_flow),
    "scipy matching, no order": ("no quota", rivals.scipy),
    "NetworkX matching, no order": ("no quota", rivals.networkx),
    "serial rule, one by one": ("no quota", rivals.serial),
    "CP-SAT whole model, crossing": ("crossing", rivals.cp_sat),
    "HiGHS whole model, crossing": ("crossing", rivals.highs),
}


def _ours(form: str, households: int, problem: Problem) -> Point:
    times = []
    for _ in range(RUNS.get(households, 1)):
        seconds, _ = seconds_within(OUR_LIMIT_S, _n_served, problem)
        if seconds is None:
            return Point(f"Passerelle, {form}", households, None)
        times.append(seconds)
    median = sorted(times)[len(times) // 2]
    peak = peak_megabytes(_whole, households, form)
    return Point(f"Passerelle, {form}", households, median, peak)


def _n_served(problem: Problem) -> int:
    return len(solve(problem).served)


def _whole(households: int, form: str) -> int:
    """A round made and solved in a new process, for its peak of memory."""
    return _n_served(FORMS[form](a_round(households // HOUSEHOLDS_PER_DWELLING, households)))


def cells(point: Point) -> tuple[str, ...]:
    """One line of the table."""
    seconds = "not proved in 60 s" if point.seconds is None else f"{point.seconds:.3g} s"
    memory = "–" if point.memory_mb is None else f"{point.memory_mb:,.0f} MB"
    return point.method, f"{point.households:,}", seconds, memory


def markdown(points: list[Point]) -> str:
    """The section of the page: the picture, then its table."""
    lines = ["method | households | time | peak of memory", "--- | --- | --- | ---"]
    lines += [" | ".join(cells(p)) for p in points]
    table = "\n".join(f"| {line} |" for line in lines)
    return (
        "\n## Growth\n\n"
        f"{TITLE}. One process each; rivals are stopped at 60 s and not asked for more.\n\n"
        f"![{TITLE}](../images/growth.svg)\n\n{table}\n"
    )


def draw(points: list[Point]) -> str:
    """The picture as SVG: one line a method."""
    import altair as alt
    import vl_convert

    rows = [
        {"method": p.method, "households": p.households, "seconds": p.seconds}
        for p in points
        if p.seconds is not None
    ]
    ours = "test(/^Passerelle/, datum.method)"
    chart = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(point=True)
        .encode(
            x=alt.X("households:Q", scale=alt.Scale(type="log"), title="households"),
            y=alt.Y("seconds:Q", scale=alt.Scale(type="log"), title="seconds"),
            color=alt.Color(
                "method:N",
                sort=list(dict.fromkeys(p.method for p in points)),
                legend=alt.Legend(title=None, labelLimit=300),
                scale=alt.Scale(scheme="tableau10"),
            ),
            strokeDash=alt.condition(ours, alt.value([1, 0]), alt.value([5, 4])),
        )
        .properties(width=620, height=420)
    )
    return str(vl_convert.vegalite_to_svg(chart.to_dict()))
