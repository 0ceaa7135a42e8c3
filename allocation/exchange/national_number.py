"""National and bis numbers of whole columns: well-formed or not, and the birth date they tell."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

LAST_DAY = 31
_LAST_MONTH = 12
_BIS_MONTHS = 20  # a bis number adds 20 or 40 to the month
_DIGITS, _MODULUS, _MILLENNIUM = 11, 97, 2_000_000_000

Int = npt.NDArray[np.int64]


def well_formed(written: Sequence[str], *, born_by: int | None) -> Int:
    """
    Numbers as integers of eleven digits, -1 where empty or not well-formed.

    The check digits are those of python-stdnum, which is asked for every number that the
    arithmetic on the whole column does not settle: a large register has 100,000 of them.

    Parameters
    ----------
    written
        Numbers as people write them, with or without the signs between their digits.
    born_by
        Year of the meeting: the check digits of births from 2000 are taken for granted up to it.

    Shapes
    ------
    result : (n,) int64
    """
    from stdnum.be import bis, nn

    numbers = [_compact(text) for text in written]
    found = np.array([int(n) if _is_eleven_digits(n) else -1 for n in numbers], dtype=np.int64)
    for idx in np.flatnonzero((found >= 0) & ~_is_settled(found, born_by)).tolist():
        if not (nn.is_valid(numbers[idx]) or bis.is_valid(numbers[idx])):
            found[idx] = -1
    return found


def birth_parts(numbers: Int) -> tuple[Int, Int, Int]:
    """Year of the century, month (0 unknown) and day (0 unknown, above 31 impossible)."""
    digits = numbers // 100_000
    return digits // 10_000, digits // 100 % 100 % _BIS_MONTHS, digits % 100


def _compact(number: str) -> str:
    return number if number.isdigit() else "".join(c for c in number if c not in " .-")


def _is_eleven_digits(number: str) -> bool:
    return len(number) == _DIGITS and number.isascii() and number.isdigit()


def _is_settled(numbers: Int, born_by: int | None) -> npt.NDArray[np.bool_]:
    """Mask of the numbers surely well-formed: check digits and month right."""
    root, check = numbers // 100, numbers % 100
    is_of_1900 = _MODULUS - root % _MODULUS == check
    is_of_2000 = _MODULUS - (_MILLENNIUM + root) % _MODULUS == check
    if born_by is None:
        is_of_2000[:] = False
    else:
        is_of_2000 &= root // 10_000_000 + 2000 <= born_by
    month = root // 100_000 % 100
    is_month = (month % _BIS_MONTHS <= _LAST_MONTH) & (month // _BIS_MONTHS <= 2)
    return np.asarray((is_of_1900 | is_of_2000) & is_month & (root > 0))
