"""The service over a register of 50,000 households: pages of ten people, a partner's thousand."""

from __future__ import annotations

import http.client
import itertools
import json
import random
import statistics
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from allocation.model import Register
from api.auth.sessions import open_session
from api.db import Database
from api.db.migrate import upgrade
from api.db.tables.organisations import account
from api.loading import load_register
from api.partners.sandbox import CREDENTIALS, PARTNER_ID
from api.service import now_utc, today
from scenarios.synthetic import synthesise
from tests.benchmarks.measure import Row, median_seconds
from tests.contract.matrix import RECORD
from tests.postgresql import create_database, programs, running_server
from tests.served import Served

HOUSEHOLDS, SEED = 50_000, 2026
USERS = 10
CALLS = 60  # of each user
BATCH = 1_000
# One call in five: the list, its filters, a name, where a household stands, a file.
KINDS = ("list page", "filtered list", "search by name", "rank of a household", "file")
TARGET_S, TARGET_BATCH_S, TARGET_REPORT_S = 0.150, 3.0, 0.5
HOW = "ten users without pause, on the same two cores as the service"
NO_LIMIT = {"PASSERELLE_LIMIT_CALLS": "", "PASSERELLE_LIMIT_SIGN_IN": ""}
WORKER_APART = NO_LIMIT | {"PASSERELLE_HAS_WORKER": "false"}


def rows() -> Iterator[Row]:
    """Both databases, the same register."""
    register = synthesise(SEED, households=HOUSEHOLDS, on=today(now_utc()))
    with tempfile.TemporaryDirectory() as place:
        yield from measured(f"sqlite:///{Path(place) / 'passerelle.db'}", "SQLite", register)
    if programs() is None:
        return
    with running_server() as server:
        url = create_database(server, "service")
        yield from measured(url, "PostgreSQL", register)


def measured(
    url: str, name: str, register: Register, *, n_calls: int = CALLS, n_batch: int = BATCH
) -> Iterator[Row]:
    """Fill a database and measure the service on it; the worker in a process of its own."""
    known = filled(url, register)
    size = f"{len(register['applications']):,} households, {name}"
    with running(url, WORKER_APART, with_worker=True) as port:
        taken = pages(port, known, n_calls)
        for kind in KINDS:
            yield Row(f"{kind}, {size}, {HOW}: p95", p95(taken[kind]), TARGET_S)
        everything = list(itertools.chain.from_iterable(taken.values()))
        yield Row(
            f"the same, all pages: median of {len(everything)}", statistics.median(everything)
        )
        for path in ("/reports/waits", "/worklists/missing-facts"):
            alone = median_seconds(lambda path=path: known.clerk(port).get(path))
            yield Row(f"{path}, {size}, one user", alone, TARGET_REPORT_S)
        apart = changing(port, known, n_calls)
    with running(url, NO_LIMIT) as port:
        inside = changing(port, known, n_calls)
    yield Row(
        f"all pages, {size}, {HOW}, while the list is worked out again beside: p95",
        p95(apart),
        TARGET_S,
        rival="worker inside the service",
        rival_s=p95(inside),
    )
    with running(url, WORKER_APART, with_worker=True) as port:
        together, one_by_one = presented(port, known, n_batch)
    work = f"{n_batch:,} candidates presented in one call, {size}"
    yield Row(work, together, TARGET_BATCH_S, rival="one by one", rival_s=one_by_one)


@dataclass(frozen=True)
class Known:
    """What callers know of the register: who they are, households, names, communes."""

    sessions: tuple[str, ...]
    households: tuple[tuple[str, date], ...]  # application, birth of its applicant
    names: tuple[str, ...]
    communes: tuple[str, ...]

    def clerk(self, port: int) -> Caller:
        """One of the users."""
        return Caller(port, self.sessions[0])


