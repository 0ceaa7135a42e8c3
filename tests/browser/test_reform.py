"""The page of a reform in a real browser: no barrier, nothing asked of the network, nothing cut."""

from datetime import date
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from allocation.wording import LANGUAGES
from scenarios.reform import read_against, reformed
from scenarios.reform.report import report_html
from scenarios.synthetic import synthesise

pytestmark = pytest.mark.browser
ON = date(2026, 12, 1)


@pytest.fixture(scope="module", params=[False, True], ids=["company", "outside"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page in the four languages, for the company or for everybody."""
    folder = tmp_path_factory.mktemp("pages")
    register = synthesise(31, slsp_id="la-sambrienne", households=400, vacancies=12)
    compared, told = reformed(
        register, read_against("emploi-2025", on=ON), on=ON, is_outside=request.param
    )
    for lang in LANGUAGES:
        path = folder / f"{lang}.html"
        path.write_text(report_html(told, compared, lang), encoding="utf-8")
    return folder


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page_of_a_reform_has_no_barrier_and_asks_nothing(
    page: Page, pages: Path, lang: str
) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = (pages / f"{lang}.html").as_uri()
    page.goto(address)
    assert asked == [address]
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize("width", [320, 720])
def test_page_of_a_reform_stays_inside_a_narrow_screen(page: Page, pages: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto((pages / "de.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= width
