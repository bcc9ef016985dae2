"""The pages of assessments and metrics in a real browser: answered, saved, read on a telephone."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kmkit.learn.assess.instrument import load_instrument
from kmkit.learn.assess.rounds import Round
from kmkit.learn.assess.sheets import Sheet, read_sheet
from kmkit.learn.assess.tally import tally
from kmkit.learn.knowledge_map import places
from kmkit.learn.metrics.scorecard import scorecard
from kmkit.learn.metrics.slices import sliced
from kmkit.learn.metrics.table import measured
from kmkit.views import assess, knowledge_map, metrics
from tests.index_material import RULES, as_listed
from tests.note_material import note
from tests.test_learn_metrics import WORLD

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chrome"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the pages")
NAME = "after-an-event"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a window."""
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A page of each sort."""
    folder = tmp_path_factory.mktemp("pages")
    instrument = load_instrument(NAME, None)
    sheets = [
        Sheet(
            NAME,
            1,
            "Roads",
            {item.key: 1 + (n + at) % 6 for at, item in enumerate(instrument.items)},
        )
        for n in range(8)
    ]
    now = Round(NAME, 1, "2026", date(2026, 11, 1), tally(instrument, sheets))
    before = now._replace(name="2025", on=date(2025, 11, 1))
    other = now._replace(office="Coast")
    parts = [(name, measured(part, by="month")) for name, part in sliced(WORLD, "month")]
    lines = scorecard(WORLD, {"on-time": 0.9, "covered": 0.1})
    found = places(RULES, [as_listed(note("maintained"))], [], [], [])
    made = {
        "form": assess.form(instrument, None),
        "report": assess.report(instrument, now, before, [other], organisation="Works", kb=None),
        "metrics": metrics.page(WORLD, lines, "month", parts, organisation="Works", kb=folder),
        "map": knowledge_map.page(found, organisation="Works", kb=folder),
    }
    for name, text in made.items():
        (folder / f"{name}.html").write_text(text, encoding="utf-8")
    return {name: folder / f"{name}.html" for name in made}


def test_a_form_is_filled_in_and_saved_without_a_network(
    browser: Any, pages: dict[str, Path], tmp_path: Path
) -> None:
    page = browser.new_page(accept_downloads=True)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: said.append(request.url))
    page.on("download", lambda download: said.append("saved"))
    page.goto(pages["form"].as_uri())
    page.fill("#unit", "  Roads ")
    groups = page.locator("fieldset")
    for at in range(groups.count() - 1):
        groups.nth(at).locator("input").nth(6 if at == 3 else at % 6).check()
    page.click("button")
    assert "1 of 12 are open" in page.inner_text("#said")
    with page.expect_download() as waited:
        page.click("button")
    place = tmp_path / waited.value.suggested_filename
    waited.value.save_as(place)
    page.close()
    asked = [one for one in said if not one.startswith((pages["form"].as_uri(), "blob:"))]
    assert asked == ["saved"]
    found = read_sheet(place, lambda name: load_instrument(name, None))
    given = list(found.answers.values())
    assert given == [1, 2, 3, None, 5, 6, 1, 2, 3, 4, 5, None]
    assert (found.unit, found.instrument) == ("Roads", NAME)


@pytest.mark.parametrize("name", ["form", "report", "metrics", "map"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_a_page_is_readable_for_everybody(
    browser: Any, pages: dict[str, Path], name: str, colours: str
) -> None:
    page = browser.new_page(color_scheme=colours, bypass_csp=True)
    page.goto(pages[name].as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    found = axe_api.Axe().run(page, options={"resultTypes": ["violations"]})
    told = [(v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]]
    page.close()
    assert told == []


@pytest.mark.parametrize("name", ["form", "report", "metrics", "map"])
def test_nothing_sticks_out_on_a_telephone(browser: Any, pages: dict[str, Path], name: str) -> None:
    for width in (320, 360, 1000):
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.goto(pages[name].as_uri())
        wide = page.evaluate("document.documentElement.scrollWidth")
        page.close()
        assert wide <= width
