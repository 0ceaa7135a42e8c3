"""``passerelle synth``: a synthetic register, and how its margins compare with the calibration."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from allocation.cli import console
from allocation.wording import Catalogue

if TYPE_CHECKING:
    from allocation.model import Register
    from scenarios.synthetic.faults import Planted
    from scenarios.synthetic.margins import Margin

_STEPS = 3
_DAY = "%Y-%m-%d"


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    words = console.words()

    @app.command("synth", help=words.text("synth.help"))
    def synth(
        seed: str = typer.Option(..., "--seed", help=words.text("synth.option.seed")),
        out: Path = typer.Option(..., "--out", help=words.text("synth.option.out")),
        slsp: str = typer.Option("la-sambrienne", "--slsp", help=words.text("synth.option.slsp")),
        region: bool = typer.Option(False, "--region", help=words.text("synth.option.region")),
        households: int | None = typer.Option(
            None, "--households", help=words.text("synth.option.households")
        ),
        vacancies: int | None = typer.Option(
            None, "--vacancies", help=words.text("synth.option.vacancies")
        ),
        on: datetime = typer.Option(
            "2026-12-01", "--on", formats=[_DAY], metavar="DATE", help=words.text("synth.option.on")
        ),
        faults: float = typer.Option(
            0.0, "--faults", min=0.0, max=1.0, help=words.text("synth.option.faults")
        ),
        quiet: bool = typer.Option(False, "--quiet", help=words.text("synth.option.quiet")),
        as_json: bool = typer.Option(False, "--json", help=words.text("synth.option.json")),
    ) -> None:
        from scenarios.synthetic import REGION

        with console.progress(words.text("synth.progress"), total=_STEPS) as advance:
            register, margins = _make(
                seed, REGION if region else slsp, households, vacancies, on.date()
            )
            advance(2)
            planted = _write(register, out, seed=seed, faults=faults)
            advance()
        if as_json:
            console.print_json(_summary(register, margins, planted, out=out))
        else:
            _show(register, margins, planted, out=out, is_quiet=quiet)


def _make(
    seed: str, slsp_id: str, households: int | None, vacancies: int | None, on: date
) -> tuple[Register, Sequence[Margin]]:
    from scenarios.synthetic import synthesise
    from scenarios.synthetic.margins import compare_margins

    register = synthesise(seed, slsp_id=slsp_id, households=households, vacancies=vacancies, on=on)
    return register, compare_margins(register)


def _write(register: Register, out: Path, *, seed: str, faults: float) -> tuple[Planted, ...]:
    """Write the folder, whole or not at all, faults included."""
    from allocation.exchange import whole_folder, write_folder
    from allocation.exchange.folder import refuse_foreign
    from scenarios.synthetic.faults import plant_faults

    refuse_foreign(out)
    with whole_folder(out) as fresh:
        write_folder(register, fresh)
        return plant_faults(fresh, seed=seed, share=faults) if faults else ()


def _summary(
    register: Register, margins: Sequence[Margin], planted: Sequence[Planted], *, out: Path
) -> dict[str, Any]:
    return {
        "out": str(out),
        "kind": register.kind,
        "slsp_id": register.slsp_id,
        "content_hash": register.content_hash,
        "rows": {name: len(table) for name, table in register.tables.items()},
        "quotas": len(register.quotas),
        "margins": [
            {
                "key": m.key,
                "label": m.label,
                "expected": round(m.expected, 6),
                "found": round(m.found, 6),
                "tolerance": round(m.tolerance, 6),
                "within": m.is_within,
                "status": m.status,
                "unit": m.unit,
            }
            for m in margins
        ],
        "faults": [
            {"file": f.file, "row": f.row, "column": f.column, "kind": f.kind, "error": f.is_error}
            for f in planted
        ],
    }


def _show(
    register: Register,
    margins: Sequence[Margin],
    planted: Sequence[Planted],
    *,
    out: Path,
    is_quiet: bool,
) -> None:
    """How well the register follows the calibration, margin by margin unless asked not to."""
    words = console.words()
    if not is_quiet:
        columns = ("margin", "class", "calibration", "register", "tolerance", "status")
        console.print_table(
            words.text("synth.margins"),
            [words.text(f"synth.column.{name}") for name in columns],
            _margin_rows(margins, words),
        )
    n_outside = sum(not m.is_within for m in margins)
    console.print_line(
        words.text("synth.outside", n=n_outside)
        if n_outside
        else words.text("synth.all_within", n=len(margins)),
        style="yellow" if n_outside else "green",
    )
    if not is_quiet:
        console.print_line(words.text("synth.statuses"))
    counts = {name: len(table) for name, table in register.tables.items()}
    console.print_line(
        words.text(
            "synth.written",
            out=str(out),
            applications=counts["applications"],
            dwellings=counts["dwellings"],
            vacancies=counts["vacancies"],
            agreements=counts["agreements"],
        )
    )
    console.print_line(words.text("synth.invented"))
    for kind, n in sorted(Counter(f.kind for f in planted).items()):
        console.print_line(words.text("synth.planted", n=n, kind=words.text(f"synth.fault.{kind}")))


def _margin_rows(margins: Sequence[Margin], words: Catalogue) -> Iterator[tuple[str, ...]]:
    """One row per class; the margin's name stands on its first row only."""
    before = ""
    for margin in margins:
        name = words.text(f"synth.margin.{margin.key}") if margin.key != before else ""
        before = margin.key
        key = f"synth.class.{margin.label}"
        outside = "" if margin.is_within else " ⚠"
        yield (
            name,
            words.text(key) if margin.label and key in words else margin.label,
            _figure(margin.expected, margin, words),
            _figure(margin.found, margin, words) + outside,
            f"± {_figure(margin.tolerance, margin, words)}",
            words.text(f"synth.status.{margin.status}"),
        )


def _figure(value: float, margin: Margin, words: Catalogue) -> str:
    from decimal import Decimal

    if margin.unit == "share":
        return words.percent(Decimal(f"{value:.4f}"))
    return f"{words.number(Decimal(f'{value:.1f}'))} €"
