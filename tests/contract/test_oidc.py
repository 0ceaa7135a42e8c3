"""Staff sign in at a provider of identities: a real one, on this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.auth.accounts import make_account
from api.auth.oidc.identities import link, unlink
from api.db.tables.identities import oidc_attempt
from api.db.tables.organisations import account
from api.service import now_utc
from api.settings import Settings
from tests.fixtures.oidc import CLIENT_SECRET, RealProvider
from tests.fixtures.service import OURS, THEIRS, World

RULES = f"""
rules:
  - when: {{groups: clerks}}
    organisation: {OURS}
    role: clerk
  - when: {{groups: managers}}
    organisation: {OURS}
    role: manager
"""


@dataclass
class Place:
    """The service with its provider, and the browser of somebody."""

    world: World
    provider: RealProvider
    folder: Path

    def browser(self, **settings: Any) -> TestClient:
        """A browser that was never here, at the service as it is set."""
        secret = self.folder / "client-secret"
        secret.write_text(CLIENT_SECRET)
        set_up = Settings(
            has_worker=False,
            limit_sign_in="",
            public_url="http://testserver",
            oidc_issuer=self.provider.issuer,
            oidc_client_secret_file=secret,
            **settings,
        )
        service = replace(self.world.service, settings=set_up, now=now_utc)
        headers = {"accept-language": "en"}
        return TestClient(create_app(service), follow_redirects=False, headers=headers)

    def rules(self, text: str = RULES) -> Path:
        """A file of rules."""
        path = self.folder / "access.yaml"
        path.write_text(text)
        return path

    def linked(self, subject: str = "zoe") -> str:
        """A clerk's account, linked to a person there."""
        with self.world.service.database.writing() as connection:
            account_id = make_account(
                connection,
                "zoe",
                organisation_id=OURS,
                role="clerk",
                name="Zoé",
                password="a long pass phrase",
            )
            link(
                connection, account_id, issuer=self.provider.issuer, subject=subject, now=now_utc()
            )
        return account_id

    def come_back(self, browser: TestClient, login: str = "zoe", page: str = "/x") -> Any:
        """Sign in there; what the service answers to the browser sent back."""
        begun = browser.get("/session/oidc", params={"next": page})
        assert begun.status_code == 303, begun.text
        return browser.get(self.provider.signed_in(begun.headers["location"], login))


@pytest.fixture
def place(world: World, running_provider: RealProvider, tmp_path: Path) -> Place:
    return Place(world, running_provider, tmp_path)


def code_of(told: Any) -> tuple[int, str]:
    return told.status_code, told.text.partition("<code>")[2].partition("</code>")[0]


def role_of(place: Place, browser: TestClient) -> tuple[str, str]:
    """Who the session of the browser is, asked of the API."""
    token = browser.cookies["passerelle-session"]
    me = place.world.client.get(
        "/api/v1/session", headers={"authorization": f"Bearer {token}"}
    ).json()
    return me["organisation_id"], me["role"]


def test_a_linked_account_signs_in_and_is_sent_to_the_page_asked_for(place: Place) -> None:
    place.linked()
    browser = place.browser()
    told = place.come_back(browser, page="/journal/verification?x=1")
    assert (told.status_code, told.headers["location"]) == (303, "/journal/verification?x=1")
    with place.world.service.database.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(oidc_attempt)) == 0


def test_whom_no_account_is_linked_to_is_refused_and_told_the_identifier_to_give(
    place: Place,
) -> None:
    told = place.come_back(place.browser())
    assert code_of(told) == (403, "oidc.unknown_account")
    assert "zoe" in told.text


def test_rules_may_make_the_account_and_its_role_follows_them(place: Place) -> None:
    made: dict[str, Any] = {"oidc_new_accounts": "create", "oidc_access_file": place.rules()}
    browser = place.browser(**made)
    assert place.come_back(browser).status_code == 303
    assert role_of(place, browser) == (OURS, "clerk")
    place.rules(RULES.replace("role: clerk", "role: social_worker"))
    again = place.browser(**made)
    assert place.come_back(again).status_code == 303
    assert role_of(place, again) == (OURS, "social_worker")
    entries = place.world.as_role("manager").get("/journal?limit=200").json()["items"]
    acts = [e["act"] for e in entries if e["act"].startswith("account.")]
    assert acts == ["account.made_at_first_sign_in", "account.role_changed"]


