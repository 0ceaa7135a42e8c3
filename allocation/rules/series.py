"""Dated versions of one thing: they follow each other without a gap, on sources that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from allocation.errors import Problem
from allocation.rules.schema import Dated
from allocation.rules.yaml_file import Place, YamlFile


def series_problems(
    file: YamlFile, place: Place, series: Sequence[Dated], sources: Collection[str]
) -> Iterator[Problem]:
    """
    What is wrong with the versions at ``place``: only the last one may be open.

    ``rule.unknown_source``, ``rule.overlap``, ``rule.gap``, each at its line.
    """
    for i, version in enumerate(series):
        if version.source.key and version.source.key not in sources:
            where = (*place, i, "source", "key")
            yield file.problem(where, "rule.unknown_source", name=version.source.key)
        if i == 0:
            continue
        before = series[i - 1].following
        if before is None or version.from_ < before:
            code = "rule.overlap"
        elif version.from_ > before:
            code = "rule.gap"
        else:
            continue
        facts = {"from": version.from_, "after": series[i - 1].to}
        yield file.problem((*place, i, "from"), code, **facts)
