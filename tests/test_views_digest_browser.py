"""The HTML letter in a real browser: nothing sticks out on a phone, and dark mode is dark."""

import html
import json
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from kmkit.views.digest_render import render
from tests.digest_material import a_week, compose, event, note, stewards
from tests.test_views_digest_newsletter import everything

WIDTHS = (320, 360, 1000)
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the letter")

MEASURE = """<script>
addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    const right = [...page.body.querySelectorAll("*")].map(e => e.getBoundingClientRect().right);
    const left = [...page.body.querySelectorAll("*")].map(e => e.getBoundingClientRect().left);
    const style = frame.contentWindow.getComputedStyle(page.querySelector(".card"));
    found[frame.id] = {
      scroll: page.documentElement.scrollWidth,
      right: Math.max(...right),
      left: Math.min(...left),
      card: page.querySelector(".card").getBoundingClientRect().width,
      background: style.backgroundColor,
    };
  }
  document.title = JSON.stringify(found);
});
</script>"""


def wide() -> str:
    """A letter with everything that can stick out."""
    long = "https://example.org/" + "a" * 300
    table = "| a | b | c | d | e | f |\n|-|-|-|-|-|-|\n" + "| longerword " * 6 + "|"
    bad = note(f"{long}\n\n{table}\n\n```\n{'x' * 200}\n```", title="x" * 200, matters_to="y" * 200)
    return render(compose([bad], [event(bad)], link=lambda note: None), "html")


def letters() -> dict[str, str]:
    return {
        "readers": render(a_week(), "html"),
        "full": render(a_week(link=lambda note: None), "html"),
        "stewards": render(stewards(), "html"),
        "empty": render(compose([], []), "html"),
        "wide": wide(),
        "french": render(everything(language="fr"), "html"),
        "arabic": render(everything(language="ar"), "html"),
        "arabic-full": render(a_week(link=lambda note: None, language="ar"), "html"),
        "arabic-stewards": render(stewards(language="ar"), "html"),
    }


def measured(folder: Path, *options: str) -> Mapping[str, Any]:
    """What the browser says of each letter at each width; frames, because windows have a least."""
    frames = "".join(
        f'<iframe id="{name}-{width}" width="{width}" height="800" style="border:0"'
        f' srcdoc="{html.escape(text)}"></iframe>'
        for name, text in letters().items()
        for width in WIDTHS
    )
    page = folder / "letters.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{MEASURE}{frames}", encoding="utf-8")
    assert BROWSER is not None
    done = subprocess.run(
        [
            BROWSER,
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={folder / 'profile'}",
            "--virtual-time-budget=5000",
            *options,
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        timeout=120,
        check=True,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout.decode("utf-8"), re.DOTALL)
    assert title, done.stderr.decode("utf-8", "replace")[-2000:]
    found: Mapping[str, Any] = json.loads(html.unescape(title[1]))
    return found


def test_nothing_sticks_out_on_a_phone_or_a_desk(tmp_path: Path) -> None:
    found = measured(tmp_path)
    assert len(found) == len(WIDTHS) * len(letters())
    for name, page in found.items():
        width = int(name.rpartition("-")[2])
        assert page["scroll"] <= width, f"{name}: {page}"
        assert page["right"] <= width + 1, f"{name}: {page}"
        assert page["left"] >= -1, f"{name}: {page}"
        assert page["card"] == min(width, 600), f"{name}: {page}"
        assert page["background"] == "rgb(255, 255, 255)"


def test_dark_mode_is_dark(tmp_path: Path) -> None:
    found = measured(tmp_path, "--blink-settings=preferredColorScheme=0")
    assert {page["background"] for page in found.values()} == {"rgb(26, 34, 40)"}
