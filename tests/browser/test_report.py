"""The report in a real browser: nothing asked of the network, no barrier, nothing cut off."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from allocation.documents import write_all
from allocation.rules import load_rulebook
from allocation.wording import LANGUAGES
from tests.proposals import a_proposal, a_register, some_assessments

pytestmark = pytest.mark.browser


def a_report(folder: Path, lang: str) -> str:
    write_all(
        a_proposal(),
        a_register(),
        assessments=some_assessments(),
        rulebook=load_rulebook("wallonia"),
        out_dir=folder,
        lang=lang,
    )
    return (folder / "report.html").as_uri()


@pytest.mark.parametrize("lang", LANGUAGES)
def test_report_has_no_barrier_and_asks_nothing(page: Page, tmp_path: Path, lang: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = a_report(tmp_path, lang)
    page.goto(address)
    assert asked == [address]
    assert Axe().run(page).violations_count == 0


@pytest.mark.parametrize("width", [320, 390, 720])
@pytest.mark.parametrize("lang", ["de", "fr"])
def test_report_stays_inside_a_narrow_screen(
    page: Page, tmp_path: Path, lang: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(a_report(tmp_path, lang))
    assert page.evaluate("document.documentElement.scrollWidth") <= width
