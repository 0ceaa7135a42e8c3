"""
Kill the service with no warning, again and again, while people work; then count.

``python -m tests.kills --kills 200 --seed 1 sqlite|postgresql``: a real ``passerelle serve`` with
its worker is started on the meeting of ``tests.fixtures.sitting``, four callers register
households, decide, offer, answer, and plan meetings at the same time, and the process is killed
(``SIGKILL``) after a random while, started anew, and so on. Callers send again, under the same
``Idempotency-Key``, whatever was not answered. After each kill, and when all is done:

* what was acknowledged is there, once; what was not is there at most once;
* the journal verifies, rows it vouches for included, and has one entry for each act;
* every offer has its allocation, which counts as long as the offer is neither refused nor
  withdrawn; no dwelling and no household has two that count.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import sqlalchemy as sa

from api.auth.sessions import open_session
from api.db import Database
from api.db.tables.jobs import run
from api.db.tables.journal import journal_entry
from api.db.tables.meetings import meeting
from api.db.tables.offers import offer_course
from api.db.tables.register import allocations_ytd, applications, household_members, offers
from api.jobs.asking import FAILED, OVER
from api.journal.reading import verify
from api.offers.letting import UNDONE_FOR
from tests.contract.matrix import PLAN, RECORD
from tests.fixtures.databases import TEMPLATE, migrate
from tests.fixtures.service import OURS
from tests.fixtures.sitting import propose_in
from tests.postgresql import create_database, running_server
from tests.served import PATIENCE, Served

EACH_MEETING = 20  # kills on one copy of the meeting
LONGEST_LIFE = 1.5  # seconds


@dataclass
class Acknowledged:
    """What the service said it did, and what it may have done."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    registered: dict[str, str] = field(default_factory=dict)  # name -> application
    planned: set[str] = field(default_factory=set)
    offered: dict[str, str] = field(default_factory=dict)  # offer -> answer acknowledged
    n_retried: int = 0
    n_done: int = 0
    faults: list[str] = field(default_factory=list)


