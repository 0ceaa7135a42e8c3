"""
Programme d'exemple d'un partenaire : bibliothèque standard de Python, rien d'autre.

    python client.py http://127.0.0.1:8000 --client cli-bac-a-sable --secret pcs_bac-a-sable \
        --agreement bac-a-sable --application IDENTIFIANT --born-on 1985-07-30

Il s'identifie, lit ses conventions, présente un candidat, se fait prévenir par un webhook signé,
vérifie le message reçu, puis relit où en est le candidat. Avec `--accept 300`, il inscrit aussi un
mandat, attend cinq minutes au plus qu'un logement soit offert, et dit que le ménage accepte.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import hmac
import json
import queue
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

SKEW_SECONDS = 300
Received = queue.Queue[tuple[Mapping[str, str], bytes]]


class Passerelle:
    """L'API, avec un jeton renouvelé avant sa fin."""

    def __init__(self, address: str, *, client_id: str, secret: str) -> None:
        self.address, self.client_id, self.secret = address.rstrip("/"), client_id, secret
        self._token, self._ends_at = "", 0.0

    def get(self, path: str) -> Any:
        """Lit une ressource."""
        return self._send("GET", path)

    def post(self, path: str, body: Any = None, *, key: str = "") -> Any:
        """
        Envoie un acte.

        Avec la même clé, le même envoi refait après une coupure n'est pas fait deux fois.
        """
        return self._send("POST", path, body, key=key)

    def delete(self, path: str) -> None:
        """Supprime une ressource."""
        self._send("DELETE", path)

    def _send(self, method: str, path: str, body: Any = None, *, key: str = "") -> Any:
        headers = {"authorization": f"Bearer {self._valid_token()}", "accept-language": "fr"}
        if key:
            headers["idempotency-key"] = key
        data = None
        if body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        return _answer(f"{self.address}/api/v1{path}", method, headers, data)

    def _valid_token(self) -> str:
        if time.monotonic() > self._ends_at - 60:
            form = {"grant_type": "client_credentials"}
            basic = base64.b64encode(f"{self.client_id}:{self.secret}".encode()).decode()
            told = _answer(
                f"{self.address}/oauth/token",
                "POST",
                {"authorization": f"Basic {basic}"},
                urllib.parse.urlencode(form).encode(),
            )
            self._token = told["access_token"]
            self._ends_at = time.monotonic() + told["expires_in"]
        return self._token


def _answer(url: str, method: str, headers: Mapping[str, str], data: bytes | None) -> Any:
    request = urllib.request.Request(url, data, dict(headers), method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            content = answer.read()
    except urllib.error.HTTPError as refusal:
        told = json.loads(refusal.read())
        code = told.get("code", told.get("error"))
        sentence = told.get("detail", told.get("error_description", ""))
        raise SystemExit(f"Refusé ({refusal.code}, {code}) : {sentence}") from refusal
    except urllib.error.URLError as away:
        raise SystemExit(f"Rien ne répond à {url} ; le service tourne-t-il ?") from away
    return json.loads(content) if content else None


def verified(secret: str, headers: Mapping[str, str], body: bytes, *, now: float) -> Any:
    """Le contenu d'un message, si sa signature et son heure sont bonnes ; sinon ``ValueError``."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if abs(now - int(timestamp)) > SKEW_SECONDS:
        raise ValueError("message trop ancien")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{message_id}.{timestamp}.".encode() + body
    expected = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    given = headers["webhook-signature"].split()
    if not any(hmac.compare_digest(expected, one) for one in given):
        raise ValueError("signature fausse")
    return json.loads(body)


@contextmanager
def listening() -> Any:
    """Écoute sur cette machine ; donne l'adresse et la file des messages reçus."""
    received: Received = queue.Queue()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            # Répondre tout de suite, travailler ensuite : le service n'attend que 5 secondes.
            self.send_response(204)
            self.end_headers()
            received.put((dict(self.headers), body))

        def log_message(self, *args: object) -> None:
            """Rien à l'écran."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", received
    finally:
        server.shutdown()
        server.server_close()


def verified_event(received: Received, secret: str, kind: str, *, seconds: float) -> Any:
    """Le prochain message de ce type, vérifié ; les autres sont lus et passés."""
    until = time.monotonic() + seconds
    while True:
        try:
            headers, body = received.get(timeout=max(0.0, until - time.monotonic()))
        except queue.Empty:
            raise SystemExit(f"Aucun message « {kind} » n'est arrivé à temps.") from None
        lower = {name.lower(): value for name, value in headers.items()}
        event = verified(secret, lower, body, now=time.time())
        print(f"Message vérifié : {event['type']} {event['data']['application_id']}")
        if event["type"] == kind:
            return event


def accept_offer(
    passerelle: Passerelle, asked: argparse.Namespace, received: Received, secret: str
) -> None:
    """Sous un mandat d'un jour : attendre l'offre, dire que le ménage accepte."""
    today = time.strftime("%Y-%m-%d")
    mandate = passerelle.post(
        "/mandates",
        {
            "application_id": asked.application,
            "born_on": asked.born_on,
            "covers": ["answer_offers"],
            "given_on": today,
            "until_on": today,
            "form": "recorded",
        },
        key=str(uuid.uuid4()),
    )["mandate_id"]
    print(f"Mandat {mandate} inscrit ; en attente d'une offre")
    made = verified_event(received, secret, "offer.made", seconds=asked.accept)
    offer = made["data"]["offer_id"]
    passerelle.post(
        f"/mandates/{mandate}/offers/{offer}/answer",
        {"answer": "accept", "answered_on": today},
        key=str(uuid.uuid4()),
    )
    verified_event(received, secret, "offer.accept", seconds=30)
    print(f"Candidat accepté : offre {offer}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Le parcours entier, une ligne par étape."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("address")
    for name in ("--client", "--secret", "--agreement", "--application", "--born-on"):
        parser.add_argument(name, required=True)
    parser.add_argument("--agreed-on", default=time.strftime("%Y-%m-%d"))
    parser.add_argument("--accept", type=float, default=0, metavar="SECONDES")
    asked = parser.parse_args(arguments)
    passerelle = Passerelle(asked.address, client_id=asked.client, secret=asked.secret)

    for agreement in passerelle.get("/agreements")["items"]:
        print(f"Convention {agreement['agreement_id']} : {agreement['presented']} candidat(s)")
    with listening() as (address, received):
        webhook = passerelle.post("/webhooks", {"url": address})["webhook_id"]
        secret = passerelle.get(f"/webhooks/{webhook}/secret")["secret"]
        try:
            candidate = passerelle.post(
                "/presentations",
                {
                    "agreement_id": asked.agreement,
                    "application_id": asked.application,
                    "born_on": asked.born_on,
                    "household_agreed_on": asked.agreed_on,
                },
                key=str(uuid.uuid4()),
            )
            print(f"Candidat présenté le {candidate['presented_on']} : {candidate['status']}")
            verified_event(received, secret, "presentation.made", seconds=30)
            if asked.accept:
                accept_offer(passerelle, asked, received, secret)
        finally:
            passerelle.delete(f"/webhooks/{webhook}")
    now = passerelle.get(f"/presentations/{asked.agreement}/{asked.application}")
    offers = ", ".join(f"offre {o['offer_id']} {o['answer']}" for o in now["offers"])
    print(f"Où en est le candidat : {now['status']} ; {offers or 'aucune offre'}")


if __name__ == "__main__":
    main()
