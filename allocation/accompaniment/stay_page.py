"""The reference page of the rules of stays, generated from their data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from allocation.accompaniment.stay_rules import SLSP_BASIS, StayRules
from allocation.rules.schema import Dated, ParameterDef
from allocation.wording import Catalogue
from allocation.wording.citations import citation

_INTRODUCTION = (
    "Cette page est produite depuis `allocation/rulebooks/stays_wallonia.yaml`, dont les cas "
    "(`stays_wallonia_cases.yaml`) tiennent les deux côtés de chaque limite. Une durée plus courte "
    "relève du contrat ; une plus longue est refusée. Ce fichier n'entre ni dans l'empreinte du "
    "règlement ni dans celle d'une séance."
)


def stays_page(rules: StayRules, words: Catalogue) -> str:
    """The page in Markdown, in the language of ``words``."""
    parts = ["# Les règles des séjours", _INTRODUCTION]
    parts += ["## Durées et conditions", "\n".join(_values(rules, words))]
    parts += ["## Qui peut tenir un bail glissant", "\n".join(_operators(rules, words))]
    parts += ["## Le dossier du bail glissant", "\n".join(_papers(rules, words))]
    parts += ["## Sous quelle convention", "\n".join(_agreements(rules, words))]
    return "\n\n".join(parts) + "\n"


def _values(rules: StayRules, words: Catalogue) -> Iterator[str]:
    yield "| règle | dès le | valeur | source | marque | note |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for key in (*rules.keys, SLSP_BASIS):
        definition = rules.book.parameters[key]
        for version in definition.values:
            value = _value(definition, version.value, words)
            label = getattr(definition.label, words.language)
            source, mark = _basis(version, rules, words)
            first = _day(version.from_, words)
            yield f"| {label} (`{key}`) | {first} | {value} | {source} | {mark} | {version.note} |"


def _value(definition: ParameterDef, value: object, words: Catalogue) -> str:
    if definition.type == "flag":
        return words.text(f"reasons.value.{value}")
    return str(value)


def _basis(version: Dated, rules: StayRules, words: Catalogue) -> tuple[str, str]:
    said = citation(version.source.act, version.source.article, words)
    address = rules.sources.get(version.source.key)
    linked = f"[{said}]({address})" if address else said
    return linked, words.text(f"reasons.mark.{version.mark}")


def _day(day: date, words: Catalogue) -> str:
    return words.date(day, style="short")


def _operators(rules: StayRules, words: Catalogue) -> Iterator[str]:
    yield "| type d'organisme | dès le | source | marque |"
    yield "| --- | --- | --- | --- |"
    for kind, operator in rules.operators.items():
        for version in operator.values:
            source, mark = _basis(version, rules, words)
            yield f"| `{kind}` | {_day(version.from_, words)} | {source} | {mark} |"


def _papers(rules: StayRules, words: Catalogue) -> Iterator[str]:
    yield "Ce qui manque est listé et n'ôte jamais le droit de glisser."
    yield ""
    for item in rules.file:
        yield f"* {getattr(item.label, words.language)} (`{item.code}`)"


def _agreements(rules: StayRules, words: Catalogue) -> Iterator[str]:
    yield "| statut | types de conventions |"
    yield "| --- | --- |"
    for status, kinds in rules.agreements.items():
        listed = ", ".join(f"`{kind}`" for kind in kinds)
        yield f"| {words.text(f'procedure.state.{status}')} | {listed} |"
