"""The letter to an owner: what it says, to whom it may say it, and what it looks like."""

import html
import json
import re
import shutil
import subprocess
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from kmkit.audience.audiences import Audience
from kmkit.audience.seeing import seen_of
from kmkit.errors import Cannot
from kmkit.index.reasons import fact
from kmkit.index.stale import Reason
from kmkit.note.model import Note
from kmkit.note.records import Application
from kmkit.views.digest_values import Contact
from kmkit.views.reminder import compose
from kmkit.views.reminder_render import render
from kmkit.views.reminder_values import ASKED, LEFT, UNKNOWN, Earlier, Matter, Reminder
from kmkit.views.wording import LANGUAGES
from tests.digest_material import config, note, policy, shown
from tests.hostile import HOSTILE

TODAY = date(2027, 11, 25)
REVIEWED = '{on: 2026-11-03, by: amina.diallo@example.org, because: "the 2026 fuel log"}'
BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))),
    None,
)


def lesson(tail: str = "x7k2", title: str = "Order fuel", **fields: str) -> Note:
    given = {"id": f"20261101-fuel-{tail}", "title": title, "summary": "Sign early.", **fields}
    return note("Sign contracts early.", **given)


def matter(of: Note, **more: Any) -> Matter:
    given: dict[str, Any] = {
        "id": of.id, "code": f"{of.short}.3f9a1c2b", "due": date(2027, 11, 21),
        "reasons": (Reason("overdue", date(2027, 11, 21), "Its review was due: kmkit review x."),),
        **more,
    }  # fmt: skip
    return Matter(**given)


def use(
    of: Note, where: str = "Northern floods", on: str = "2027-03-04", **more: Any
) -> Application:
    return Application.model_validate(
        {"id": "20270304-a-use-aaaa", "note": of.id, "in": where, "by": "a@example.org", "on": on,
         "outcome": "did-not-help", "because": "No diesel.", **more}
    )  # fmt: skip


def letter(
    *matters: Matter, notes: list[Note], level: str = "internal", uses: Any = (), **more: Any
) -> Reminder:
    seen = seen_of(Audience(level), policy(), map(shown, notes), uses=uses)
    given: dict[str, Any] = {
        "to": Contact("Ana", "ana@example.org"), "on": TODAY, "config": config(),
        "reply_to": "km@example.org", "names": {"amina.diallo@example.org": "Amina Diallo"}, **more,
    }  # fmt: skip
    return compose(matters, seen, **given)


def said(reminder: Reminder) -> str:
    """What the plain letter says, on one line."""
    return " ".join(render(reminder, "text").split())


def test_what_is_asked_and_what_happened_around_it() -> None:
    mine, other = lesson(reviewed=REVIEWED), lesson("q2w3", "Rent tankers")
    reasons = (
        Reason("superseded", None, "It was drawn from 'Frames' (20251101-frames-p3m9), which was "
               "retired: kmkit retire x7k2; or, if it still holds, kmkit edit x7k2.",
               (fact("drawn-retired", title="Frames"),)),
        Reason("contradicted", None, "It did not help: kmkit review x7k2.", (fact("failed"),)),
    )  # fmt: skip
    made = letter(
        matter(mine, reasons=reasons, newer=(other.id,), broken=("A link leads nowhere.",)),
        notes=[mine, other],
        uses=[use(mine), use(mine, "Long ago", "2026-01-01"), use(other, "Elsewhere")],
    )
    assert made.items[0].changes == (
        "It was drawn from 'Frames', which was retired.",
        "Used in Northern floods, 4 March 2027: it did not help. No diesel.",
        "Newer, and close to it: Rent tankers (q2w3).",
        "A link leads nowhere.",
    )
    text = said(made)
    assert "Last confirmed on 3 November 2026 by Amina Diallo: the 2026 fuel log" in text
    assert "Its review was due on 21 November 2027." in text
    assert "x7k2.3f9a1c2b" in text