class Callers:
    """Four people at work, who send again what was not answered."""

    def __init__(self, served: Served, database: Database, seed: str) -> None:
        self.told = Acknowledged()
        self.meeting_id = ""
        self._served, self._seed = served, seed
        self._stopped = threading.Event()
        now = datetime.now(UTC)
        with database.writing() as connection:
            self.meeting_id = str(
                connection.scalar(
                    sa.select(meeting.c.meeting_id)
                    .where(meeting.c.register_id == OURS)
                    .order_by(meeting.c.meeting_id)
                    .limit(1)
                )
            )
            self._tokens = {
                role: open_session(connection, f"acc-{OURS}-{role}", now=now, minutes=1440)
                for role in ("clerk", "manager", "committee_member")
            }
        self._threads = [
            threading.Thread(target=self._guarded, args=(work,), name=work.__name__)
            for work in (self._register, self._plan, self._decide_and_offer, self._offer)
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def ask_again(self) -> None:
        """Have it worked out again who is next."""
        with httpx2.Client(base_url=f"{self._served.address}/api/v1", timeout=30) as client:
            told = self._send(client, "clerk", f"/meetings/{self.meeting_id}/continuation", {})
            self._expect(told, {202, 409})

    def stop(self) -> None:
        """End what was begun, and stop."""
        self._stopped.set()
        for thread in self._threads:
            thread.join(PATIENCE)
            if thread.is_alive():
                self.told.faults.append(f"{thread.name} does not end")

    def _guarded(self, work: Callable[[httpx2.Client], None]) -> None:
        with httpx2.Client(base_url=f"{self._served.address}/api/v1", timeout=30) as client:
            try:
                work(client)
            except Exception as fault:  # noqa: BLE001 told with the seed at the end
                self.told.faults.append(f"{work.__name__}: {fault!r}")

    def _send(
        self, client: httpx2.Client, role: str, path: str, body: object = None, *, key: str = ""
    ) -> httpx2.Response:
        """Send until there is an answer; a creating request always under the same key."""
        headers = {"authorization": f"Bearer {self._tokens[role]}"}
        headers |= {"Idempotency-Key": key} if key else {}
        method = "GET" if body is None else "POST"
        until = time.monotonic() + PATIENCE
        while True:
            try:
                told = client.request(method, path, json=body, headers=headers)
            except httpx2.TransportError:
                self.told.n_retried += 1
                time.sleep(0.1)
            else:
                if told.status_code < 500:
                    return told
                if told.status_code != 503:
                    raise AssertionError(f"{path}: {told.status_code} {told.text}")
            if time.monotonic() > until:
                raise TimeoutError(path)

    def _register(self, client: httpx2.Client) -> None:
        for n in self._numbers():
            name = f"kill-{self._seed}-{n}"
            person = {**RECORD["members"][0], "member_id": name}
            body = {**RECORD, "members": [person]}
            told = self._send(client, "clerk", "/applications", body, key=name)
            self._expect(told, {201})
            with self.told.lock:
                self.told.registered[name] = told.json()["application_id"]

    def _plan(self, client: httpx2.Client) -> None:
        for n in self._numbers():
            seed = f"kill-{self._seed}-{n}"
            body = {**PLAN, "meeting_on": "2099-07-28", "draw_seed": seed}
            told = self._send(client, "manager", "/meetings", body, key=seed)
            self._expect(told, {201})
            with self.told.lock:
                self.told.planned.add(seed)
            time.sleep(0.1)

    def _decide_and_offer(self, client: httpx2.Client) -> None:
        files = f"/meetings/{self.meeting_id}/files/proposal.json"
        lines = self._send(client, "clerk", files).json()["dwellings"]
        body = {
            "decisions": [{"dwelling_id": d["dwelling_id"], "decision": "follow"} for d in lines]
        }
        path = f"/meetings/{self.meeting_id}/decision"
        told = self._send(client, "committee_member", path, body)
        # Sent again after it was done and the answer lost: it cannot be done twice.
        self._expect(told, {200, 409})
        self._offer(client)

    def _offer(self, client: httpx2.Client) -> None:
        """Offer each dwelling to whom it may be offered; half accept."""
        who = threading.current_thread().name
        draw = random.Random(f"{self._seed} {who}")
        for n in self._numbers():
            told = self._send(client, "clerk", f"/meetings/{self.meeting_id}/entitlements")
            free = [
                right
                for right in (told.json().get("items", []) if told.status_code == 200 else [])
                if right["application_id"] and (right["offer"] or {}).get("state") != "open"
            ]
            if not free:
                time.sleep(0.1)
                continue
            right = draw.choice(free)
            body = {key: right[key] for key in ("dwelling_id", "application_id")}
            path, key = f"/meetings/{self.meeting_id}/offers", f"{self._seed}-{who}-{n}"
            told = self._send(client, "clerk", path, body, key=key)
            self._expect(told, {201, 409})
            if told.status_code == 201:
                self._answer(client, told.json()["offer_id"], draw.choice(["accept", "refuse"]))

    def _answer(self, client: httpx2.Client, offer_id: str, said: str) -> None:
        with self.told.lock:
            self.told.offered[offer_id] = ""
        body = {"answer": said, "answered_on": datetime.now(UTC).date().isoformat()}
        told = self._send(client, "clerk", f"/offers/{offer_id}/answer", body)
        # 409: done already, the answer was lost.
        self._expect(told, {200, 409})
        state = self._send(client, "clerk", f"/offers/{offer_id}").json()["state"]
        wanted = {"accept": "accepted", "refuse": "refused"}[said]
        if state != wanted:
            self.told.faults.append(f"{offer_id}: {said} left it {state}")
        with self.told.lock:
            self.told.offered[offer_id] = wanted

    def _numbers(self) -> Iterator[int]:
        n = 0
        while not self._stopped.is_set():
            yield n
            n += 1
            self.told.n_done += 1

    def _expect(self, told: httpx2.Response, statuses: set[int]) -> None:
        if told.status_code not in statuses:
            raise AssertionError(f"{told.request.url}: {told.status_code} {told.text}")


def faults_of(database: Database, told: Acknowledged, *, before: Counter[str]) -> list[str]:
    """What does not hold of the database, beside what was acknowledged so far."""
    with told.lock:  # what is acknowledged before the look must be seen in it
        registered, planned = dict(told.registered), set(told.planned)
        offered = dict(told.offered)
    with database.reading() as connection:
        found = verify(connection)
        counts = _counts(connection)
        named = Counter(connection.scalars(sa.select(household_members.c.member_id)))
        seeds = Counter(
            json.loads(settings)["draw_seed"]
            for settings in connection.scalars(sa.select(meeting.c.settings))
        )
        courses = {
            row.offer_id: row.state
            for row in connection.execute(sa.select(offer_course.c.offer_id, offer_course.c.state))
        }
        housed = list(connection.execute(sa.select(allocations_ytd)))
        open_offers = list(
            connection.execute(
                sa.select(offers.c.dwelling_id, offers.c.application_id).where(
                    offers.c.answer == "open"
                )
            )
        )
    faults = [] if found.is_sound else [f"journal: {found.broken} {found.altered}"]
    faults += [f"registered and lost: {name}" for name in registered if named[name] != 1]
    faults += [f"planned and not once: {seed}" for seed in planned if seeds[seed] != 1]
    faults += [f"twice: {x}" for c in (named, seeds) for x, n in c.items() if x.startswith("kill-") and n > 1]  # noqa: E501 # fmt: skip
    faults += [
        f"offer {offer_id}: {courses.get(offer_id)}, acknowledged {state or 'made'}"
        for offer_id, state in offered.items()
        if offer_id not in courses or (state and courses[offer_id] != state)
    ]
    # An offer counts from the day of the committee, until it is refused or withdrawn.
    stands = {f"al-{offer_id}": state not in UNDONE_FOR for offer_id, state in courses.items()}
    made = [row for row in housed if row.allocation_id.startswith("al-of-")]
    counted = {row.allocation_id: row.undone_on is None for row in made}
    if stands != counted:
        faults.append(f"offers and allocations differ: {stands.items() ^ counted.items()}")
    mine = [row for row in made if row.undone_on is None]
    for column in ("dwelling_id", "application_id"):
        for rows, what in ((mine, "allocated"), (open_offers, "offered")):
            times = Counter(getattr(row, column) for row in rows)
            faults += [f"{what} twice: {x}" for x, n in times.items() if n > 1]
    acts = {
        "application.registered": "applications",
        "meeting.planned": "meeting",
        "offer.made": "offer_course",
    }
    faults += [
        f"{act}: {counts[act] - before[act]} entries, {counts[table] - before[table]} rows"
        for act, table in acts.items()
        if counts[act] - before[act] != counts[table] - before[table]
    ]
    return faults


def _counts(connection: sa.Connection) -> Counter[str]:
    """Entries of the journal by act, rows by table."""
    found: Counter[str] = Counter(connection.scalars(sa.select(journal_entry.c.act)))
    for table in (applications, meeting, offer_course):
        found[table.name] = connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
    return found


def run_on(url: str, folder: Path, *, n_kills: int, seed: str) -> dict[str, Any]:
    """Kill ``n_kills`` times on one database; what was found and how much was done."""
    draw = random.Random(seed)
    database, served = Database.at(url), Served(url, folder)
    with database.reading() as connection:
        before = _counts(connection)
    callers = Callers(served, database, seed)
    faults: list[str] = []
    served.start()
    callers.start()
    try:
        for n in range(n_kills):
            time.sleep(draw.uniform(0.0, LONGEST_LIFE))
            served.kill()
            faults += [f"kill {n}: {f}" for f in faults_of(database, callers.told, before=before)]
            served.start()
        callers.stop()
        faults += callers.told.faults
        faults += _left_over(database, ask_again=callers.ask_again)
        faults += [f"end: {f}" for f in faults_of(database, callers.told, before=before)]
    finally:
        callers._stopped.set()
        served.kill()
        database.close()
    told = callers.told
    return {
        "seed": seed,
        "kills": n_kills,
        "faults": faults,
        "registered": len(told.registered),
        "planned": len(told.planned),
        "offers": len(told.offered),
        "accepted": sum(state == "accepted" for state in told.offered.values()),
        "retried": told.n_retried,
    }


def _left_over(database: Database, *, ask_again: Callable[[], None]) -> list[str]:
    """
    Work asked for ends well, killed on the way or not.

    A run killed three times is given up (``run.lost``), as one that kills its worker must be: a
    person asks for it again, which is what is done here.
    """
    until = time.monotonic() + PATIENCE
    n_lost = 0
    while time.monotonic() < until:
        with database.reading() as connection:
            rows = connection.execute(sa.select(run.c.kind, run.c.state, run.c.error)).all()
        lost = [row for row in rows if row.error == "run.lost"]
        if len(lost) > n_lost:
            n_lost = len(lost)
            ask_again()
        elif all(row.state in OVER for row in rows):
            failed = [row for row in rows if row.state == FAILED and row not in lost]
            return [f"run {row.kind}: {row.error}" for row in failed]
        time.sleep(0.2)
    return [f"run {row.kind} is {row.state}" for row in rows if row.state not in OVER]


@contextmanager
def copies(kind: str, folder: Path) -> Iterator[Callable[[int], str]]:
    """Gives fresh copies of a database with the meeting proposed."""
    with ExitStack() as stack:
        if kind == "sqlite":
            first = folder / "first.db"
            migrate(f"sqlite:///{first}")
            propose_in(f"sqlite:///{first}")

            def copy(n: int) -> str:
                path = folder / f"{n}.db"
                shutil.copy(first, path)
                return f"sqlite:///{path}"

            yield copy
        else:
            server = stack.enter_context(running_server())
            migrate(create_database(server, TEMPLATE))
            propose_in(create_database(server, "proposed", template=TEMPLATE))
            yield lambda n: create_database(server, f"kills-{n}", template="proposed")


def main() -> int:
    """Kill, say what was found; 1 when something does not hold."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("database", choices=("sqlite", "postgresql"))
    asked.add_argument("--kills", type=int, default=200)
    asked.add_argument("--seed", type=int, default=1)
    options = asked.parse_args()
    total: Counter[str] = Counter()
    faults: list[str] = []
    folder = Path(tempfile.mkdtemp(prefix="passerelle-kills-"))
    try:
        with copies(options.database, folder) as copy:
            for n in range(-(-options.kills // EACH_MEETING)):
                n_kills = min(EACH_MEETING, options.kills - n * EACH_MEETING)
                done = run_on(copy(n), folder, n_kills=n_kills, seed=f"{options.seed}.{n}")
                print(done, flush=True)
                faults += [f"{done['seed']}: {fault}" for fault in done["faults"]]
                total.update({k: v for k, v in done.items() if isinstance(v, int)})
    finally:
        shutil.rmtree(folder)
    print(options.database, dict(total), "faults:", faults)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
