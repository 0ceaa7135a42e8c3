"""Webhooks: signed, in order for each candidate, tried again, replayed, and sent nowhere unsafe."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.actor import Actor
from api.db.tables.partners import webhook_delivery
from api.journal import append
from api.webhooks.sending import AddressError, check_address, send
from api.webhooks.work import PAUSES
from tests.contract.matrix import CANDIDATE
from tests.fixtures.partners import OTHER_PARTNER, make_sandbox, program_headers
from tests.fixtures.receiver import Receiver
from tests.fixtures.service import NOW, OURS, Caller, World

CLERK = Actor(f"acc-{OURS}-clerk", OURS, "slsp", "clerk")


@dataclass
class Listening:
    """A world whose partner P1 has a webhook, and a clock that can be set."""

    world: World
    caller: Caller
    webhook_id: str
    now: list[datetime]

    def offer(self, offer_id: str, application_id: str = "A1") -> None:
        with self.world.service.database.writing() as connection:
            append(
                connection,
                "offer.made",
                subject=offer_id,
                actor=CLERK,
                now=self.now[0],
                content={"application_id": application_id, "ground": "list", "dwelling_id": "D1"},
            )

    def wait(self, pause: timedelta) -> None:
        self.now[0] += pause
        self.world.work()

    def deliveries(self) -> list[dict[str, Any]]:
        told = self.caller.get(f"/webhooks/{self.webhook_id}/deliveries").json()["items"]
        return list(told)


@pytest.fixture
def listening(world: World, receiver: Receiver) -> Listening:
    make_sandbox(world.service)
    now = [NOW]
    service = replace(world.service, now=lambda: now[0])
    clocked = World(service, TestClient(create_app(service)))
    caller = Caller(clocked.client, program_headers(service))
    made = caller.post("/webhooks", {"url": receiver.url})
    assert made.status_code == 201
    return Listening(clocked, caller, made.json()["webhook_id"], now)


def offers_in(receiver: Receiver) -> list[str]:
    return [json.loads(body)["data"]["offer_id"] for _, body in receiver.received]


def test_a_message_is_signed_after_the_specification(
    listening: Listening, receiver: Receiver
) -> None:
    assert listening.caller.post("/presentations", CANDIDATE).status_code == 201
    listening.world.work()
    ((headers, body),) = receiver.received
    secret = listening.caller.get(f"/webhooks/{listening.webhook_id}/secret").json()["secret"]
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    (event,) = listening.caller.get("/events").json()["items"]
    assert headers["webhook-id"] == event["event_id"]
    assert json.loads(body)["type"] == event["type"] == "presentation.made"
    assert json.loads(body)["data"] == event["data"]


def test_a_message_holds_no_ground_no_place_and_names_no_person(
    listening: Listening, receiver: Receiver
) -> None:
    listening.offer("O9")
    listening.world.work()
    told = json.loads(receiver.received[0][1])
    assert told["data"] == {"application_id": "A1", "offer_id": "O9"}


def test_what_concerns_another_partners_candidate_is_not_sent(
    listening: Listening, receiver: Receiver
) -> None:
    listening.offer("O9", application_id="A2")
    listening.world.work()
    assert receiver.received == []
    assert listening.caller.get("/events").json()["items"] == []


def test_an_act_that_is_undone_sends_nothing(listening: Listening, receiver: Receiver) -> None:
    def undone() -> None:
        with listening.world.service.database.writing() as connection:
            content = {"application_id": "A1"}
            append(connection, "offer.made", subject="O", actor=CLERK, now=NOW, content=content)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        undone()
    listening.world.work()
    assert receiver.received == []


def test_messages_about_one_candidate_keep_their_order_through_failures(
    listening: Listening, receiver: Receiver
) -> None:
    receiver.answers = [500, 302]
    for offer_id in ("O7", "O8"):
        listening.offer(offer_id)
    listening.world.work()
    assert offers_in(receiver) == ["O7"]
    listening.wait(PAUSES[0])
    listening.wait(PAUSES[1])
    assert offers_in(receiver) == ["O7", "O7", "O7", "O8"]
    identifiers = [headers["webhook-id"] for headers, _ in receiver.received]
    assert len(set(identifiers[:3])) == 1
    assert {d["state"] for d in listening.deliveries()} == {"delivered"}


def test_another_candidate_does_not_wait(listening: Listening, receiver: Receiver) -> None:
    listening.caller.post("/presentations", CANDIDATE)
    listening.world.work()
    receiver.received.clear()
    receiver.answers = [500]
    listening.offer("O7", "A1")
    listening.offer("O8", "A2")
    listening.world.work()
    assert offers_in(receiver) == ["O7", "O8"]
    assert [d["state"] for d in listening.deliveries()][:2] == ["delivered", "pending"]


def test_a_message_is_given_up_after_its_last_pause_and_the_next_goes_out(
    listening: Listening, receiver: Receiver
) -> None:
    receiver.answers = [503] * (len(PAUSES) + 1)
    listening.offer("O7")
    listening.offer("O8")
    listening.world.work()
    for pause in PAUSES:
        listening.wait(pause)
    listening.wait(timedelta(0))
    assert offers_in(receiver) == ["O7"] * (len(PAUSES) + 1) + ["O8"]
    assert [(d["state"], d["said"]) for d in listening.deliveries()] == [
        ("delivered", "204"),
        ("failed", "503"),
    ]


def test_everything_is_sent_again_from_an_event_on(
    listening: Listening, receiver: Receiver
) -> None:
    for offer_id in ("O7", "O8"):
        listening.offer(offer_id)
    listening.world.work()
    second = listening.caller.get("/events").json()["items"][1]["event_id"]
    path = f"/webhooks/{listening.webhook_id}/replay"
    told = listening.caller.post(path, {"from_event_id": second})
    assert (told.status_code, told.json()) == (202, {"messages": 1})
    listening.world.work()
    assert offers_in(receiver) == ["O7", "O8", "O8"]


def test_a_webhook_can_be_tried(listening: Listening, receiver: Receiver) -> None:
    assert listening.caller.post(f"/webhooks/{listening.webhook_id}/test").status_code == 202
    listening.world.work()
    assert json.loads(receiver.received[0][1])["type"] == "webhook.test"


def test_an_address_that_is_gone_is_left_alone(listening: Listening, receiver: Receiver) -> None:
    receiver.answers = [410]
    listening.offer("O7")
    listening.world.work()
    listening.offer("O8")
    listening.world.work()
    assert offers_in(receiver) == ["O7"]
    (found,) = listening.caller.get("/webhooks").json()["items"]
    assert not found["is_active"]


def test_only_the_types_asked_for_are_sent(listening: Listening, receiver: Receiver) -> None:
    url = receiver.url
    listening.caller.send("DELETE", f"/webhooks/{listening.webhook_id}")
    assert listening.caller.post("/webhooks", {"url": url, "types": ["offer.made"]}).is_success
    listening.caller.post("/presentations", CANDIDATE)
    listening.offer("O7")
    listening.world.work()
    assert offers_in(receiver) == ["O7"]
    told = listening.caller.post("/webhooks", {"url": url, "types": ["offer.lost"]})
    assert told.json()["errors"][0]["code"] == "webhook.unknown_type"


def test_the_secret_is_not_readable_in_the_database_and_is_its_owners_alone(
    listening: Listening,
) -> None:
    path = f"/webhooks/{listening.webhook_id}/secret"
    secret = listening.caller.get(path).json()["secret"]
    assert secret.startswith("whsec_")
    other = Caller(listening.world.client, program_headers(listening.world.service, OTHER_PARTNER))
    assert other.get(path).status_code == 404
    with listening.world.service.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(webhook_delivery)) == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://partner.example/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://10.1.2.3/",
        "https://169.254.169.254/latest/meta-data",
        "https://user:password@partner.example/",
        "https://partner.example:99999/",
        "https://partner.example/ a",
        "https://partner.example/#part",
        "ftp://partner.example/",
        "file:///etc/passwd",
        "https://",
        "https://é.example/",
    ],
)
def test_an_address_that_is_not_public_https_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        check_address(url, is_sandbox=False)


def test_a_name_that_leads_inside_is_not_followed(receiver: Receiver) -> None:
    port = receiver.url.split(":")[2].split("/")[0]
    for sandbox, status in ((False, 0), (True, 204)):
        reply = send(f"http://localhost:{port}/", {}, b"{}", is_sandbox=sandbox)
        assert reply.status == status
    assert send(f"https://localhost:{port}/", {}, b"{}", is_sandbox=False).said == "address"
    assert send(f"https://localhost:{port}/", {}, b"{}", is_sandbox=True).said == "tls"


def test_a_listener_that_says_nothing_is_left_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import socket

    monkeypatch.setattr("api.webhooks.sending.TIMEOUT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        assert send(address, {}, b"{}", is_sandbox=True).said == "timeout"