def test_who_was_asked_before() -> None:
    mine = lesson()
    before = (
        Earlier("owner", "amina.diallo@example.org", LEFT, date(2027, 11, 1)),
        Earlier("backup", "ben@example.org", ASKED, date(2027, 10, 3)),
        Earlier("manager", "x@example.org", UNKNOWN),
        Earlier("manager", "y@example.org", ASKED),
    )
    made = letter(matter(mine, before=before, part="manager"), notes=[mine])
    assert made.items[0].before == (
        "Amina Diallo left on 1 November 2027.",
        "ben@example.org was asked on 3 October 2027.",
        "x@example.org is not among our people.",
        "The time for y@example.org to answer has passed.",
    )
    assert "nobody else is there to answer" in said(made)


def test_forty_notes_are_twelve_and_a_number() -> None:
    notes = [lesson(f"n{number:03}", f"Note {number}") for number in range(40)]
    made = letter(*map(matter, notes), notes=notes)
    assert (len(made.items), made.more, made.count) == (12, 28, 40)
    assert "And 28 more notes are due: kmkit review" in said(made)
    assert made.subject.startswith("Do they still hold? 40 notes:")
    one = letter(matter(notes[0]), notes=notes[:1])
    assert one.subject == "Does this still hold? Note 0"


def test_the_longest_overdue_comes_first_and_what_has_no_day_last() -> None:
    days = {"a111": date(2027, 12, 1), "b222": date(2027, 1, 1), "c333": None}
    notes = {tail: lesson(tail, tail) for tail in days}
    made = letter(
        *(matter(notes[tail], due=day) for tail, day in days.items()), notes=list(notes.values())
    )
    assert [item.short for item in made.items] == ["b222", "a111", "c333"]
    assert [item.overdue for item in made.items] == [True, False, False]


def test_without_an_address_for_answers_there_are_no_links() -> None:
    mine = lesson()
    made = letter(matter(mine), notes=[mine], reply_to="")
    assert made.items[0].answers == ()
    assert "confirm:" not in said(made)
    assert "kmkit review x7k2" in said(made)


@pytest.mark.parametrize("level", ["internal", "domestic", "international"])
def test_nothing_of_a_narrower_circle(level: str) -> None:
    """Whatever names a hidden note: its title, id, uses, or a reason that tells of it."""
    mine = lesson(level="international")
    hidden = lesson("h1dd", "A canary", level="internal", protect="[Secret Village]")
    reasons = (
        Reason("superseded", None, f"'A canary' ({hidden.id}) replaces it: kmkit show.",
               (fact("drawn-replaced", title="A canary", note=hidden.id),)),
        Reason("superseded", None, "Of Secret Village: kmkit x.",
               (fact("drawn-revised", title="Secret Village"),)),
    )  # fmt: skip
    made = letter(
        matter(mine, reasons=reasons, newer=(hidden.id,), broken=(f"'{hidden.id}' is gone.",)),
        matter(hidden), notes=[mine, hidden], level=level,
        uses=[use(mine, "Secret Village"), use(hidden)],
    )  # fmt: skip
    everything = render(made, "text") + render(made, "html") + repr(made)
    for canary in ("canary", "h1dd", "Secret Village"):
        assert (canary in everything) == (level == "internal"), canary
    assert made.count == (2 if level == "internal" else 1)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_note_acts(text: str) -> None:
    quoted = json.dumps(text.encode("utf-8", "replace").decode())
    mine = lesson(title=quoted, summary=quoted)
    made = letter(matter(mine), notes=[mine], link=lambda note: f"https://x.org/{text}")
    page = render(made, "html")
    assert "\x1b" not in page + render(made, "text") + made.subject
    assert "\n" not in made.subject
    for href in re.findall(r'href="([^"]*)"', page):
        address = html.unescape(href)
        assert address.startswith(("mailto:", "https://"))
        if "?" in address and address.startswith("mailto:"):
            assert address.count("&") == 1
            assert "\r\nBcc" not in unquote(address.partition("&body=")[0])


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_all_of_it(language: str) -> None:
    mine = lesson(reviewed=REVIEWED)
    made = letter(matter(mine), notes=[mine], language=language, uses=[use(mine)])
    text, page = render(made, "text"), render(made, "html")
    assert made.language == language
    assert "%(" not in text + page
    assert (f'lang="{language}"' in page, 'dir="rtl"' in page) == (True, language == "ar")
    for line in ("Its review was due", "HOW TO ANSWER", "Does this still hold?"):
        assert (line in text) == (language == "en")


