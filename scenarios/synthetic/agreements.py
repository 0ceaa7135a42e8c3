"""Partners, their six invented agreements, who they present, and the quotas of the meeting."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from allocation.model import Forecast, Group, Meeting, QuotaRule
from allocation.model.table import Cell
from allocation.territory import communes
from scenarios.streams import Streams
from scenarios.synthetic.applications import ADMITTED, Wishes, draw_situation
from scenarios.synthetic.calibration import shares
from scenarios.synthetic.sizes import REGION, Sizes

Int = npt.NDArray[np.int64]
Row = dict[str, Cell]
_SCALED = ("seats_per_year", "accompaniment_places", "accompaniment_used")
_COPIED = ("agreement_id", "kind", "public", "legal_article", "authorising_act")


@cache
def templates() -> Mapping[str, Any]:
    """Content of ``agreements.yaml``."""
    from ruamel.yaml import YAML

    folder = files(__package__).joinpath("data")
    text = folder.joinpath("agreements.yaml").read_text(encoding="utf-8")
    return MappingProxyType(YAML(typ="safe", pure=True).load(text))


def scale_of(sizes: Sizes) -> Fraction:
    """Size of the register's stock compared with the one the agreements are written for."""
    return Fraction(sum(sizes.dwellings), templates()["reference_stock"])


def partner_rows() -> list[Row]:
    """The partners, one row each."""
    return [dict(a["partner"]) for a in templates()["agreements"]]


def agreement_rows(sizes: Sizes) -> list[Row]:
    """The six agreements, their numbers scaled with the stock, their basis marked fictional."""
    rows = []
    for template in templates()["agreements"]:
        signed = date.fromisoformat(f"{sizes.on.year - 1}-{template['signed']}")
        row: Row = {name: template[name] for name in _COPIED}
        row |= {name: _scaled(template[name], sizes) for name in _SCALED if name in template}
        row |= {
            "partner_id": template["partner"]["partner_id"],
            "signed_on": signed,
            "in_force_from": date(sizes.on.year, 1, 1),
            "in_force_to": date(sizes.on.year + 2, 12, 31),
            "basis": "fictional",
        }
        rows.append(row)
    return rows


def seats_by_position(sizes: Sizes) -> dict[int, int]:
    """Position of each agreement with seats -> its seats of the year."""
    return {
        idx: _scaled(template["seats_per_year"], sizes)
        for idx, template in enumerate(templates()["agreements"])
        if "seats_per_year" in template
    }


def _scaled(number: int, sizes: Sizes) -> int:
    return max(1, round(number * scale_of(sizes)))


@dataclass(frozen=True, eq=False)
class Presentations:
    """Candidates presented: position of the agreement, of the household, and the two dates."""

    agreement: Int
    household: Int
    presented_on: npt.NDArray[np.datetime64]
    agreed_on: npt.NDArray[np.datetime64]


def draw_presentations(
    streams: Streams, entities: Int, *, wishes: Wishes, sizes: Sizes
) -> Presentations:
    """Each partner presents admitted candidates of its public, each candidate once."""
    situation = draw_situation(streams, entities)
    labels = list(shares("demand.current_situation_share"))
    is_free = (wishes.status == ADMITTED) & ~wishes.is_transfer
    agreement: list[Int] = []
    household: list[Int] = []
    for idx, template in enumerate(templates()["agreements"]):
        if "presented" not in template:
            continue
        public = [labels.index(name) for name in template["presented"]["situations"]]
        may = is_free & np.isin(situation, public)
        keys = np.where(may, streams.uniforms(f"presented under {idx}", entities), 2.0)
        n = min(int(may.sum()), _scaled(template["presented"]["count"], sizes))
        chosen = np.sort(np.argsort(keys, kind="stable")[:n])
        is_free[chosen] = False
        household.append(chosen)
        agreement.append(np.full(n, idx, dtype=np.int64))
    who = np.concatenate(household)
    drawn = streams.uniforms("presentation", entities[who], width=2)
    today = np.datetime64(sizes.on, "D")
    earliest = np.maximum(wishes.registered_on[who], np.datetime64(f"{sizes.on.year}-01-01"))
    span = (today - earliest).astype(np.int64)
    presented = today - np.floor(drawn[:, 0] * np.minimum(span, 240)).astype("timedelta64[D]")
    agreed = presented - np.floor(drawn[:, 1] * 12).astype("timedelta64[D]")
    return Presentations(np.concatenate(agreement), who, presented, agreed)


