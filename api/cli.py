"""
The program ``passerelle``: assembles the commands of the three rooms.

Every module of ``allocation.cli``, ``scenarios.cli`` and ``api.commands`` with a function
``attach(app)`` is a command. Help is in the language asked for; so are the words typer prints
itself, as far as it lets them be said otherwise (``api.command_words``).
"""

from __future__ import annotations

import importlib
import os
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from allocation import interruption
from allocation.cli import console
from allocation.errors import HousingError
from allocation.wording import LANGUAGES, command_language
from allocation.wording.language import LANGUAGE_OPTION
from api.command_words import say_the_rest, speak, usage_sentence

if TYPE_CHECKING:
    import typer

COMMAND_PACKAGES = ("allocation.cli", "scenarios.cli", "api.commands")
ORDER_IN_HELP = (
    *("synth", "import", "export", "points", "propose", "verify", "match", "explain"),
    *("repropose", "contradictions", "reform", "simulate", "optimise"),
)
INTERRUPTED = 130
DEBUG_VARIABLE = "PASSERELLE_DEBUG"


def main() -> int:
    """Run the command line; the exit code is 0 done, 1 check failed, 2 bad input, 3 internal."""
    return run(sys.argv[1:])


def run(arguments: Sequence[str]) -> int:
    """Run one command; the language option may stand anywhere among the arguments."""
    with interruption.heard():
        try:
            code = _run(arguments)
            # Asked for where it could not be heard at once.
            return _interrupted() if interruption.is_asked() else code
        except KeyboardInterrupt:
            return _interrupted()
        except Exception as error:  # noqa: BLE001 the last place that can still say something
            # Native code turns an interruption into errors of its own.
            return _interrupted() if interruption.is_asked() else report_internal(error)


def _run(arguments: Sequence[str]) -> int:
    """Run one command; what is refused on purpose has its own exit code."""
    speak(command_language(arguments))
    # Typer takes its words when it is imported, so not before.
    import typer
    from typer._click.exceptions import UsageError

    try:
        refuse_unknown_language(arguments)
        program = typer.main.get_group(build())
        say_the_rest(program, console.words())
        result = program.main(
            language_first(arguments), prog_name="passerelle", standalone_mode=False
        )
    except UsageError as error:
        sentence = usage_sentence(error)
        console.error_console().print(sentence, style="red", markup=False, soft_wrap=True)
        return console.BAD_INPUT
    except HousingError as error:
        if interruption.is_asked():
            return _interrupted()
        console.show_error(error, as_json="--json" in arguments, show_all="--all" in arguments)
        return console.BAD_INPUT
    except typer.Abort:
        return _interrupted()
    except BrokenPipeError:
        # The reader (`head`, a pager) left: not a fault of the command.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return console.DONE
    return result if isinstance(result, int) else console.DONE


def _interrupted() -> int:
    console.error_console().print(console.words().text("commands.interrupted"))
    return INTERRUPTED


def build() -> typer.Typer:
    """The application with every command that exists, in the order of a clerk's work."""
    import typer

    words = console.words()
    app = typer.Typer(
        name="passerelle",
        help=words.text("commands.help"),
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,  # plain help: instant, and a screen reader reads no frames
        context_settings={"help_option_names": ["--help", "-h"]},
    )

    @app.callback()
    def options(
        lang: str = typer.Option(
            command_language(),
            "--lang",
            help=words.text("commands.option.lang"),
            metavar="|".join(LANGUAGES),
        ),
        version: bool = typer.Option(
            False,
            "--version",
            help=words.text("commands.option.version"),
            is_eager=True,
            callback=_print_version,
        ),
    ) -> None:
        """Options that come before the command."""

    for module_name in command_modules():
        importlib.import_module(module_name).attach(app)
    return app


def command_modules() -> list[str]:
    """Modules that attach a command, in the order of the help page."""
    found: list[tuple[int, str, str]] = []
    for package_name in COMMAND_PACKAGES:
        try:
            package = importlib.import_module(package_name)
        except ModuleNotFoundError as absent:
            if absent.name != package_name:
                raise
            continue
        for module in iter_modules(package.__path__):
            name = module.name.rstrip("_").removesuffix("_command")
            place = ORDER_IN_HELP.index(name) if name in ORDER_IN_HELP else len(ORDER_IN_HELP)
            found.append((place, name, f"{package_name}.{module.name}"))
    return [m for _, _, m in sorted(found) if not m.endswith(".console")]


def language_first(arguments: Sequence[str]) -> list[str]:
    """Move ``--lang`` before the command, wherever it was written."""
    before: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word == "--":
            rest += [word, *words]
        elif word == "--lang":
            before += [word, *[w for w in [next(words, None)] if w is not None]]
        elif word.startswith("--lang="):
            before.append(word)
        else:
            rest.append(word)
    return before + rest


def refuse_unknown_language(arguments: Sequence[str]) -> None:
    """Refuse ``--lang xx`` before anything else, ``--help`` included."""
    import typer

    asked = [b for a, b in pairwise(arguments) if a == LANGUAGE_OPTION]
    asked += [w.partition("=")[2] for w in arguments if w.startswith(f"{LANGUAGE_OPTION}=")]
    for language in asked:
        if language not in LANGUAGES:
            raise typer.BadParameter(
                console.words().text("commands.unknown_language", languages=", ".join(LANGUAGES)),
                param_hint=LANGUAGE_OPTION,
            )


def report_internal(error: Exception) -> int:
    """Keep the details of an unforeseen failure in a private file and say where it is."""
    details = "".join(traceback.format_exception(error))
    if os.environ.get(DEBUG_VARIABLE):
        console.error_console().print(details, markup=False)
        return console.INTERNAL_ERROR
    home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = home / "passerelle" / "last-error.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # A trace may quote a person's data: only its owner may read it.
        path.touch(mode=0o600)
        path.write_text(details, encoding="utf-8")
        key = "commands.internal_error"
    except OSError:
        key = "commands.internal_error_unwritten"
    sentence = console.words().text(
        key, kind=type(error).__name__, path=str(path), variable=DEBUG_VARIABLE
    )
    console.error_console().print(sentence, style="red", markup=False, soft_wrap=True)
    return console.INTERNAL_ERROR


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        console.print_line(f"passerelle {version('passerelle')}")
        console.leave(console.DONE)
