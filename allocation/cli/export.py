"""``passerelle export``: a register as a folder of CSV files or a workbook; empty templates."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from allocation.cli import console

_FILE_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")


def attach(app: typer.Typer) -> None:
    """Add the command to the program."""
    text = console.words().text

    @app.command("export", help=text("commands.export.help"))
    def export_command(
        register: Path | None = typer.Option(
            None, "--register", help=text("register.option.source")
        ),
        out: Path = typer.Option(..., "--out", help=text("register.option.export_out")),
        template: bool = typer.Option(False, "--template", help=text("register.option.template")),
        as_json: bool = typer.Option(False, "--json", help=text("commands.option.json")),
    ) -> int:
        _refuse_other_format(out)
        if template:
            return write_empty(out, as_json=as_json)
        if register is None:
            raise typer.BadParameter(text("register.register_needed"), param_hint="--register")
        return run(register, out, as_json=as_json)


def _refuse_other_format(out: Path) -> None:
    """A name such as ``register.ods`` asks for a file that is not written, not for a folder."""
    suffix = out.suffix
    if not out.is_dir() and _FILE_SUFFIX.fullmatch(suffix) and suffix.lower() != ".xlsx":
        text = console.words().text("register.unknown_suffix", suffix=suffix)
        raise typer.BadParameter(text, param_hint="--out")


def run(path: Path, out: Path, *, as_json: bool) -> int:
    """Read a register, refuse it if it has errors, write it in the form its new name asks for."""
    from allocation.exchange import is_workbook_name, read_register, write_folder, write_workbook

    words = console.words()
    with console.progress(words.text("register.step.read")):
        register = read_register(path)
    with console.progress(words.text("register.step.write")):
        (write_workbook if is_workbook_name(out) else write_folder)(register, out)
    if as_json:
        console.print_json({"written": str(out), "content_hash": register.content_hash})
    else:
        console.print_line(words.text("register.hash", value=register.content_hash))
        console.print_line(words.text("register.written", path=out), style="bold green")
    return console.DONE


def write_empty(out: Path, *, as_json: bool) -> int:
    """Write a template to be filled in."""
    from allocation.exchange import is_workbook_name, write_template_folder, write_template_workbook

    (write_template_workbook if is_workbook_name(out) else write_template_folder)(out)
    if as_json:
        console.print_json({"written": str(out)})
    else:
        message = console.words().text("register.template_written", path=out)
        console.print_line(message, style="bold green")
    return console.DONE