def test_a_knowledge_base_may_have_its_own_letter(tmp_path: Path) -> None:
    folder = tmp_path / "templates" / "remind"
    folder.mkdir(parents=True)
    (folder / "letter.txt.j2").write_text("{{ letter.count }} {{ _('Read it:') }}", "utf-8")
    mine = lesson()
    made = letter(matter(mine), notes=[mine])
    assert render(made, "text", tmp_path) == "1 Read it:\n"
    assert "<html" in render(made, "html", tmp_path)
    (folder / "letter.txt.j2").write_text("{{ letter.__class__.__mro__ }}", "utf-8")
    with pytest.raises(Cannot, match=re.escape("remind/letter.txt.j2")):
        render(made, "text", tmp_path)


MEASURE = """<script>addEventListener("load", () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument;
    const all = [...page.body.querySelectorAll("*")].map(e => e.getBoundingClientRect());
    const style = frame.contentWindow.getComputedStyle(page.querySelector(".card"));
    found[frame.id] = [page.documentElement.scrollWidth, Math.max(...all.map(r => r.right)),
      Math.min(...all.map(r => r.left)), style.backgroundColor];
  }
  document.title = JSON.stringify(found);
});</script>"""


@pytest.mark.skipif(BROWSER is None, reason="no Chromium here to look at the letter")
@pytest.mark.parametrize(
    ("options", "colour"),
    [((), "rgb(255, 255, 255)"),
     (("--blink-settings=preferredColorScheme=0",), "rgb(26, 34, 40)")],
    ids=["light", "dark"],
)  # fmt: skip
def test_nothing_sticks_out_on_a_phone_or_a_desk(
    tmp_path: Path, options: tuple[str, ...], colour: str
) -> None:
    long = lesson(title="x" * 200, summary="y" * 300, reviewed=REVIEWED)
    notes = [long, *(lesson(f"n{n:03}", f"Note {n}") for n in range(3))]
    letters = {
        language: letter(*map(matter, notes), notes=notes, uses=[use(long)], language=language)
        for language in ("en", "ar", "ru")
    }
    frames = "".join(
        f'<iframe id="{name}-{width}" width="{width}" height="900" style="border:0"'
        f' srcdoc="{html.escape(render(made, "html"))}"></iframe>'
        for name, made in letters.items()
        for width in (360, 1000)
    )
    page = tmp_path / "letters.html"
    page.write_text(f"<!DOCTYPE html><meta charset=utf-8>{MEASURE}{frames}", encoding="utf-8")
    assert BROWSER
    done = subprocess.run(
        [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
         f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000", *options,
         "--dump-dom", page.as_uri()],
        capture_output=True, timeout=120, check=True,
    )  # fmt: skip
    title = re.search(r"<title>(.*?)</title>", done.stdout.decode("utf-8"), re.DOTALL)
    assert title, done.stderr.decode("utf-8", "replace")[-2000:]
    found = json.loads(html.unescape(title[1]))
    assert len(found) == 6
    for name, (scroll, right, left, background) in found.items():
        width = int(name.rpartition("-")[2])
        assert scroll <= width, name
        assert right <= width + 1, name
        assert left >= -1, name
        assert background == colour