def quota_rules(sizes: Sizes, *, capped_communes: Sequence[str]) -> tuple[QuotaRule, ...]:
    """
    The quotas of the demo meeting.

    ``capped_communes``: communes for which the rulebook's table gives the ceiling of category 3;
    in a register of one company the others get the assumed share of ``agreements.yaml``.
    """
    rules = [_rule(entry) for entry in templates()["quotas"]]
    cap = templates()["commune_cap"]
    for nis5 in sorted({n for company in sizes.companies for n in company.communes}):
        name = communes()[nis5].name_fr
        quota_id = f"{cap['quota_id']}-{nis5}"
        if nis5 in capped_communes:
            parameter = f"{cap['table']}.{nis5}"
            rules.append(
                _rule(cap, quota_id=quota_id, nis5=nis5, commune=name, parameter=parameter)
            )
        elif sizes.slsp_id != REGION:
            rules.append(
                _rule(cap, quota_id=quota_id, nis5=nis5, commune=name, share=Fraction(cap["share"]))
            )
    for template in templates()["agreements"]:
        if "seats_per_year" in template:
            entry = templates()["seats"]
            rules.append(
                _rule(
                    entry,
                    quota_id=f"{entry['quota_id']}-{template['agreement_id']}",
                    agreement_id=template["agreement_id"],
                    partner=template["partner"]["name"],
                    source=template["legal_article"],
                )
            )
    return tuple(rules)


def _rule(
    entry: Mapping[str, Any],
    *,
    quota_id: str = "",
    nis5: str = "",
    agreement_id: str = "",
    parameter: str = "",
    share: Fraction | None = None,
    source: str = "",
    **words: str,
) -> QuotaRule:
    return QuotaRule(
        quota_id=quota_id or entry["quota_id"],
        kind=entry["kind"],
        group=Group(
            income_categories=tuple(entry.get("income_categories", ())),
            list=entry.get("list", ""),
            agreement_id=agreement_id,
        ),
        share=share,
        parameter=parameter or entry.get("parameter", ""),
        from_agreement=entry.get("from_agreement", ""),
        base=entry["base"],
        nis5=nis5,
        counting=entry["counting"],
        mark=entry["mark"] if not parameter else "S",
        source=source or entry["source"],
        label=tuple((lang, text.format(**words)) for lang, text in entry["label"].items()),
    )


def demo_meeting(
    seed: str, *, sizes: Sizes, n_decided: int, n_vacated: int, vacated_this_month: int
) -> Meeting:
    """
    The meeting: joint, linear, planned basis, with the year's forecast.

    ``n_decided`` and ``n_vacated``: allocations, and those in vacated dwellings, of the ledger.
    """
    words = templates()["meeting"]
    n_left = 13 - sizes.on.month
    secret = hashlib.sha256(f"passerelle/pseudonyms/1\n{seed}".encode()).hexdigest()
    return Meeting(
        slsp_id=sizes.slsp_id,
        meeting_on=sizes.on,
        draw_seed=f"demo-{seed}-{sizes.on.isoformat()}",
        pseudonym_secret=secret,
        forecast=Forecast(
            allocations=n_decided + n_left * sum(sizes.vacancies),
            vacated=n_vacated + n_left * vacated_this_month,
            made_on=sizes.on - timedelta(days=words["forecast_days_before"]),
            source=words["forecast_source"],
        ),
        settings_basis=words["settings_basis"],
        settings_decided_on=date.fromisoformat(f"{sizes.on.year - 1}-{words['settings_decided']}"),
    )
