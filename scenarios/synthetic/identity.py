"""Names and national numbers of nobody: plain to see as invented, well-formed, impossible."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.households import FEMALE, N_SLOTS, PARTNER, Households

Texts = npt.NDArray[np.object_]
Int = npt.NDArray[np.int64]

# Days 61 to 91: no calendar has them and the National Register never assigns them.
IMPOSSIBLE_DAY_SHIFT = 60
_MODULUS = 97
_MILLENNIUM_PREFIX = 2_000_000_000
_HIGHEST_NUMBER = 199


def names(streams: Streams, entities: Int, *, households: Households) -> tuple[Texts, Texts]:
    """
    Family and given names by place of the household; children bear the applicant's.

    Shapes
    ------
    each result : (n, 9)
    """
    given, family = invented_names()
    n = len(households)
    drawn = streams.uniforms("given name", entities, width=N_SLOTS)
    first_names = given[np.floor(drawn * len(given)).astype(np.int64)]
    drawn = streams.uniforms("family name", entities, width=2)
    both = family[np.floor(drawn * len(family)).astype(np.int64)]
    family_names = np.repeat(both[:, :1], N_SLOTS, axis=1)
    family_names[:, PARTNER] = both[:, 1]
    return family_names.reshape(n, N_SLOTS), first_names.reshape(n, N_SLOTS)


def national_numbers(households: Households) -> Texts:
    """
    A national number for every person: right form and check digits, impossible birth date.

    The six first digits are the date of birth with sixty days added to the day of the month
    (61 to 91), which no register assigns. The next three count the persons of one sex born that
    day, odd for men and even for women. The two last are the check: 97 minus the remainder by 97
    of the nine first digits, with a 2 before them for births from 2000.

    Shapes
    ------
    result : (n, 9), empty where no person is
    """
    present = households.present
    born = households.born_on[present]
    is_woman = households.sex[present] == FEMALE
    serial = 2 * _rank_among_equals(born.astype(np.int64) * 2 + is_woman) + 1 + is_woman
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    day = (born - born.astype("datetime64[M]").astype("datetime64[D]")).astype(np.int64) + 1
    impossible_day = day + IMPOSSIBLE_DAY_SHIFT
    root = ((year % 100 * 100 + month) * 100 + impossible_day) * 1000 + serial
    check = _MODULUS - np.where(year >= 2000, _MILLENNIUM_PREFIX + root, root) % _MODULUS
    found = np.full(present.shape, "", dtype=object)
    found[present] = [f"{number:011d}" for number in (root * 100 + check).tolist()]
    return found


def invented_streets(streams: Streams, dwellings: Int) -> Texts:
    """Addresses in imaginary streets, one for every dwelling, (n,)."""
    given, family = invented_names()
    drawn = streams.uniforms("street", dwellings, width=3)
    moon = given[np.floor(drawn[:, 0] * len(given)).astype(np.int64)]
    tree = family[np.floor(drawn[:, 1] * len(family)).astype(np.int64)]
    number = 1 + np.floor(drawn[:, 2] * _HIGHEST_NUMBER).astype(np.int64)
    found = np.empty(len(dwellings), dtype=object)
    found[:] = [
        f"allée imaginaire {m} {t}, {n}"
        for m, t, n in zip(moon.tolist(), tree.tolist(), number.tolist(), strict=True)
    ]
    return found


def _rank_among_equals(keys: Int) -> Int:
    """Position of each element among those of equal key, in the order they come."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    rank = np.empty(len(keys), dtype=np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return rank


@cache
def invented_names() -> tuple[Texts, Texts]:
    """Given names and family names of ``names.yaml``."""
    from ruamel.yaml import YAML

    text = files(__package__).joinpath("data").joinpath("names.yaml").read_text(encoding="utf-8")
    found = YAML(typ="safe", pure=True).load(text)
    return np.array(found["given"], dtype=object), np.array(found["family"], dtype=object)