class Caller:
    """One user or program on one connection that stays open."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    def get(self, path: str) -> Any:
        """Read; anything but an answer is a fault of the measure."""
        return self._send("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """Send."""
        return self._send("POST", path, json.dumps(body, default=date.isoformat))

    def _send(self, method: str, path: str, body: str | None) -> Any:
        self._connection.request(method, f"/api/v1{path}", body, self._headers)
        told = self._connection.getresponse()
        content = told.read()
        if told.status >= 300:
            raise AssertionError(f"{method} {path}: {told.status} {content[:500]!r}")
        return json.loads(content)


def filled(url: str, register: Register) -> Known:
    """Migrate, load the register with the sandbox partner, give ten clerks a session."""
    database, now = Database.at(url), now_utc()
    upgrade(database)
    load_register(database, register, now=now, with_sandbox=True)
    names = [f"bench-{n}" for n in range(USERS)]
    common = {"organisation_id": register.slsp_id, "role": "clerk", "password_hash": "none"}
    with database.writing() as connection:
        for name in names:
            person = {"account_id": name, "login": name, "name": name}
            connection.execute(account.insert(), common | person)
        sessions = tuple(open_session(connection, n, now=now, minutes=1440) for n in names)
    database.close()
    members = list(register["household_members"].rows())
    files = register["applications"]
    statuses = dict(zip(files["application_id"].tolist(), files.text("status"), strict=True))
    applicants = [
        m
        for m in members
        if m["role"] == "applicant"
        and m["born_on"] is not None
        and statuses[m["application_id"]] != "withdrawn"  # nobody presents those
    ]
    return Known(
        sessions,
        tuple((str(m["application_id"]), m["born_on"]) for m in applicants),
        tuple(str(m["family_name"]) for m in applicants),
        tuple(sorted(set(register["choices"]["nis5"].tolist()))),
    )


@contextmanager
def running(url: str, settings: dict[str, str], *, with_worker: bool = False) -> Iterator[int]:
    """The port of a service in a process of its own."""
    with tempfile.TemporaryDirectory() as place:
        served = Served(url, Path(place), settings=settings)
        try:
            served.start(with_worker=with_worker)
            yield served.port
        finally:
            served.kill()


def pages(port: int, known: Known, n_calls: int) -> dict[str, list[float]]:
    """Seconds of each page that ten users asked for at the same time, by kind."""

    def use(user: int) -> list[tuple[str, float]]:
        caller, draw = Caller(port, known.sessions[user]), random.Random(f"{SEED} {user}")
        asked = asking(caller, known, draw)
        taken = []
        for n in range(n_calls):
            kind = KINDS[(user + n) % len(KINDS)]
            start = time.perf_counter()
            asked[kind]()
            taken.append((kind, time.perf_counter() - start))
        return taken

    found: dict[str, list[float]] = defaultdict(list)
    with ThreadPoolExecutor(USERS) as pool:
        for kind, seconds in itertools.chain.from_iterable(pool.map(use, range(USERS))):
            found[kind].append(seconds)
    return found


def asking(caller: Caller, known: Known, draw: random.Random) -> dict[str, Callable[[], object]]:
    """What a user asks for, by kind; a list is read on from where the user was."""
    cursor = ""

    def list_page() -> None:
        nonlocal cursor
        cursor = caller.get(f"/applications?cursor={quote(cursor)}")["next_cursor"]

    def filtered() -> None:
        wanted = draw.choice(
            [
                f"nis5={draw.choice(known.communes)}",
                f"bedrooms={draw.randint(1, 5)}&income_category={draw.randint(1, 3)}",
                "list=transfer&is_ranked=true",
                f"status=admitted&is_ranked=false&nis5={draw.choice(known.communes)}",
            ]
        )
        caller.get(f"/applications?{wanted}")

    def household() -> str:
        return draw.choice(known.households)[0]

    return {
        "list page": list_page,
        "filtered list": filtered,
        "search by name": lambda: caller.get(f"/applications?q={quote(draw.choice(known.names))}"),
        "rank of a household": lambda: caller.get(f"/applications?q={household()}"),
        "file": lambda: caller.get(f"/applications/{household()}"),
    }


def changing(port: int, known: Known, n_calls: int) -> list[float]:
    """The same pages while somebody registers households: the list is always being worked out."""
    is_over = threading.Event()

    def register() -> None:
        caller = known.clerk(port)
        while not is_over.wait(0.5):
            name = f"bench-{random.getrandbits(64):x}"
            person = {**RECORD["members"][0], "member_id": name}
            caller.post("/applications", {**RECORD, "members": [person]})

    with ThreadPoolExecutor(1) as pool:
        registering = pool.submit(register)
        try:
            taken = pages(port, known, n_calls)
        finally:
            is_over.set()
        registering.result()
    return list(itertools.chain.from_iterable(taken.values()))


def presented(port: int, known: Known, n_batch: int) -> tuple[float, float]:
    """Seconds for so many candidates in one call, and for as many others one by one."""
    program = Caller(port, CREDENTIALS["key-bac-a-sable"][1])
    agreed_on = today(now_utc())
    items = [
        {
            "agreement_id": PARTNER_ID,
            "application_id": application_id,
            "born_on": born_on,
            "household_agreed_on": agreed_on,
        }
        for application_id, born_on in known.households[: 2 * n_batch]
    ]
    start = time.perf_counter()
    told = program.post("/presentations/batch", {"items": items[:n_batch]})
    together = time.perf_counter() - start
    if told["presented"] != n_batch:
        raise AssertionError(f"refused: {told['refused']}")
    start = time.perf_counter()
    for item in items[n_batch:]:
        program.post("/presentations", item)
    return together, time.perf_counter() - start


def p95(seconds: list[float]) -> float:
    """The value that nineteen calls in twenty stay under."""
    return statistics.quantiles(seconds, n=20, method="inclusive")[-1]
