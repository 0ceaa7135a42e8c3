"""
Small random committee meetings, solved by exhaustive search and written as certificates.

Nothing here comes from the engine: the certificate is what an office with unlimited patience
would have written. Used to try the checker before and without the solver, and to compare both.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.oracles.brute_force import (
    LEX,
    InfeasibleError,
    Instance,
    Quota,
    fit,
    solve,
)

Json = dict[str, Any]
SPARE = {"ordinary": 0, "accessible": 1, "adaptable": 2, "adapted": 3, "designed_for_over_65": 1}
MEETING_ON = "2026-06-15"
SEED = "published before the meeting"
ROUNDS = ("appeal", "adapted", "over_65", "main")


def fingerprint(value: Json, salt: bytes = b"") -> str:
    """SHA-256 of canonical JSON."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(salt + text.encode()).hexdigest()


def sealed(certificate: Json) -> Json:
    """The certificate with its hash."""
    rest = {k: v for k, v in certificate.items() if k != "hash"}
    return {**rest, "hash": fingerprint(rest)}


def compatible(profile: Json, dwelling: Json) -> int:
    """Choice rank of the dwelling for the household; 0 when it may not have it."""
    if not dwelling["is_available"] or profile["bedrooms"] != dwelling["bedrooms"]:
        return 0
    if profile["kind_wanted"] not in ("any", dwelling["kind"]):
        return 0
    if profile["adapted_wanted"] and dwelling["accessibility"] != "adapted":
        return 0
    if dwelling["agreement"] and dwelling["agreement"] not in profile["agreements"]:
        return 0
    for rank, nis5, section in profile["choices"]:
        if nis5 == dwelling["nis5"] and section in ("", dwelling["section"]):
            return int(rank)
    return 0


def spare(profile: Json, dwelling: Json) -> int:
    """Adaptation that the household does not need."""
    total = 0
    if not profile["has_disabled"] and not profile["adapted_wanted"]:
        total += SPARE[dwelling["accessibility"]]
    if dwelling["designed_for_over_65"] and not profile["has_over_65"]:
        total += SPARE["designed_for_over_65"]
    return total


