"""
What ``proposal.json`` says beside the certificate, worked out again from the checked certificate.

Applications not ranked, choices, draws, who is next in line and what each would need, shortage of
the alternatives, lower choices. What rests on solving the meeting again or on the rulebook
(warnings, marks, labels, settings, the source of the forecast, names of sections, the rank
applications kept out would have, whether somebody next in line would lower the shortage of a
floor) is bound by the hash of the file and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from allocation.proof.checker import (
    ROUNDS,
    Json,
    Session,
    Tally,
    bits,
    equal,
    require,
)

CODE = "not_as_proposed"
MOST_NEXT = 5


def check_reported(session: Session, proposal: Json) -> None:
    """Compare with ``proposal.json`` what follows from a certificate that was checked."""
    rank = {h["application_id"]: h["rank"] - 1 for h in proposal["households"]}
    _check_not_ranked(session, proposal, rank)
    _check_next(session, proposal, rank)
    _check_alternatives(session, proposal)


def _check_not_ranked(session: Session, proposal: Json, rank: Mapping[str, int]) -> None:
    """Every application once, ranked or not, as many by ground as the certificate counts."""
    names = [n["application_id"] for n in proposal["not_ranked"]]
    require(len({*names, *rank}) == len(names) + len(rank), CODE, "counts")
    found = Counter(n["ground"] for n in proposal["not_ranked"])
    equal(session.all["counts"]["not_ranked"], dict(found), CODE, "counts.not_ranked")


class Queue:
    """Who waits for a dwelling, in the order of the text, and what would hold each back."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.holder = {a["dwelling"]: a for a in session.all["assignments"]}
        self.served = {session.index[a["household"]] for a in session.all["assignments"]}
        self.caps, floors = session.quota_mask("cap"), session.quota_mask("floor")
        self.tally = Tally(session, floors, ())
        self.tally.cells.update(
            session.cell(session.index[a["household"]], session.type_of[home], floors)
            for home, a in self.holder.items()
        )
        self.empty = {d: t for d, t in session.type_of.items() if d not in self.holder}
        self.wanted = 0
        self.waiting: dict[int, list[int]] = {t: [] for t in range(len(session.types))}
        for h, mask in enumerate(session.mask):
            if h in self.served:
                continue
            self.wanted |= mask
            for t in bits(mask):
                self.waiting[t].append(h)

    def way(self, h: int, dwelling: str) -> int:
        """Position of the first round in which a household may have the dwelling."""
        rights = self.session.people[h]["preferences"]
        ways = (
            i
            for i, name in enumerate(ROUNDS[:3])
            if name in rights and self.session.enters(dwelling, name)
        )
        return next(ways, len(ROUNDS) - 1)

    def first(self, dwelling: str) -> int | None:
        """The household that comes before all others waiting."""
        waiting = self.waiting[self.session.type_of[dwelling]]
        return min(waiting, key=lambda h: (self.way(h, dwelling), h), default=None)

    def full_caps(self, h: int, dwelling: str) -> list[str]:
        """Caps with no place for this household, even if the holder gives the dwelling up."""
        session = self.session
        if self.way(h, dwelling) == 0:
            return []
        cell = session.cell(h, session.type_of[dwelling], self.caps)
        given = self.holder.get(dwelling)
        leaving = session.member[session.index[given["household"]]] if given else 0
        used = {i: session.quotas[i]["used"] - (leaving >> i & 1) for i in bits(cell)}
        full_now = [i for i, n in used.items() if n >= session.quotas[i]["seats"]]
        return sorted(session.quotas[i]["id"] for i in full_now)

    def may_move(self, dwelling: str) -> set[str]:
        """Dwellings left empty that a refusal of this one may fill, by whoever is then free."""
        given = self.holder.get(dwelling)
        if given is None or not self.empty:
            return set()
        wanted = self.wanted | self.session.mask[self.session.index[given["household"]]]
        return {d for d, t in self.empty.items() if wanted >> t & 1}

    def lost(self, h: int, dwelling: str) -> list[str]:
        """Floors that the holder keeps filled and this household would not."""
        session, holder = self.session, self.session.index[self.holder[dwelling]["household"]]
        cell = session.cell(holder, session.type_of[dwelling], -1)
        mine = session.people[h]["groups"]
        return [q for q in self.tally.critical(cell) if q not in mine]


