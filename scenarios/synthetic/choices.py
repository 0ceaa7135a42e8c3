"""The communes and sections each household accepts, ranked."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from allocation.territory import Company, communes, neighbours, sections
from scenarios.streams import Streams
from scenarios.synthetic.calibration import figure, pick, shares

Int = npt.NDArray[np.int64]
Texts = npt.NDArray[np.object_]
Place = tuple[str, str]


def draw_choices(
    streams: Streams, entities: Int, *, company: Company
) -> tuple[Int, Int, Texts, Texts]:
    """
    Draw one to five places for every household of a company.

    Where the company's communes have sections, a part of the households name sections and the
    others whole communes. The nine German-speaking communes and Brussels are never offered.

    Returns
    -------
    tuple
        Position of the household in ``entities``, rank from 1, REFNIS code, section (empty for
        the whole commune); one element per choice.
    """
    among = shares("demand.communes_chosen_distribution")
    n_wanted = 1 + pick(streams.uniforms("number of choices", entities), among)
    by_section = streams.uniforms("names sections", entities) < figure(
        "generator.choices.sections_share"
    )
    split = _own_places(company, by_section=True)
    whole = _own_places(company, by_section=False)
    parts = []
    for own, rows in (
        (whole, np.flatnonzero(~by_section | (split == whole))),
        (split, np.flatnonzero(by_section & (split != whole))),
    ):
        if len(rows):
            parts.append(_draw_among(streams, entities, rows, own, n_wanted, company))
    owner, rank, place = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((rank, owner))
    return owner[order], rank[order], place[order, 0], place[order, 1]


def expected_numbers(company: Company) -> dict[str, float]:
    """Shares of households by number of choices, where a company has fewer places than five."""
    among = shares("demand.communes_chosen_distribution")
    most = len(company.communes) + len(_near(company))
    found = dict.fromkeys(among, 0.0)
    labels = list(among)
    for idx, share in enumerate(among.values()):
        found[labels[min(idx, most - 1)]] += share
    return found


def own_weights(company: Company) -> dict[str, float]:
    """Weight of each commune of a company: its estimated dwellings shared by those who serve it."""
    return {
        nis5: (communes()[nis5].social_dwellings_est or 1) / len(communes()[nis5].slsp_ids)
        for nis5 in company.communes
    }


def _own_places(company: Company, *, by_section: bool) -> dict[Place, float]:
    found: dict[Place, float] = {}
    for nis5, weight in own_weights(company).items():
        parts = [s.section_id for s in sections().values() if s.nis5 == nis5] if by_section else []
        for section_id in parts or [""]:
            found[(nis5, section_id)] = weight / max(1, len(parts))
    return found


def _draw_among(
    streams: Streams,
    entities: Int,
    rows: Int,
    own: dict[Place, float],
    n_wanted: Int,
    company: Company,
) -> tuple[Int, Int, Texts]:
    """
    Weighted draw without replacement: the smallest exponential times win.

    Returns owner, rank and place (REFNIS code, section), the last of shape (m, 2).
    """
    near = _near(company)
    options = np.array([*own, *((nis5, "") for nis5 in near)], dtype=object)
    inside = figure("generator.choices.in_territory_weight")
    # The square root keeps small communes in reach of a large neighbour's candidates.
    attraction = np.sqrt(np.array(list(own.values())))
    weights = np.concatenate(
        [inside * attraction / attraction.sum(), np.full(len(near), (1 - inside) / len(near))]
        if near
        else [attraction / attraction.sum()]
    )
    drawn = streams.uniforms("choices", entities[rows], width=max(2, len(options)))
    times = -np.log1p(-drawn[:, : len(options)]) / weights
    ranked = np.argsort(times, axis=1, kind="stable")
    n_most = int(n_wanted.max())
    taken = np.minimum(n_wanted[rows], len(options))
    rank = np.broadcast_to(np.arange(n_most), (len(rows), n_most))
    keep = rank < taken[:, None]
    place = np.zeros((len(rows), n_most), dtype=np.int64)
    width = min(n_most, len(options))
    place[:, :width] = ranked[:, :width]
    owner = np.broadcast_to(rows[:, None], keep.shape)
    return owner[keep], rank[keep] + 1, options[place[keep]]


def _near(company: Company) -> list[str]:
    """Walloon communes around those of the company."""
    return sorted(
        {
            other
            for nis5 in company.communes
            for other in neighbours()[nis5]
            if communes()[other].is_in_walloon_scheme and other not in company.communes
        }
    )
