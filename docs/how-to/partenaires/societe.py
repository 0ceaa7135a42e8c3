"""
La société de logement du bac à sable : bibliothèque standard de Python, rien d'autre.

    python societe.py http://127.0.0.1:8000 proposer
    python societe.py http://127.0.0.1:8000 offrir A000123

`proposer` prépare la séance et nomme un ménage proposé ; `offrir` fait suivre la proposition par
le comité et offre son logement à ce ménage. Registre de démonstration seulement.
"""

from __future__ import annotations

import argparse
import json
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any

PASSWORD = "passerelle-demo"


class Staff:
    """L'API, au nom d'un membre du personnel."""

    def __init__(self, address: str, login: str) -> None:
        self.address, self.token = address.rstrip("/"), ""
        said = {"login": login, "password": PASSWORD}
        self.token = self.send("POST", "/session", said)["token"]

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Envoie une demande ; un refus s'arrête avec sa phrase."""
        headers = {"accept-language": "fr"}
        if self.token:
            headers["authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            data, headers["content-type"] = json.dumps(body).encode(), "application/json"
        url = f"{self.address}/api/v1{path}"
        request = urllib.request.Request(url, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                content = answer.read()
        except urllib.error.HTTPError as refusal:
            raise SystemExit(json.loads(refusal.read())["detail"]) from refusal
        except urllib.error.URLError as away:
            raise SystemExit(f"Rien ne répond à {url} ; le service tourne-t-il ?") from away
        return json.loads(content) if content else None


def propose(address: str) -> None:
    """Fige le registre, demande la proposition, nomme le premier ménage proposé."""
    clerk = Staff(address, "agent")
    meeting = clerk.send("GET", "/meetings")["items"][0]
    path = f"/meetings/{meeting['meeting_id']}"
    if meeting["state"] == "draft":
        clerk.send("POST", f"{path}/freeze")
    if clerk.send("GET", path)["state"] == "frozen":
        run = clerk.send("POST", f"{path}/proposal")["run_id"]
        while clerk.send("GET", f"/runs/{run}")["state"] in ("queued", "running"):
            time.sleep(0.5)
    lines = clerk.send("GET", f"{path}/files/proposal.json")["dwellings"]
    served = next(line["application_id"] for line in lines if line["application_id"])
    members = clerk.send("GET", f"/applications/{served}")["members"]
    born_on = next(member["born_on"] for member in members if member["born_on"])
    print(f"Ménage proposé : --application {served} --born-on {born_on}")


def offer(address: str, application_id: str) -> None:
    """Le comité suit la proposition ; le logement du ménage lui est offert."""
    clerk, committee = Staff(address, "agent"), Staff(address, "comite")
    meeting = clerk.send("GET", "/meetings")["items"][0]
    path = f"/meetings/{meeting['meeting_id']}"
    lines = clerk.send("GET", f"{path}/files/proposal.json")["dwellings"]
    if meeting["state"] == "proposed":
        follow = [{"dwelling_id": d["dwelling_id"], "decision": "follow"} for d in lines]
        committee.send("POST", f"{path}/decision", {"decisions": follow})
    dwelling = next(d["dwelling_id"] for d in lines if d["application_id"] == application_id)
    asked = {"dwelling_id": dwelling, "application_id": application_id}
    made = clerk.send("POST", f"{path}/offers", asked)
    print(f"Offre {made['offer_id']} : logement {dwelling}, ménage {application_id}")


def main(arguments: Sequence[str] | None = None) -> None:
    """Une des deux étapes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("address")
    parser.add_argument("step", choices=["proposer", "offrir"])
    parser.add_argument("application", nargs="?", default="")
    asked = parser.parse_args(arguments)
    if asked.step == "proposer":
        propose(asked.address)
    elif asked.application:
        offer(asked.address, asked.application)
    else:
        parser.error("offrir à quel ménage ?")


if __name__ == "__main__":
    main()
