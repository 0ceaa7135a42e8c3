"""Offers since the last meetings: refused, and a few still open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scenarios.streams import Streams
from scenarios.synthetic.applications import ADMITTED, Wishes
from scenarios.synthetic.calibration import figure
from scenarios.synthetic.sizes import Sizes
from scenarios.synthetic.stock import SOCIAL, Stock
from scenarios.synthetic.vacancies import (
    FEWEST_FOR_EVERY_CASE,
    Free,
    Vacancies,
    ordinary_vacancies,
)

Int = npt.NDArray[np.int64]
Days = npt.NDArray[np.datetime64]
_REFERENCE_VACANCIES = 45
_NO_DATE = np.datetime64("NaT", "D")


@dataclass(frozen=True, eq=False)
class Offers:
    """Offers since the last meeting; ``answer`` is a code, ``answered_on`` NaT while open."""

    household: Int
    dwelling: Int
    made_on: Days
    answer: npt.NDArray[np.object_]
    answered_on: Days


def draw_offers(
    streams: Streams,
    stock: Stock,
    free: Free,
    *,
    sizes: Sizes,
    wishes: Wishes,
    vacancies: Vacancies,
) -> Offers:
    """Draw refusals of the past months and the offers still open, one of them on a vacancy."""
    scale = sum(sizes.vacancies) / _REFERENCE_VACANCIES
    n_open = max(1, round(figure("generator.offers.open") * scale))
    answers = ["open"] * n_open
    for answer, count in figure("generator.offers.answered").items():
        answers += [answer] * round(count * scale)
    can_be_offered = (wishes.status == ADMITTED) & np.isnat(wishes.appeal_won_on)
    entities = np.arange(len(can_be_offered))
    keys = np.where(can_be_offered, streams.uniforms("offered", entities), 2.0)
    household = np.argsort(keys, kind="stable")[: min(len(answers), int(can_be_offered.sum()))]
    answers = answers[: len(household)]
    locked = _locked_vacancies(stock, vacancies)
    others = free.take(stock.regime == SOCIAL, len(household) - len(locked))
    dwelling = np.concatenate([locked, others])
    n = min(len(household), len(dwelling))
    household, dwelling, answers = household[:n], dwelling[:n], answers[:n]
    is_open = np.array([answer == "open" for answer in answers], dtype=np.bool_)
    drawn = streams.uniforms("dates of the offer", household, width=2)
    today = np.datetime64(sizes.on, "D")
    age = np.where(is_open, 3 + drawn[:, 0] * 7, 30 + drawn[:, 0] * 250)
    made = np.maximum(
        today - np.ceil(age).astype("timedelta64[D]"), wishes.registered_on[household]
    )
    answered = made + np.ceil(drawn[:, 1] * figure("flows.days_to_answer_offer")).astype(
        "timedelta64[D]"
    )
    return Offers(
        household=household,
        dwelling=dwelling,
        made_on=made,
        answer=np.array(answers, dtype=object),
        answered_on=np.where(is_open, _NO_DATE, np.minimum(answered, today)),
    )


def _locked_vacancies(stock: Stock, vacancies: Vacancies) -> Int:
    """The largest ordinary vacancies, still offered to somebody; none in a small month."""
    if len(vacancies.dwelling) < FEWEST_FOR_EVERY_CASE:
        return vacancies.dwelling[:0]
    n_locked = figure("generator.offers.open_on_a_vacancy")
    return vacancies.dwelling[ordinary_vacancies(stock, vacancies)[::-1][:n_locked]]
