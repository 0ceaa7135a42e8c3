"""Pages of the service in a real browser: no barrier, nothing asked of anybody else, no script."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from allocation.wording import LANGUAGES
from api.app import create_app
from api.auth.accounts import make_account
from api.db import Database
from api.db.tables.register import allocations_ytd
from api.service import Service
from tests.fixtures.databases import migrate
from tests.fixtures.service import OURS, SETTINGS, World, made

pytestmark = pytest.mark.browser
PASSWORD = "a long pass phrase"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, World]]:
    """The small world on a port of this machine."""
    url = f"sqlite:///{tmp_path}/pages.db"
    migrate(url)
    database = Database.at(url)
    for world in made(database):
        with database.writing() as connection:
            make_account(
                connection,
                "max",
                organisation_id=OURS,
                role="manager",
                name="Max",
                password=PASSWORD,
            )
        service = Service(SETTINGS, database, b"s" * 32, now=world.service.now)
        config = uvicorn.Config(create_app(service), port=0, log_level="error", access_log=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", world
        server.should_exit = True
        thread.join()
    database.close()


def a_page(browser: Browser, lang: str, *, width: int = 1100) -> Page:
    """A page of a browser that runs no script of ours, in a language."""
    context = browser.new_context(
        locale=lang,
        extra_http_headers={"accept-language": lang},
        viewport={"width": width, "height": 900},
    )
    return context.new_page()


def signed_in(page: Page, address: str) -> Page:
    page.goto(f"{address}/journal/verification")
    assert Axe().run(page).violations_count == 0
    page.fill("#login", "max")
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url("**/journal/verification")
    return page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_signing_in_and_the_verification_have_no_barrier(
    browser: Browser, served: tuple[str, World], lang: str
) -> None:
    address, world = served
    page = a_page(browser, lang)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    assert page.locator("main a.button").count() == 1
    assert Axe().run(page).violations_count == 0
    signed_in(page, address)
    page.goto(address)
    assert page.locator("main table code").count() > 1
    assert Axe().run(page).violations_count == 0
    page.goto(f"{address}/journal/verification")
    assert page.locator(".verdict.good").count() == 1
    assert Axe().run(page).violations_count == 0
    with world.service.database.writing() as connection:
        connection.execute(allocations_ytd.update().values(application_id="A2"))
    page.reload()
    assert page.locator(".verdict.bad").count() == 1
    assert Axe().run(page).violations_count == 0
    assert {url.split("/")[2] for url in asked} == {address.split("/")[2]}
    page.click("header button")
    assert page.url.endswith("/session")


@pytest.mark.parametrize("lang", ["de", "fr"])
def test_pages_stay_inside_a_narrow_screen(
    browser: Browser, served: tuple[str, World], lang: str
) -> None:
    page = signed_in(a_page(browser, lang, width=320), served[0])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert Axe().run(page).violations_count == 0


def test_everything_is_reached_and_done_by_the_keyboard(
    browser: Browser, served: tuple[str, World]
) -> None:
    page = a_page(browser, "fr")
    page.goto(f"{served[0]}/journal/verification")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    for text in ("max", PASSWORD, ""):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_url("**/journal/verification")