class SmallSession:
    """One random meeting: build with a seed, then ``certificate()``."""

    def __init__(self, seed: int, *, households: int = 8, dwellings: int = 5) -> None:
        self.random = random.Random(seed)
        self.homes = [self._dwelling(i) for i in range(self.random.randint(2, dwellings))]
        self.profiles = [self._profile(i) for i in range(6)]
        self.people = self._households(self.random.randint(3, households))
        self.rules = {
            "seniority_mode": self.random.choice(["anniversary", "calendar"]),
            "seniority_cap": 6,
            "seniority_per_year": 1,
            "spare": SPARE,
        }
        self.forecast = (
            {"allocations": 30, "vacated": 20, "made_on": "2026-01-05"}
            if self.random.random() < 0.6
            else None
        )
        self.pacing = self.random.choice(["linear", "linear", "year_end"])
        self.quotas = [self._quota(i) for i in range(self.random.randint(0, 4))]
        self._rank()

    # --- what the register would hold -----------------------------------------------------------

    def _dwelling(self, i: int) -> Json:
        pick = self.random.choice
        nis5 = pick(["52011", "52011", "52011", "52012"])
        regime = pick(["social"] * 9 + ["transit"])
        return {
            "id": f"d{i:02d}",
            "nis5": nis5,
            "section": pick(["", f"{nis5}-a"]),
            "kind": pick(["house", "flat"]),
            "bedrooms": pick([1, 2, 2, 2, 2, 2]),
            "accessibility": pick(["ordinary", "ordinary", "accessible", "adapted"]),
            "designed_for_over_65": self.random.random() < 0.15,
            "agreement": pick(["", "", "", "", "", "", "apl"]),
            "available_on": pick(["2026-06-20", "2026-07-01"]),
            "origin": pick(["vacated", "vacated", "new"]),
            "regime": regime,
            "is_available": regime == "social" and self.random.random() < 0.95,
        }

    def _profile(self, i: int) -> Json:
        pick = self.random.choice
        places = [["52011", ""], ["52012", ""], ["52011", "52011-a"], ["52012", "52012-a"]]
        chosen = self.random.sample(places, self.random.randint(1, 3))
        return {
            "id": f"p{i}",
            "bedrooms": pick([1, 2, 2, 2, 2, 2]),
            "choices": [[rank, *place] for rank, place in enumerate(chosen, 1)],
            "kind_wanted": pick(["any", "any", "any", "any", "flat"]),
            "adapted_wanted": self.random.random() < 0.1,
            "has_disabled": self.random.random() < 0.15,
            "has_over_65": self.random.random() < 0.15,
            "agreements": pick([[], [], ["apl"], ["cpas"]]),
        }

    def _households(self, n: int) -> list[Json]:
        people = []
        for i in range(n):
            profile = self.random.choice(self.profiles)
            rights = ["adapted"] if profile["has_disabled"] else []
            rights += ["over_65"] if profile["has_over_65"] else []
            people.append(
                {
                    "id": f"h{i:02d}",
                    "tier": int(self.random.random() < 0.8),
                    "nature": self.random.randint(0, 2),
                    "housing": self.random.choice([0, 2, 5]),
                    "personal": self.random.choice([0, 2, 3]),
                    "date": f"202{self.random.randint(1, 3)}-0{self.random.randint(1, 2)}-01",
                    "category": self.random.randint(1, 3),
                    "profile": profile["id"],
                    "preferences": (["appeal"] if self.random.random() < 0.07 else []) + rights,
                    "application_id": f"A-{i:03d}",
                    "draw": hashlib.sha256(f"{SEED}\nA-{i:03d}".encode()).digest()[:8].hex(),
                }
            )
        return people

    def _quota(self, i: int) -> Json:
        pick = self.random.choice
        kind = pick(["floor", "floor", "cap"])
        group: Json = {"income_categories": [], "list": "", "agreement": ""}
        which = pick(["income", "income", "transfer", "agreement"])
        if which == "income":
            group["income_categories"] = pick([[1], [2, 3], [1, 2]])
        elif which == "transfer":
            group["list"] = "transfer"
        else:
            group["agreement"] = pick(["apl", "cpas"])
        limit = pick(["share", "share", "period_seats", "seats"])
        value: Any = {"share": pick(["3/10", "1/2", "7/50"]), "period_seats": 8, "seats": 1}[limit]
        opening = self.random.randint(0, 4)
        return {
            "id": f"q{i}",
            "kind": kind,
            "counting": pick(["each", "once"]) if kind == "floor" else "each",
            "weight": pick([1, 1, 2]),
            "is_hard": False,
            "counts_transfers": which != "income" or self.random.random() < 0.5,
            "base": "vacated" if which == "transfer" else "allocations",
            "group": group,
            "nis5": pick(["", "", "", "", "52011"]),
            "limit": limit,
            "places": None,
            "value": value,
            "parameter": "",
            "mark": "assumed",
            "opening": opening,
            "base_done": opening + self.random.randint(0, 9),
        }

    # --- order, membership, seats ---------------------------------------------------------------

    def _rank(self) -> None:
        year, month, day = (int(x) for x in MEETING_ON.split("-"))
        for h in self.people:
            y, m, d = (int(x) for x in h["date"].split("-"))
            years = year - y
            if self.rules["seniority_mode"] == "anniversary" and (month, day) < (m, d):
                years -= 1
            h["seniority"] = min(years, 6) if h["tier"] else 0
            h["points"] = h["housing"] + h["personal"] + h["seniority"]
            h["nature"] = 0 if h["tier"] else h["nature"]
            h["key"] = (h["tier"], -h["points"] if h["tier"] else h["nature"], h["date"])
        self.people.sort(key=lambda h: (h["key"], h["draw"]))
        for i, h in enumerate(self.people):
            same = [k for k in self.people[:i] if k["key"] == h["key"]]
            h["rank"], h["tie"] = i + 1, len(same) + 1
            h["groups"] = [q["id"] for q in self.quotas if self.is_member(h, q)]

    def profile(self, h: int) -> Json:
        """The demand of a household."""
        wanted = self.people[h]["profile"]
        return next(p for p in self.profiles if p["id"] == wanted)

    def is_member(self, h: Json, quota: Json) -> bool:
        """Is the household of the quota's group?"""
        group = quota["group"]
        profile = next(p for p in self.profiles if p["id"] == h["profile"])
        if group["income_categories"]:
            if h["tier"] == 0 and not quota["counts_transfers"]:
                return False
            return h["category"] in group["income_categories"]
        if group["list"]:
            return bool(h["tier"] == 0)
        return group["agreement"] in profile["agreements"]

    def resolve(self, served_transfers: Mapping[str, int]) -> None:
        """Turn shares and ledger into seats; transfers served may leave the base."""
        for q in self.quotas:
            homes = [d for d in self.homes if d["is_available"]]
            homes = [d for d in homes if q["nis5"] in ("", d["nis5"])]
            homes = [d for d in homes if q["base"] == "allocations" or d["origin"] == "vacated"]
            q["base_planned"] = q["base_done"] + len(homes)
            if not q["counts_transfers"]:
                q["base_planned"] -= served_transfers.get(q["nis5"], 0)
            q["interim"], q["closing"], q["seats"] = self._seats(q)

    def _seats(self, q: Json) -> tuple[int | None, int | None, int]:
        now, opening = q["base_planned"], q["opening"]
        if q["limit"] == "seats":
            return None, None, q["value"]
        if q["kind"] == "cap" or self.forecast is None or q["nis5"]:
            if q["limit"] == "period_seats":
                return None, None, max(0, q["value"] - opening)
            exact = Fraction(q["value"]) * now
            return None, None, max(0, (ceil if q["kind"] == "floor" else floor)(exact) - opening)
        year = max(self.forecast[q["base"]], now)
        due = Fraction(q["value"]) * (1 if q["limit"] == "period_seats" else year)
        interim = max(0, floor(due * now / year) - opening)
        closing = max(0, ceil(due) - opening - (year - now))
        if self.pacing == "year_end":
            return None, closing, closing
        return interim, closing, max(interim, closing)

    # --- the meeting ----------------------------------------------------------------------------

    def instance(
        self, people: Sequence[int], pool: Sequence[int], done: Mapping[int, int], kinds: str
    ) -> Instance:
        """One round as a bare matching problem (units by position in ``homes``)."""
        ids = [q["id"] for q in self.quotas]

        def groups(h: int) -> tuple[int, ...]:
            return tuple(ids.index(g) for g in self.people[h]["groups"])

        quotas = []
        for i, q in enumerate(self.quotas):
            scope = frozenset(u for u, d in enumerate(self.homes) if q["nis5"] in ("", d["nis5"]))
            before = sum(i in groups(h) and u in scope for h, u in done.items())
            seats = max(q["seats"], before) if q["kind"] == "cap" else q["seats"]
            kind = q["kind"] if q["kind"] in kinds else "none"
            limited = scope if q["nis5"] else None
            quotas.append(Quota(q["id"], kind, seats, q["counting"], q["weight"], False, limited))
        accepts = tuple(
            tuple(u for u in pool if compatible(self.profile(h), self.homes[u])) for h in people
        )
        members = tuple(groups(h) for h in people)
        locked = tuple((groups(h), u) for h, u in done.items())
        return Instance(accepts, members, len(self.homes), tuple(quotas), locked)

    def run(self, people: Sequence[int], instance: Instance) -> dict[int, int]:
        """Served households of a round with their dwellings."""
        served, _ = solve(instance, LEX)
        costs = {
            (p, u): (
                spare(self.profile(people[p]), self.homes[u]),
                compatible(self.profile(people[p]), self.homes[u]),
            )
            for p in served
            for u in instance.accepts[p]
        }
        names = [d["id"] for d in self.homes]
        return {people[p]: u for p, u in fit(instance, served, costs, names).items()}

    def rounds(self) -> dict[str, tuple[list[int], list[int], dict[int, int], dict[int, int]]]:
        """Each round: people, pool, who was served before, who is served."""
        done: dict[int, int] = {}
        course = {}
        for name in ROUNDS:
            people = [
                h
                for h, item in enumerate(self.people)
                if h not in done and (name == "main" or name in item["preferences"])
            ]
            pool = [
                u
                for u, d in enumerate(self.homes)
                if d["is_available"]
                and u not in done.values()
                and (name != "adapted" or d["accessibility"] == "adapted")
                and (name != "over_65" or d["designed_for_over_65"])
            ]
            kinds = {"appeal": "", "main": "floor cap"}.get(name, "cap")
            matched = self.run(people, self.instance(people, pool, done, kinds))
            course[name] = (people, pool, dict(done), matched)
            done |= matched
        return course

    def settle(self) -> dict[str, Any]:
        """The rounds with seats that agree with the transfers served (fixed point)."""
        served: dict[str, int] = {}
        for _ in range(8):
            self.resolve(served)
            course = self.rounds()
            found: dict[str, int] = {"": 0}
            for _, _, _, matched in course.values():
                for h, u in matched.items():
                    if self.people[h]["tier"] == 0:
                        for scope in ("", self.homes[u]["nis5"]):
                            found[scope] = found.get(scope, 0) + 1
            if {k: v for k, v in found.items() if v} == {k: v for k, v in served.items() if v}:
                return course
            served = found
        raise InfeasibleError

    def certificate(self) -> Json:
        """The whole certificate, hashed."""
        return self.with_annex()[0]

    def with_annex(self) -> tuple[Json, Json]:
        """The certificate and its sealed annex."""
        from tests.oracles.small_certificates import STATED, write

        openings = {}
        for i, h in enumerate(self.people):
            profile = self.profile(i)
            lines = [
                {"code": f"{name}-{h[name]}", "table": f"{name}_situation", "points": h[name]}
                for name in ("housing", "personal")
                if h[name]
            ]
            stated = {name: h[name] for name in STATED}
            stated["profile"] = fingerprint({**profile, "id": ""})
            opened = {
                "application_id": h["application_id"],
                "draw": h["draw"],
                "lines": lines,
                "stated": stated,
            }
            salt = hashlib.sha256(f"salt {i}".encode()).hexdigest()
            h["commitment"] = fingerprint(opened, bytes.fromhex(salt))
            openings[h["id"]] = {"salt": salt, "opened": opened}
        certificate = sealed(write(self))
        annex = {
            "schema": "certificate-annex/1",
            "certificate": certificate["hash"],
            "openings": openings,
        }
        return certificate, annex
