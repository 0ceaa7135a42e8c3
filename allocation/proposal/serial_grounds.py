"""The grounds of a serial proposal: read off the dwellings, one by one, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from allocation.matching import bits
from allocation.model.proposal import DwellingLine, NextInLine, QuotaLine, Unserved
from allocation.proposal.following import Following
from allocation.proposal.frozen import APPEAL, MAIN, ROUNDS, FrozenMeeting
from allocation.proposal.grounds import channel_of, quota_line
from allocation.proposal.serial_session import floors_behind
from allocation.quotas import Resolved
from allocation.ranking import TRANSFER_TIER


class SerialGrounds:
    """
    Lines of a meeting run dwelling by dwelling.

    A dwelling went to the best-ranked household that could have it, unless a preferential
    group, a floor behind at that moment or a full cap comes between; the line names which.
    """

    def __init__(
        self,
        session: FrozenMeeting,
        resolved: tuple[Resolved, ...],
        order: Sequence[str],
        assignment: Mapping[int, str],
    ) -> None:
        self.session = session
        self.resolved = resolved
        self.assignment = assignment
        self.holder = {d: p for p, d in assignment.items()}
        self.order = order
        self.place = {d: i for i, d in enumerate(order)}
        self._counts = self._running_counts()
        self._following = Following(session, resolved, assignment)

    def _running_counts(self) -> list[list[int]]:
        """Members of each quota served before each dwelling, and at the end."""
        counts = [0] * len(self.resolved)
        found = [list(counts)]
        for dwelling in self.order:
            holder = self.holder.get(dwelling)
            if holder is not None:
                for i in self._counting(holder, dwelling):
                    counts[i] += 1
            found.append(list(counts))
        return found

    def _counting(self, p: int, dwelling: str) -> list[int]:
        nis5 = self.session.types[self.session.type_of[dwelling]].nis5
        return [
            i for i in bits(self.session.members[p]) if self.resolved[i].rule.nis5 in ("", nis5)
        ]

    def _full_caps(self, p: int, dwelling: str) -> list[int]:
        """Caps that were full for this household when the dwelling's turn came."""
        if APPEAL in self.session.preferences[p]:
            return []
        counts = self._counts[self.place[dwelling]]
        return [
            i
            for i in self._counting(p, dwelling)
            if self.resolved[i].rule.kind == "cap" and counts[i] >= self.resolved[i].seats
        ]

    def _ids(self, positions: Sequence[int]) -> tuple[str, ...]:
        return tuple(self.resolved[i].rule.quota_id for i in positions)

    def _round(self, p: int, dwelling: str) -> str:
        """The preferential group through which the household came first, else ``main``."""
        return ROUNDS[self.session.preference(p, self.session.type_of[dwelling])]

    def _overtaken(self, dwelling: str) -> list[int]:
        """Better-ranked households still waiting that the dwelling passed over, caps aside."""
        holder, here = self.holder[dwelling], self.place[dwelling]
        t = self.session.type_of[dwelling]
        return [
            p
            for p in range(holder)
            if self.session.accepts[p] >> t & 1
            and (p not in self.assignment or self.place[self.assignment[p]] > here)
            and not self._full_caps(p, dwelling)
        ]

    @cached_property
    def _asked(self) -> Mapping[str, Sequence[int]]:
        """
        Floors behind at the turn of each dwelling let, of those its household is a member of.

        The furthest behind comes first: it is the one whose members were looked at.
        """
        found: dict[str, Sequence[int]] = {}
        for dwelling, holder in self.holder.items():
            place, mine = self.place[dwelling], self.session.members[holder]
            behind = floors_behind(self.resolved, self._counts[place], place + 1, len(self.order))
            is_main = self._round(holder, dwelling) == MAIN
            found[dwelling] = [i for i in behind if is_main and mine >> i & 1]
        return found

    def _seat_floor(self, dwelling: str) -> int | None:
        """The floor for which the household came before somebody better ranked, if one did."""
        asked = self._asked[dwelling]
        return asked[0] if asked and self._overtaken(dwelling) else None

    def dwellings(self) -> tuple[DwellingLine, ...]:
        """Every vacant dwelling, by identifier."""
        lines = [
            DwellingLine(d, None, "", "", "", "", (), None, (), ground)
            for d, ground in self.session.left_out.items()
        ]
        lines += [self._line(d) for d in self.order]
        vacant = self.session.vacancies
        lines = [replace(d, agreement_id=vacant[d.dwelling_id].agreement_id) for d in lines]
        return tuple(sorted(lines, key=lambda d: d.dwelling_id))

    def _line(self, dwelling: str) -> DwellingLine:
        holder = self.holder.get(dwelling)
        following = self._following.next(self.session.type_of[dwelling], holder)
        if holder is None:
            return self._empty(dwelling, following)
        name = self._round(holder, dwelling)
        floor = self._seat_floor(dwelling)
        channel = channel_of(
            name,
            is_named=bool(self.session.vacancies[dwelling].agreement_id),
            is_reserved=floor is not None,
            is_transfer=self.session.tier[holder] == TRANSFER_TIER,
        )
        t = self.session.type_of[dwelling]
        return DwellingLine(
            dwelling,
            self.session.identifiers[holder],
            name,
            channel,
            "open" if floor is None else "reserve",
            "" if floor is None else self.resolved[floor].rule.quota_id,
            self._ids(sorted(self._asked[dwelling])),
            self.session.costs[holder][t][1],
            following,
        )

    def _empty(self, dwelling: str, following: tuple[NextInLine, ...]) -> DwellingLine:
        t = self.session.type_of[dwelling]
        acceptors = [p for p, mask in enumerate(self.session.accepts) if mask >> t & 1]
        blocked = {i for p in acceptors for i in self._full_caps(p, dwelling)}
        ground = "no_candidate" if not acceptors else ("cap" if blocked else "nobody_left")
        line = DwellingLine(dwelling, None, "", "", "", "", (), None, following, ground)
        return replace(line, ground_quotas=self._ids(sorted(blocked)))

    def unserved(self) -> tuple[Unserved, ...]:
        """Every ranked household without a dwelling, by identifier."""
        lines = [
            self._unserved(p)
            for p in range(len(self.session.identifiers))
            if p not in self.assignment
        ]
        return tuple(sorted(lines, key=lambda u: u.application_id))

    def _unserved(self, p: int) -> Unserved:
        identifier = self.session.identifiers[p]
        mask = self.session.accepts[p]
        if not mask:
            return Unserved(identifier, "no_compatible_dwelling")
        wanted = [d for d in self.order if mask >> self.session.type_of[d] & 1]
        caps = {i for d in wanted for i in self._full_caps(p, d)}
        holders = {d: self.holder[d] for d in wanted if d in self.holder}
        better = [h for d, h in holders.items() if h < p and self._is_asked_with(p, d)]
        must = self.session.identifiers[max(better)] if better else None
        behind = {d: h for d, h in holders.items() if h > p}
        floors = {i for d in behind if (i := self._seat_floor(d)) is not None}
        if caps:
            return Unserved(identifier, "cap", self._ids(sorted(caps)), must)
        if floors:
            return Unserved(identifier, "reserve", self._ids(sorted(floors)), must)
        if behind:
            return Unserved(identifier, "preferential", (), must)
        return Unserved(identifier, "outranked", (), must)

    def _is_asked_with(self, p: int, dwelling: str) -> bool:
        """Whether a better rank alone would have given it this dwelling at its turn."""
        holder, asked = self.holder[dwelling], self._asked[dwelling]
        return (
            self._round(p, dwelling) == self._round(holder, dwelling)
            and (not asked or bool(self.session.members[p] >> asked[0] & 1))
            and not self._full_caps(p, dwelling)
        )

    def quotas(self) -> tuple[QuotaLine, ...]:
        """The state of every quota at the end of the meeting."""
        return tuple(self._quota(i, r) for i, r in enumerate(self.resolved))

    def _quota(self, i: int, resolved: Resolved) -> QuotaLine:
        rule, used = resolved.rule, self._counts[-1][i]
        is_floor = rule.kind == "floor"
        shortage = max(0, resolved.seats - used) if is_floor else 0
        ground = (
            ("short" if shortage else "met")
            if is_floor
            else ("reached" if used >= resolved.seats else "open")
        )
        passed_over = sorted(
            {
                p
                for d in self.order
                if d in self.holder and self._seat_floor(d) == i
                for p in self._overtaken(d)
                if p not in self.assignment
            }
        )
        return quota_line(
            resolved,
            used=used,
            shortage=shortage,
            ground=ground,
            witness={"kind": "dwelling_by_dwelling"} if shortage else {},
            passed_over=tuple(self.session.identifiers[p] for p in passed_over),
            instead=(),
        )