def _check_next(session: Session, proposal: Json, rank: Mapping[str, int]) -> None:
    """
    The queue behind every dwelling: nobody twice, in order, the first one named, caps named.

    Whether a household that no cap holds back needs a floor to give way is taken as said.
    """
    queue = Queue(session)
    for n, line in enumerate(proposal["dwellings"]):
        home, path = line["dwelling_id"], f"proposal.json dwellings[{n}]"
        named = session.dwellings[home]["agreement"]
        equal(line["agreement_id"], named, CODE, f"{path}.agreement_id")
        if home not in session.type_of:
            equal(line["next"], [], CODE, f"{path}.next")
            continue
        given = queue.holder.get(home)
        t = session.type_of[home]
        choice = session.cost[session.index[given["household"]]][t][1] if given else None
        equal(line["choice_rank"], choice, CODE, f"{path}.choice_rank")
        found = [rank[entry["application_id"]] for entry in line["next"]]
        require(set(found) <= set(queue.waiting[t]), CODE, f"{path}.next")
        keys = [(queue.way(h, home), h) for h in found]
        in_order = keys == sorted(set(keys)) and len(keys) <= MOST_NEXT
        require(in_order, CODE, f"{path}.next")
        equal(found[0] if found else None, queue.first(home), CODE, f"{path}.next")
        for h, entry in zip(found, line["next"], strict=True):
            _check_need(queue, h, home, entry, path=f"{path}.next")


def _check_need(queue: Queue, h: int, home: str, entry: Json, *, path: str) -> None:
    caps = queue.full_caps(h, home)
    is_main = queue.way(h, home) == len(ROUNDS) - 1
    said: tuple[Any, ...] = (entry["needs"], sorted(entry["quotas"]), entry["dwelling_id"])
    allowed: list[tuple[Any, ...]] = [("refusal", [], "")]
    if caps:
        allowed = [("cap", caps, "")]
    elif is_main and home in queue.holder:
        allowed.append(("reserve", sorted(queue.lost(h, home)), ""))
    if entry["dwelling_id"] in queue.may_move(home):
        allowed.append(("served_elsewhere", [], entry["dwelling_id"]))
    elif entry["needs"] == "cap" and queue.may_move(home):
        # Whoever takes a dwelling left empty fills a place too: more caps may be full.
        groups = queue.session.people[h]["groups"]
        more = sorted(set(entry["quotas"]) & set(groups) | set(caps))
        allowed.append(("cap", more, ""))
    require(said in allowed, CODE, path, stated=said, found=allowed)


def _check_alternatives(session: Session, proposal: Json) -> None:
    """Shortage of the floors under each alternative, and the choices compared with serial."""
    for n, said in enumerate(proposal["alternatives"]):
        pairs = session.all["alternatives"][said["name"]]
        found = _shortage(session, pairs)
        equal(said["shortage"], found, CODE, f"proposal.json alternatives[{n}].shortage")
    decided = [[a["household"], a["dwelling"]] for a in session.all["assignments"]]
    others = session.all["alternatives"]
    is_serial = session.all["meeting"]["mode"] == "serial"
    joint = _choices(session, others["joint"] if is_serial else decided)
    serial = _choices(session, decided if is_serial else others["serial"])
    lower = {
        h: (joint.get(h, 0), choice)
        for h, choice in serial.items()
        if joint.get(h, 0) == 0 or joint[h] > choice
    }
    position = {h["application_id"]: h["rank"] - 1 for h in proposal["households"]}
    names = [c["application_id"] for c in proposal["lower_choices"]]
    stated = {
        position[c["application_id"]]: (c["joint_choice"], c["serial_choice"])
        for c in proposal["lower_choices"]
    }
    path = "proposal.json lower_choices"
    equal(names, sorted(set(names)), CODE, path)
    equal(stated, lower, CODE, path)


def _shortage(session: Session, pairs: list[list[str]]) -> int:
    floors = session.quota_mask("floor")
    cells = Counter(session.cell(session.index[h], session.type_of[d], floors) for h, d in pairs)
    tally = Tally(session, floors, ())
    filled = tally.filled(cells)
    return sum(
        q["weight"] * max(0, q["seats"] - filled.get(i, tally.n(i, cells)))
        for i, q in enumerate(session.quotas)
        if floors >> i & 1
    )


def _choices(session: Session, pairs: list[list[str]]) -> dict[int, int]:
    """Household -> rank of the choice it gets."""
    found = ((session.index[name], d) for name, d in pairs)
    return {h: session.cost[h][session.type_of[d]][1] for h, d in found}
