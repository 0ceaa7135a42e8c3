"""
The words typer prints by itself, in the language of the command.

Typer translates part of them through ``gettext`` when it is imported, and hard-codes the rest;
the first part is answered here before that import, the second replaced where it is made.
"""

from __future__ import annotations

import gettext
import re
from typing import TYPE_CHECKING, Any

from allocation.cli import console
from allocation.file_faults import value_facts
from allocation.wording import Catalogue, catalogue

if TYPE_CHECKING:
    from typer._click.exceptions import BadParameter, UsageError
    from typer.core import TyperGroup

# Typer's own message -> our key. `{}` stays for typer to fill in.
_TYPER_WORDS = {
    "(deprecated) ": "commands.typer.deprecated",
    "[default: {}]": "commands.typer.default_panel",
    "[required]": "commands.typer.required_panel",
    "default: {default}": "commands.typer.default",
    "required": "commands.typer.required",
    "Arguments": "commands.typer.arguments",
    "Options": "commands.typer.options",
    "Commands": "commands.typer.commands",
    "Error": "commands.typer.error",
    "Aborted.": "commands.typer.aborted",
    "Aborted!": "commands.typer.aborted",
    "Missing command.": "commands.typer.missing_command",
    "No such command {name!r}.": "commands.typer.no_such_command",
    "env var: {var}": "commands.typer.variable",
    "[env var: {}]": "commands.typer.variable_panel",
}
# Typer's name of a kind of value -> our key.
_KINDS = {
    "<str>": "commands.typer.kind.text",
    "<int>": "commands.typer.kind.number",
    "<float>": "commands.typer.kind.number",
    "<int range>": "commands.typer.kind.number",
    "<float range>": "commands.typer.kind.number",
    "<path>": "commands.typer.kind.path",
    "<%Y-%m-%d>": "commands.typer.kind.date",
}
_ABSENT_PATH = re.compile(r"\w+ '(.*)' does not exist\.")
# What typer fills in later, handed back as it is.
_PLACEHOLDERS = {"default": "{default}", "name": "{name!r}", "var": "{var}", "value": "{}"}


def speak(language: str) -> None:
    """
    Answer typer's requests for translation in ``language``; to be called before it is imported.

    Typer asks ``gettext.gettext``; installing compiled catalogues for it would need a build
    step, so the function itself is replaced, for the program only, never for the library.
    """
    words = catalogue(language)

    def answer(message: str) -> str:
        key = _TYPER_WORDS.get(message)
        return message if key is None else words.text(key, **_PLACEHOLDERS)

    gettext.gettext = answer


def say_the_rest(group: TyperGroup, words: Catalogue) -> None:
    """Replace the words typer hard-codes in its help: usage, metavars, the help option."""
    from typer._click.core import Context
    from typer._click.formatting import HelpFormatter

    usage = words.text("commands.typer.usage") + " "

    class Formatter(HelpFormatter):
        """The same help, with our word for `Usage:`."""

        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix or usage)

    Context.formatter_class = Formatter
    _name_kinds(words)
    group.subcommand_metavar = words.text("commands.typer.subcommand_metavar")
    for command in (group, *group.commands.values()):
        command.short_help = command.help
        command.options_metavar = words.text("commands.typer.options_metavar")
        help_option = command.get_help_option(Context(command, **command.context_settings))
        if help_option is not None:
            help_option.help = words.text("commands.typer.help")


def _name_kinds(words: Catalogue) -> None:
    """Kinds of values (`<path>`) in our words, for every parameter."""
    from typer.core import TyperArgument, TyperOption

    for parameter in (TyperArgument, TyperOption):
        theirs = parameter.display_type

        def ours(self: Any, ctx: Any, *, theirs: Any = theirs) -> str:
            said = str(theirs(self, ctx))
            return f"<{words.text(_KINDS[said])}>" if said in _KINDS else said

        parameter.display_type = ours  # type: ignore[method-assign]  # typer offers no other way


def usage_sentence(error: UsageError) -> str:
    """A command line that cannot be read, in one sentence, with where to find help."""
    from typer._click import exceptions as wrong

    if isinstance(error, wrong.NoArgsIsHelpError):
        return error.format_message()
    words = console.words()
    program = error.ctx.command_path if error.ctx else "passerelle"
    if isinstance(error, wrong.NoSuchOption):
        sentence = words.text("commands.usage.no_such_option", option=error.option_name)
    elif isinstance(error, wrong.MissingParameter):
        sentence = words.text("commands.usage.missing", parameter=_parameter_name(error))
    elif isinstance(error, wrong.BadParameter):
        sentence = words.text(
            "commands.usage.bad_value",
            parameter=_parameter_name(error),
            detail=_bad_value(error, words),
        )
    elif isinstance(error, wrong.BadOptionUsage):
        sentence = words.text("commands.usage.bad_option", option=error.option_name)
    else:
        sentence = error.format_message()
    return f"{sentence}\n{words.text('commands.usage.try_help', program=program)}"


def _parameter_name(error: BadParameter) -> str:
    if error.param is None:
        return str(error.param_hint or "")
    return error.param.get_error_hint()


def _bad_value(error: BadParameter, words: Catalogue) -> str:
    """What is wrong with a value in our words; a detail of ours is left as it is."""
    from pydantic import ValidationError

    absent = _ABSENT_PATH.fullmatch(error.message)
    if absent:
        return words.text("commands.usage.no_such_path", path=absent[1])
    if not isinstance(error.__cause__, ValidationError):
        return error.message
    fault = error.__cause__.errors(include_url=False)[0]
    kind = value_facts(fault)
    if not kind and "does not match the formats" in error.message:
        kind = {"kind": "day"}
    key = f"commands.usage.{kind.get('kind', 'other')}"
    return words.text(
        key if key in words else "commands.usage.other", value=str(fault["input"]), **kind
    )
