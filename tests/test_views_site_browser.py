"""The portal in a real browser: search, keyboard, small screens, dark, Arabic, print, policy."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.resources import templates_dir
from kmkit.views.site.words import cut
from tests.site_kb import TODAY, lay_out

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
axe_api = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not there")
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the portal")
AXE = {"preload": False, "resultTypes": ["violations"]}
"""It need not read the style sheet once more, which the policy forbids it."""
COLOURS = {**AXE, "runOnly": ["color-contrast", "link-in-text-block"]}
ASSIGNED = st.characters(exclude_categories=("Cs", "Cn", "Co"))


class Portal(NamedTuple):
    """Two portals of one knowledge base, and where its most telling notes stand in them."""

    staff: Path
    """In English, for the narrowest circle."""
    provinces: Path
    """In Arabic, for a wider one."""
    notes: dict[str, str]
    """Addresses by name."""

    def pages(self, arabic: bool = False) -> dict[str, str]:
        """One page of every sort."""
        found = {
            "home": "index.html",
            "note": self.notes["full"],
            "wide": self.notes["wide"],
            "retired": self.notes["retired"],
            "arabic": self.notes["ar"],
            "found": "search.html?q=fuel",
            "nothing": "search.html?q=zzzz",
            "topics": "topics.html",
            "topic": "topics/flood-response.html",
            "timeline": "new.html",
        }
        return found if arabic else found | {"overdue": self.notes["overdue"], "who": "people.html"}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Portal:
    folder = tmp_path_factory.mktemp("portal")
    notes = {name: f"notes/{note.id}.html" for name, note in lay_out(folder / "kb").items()}
    for audience in ("staff", "provinces"):
        command = ["-m", "kmkit", "-C", str(folder / "kb"), "site", str(folder / audience)]
        env = {**os.environ, "KMKIT_TODAY": str(TODAY)}
        subprocess.run([sys.executable, *command, "--for", audience], env=env, check=True)
    return Portal(folder / "staff", folder / "provinces", notes)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as play:
        started = play.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield started
        started.close()


class Window:
    """A tab that remembers what it asked for and what it complained of."""

    def __init__(self, browser: Any, root: Path, **options: Any) -> None:
        self.root = root
        self.page = browser.new_context(**{"reduced_motion": "reduce"} | options).new_page()
        self.asked: list[str] = []
        self.said: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def open(self, address: str) -> Any:
        """The page at ``address``; one that searches, when it has answered."""
        path, _, query = address.partition("?")
        self.page.goto((self.root / path).as_uri() + ("?" + query if query else ""))
        if query:
            self.answered()
        return self.page

    def answered(self) -> None:
        """Wait until the search shows the answer to what stands in its field."""
        asked = json.dumps(self.page.input_value("#q").strip(), ensure_ascii=False)
        self.page.wait_for_selector(f"#results[data-done={asked}]")

    def search(self, text: str) -> list[str]:
        """The titles that the search shows for ``text``, best first."""
        self.page.fill("#q", text)
        self.answered()
        titles: list[str] = self.page.locator("#found .title").all_inner_texts()
        return titles


@pytest.fixture
def window(portal: Portal, browser: Any) -> Iterator[Window]:
    made = Window(browser, portal.staff)
    yield made
    assert made.said == []
    assert [url for url in made.asked if not url.startswith(portal.staff.as_uri())] == []
    made.page.context.close()


@pytest.mark.parametrize(("scheme", "arabic"), [("light", False), ("dark", False), ("light", True)])
def test_axe_finds_nothing(portal: Portal, browser: Any, scheme: str, arabic: bool) -> None:
    window = Window(browser, portal.provinces if arabic else portal.staff, color_scheme=scheme)
    axe = axe_api.Axe()
    for name, address in portal.pages(arabic).items():
        found = axe.run(
            window.open(address), options=COLOURS if scheme == "dark" else AXE
        ).response["violations"]
        told = [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]
        assert told == [], f"{name}, {scheme}"
    assert window.said == []
    window.page.context.close()


def test_nothing_sticks_out(portal: Portal, browser: Any) -> None:
    for root in (portal.staff, portal.provinces):
        window = Window(browser, root)
        for name, address in portal.pages(root == portal.provinces).items():
            page = window.open(address)
            for width in (320, 360, 1000):
                page.set_viewport_size({"width": width, "height": 800})
                wide = page.evaluate("document.documentElement.scrollWidth")
                assert wide <= width, f"{name} at {width}: {wide}"
        window.page.context.close()


def test_dark_is_dark_and_light_is_light(portal: Portal, browser: Any) -> None:
    for scheme, lit in (("light", True), ("dark", False)):
        window = Window(browser, portal.staff, color_scheme=scheme)
        colour = window.open("index.html").evaluate(
            "getComputedStyle(document.body).backgroundColor"
        )
        assert (sum(map(int, re.findall(r"\d+", colour))) > 600) is lit
        window.page.context.close()


def test_each_text_is_read_in_its_own_direction(window: Window, portal: Portal) -> None:
    page = window.open(portal.notes["ar"])
    directions = "names => names.map(n => getComputedStyle(document.querySelector(n)).direction)"
    assert page.evaluate(directions, ["html", "h1", ".text", ".standing"]) == [
        "ltr", "rtl", "rtl", "ltr"
    ]  # fmt: skip
    window.root = portal.provinces
    page.goto((portal.provinces / portal.notes["ar"]).as_uri())
    assert page.evaluate(directions, ["html", "nav", "h1"]) == ["rtl", "rtl", "rtl"]
    page.goto((portal.provinces / portal.notes["full"]).as_uri())
    assert page.evaluate(directions, ["html", "h1", ".text"]) == ["rtl", "ltr", "ltr"]
    window.asked.clear()


def test_the_search_finds_and_ranks(window: Window) -> None:
    window.open("search.html")
    assert window.search("siren")[0] == "Test every siren with the village"
    assert window.search("sirens") == window.search("Siren")
    assert window.search("SURS")[0] == "Enterrements dignes et sûrs"
    assert window.page.locator("#found mark").first.inner_text() == "sûrs"
    assert window.search("keep rad")[0] == "Keep the radio on"
    assert window.search("keep -radio")[0] == "Keep one boat in reserve"
    assert "Keep the radio on" not in window.search("keep -radio")
    assert window.search("onerror") == ["<img src=x onerror=alert(1)> & <b>bold</b>"]


def test_the_search_reads_every_script(window: Window, portal: Portal) -> None:
    window.open("search.html")
    for asked, name in (
        ("ប្រេង", "km"), ("燃料", "zh"), ("料", "zh"), ("น้ำมัน", "th"), ("топливо", "ru"),
        ("الوقود", "ar"), ("الطُرُق", "ar"),
    ):  # fmt: skip
        window.search(asked)
        links = window.page.locator("#found .title a")
        assert [a.get_attribute("href") for a in links.all()] == [portal.notes[name]], asked
        assert window.page.locator("#found .title mark").count() > 0, asked
    assert window.search("油") == []


def test_the_search_says_how_many_and_what_to_try(window: Window) -> None:
    page = window.open("search.html?q=contracts")
    assert page.input_value("#q") == "contracts"
    count = int(page.inner_text("#said").rpartition(" ")[2])
    assert page.locator("#found .title").count() == 10 < count
    page.click("#more")
    page.wait_for_selector(f"#found > li:nth-child({min(count, 20)})")
    assert page.evaluate("document.activeElement.closest('li') === found.children[10]")
    window.search("sirenn")
    assert page.inner_text("#said") == "No note has these words."
    assert page.locator("#try li").count() == 3
    page.click("#meant a")
    window.answered()
    assert page.input_value("#q") == "siren"
    assert page.locator("#found .title").first.inner_text() == "Test every siren with the village"
    window.search("siren blankets")
    assert page.inner_text("#said") == "Notes with some of your words: 2"


def test_the_search_says_when_its_data_is_not_there(
    portal: Portal, browser: Any, tmp_path: Path
) -> None:
    for path in ("search.html", "site.js", "site.css"):
        shutil.copy(portal.staff / path, tmp_path / path)
    window = Window(browser, tmp_path)
    window.open("search.html")
    window.page.fill("#q", "fuel")
    window.page.get_by_text("could not be read").wait_for()
    window.page.context.close()


def test_a_walk_by_keyboard(window: Window, portal: Portal) -> None:
    page = window.open(portal.notes["full"])
    focus = "document.activeElement.textContent.trim() || document.activeElement.id"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("/")
    page.keyboard.type("boats")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=boats")
    window.answered()
    page.keyboard.press("/")
    page.keyboard.press("ArrowDown")
    first = page.evaluate(focus)
    page.keyboard.press("ArrowDown")
    assert page.evaluate(focus) == "Keep one boat in reserve"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focus) == first == "Paint numbers on the boats"
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focus) == "q"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/notes/*-paint-numbers-on-the-boats-*.html")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(outline) == "solid"


def test_without_scripts_every_note_is_in_a_list(portal: Portal, browser: Any) -> None:
    window = Window(browser, portal.staff, java_script_enabled=False)
    window.page.goto((portal.staff / "search.html").as_uri())
    assert "needs JavaScript" in window.page.inner_text("noscript, .notice")
    window.page.context.close()
    hrefs = {a for page in portal.staff.glob("kinds/*.html") for a in links_of(page)}
    listed = {f"../{address}" for name, address in portal.notes.items() if name != "retired"}
    assert listed <= hrefs
    assert f"../{portal.notes['retired']}" not in hrefs


def test_the_policy_holds(window: Window) -> None:
    page = window.open("index.html")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.bad = 1';"
        " document.body.append(s); document.body.setAttribute('style', 'color: red') }"
    )
    page.evaluate("fetch('https://example.org/').catch(() => 0)")
    assert page.evaluate("window.bad") is None
    assert len([text for text in window.said if "Content Security Policy" in text]) >= 3
    window.said.clear()
    window.asked = [url for url in window.asked if url.startswith("file:")]


def test_a_note_prints_on_one_page(window: Window, portal: Portal) -> None:
    page = window.open(portal.notes["full"])
    printed = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page[^s]", printed)) == 1
    page.emulate_media(media="print")
    assert not page.is_visible("nav")
    assert page.is_visible(".standing")


def test_the_citation_can_be_copied(window: Window, portal: Portal) -> None:
    window.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.open(portal.notes["full"])
    page.click("text=Cite this note")
    page.click("[data-copy]")
    page.get_by_text("Copied").wait_for()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Agency for Works: Order fuel before the roads close. 20261103-order-")


def test_an_old_copy_says_that_reviews_fell_due(window: Window, portal: Portal) -> None:
    assert not window.open(portal.notes["full"]).is_visible(".notice")
    window.page.clock.set_fixed_time("2029-01-01")
    assert "Review overdue." in window.open(portal.notes["full"]).inner_text(".notice")


def test_a_page_says_where_its_note_stands(window: Window, portal: Portal) -> None:
    page = window.open(portal.notes["full"])
    standing = page.inner_text(".standing")
    assert "Validated by peer review by Ben Adu on 3 November 2026." in standing
    assert "Last confirmed on 10 November 2026 by Ana Ruiz." in standing
    assert "Compared with the 2026 rules." in standing
    told = {"overdue": "Review overdue.", "revised": "Being revised.", "retired": "Out of use."}
    for name, text in told.items():
        assert text in window.open(portal.notes[name]).inner_text(".notice:not([hidden])")


@settings(max_examples=15, deadline=None)
@given(st.lists(st.text(ASSIGNED, max_size=30), min_size=20, max_size=60))
def test_pages_and_search_data_cut_words_alike(texts: list[str]) -> None:
    page = ALIKE[0]
    assert page.evaluate("texts => texts.map(kmkit.cut)", texts) == [cut(text) for text in texts]


ALIKE: list[Any] = []


@pytest.fixture(autouse=True, scope="module")
def _a_page_to_cut_in(portal: Portal, browser: Any) -> Iterator[None]:
    ALIKE.append(Window(browser, portal.staff).open("index.html"))
    yield
    ALIKE.pop().context.close()


class Reader(HTMLParser):
    """What a page links to, what it can be linked by, and what its policy would forbid."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: list[str] = []
        self.forbidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.links += [value for name in ("href", "src", "action") if (value := given.get(name))]
        self.ids += [value for name, value in attrs if name == "id" and value]
        acts = [name for name in given if name == "style" or name.startswith("on")]
        if acts or tag == "style" or (tag == "script" and not given.get("src")):
            self.forbidden.append(f"{tag} {acts}")


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def links_of(page: Path) -> list[str]:
    return read(page).links


def test_every_link_leads_somewhere_and_nothing_stands_inline(portal: Portal) -> None:
    for root in (portal.staff, portal.provinces):
        read_pages = {page: read(page) for page in root.rglob("*.html")}
        assert len(read_pages) > 10
        for page, reader in read_pages.items():
            assert reader.forbidden == [], page
            assert len(set(reader.ids)) == len(reader.ids), page
            for link in reader.links:
                parts = urlsplit(link)
                if parts.scheme in ("https", "mailto"):
                    continue
                target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
                assert target.is_file(), f"{page.name}: {link}"
                if parts.fragment:
                    assert parts.fragment in read_pages[target].ids, f"{page.name}: {link}"


def test_pages_are_light(portal: Portal) -> None:
    shipped = templates_dir() / "site"
    assert (shipped / "site.css").stat().st_size < 20_000
    assert (shipped / "site.js").stat().st_size < 15_000
    assert (portal.staff / portal.notes["full"]).stat().st_size < 20_000
    assert quote(portal.notes["full"]) == portal.notes["full"]