def test_rules_refuse_who_does_not_fit_or_belongs_elsewhere(place: Place) -> None:
    made: dict[str, Any] = {"oidc_new_accounts": "create", "oidc_access_file": place.rules()}
    assert code_of(place.come_back(place.browser(**made), "lea")) == (403, "oidc.no_access")
    assert place.come_back(place.browser(**made)).status_code == 303
    place.rules(RULES.replace(OURS, THEIRS))
    told = place.come_back(place.browser(**made))
    assert code_of(told) == (403, "oidc.other_organisation")
    refusing = place.browser(oidc_access_file=place.rules())
    assert code_of(place.come_back(refusing, "max")) == (403, "oidc.unknown_account")


def test_a_closed_account_stays_closed(place: Place) -> None:
    account_id = place.linked()
    with place.world.service.database.writing() as connection:
        mine = account.c.account_id == account_id
        connection.execute(account.update().where(mine).values(is_active=False))
    assert code_of(place.come_back(place.browser())) == (403, "oidc.account_closed")


def test_a_linked_account_has_no_password_any_more(place: Place) -> None:
    account_id = place.linked()
    entry = {"login": "zoe", "password": "a long pass phrase"}
    assert place.world.anonymous.post("/session", entry).status_code == 401
    assert place.world.anonymous.post("/session", entry | {"password": "-"}).status_code == 401
    with place.world.service.database.writing() as connection:
        assert unlink(connection, account_id)
    assert code_of(place.come_back(place.browser())) == (403, "oidc.unknown_account")


def test_an_answer_is_good_once_and_in_its_own_browser(place: Place) -> None:
    place.linked()
    browser = place.browser()
    begun = browser.get("/session/oidc")
    back = place.provider.signed_in(begun.headers["location"], "zoe")
    stolen = place.browser().get(back)
    assert code_of(stolen) == (400, "oidc.state_refused")
    assert code_of(browser.get(back)) == (400, "oidc.state_refused")
    begun = browser.get("/session/oidc")
    back = place.provider.signed_in(begun.headers["location"], "zoe")
    assert browser.get(back).status_code == 303
    assert code_of(browser.get(back)) == (400, "oidc.state_refused")


def test_two_sign_ins_begun_in_one_browser_both_work(place: Place) -> None:
    place.linked()
    browser = place.browser()
    begun = [browser.get("/session/oidc").headers["location"] for _ in range(2)]
    back = [place.provider.signed_in(address, "zoe") for address in begun]
    assert browser.get(back[1]).status_code == 303


def test_the_provider_may_change_its_keys_at_any_time(place: Place) -> None:
    place.linked()
    browser = place.browser()
    assert place.come_back(browser).status_code == 303
    place.provider.restart()
    assert place.come_back(browser).status_code == 303


def test_a_provider_that_is_away_is_said_so_and_a_no_of_its_own_too(place: Place) -> None:
    browser = place.browser(session_minutes=5)
    begun = browser.get("/session/oidc").headers["location"]
    state = begun.partition("state=")[2].partition("&")[0]
    refused = browser.get(f"/session/oidc/callback?state={state}&error=access_denied")
    assert code_of(refused) == (401, "oidc.refused_by_provider")
    begun = browser.get("/session/oidc").headers["location"]
    state = begun.partition("state=")[2].partition("&")[0]
    wrong = browser.get(f"/session/oidc/callback?state={state}&code=nothing")
    assert code_of(wrong) == (401, "oidc.refused_by_provider")
    place.provider.stop()
    try:
        assert code_of(place.browser().get("/session/oidc")) == (503, "oidc.provider_away")
        begun_before = browser.get("/session/oidc").headers["location"]
        state = begun_before.partition("state=")[2].partition("&")[0]
        told = browser.get(f"/session/oidc/callback?state={state}&code=x")
        assert code_of(told) == (503, "oidc.provider_away")
    finally:
        place.provider.restart()


def test_signing_out_ends_the_session_here_and_leads_to_the_end_of_that_there(
    place: Place,
) -> None:
    place.linked()
    browser = place.browser()
    place.come_back(browser)
    told = browser.post("/session/end")
    assert told.headers["location"].startswith(f"{place.provider.issuer}/session/end?")
    assert "client_id=passerelle" in told.headers["location"]
    assert "passerelle-session" not in browser.cookies
    local = place.browser().post("/session/end")
    assert local.headers["location"] == "/session"


def test_without_a_provider_there_is_no_such_page(world: World) -> None:
    told = world.client.get("/session/oidc", headers={"accept-language": "en"})
    assert code_of(told) == (404, "oidc.not_set_up")
    assert "identity provider" not in world.client.get("/session").text
