"""A brief in a real browser: nothing sticks out on a phone, and dark mode is dark."""

import html
import json
import re
import subprocess
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kmkit.index.briefs.brief_lessons import Applied, Lesson, Section
from kmkit.index.briefs.briefing import Brief
from kmkit.views.brief import lines, page, render
from tests.test_views_digest_browser import BROWSER

WIDTHS = (320, 360, 1000)
looking = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the brief")
MEASURE = """<script>
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, every = [...page.body.querySelectorAll("*")];
    const main = page.querySelector("main");
    found[frame.id] = {
      scroll: page.documentElement.scrollWidth,
      right: Math.max(...every.map(e => e.getBoundingClientRect().right)),
      left: Math.min(...every.map(e => e.getBoundingClientRect().left)),
      card: frame.contentWindow.getComputedStyle(main).backgroundColor,
      side: frame.contentWindow.getComputedStyle(page.querySelector("article")).borderRightWidth,
    };
  }
  document.title = JSON.stringify(found);
});
</script>"""


def a_lesson(**fields: Any) -> Lesson:
    given: dict[str, Any] = {
        "id": "20261121-order-fuel-x7k2", "short": "x7k2", "path": "notes/a.md",
        "title": "Order fuel early", "kind": "lesson", "level": "domestic", "language": "en",
        "state": "maintained", "standing": "maintained, overdue", "summary": "Sign early.",
        "sections": (("Lessons", "- Sign in May\n- Keep two suppliers\n"),),
        "words": ("fuel", "roads"), "topics": ("logistics",),
        "uses": (Applied("Drill", date(2026, 11, 1), "did-not-help", "It rained."),),
        "warnings": ("Its owner has left; nobody answers for it.",), "same": (),
    }  # fmt: skip
    return Lesson(**given | fields)


def a_brief(*lessons: Lesson, level: str = "domestic") -> Brief:
    parts = (Section("Energy", lessons, 2), Section("Budget", (), 0))
    return Brief("Floods", level, False, "Agency", date(2026, 11, 21), parts, 12)


def briefs() -> dict[str, str]:
    long = "https://example.org/" + "a" * 300
    wide = a_lesson(
        title="x" * 200,
        summary=long,
        words=("y" * 90,),
        warnings=(long,),
        same=(("id", "z" * 200),),
    )
    arabic = a_lesson(title="اطلب الوقود مبكرا", summary="وقع العقد مبكرا.", language="ar")
    return {
        "usual": render(a_brief(a_lesson()), "html"),
        "wide": render(a_brief(wide), "html"),
        "arabic": render(a_brief(arabic), "html"),
    }


def measured(folder: Path, *options: str) -> Mapping[str, Any]:
    """What the browser says of each brief at each width."""
    frames = "".join(
        f'<iframe id="{name}-{width}" width="{width}" height="800" style="border:0"'
        f' srcdoc="{html.escape(text)}"></iframe>'
        for name, text in briefs().items()
        for width in WIDTHS
    )
    whole = folder / "briefs.html"
    whole.write_text(f"<!DOCTYPE html><meta charset=utf-8>{MEASURE}{frames}", encoding="utf-8")
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
            f"--user-data-dir={folder / 'profile'}", "--virtual-time-budget=5000", *options,
            "--dump-dom", whole.as_uri(),
        ],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    title = re.search(r"<title>(.*?)</title>", done.stdout.decode("utf-8"), re.DOTALL)
    assert title, done.stderr.decode("utf-8", "replace")[-2000:]
    found: Mapping[str, Any] = json.loads(html.unescape(title[1]))
    return found


@looking
def test_nothing_sticks_out_on_a_phone_or_a_desk(tmp_path: Path) -> None:
    found = measured(tmp_path)
    assert len(found) == len(WIDTHS) * len(briefs())
    for name, seen in found.items():
        width = int(name.rpartition("-")[2])
        assert seen["scroll"] <= width, f"{name}: {seen}"
        assert seen["right"] <= width + 1, f"{name}: {seen}"
        assert seen["left"] >= -1, f"{name}: {seen}"
        assert (seen["side"] != "0px") == name.startswith("arabic"), f"{name}: {seen}"


@looking
def test_dark_mode_is_dark(tmp_path: Path) -> None:
    (tmp_path / "light").mkdir()
    light = measured(tmp_path / "light")
    dark = measured(tmp_path, "--blink-settings=preferredColorScheme=0")
    assert {seen["card"] for seen in light.values()} == {"rgb(255, 255, 255)"}
    assert {seen["card"] for seen in dark.values()} == {"rgb(26, 34, 40)"}


def test_the_page_needs_nothing_from_elsewhere() -> None:
    text = render(a_brief(a_lesson()), "html")
    assert not re.findall(r"<(?:link|script|img|iframe)\b|url\(|@import|https?://", text)


def test_a_failure_is_a_warning_and_not_a_use() -> None:
    (shown,) = page(a_brief(a_lesson())).parts[0].lessons
    assert shown.uses == ()
    assert shown.warnings == (
        "It did not help: Drill, 1 November 2026. It rained.",
        "Its owner has left; nobody answers for it.",
    )
    assert shown.advice == ("Sign in May", "Keep two suppliers")
    assert shown.why == "both speak of “fuel” and “roads”; it is about logistics"


def test_the_recommendation_comes_before_the_lessons_and_nothing_twice() -> None:
    sections = (("Lessons", "- Sign early.\n- A\n- B\n- C"), ("Recommendations", "Ask Ana."))
    (shown,) = page(a_brief(a_lesson(sections=sections))).parts[0].lessons
    assert shown.advice == ("Ask Ana.", "A")


def test_the_text_says_how_many_more_and_what_nothing_bears_on() -> None:
    text = "\n".join(line.text for line in lines(page(a_brief(a_lesson()))))
    assert "  2 more; --limit 3" in text
    assert "Nothing bears on: Budget." in text
    assert all(len(line.text) <= 78 for line in lines(page(a_brief(a_lesson()))))


def test_one_part_needs_no_heading() -> None:
    whole = a_brief(a_lesson())._replace(sections=(Section("Energy", (a_lesson(),), 0),))
    assert page(whole).parts[0].heading == ""
    assert "## Energy" not in render(whole, "md")
