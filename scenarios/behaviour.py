"""How households answer an offer: by fit, and always alike for the same household and dwelling."""

from __future__ import annotations

from math import ceil

from scenarios.parameters import Parameters
from scenarios.streams import Streams

ACCEPTED, REFUSED, JUSTIFIED, SILENCE = "accepted", "refused", "refused_justified", "silence"


class Answers:
    """
    Answers to offers, drawn for the pair (household, dwelling).

    The odds of accepting depend on the rank of the choice the dwelling meets; over the choices
    of the register they give the refusal rate of the calibration.
    """

    def __init__(self, streams: Streams, parameters: Parameters) -> None:
        self.streams = streams
        self.days = float(parameters["flows.days_to_answer_offer"])
        accepts = 1 - float(parameters["flows.refusal_rate_per_offer"])
        odds = accepts / (1 - accepts) if accepts < 1 else float("inf")
        self.accepts = [
            1.0 if accepts == 1 else odds * f / (1 + odds * f)
            for f in parameters["simulator.offers.odds_by_choice"]
        ]
        self.justified = float(parameters["simulator.offers.justified_share"])
        self.silence = float(parameters["simulator.offers.silence_share"])

    def answer(self, entity: int, dwelling: int, choice: int) -> tuple[str, int]:
        """The answer and the days it takes."""
        drawn = self.streams.drawn("answer", entity, dwelling, width=3)
        days = ceil(self.days * (0.5 + drawn[1]))
        if drawn[0] < self.accepts[min(choice, len(self.accepts)) - 1]:
            return ACCEPTED, days
        if drawn[2] < self.justified:
            return JUSTIFIED, days
        if drawn[2] < self.justified + self.silence:
            return SILENCE, ceil(self.days * 1.5)
        return REFUSED, days
