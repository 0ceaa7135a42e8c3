"""Days that matter to a stay. A reminder reminds: no stay ends, moves or slides by the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from allocation.accompaniment.stay import Episode, Stay, anniversaries
from allocation.accompaniment.stay_rules import StayRules
from allocation.rules.periods import after_months

# In this order on one day.
KINDS = ("review", "slide_or_extension", "term_end", "longest_end", "support_end", "lease_end")


@dataclass(frozen=True, order=True)
class Reminder:
    """``kind`` falls on ``due_on``; people are reminded from ``from_on`` on."""

    due_on: date
    kind: str
    from_on: date

    def is_shown(self, on: date) -> bool:
        """Whether it is time to remind."""
        return self.from_on <= on


def reminders(stay: Stay, rules: StayRules, *, on: date) -> tuple[Reminder, ...]:
    """Everything to be reminded of on a day, the soonest first; the past stays until it is done."""
    last = stay.episode
    if last is None or stay.status != last.status:
        return ()
    ahead = -rules.whole("reminder.months", on)
    days = _days(stay, last, rules, on)
    found = [Reminder(day, kind, after_months(day, ahead)) for kind, day in days]
    return tuple(sorted(r for r in found if r.is_shown(on)))


def longest_end(episode: Episode, rules: StayRules, *, on: date) -> date | None:
    """The last day the status may reach with every renewal; ``None`` when none limits it."""
    months = {
        "transit": ("transit.months", "transit.renewals", "transit.renewal_months"),
        "insertion": ("insertion.months",),
        "sliding_lease": ("sliding_lease.most_months",),
    }.get(episode.status)
    if months is None:
        return None
    values = [rules.whole(key, on) for key in months]
    total = values[0] + (values[1] * values[2] if len(values) > 1 else 0)
    return after_months(episode.from_on, total)


def _days(stay: Stay, last: Episode, rules: StayRules, on: date) -> list[tuple[str, date]]:
    days: list[tuple[str, date]] = []
    longest = longest_end(last, rules, on=on)
    if last.status == "sliding_lease" and longest:
        every = rules.whole("sliding_lease.review_months", on)
        # The first anniversary without a review of its year is the one to be held.
        for day in anniversaries(last.from_on, longest, months=every):
            since = after_months(day, -every)
            if not any(since <= r.held_on <= day for r in stay.reviews):
                days.append(("review", day))
                break
        if last.until_on:
            days.append(("slide_or_extension", last.until_on))
    elif last.status == "transit" and last.until_on:
        if not any(last.from_on <= r.held_on <= last.until_on for r in stay.reviews):
            days.append(("review", last.until_on))
        days.append(("term_end", last.until_on))
    elif last.until_on:
        kind = {"support_only": "support_end", "standard_lease": "lease_end"}
        days.append((kind.get(last.status, "term_end"), last.until_on))
    if longest and longest != last.until_on:
        days.append(("longest_end", longest))
    return days
