"""The portal as a folder: what is in it, what is never in it, and what becomes of the folder."""

import json
import os
import posixpath
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from kmkit.config import Config
from kmkit.errors import Cannot, Refused, UsageError
from kmkit.reach.site_folder import LIST, folder_for
from tests.site_material import BODY, CONFIG, note_id, portal, seen, shown, text, tree, use, view

SECRET = "zqhidden"
"""Stands in notes that the portal's circle may not see, and nowhere else."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "kb").mkdir()
    return tmp_path / "site"


class _Links(HTMLParser):
    """Every address in a page, and its ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.ids: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found += [v for k, v in attrs if k in ("href", "src", "action") and v]
        self.ids += [values["id"] or ""] if "id" in values else []
        assert not any(name.startswith("on") or name == "style" for name in values)


def pages(folder: Path) -> dict[str, _Links]:
    found = {n: d.decode() for n, d in tree(folder).items() if n.endswith(".html")}
    return {name: _Links(html) for name, html in found.items()}


# What is in it


def test_every_link_leads_to_a_file_and_nothing_is_asked_of_anybody(folder: Path) -> None:
    notes = [shown(f"n{i:03}", kind="how-to" if i % 3 else "lesson") for i in range(130)]
    portal(seen(notes, "internal", uses=[use("n001")]), folder)
    there = set(tree(folder))
    assert {"index.html", "search.html", "new.html", "feed.xml", "notes.json", "site.js"} <= there
    assert {"topics/logistics.html", "topics/logistics_2.html", "people/ana.html"} <= there
    for name, page in pages(folder).items():
        assert len(set(page.ids)) == len(page.ids), name
        for link in page.found:
            if link.startswith(("mailto:", "#")):
                continue
            assert "://" not in link
            target = posixpath.normpath(f"{name}/../{unquote(link.split('#')[0])}")
            assert target in there, (name, link)


@pytest.mark.parametrize(
    ("channels", "own"),
    [
        ({}, ""),
        ({"a": {"kind": "feed", "level": "domestic", "address": "https://x.org/"}}, ""),
        ({"a": {"kind": "site", "level": "internal", "address": "https://x.org/"}}, ""),
        ({"a": {"kind": "site", "level": "domestic", "audience": "p", "address": "https://p.org/"},
          "b": {"kind": "site", "level": "domestic", "address": "https://x.org/kb"}},
         "https://x.org/kb/"),
    ],
)  # fmt: skip
def test_the_feed_knows_where_it_is_by_the_channel_of_the_portal(
    folder: Path, channels: dict[str, object], own: str
) -> None:
    given = {**CONFIG.model_dump(), "channels": channels}
    portal(view(seen([shown("aaaa")]), config=Config.model_validate(given)), folder)
    feed = feedparsed(folder / "feed.xml")
    assert feed.get("self", "") == (f"{own}feed.xml" if own else "")
    assert feed["alternate"] == f"{own}index.html"


def feedparsed(path: Path) -> dict[str, str]:
    """The links of a feed."""
    root = ElementTree.parse(path).getroot()
    links = root.findall("{http://www.w3.org/2005/Atom}link")
    return {link.get("rel", ""): link.get("href", "") for link in links}


def test_a_page_says_what_is_known_of_the_note(folder: Path) -> None:
    notes = [
        shown("aaaa", supersedes=f"[{note_id('dddd')}]", matters_to="Whoever drives.",
              verdicts="[{on: 2026-11-02, by: ben@example.org, method: peer-review, "
              "verdict: approve, fingerprint: 'k1:0'}]",
              reviewed="{on: 2026-11-05, by: ben@example.org, because: The 2026 tender rules}"),
        shown("bbbb", f"{BODY}\nSee [that]({note_id('aaaa')}.md) and [none](nowhere.md).\n"),
        shown("cccc", translation_of=note_id("aaaa"), language="fr", title="Commandez tôt"),
        shown("dddd", state="retired"),
    ]  # fmt: skip
    portal(view(seen(notes, uses=[use("aaaa")]), {note_id("aaaa"): date(2026, 11, 1)}), folder)
    page = text(folder, "aaaa")
    for said in ("Title of aaaa", "Whoever drives.", "The 2026 tender rules", "Autumn drill",
                 "Review overdue", "Commandez tôt", "Title of dddd", "Title of bbbb"):  # fmt: skip
        assert said in page, said
    other = text(folder, "bbbb")
    assert f'href="../notes/{note_id("aaaa")}.html"' in other
    assert "nowhere.md" not in other
    assert note_id("dddd") in tree(folder)["s/n-0.js"].decode()
    assert note_id("dddd") not in tree(folder)["topics/logistics.html"].decode()


def test_overdue_stands_beside_the_state_wherever_the_note_does(folder: Path) -> None:
    due = {note_id("aaaa"): date(2026, 1, 1)}
    portal(view(seen([shown("aaaa", state="maintained"), shown("bbbb")]), due), folder)
    for name in ("topics/logistics.html", "index.html", f"notes/{note_id('aaaa')}.html"):
        assert "overdue" in tree(folder)[name].decode(), name
    told = json.loads(tree(folder)["notes.json"])["notes"]
    assert {n["id"]: n["overdue"] for n in told} == {note_id("aaaa"): True, note_id("bbbb"): False}


def test_without_a_trail_the_files_tell_what_happened(folder: Path) -> None:
    sent = "\n  - {on: 2026-11-04, channel: letter, by: ana@example.org}"
    confirmed = "{on: 2025-02-03, by: ana@example.org, because: The tender rules}"
    portal(seen([shown("aaaa", disseminated=sent, reviewed=confirmed)]), folder)
    assert "4 November 2026" in tree(folder)["new.html"].decode()
    assert "3 February 2025" in tree(folder)["new/2025.html"].decode()
    assert "new/2025.html" in pages(folder)["new.html"].found


def test_the_same_notes_give_the_same_bytes_whoever_makes_them(
    folder: Path, tmp_path: Path
) -> None:
    notes = [shown(f"n{i:03}", f"{BODY}\nWord{i % 7} and {i}.\n") for i in range(50)]
    first = portal(seen(notes, uses=[use("n001"), use("n002")]), folder)
    other = tmp_path / "other"
    portal(seen(list(reversed(notes)), uses=[use("n002"), use("n001")]), other, hands=2)
    assert tree(folder) == tree(other)
    again = portal(seen(notes, uses=[use("n001"), use("n002")]), folder)
    assert (again.files, again.changed, again.removed) == (first.files, 0, 0)


def test_attached_files_go_with_their_note(folder: Path) -> None:
    annex = folder.parent / "kb" / "annex"
    annex.mkdir()
    for name in ("log 2026.csv", "pump.png", "page.html", "map.svg", "other.csv"):
        (annex / name).write_text(f"<script>{name}</script>", encoding="utf-8")
    (annex / "out.png").symlink_to("/etc/hostname")
    body = "![The pump](../../annex/pump.png) ![](../../annex/map.svg) ![x](../../annex/out.png)\n"
    evidence = "[annex/log 2026.csv, annex/page.html, 'https://example.org/a', Minutes of May]"
    note = shown("aaaa", body, evidence=evidence)
    portal(seen([note], root=folder.parent / "kb"), folder)
    place = f"files/{note_id('aaaa')}"
    there = {name for name in tree(folder) if name.startswith("files/")}
    assert there == {f"{place}/log 2026.csv", f"{place}/pump.png"}
    page = text(folder, "aaaa")
    assert f'src="../{place}/pump.png"' in page
    assert f'href="../{place}/log%202026.csv"' in page
    assert 'href="https://example.org/a"' in page
    assert "Minutes of May" in page
    assert "page.html" in page
    assert "etc" not in page


# What is never in it


def hidden_and_seen() -> list[object]:
    secret = note_id("s3cr")
    hidden = shown(
        "s3cr",
        f"## Lessons\n\n{SECRET} [back]({note_id('aaaa')}.md)\n",
        level="internal",
        title=f"About {SECRET}",
        summary=f"{SECRET}.",
        topics=f"[{SECRET}]",
        kind="story",
        owner=f"{SECRET}@example.org",
        derived_from=f"[{note_id('aaaa')}]",
        translation_of=note_id("aaaa"),
    )
    body = (
        f"[away]({secret}.md) [id]({secret}) ![p]({secret}.png) {secret} `{secret}`\n\n"
        f"[ref]\n\n[ref]: {secret}.md\n\n<a href='{secret}.md'>x</a>\n"
    )
    visible = shown(
        "aaaa",
        body,
        derived_from=f"[{secret}]",
        supersedes=f"[{secret}]",
        repeats=f"[{secret}]",
        evidence=f"[annex/{secret}.csv]",
    )
    return [hidden, visible]


def test_nothing_tells_of_a_note_that_the_circle_may_not_see(folder: Path) -> None:
    annex = folder.parent / "kb" / "annex"
    annex.mkdir()
    (annex / f"{note_id('s3cr')}.csv").write_text("x", encoding="utf-8")
    made = seen(hidden_and_seen(), uses=[use("s3cr", where=SECRET)], root=folder.parent / "kb")  # type: ignore[arg-type]
    portal(made, folder)
    for name, data in tree(folder).items():
        assert "s3cr" not in name, name
        assert b"s3cr" not in data, name
        assert SECRET.encode() not in data, name
    assert not [name for name in tree(folder) if name.startswith(("kinds/story", "people/"))]
    assert json.loads(tree(folder)["notes.json"])["level"] == "domestic"


def test_beyond_the_narrowest_circle_only_the_contact_is_named(folder: Path) -> None:
    note = shown(
        "aaaa",
        sources="[Cy Young]",
        verdicts="\n  - {on: 2026-11-02, by: dee@example.org, method: peer-review, "
        "verdict: approve, fingerprint: 'k1:0', because: Candid words}",
    )
    portal(seen([note], "domestic"), folder)
    everything = b"".join(tree(folder).values())
    for said in (b"Cy Young", b"dee@example.org", b"Candid words"):
        assert said not in everything
    assert b"ana@example.org" in everything
    assert "people.html" not in tree(folder)


def test_what_nobody_validated_stays_in_the_narrowest_circle(folder: Path) -> None:
    notes = [shown("aaaa"), shown("bbbb", state="captured")]
    portal(seen(notes, "domestic"), folder)
    assert b"bbbb" not in b"".join(tree(folder).values())
    portal(seen(notes, "internal"), folder)
    assert "not validated" in text(folder, "bbbb").lower()


HOSTILE = "</script></title><img src=x onerror=alert(1)>]]>\u202e&amp;"


def test_hostile_notes_do_nothing(folder: Path) -> None:
    body = f"{HOSTILE}\n\n[x](javascript:alert(1)) <iframe src=//evil.example></iframe>\n"
    note = shown("aaaa", body, title=json.dumps(HOSTILE), summary=json.dumps(HOSTILE),
                 topics=json.dumps([HOSTILE]), unit=json.dumps(HOSTILE),
                 matters_to=json.dumps(HOSTILE))  # fmt: skip
    portal(seen([note], uses=[use("aaaa", where=HOSTILE)]), folder)
    for name, data in tree(folder).items():
        if name.endswith(".html"):
            html = data.decode()
            assert "<img src=x" not in html
            assert "\u202e" not in html
            assert html.count("<script") == 1  # site.js
            assert "javascript:" not in "".join(_Links(html).found)
        elif name.endswith(".xml"):
            ElementTree.fromstring(data)
        elif name.startswith("s/"):
            assert "</" not in data.decode()


def test_notes_without_end_are_shown(folder: Path) -> None:
    long = shown("aaaa", "word " * 1_000_000)
    links = shown("bbbb", f"[x]({note_id('aaaa')}.md)\n" * 100_000)
    portal(seen([long, links]), folder)
    assert len(text(folder, "aaaa")) > 5_000_000
    assert text(folder, "bbbb").count("<a href") > 100_000
    assert len(tree(folder)["s/n-0.js"]) < 20_000


# What becomes of the folder


def test_what_is_no_more_is_taken_away(folder: Path) -> None:
    portal(seen([shown("aaaa"), shown("bbbb", topics="[early-warning]")]), folder)
    assert "topics/early-warning.html" in tree(folder)
    made = portal(seen([shown("aaaa")]), folder)
    assert made.removed >= 2
    assert not [name for name in tree(folder) if "bbbb" in name or "early-warning" in name]
    assert b"bbbb" not in b"".join(tree(folder).values())


def test_with_dry_nothing_is_written(folder: Path) -> None:
    made = portal(seen([shown("aaaa")]), folder, dry=True)
    assert made.changed == made.files > 10
    assert not folder.exists()
    portal(seen([shown("aaaa"), shown("bbbb")]), folder)
    before = tree(folder)
    made = portal(seen([shown("aaaa")]), folder, dry=True)
    assert made.removed == 1
    assert tree(folder) == before


def test_a_folder_with_anything_else_in_it_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "thesis.docx").write_text("years of work", encoding="utf-8")
    with pytest.raises(Refused, match=r"thesis\.docx"):
        portal(seen([shown("aaaa")]), folder)
    assert list(tree(folder)) == ["thesis.docx"]


def test_a_file_that_somebody_adds_later_is_not_lost(folder: Path) -> None:
    portal(seen([shown("aaaa")]), folder)
    (folder / "notes" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(Refused, match=r"notes/mine\.txt"):
        portal(seen([shown("aaaa")]), folder)
    assert (folder / "notes" / "mine.txt").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("name", ["CNAME", ".nojekyll", "Thumbs.db", "notes/.DS_Store"])
def test_what_servers_and_systems_need_may_stand_there(folder: Path, name: str) -> None:
    portal(seen([shown("aaaa")]), folder)
    (folder / name).write_text("x", encoding="utf-8")
    portal(seen([shown("bbbb")]), folder)
    assert (folder / name).exists()


def test_a_damaged_list_of_files_stops_everything(folder: Path) -> None:
    portal(seen([shown("aaaa")]), folder)
    named = [f'{{"kmkit": 1, "files": ["{name}"]}}' for name in ("../kb/x.toml", ".git/config")]
    for told in ("{", "[]", *named, '{"kmkit": 9}'):
        (folder / LIST).write_text(told, encoding="utf-8")
        with pytest.raises(Refused, match="damaged"):
            portal(seen([shown("aaaa")]), folder)


@pytest.mark.parametrize("place", [".", "..", "notes", "notes/2026/x", "templates/y", ".git/site"])
def test_a_knowledge_base_is_no_place_for_it(tmp_path: Path, place: str) -> None:
    kb = tmp_path / "kb"
    kb.mkdir()
    with pytest.raises(Refused):
        folder_for(kb / place, kb)


def test_links_lead_nowhere_else(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kb" / "notes").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "kb" / "notes")
    with pytest.raises(Refused):
        folder_for(tmp_path / "link", tmp_path / "kb")
    portal(seen([shown("aaaa")]), folder)
    (tmp_path / "elsewhere").mkdir()
    (folder / "notes" / f"{note_id('aaaa')}.html").unlink()
    (folder / "notes" / f"{note_id('aaaa')}.html").symlink_to(tmp_path / "elsewhere" / "x")
    with pytest.raises(Refused):
        portal(seen([shown("aaaa")]), folder)
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_file_is_no_folder(folder: Path) -> None:
    folder.write_text("x", encoding="utf-8")
    with pytest.raises(UsageError, match="is a file"):
        portal(seen([shown("aaaa")]), folder)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="nobody forbids root anything")
def test_a_folder_that_may_not_be_written_is_told(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o500)
    with pytest.raises(Cannot, match="cannot be written"):
        portal(seen([shown("aaaa")]), folder)
    folder.chmod(0o700)


def test_a_place_below_a_file_is_told(folder: Path) -> None:
    folder.write_text("x", encoding="utf-8")
    with pytest.raises(Cannot, match="cannot be written"):
        portal(seen([shown("aaaa")]), folder / "below")


def test_without_a_note_it_says_why(folder: Path) -> None:
    with pytest.raises(Refused, match="no note to show to the circle domestic") as refused:
        portal(seen([shown("aaaa", level="internal")]), folder)
    assert "kmkit" in refused.value.mend
    assert not folder.exists()


def test_a_run_that_was_cut_off_is_gone_on_with(folder: Path) -> None:
    portal(seen([shown("aaaa")]), folder)
    (folder / "notes" / ".kmkit-0123456789ab").write_text("half", encoding="utf-8")
    (folder / "notes" / f"{note_id('aaaa')}.html").write_text("half", encoding="utf-8")
    portal(seen([shown("aaaa")]), folder)
    assert "Title of aaaa" in text(folder, "aaaa")
    assert ".kmkit-0123456789ab" not in {name.rpartition("/")[2] for name in tree(folder)}


def test_a_run_that_was_cut_off_before_its_end_is_gone_on_with(folder: Path) -> None:
    begun = folder_for(folder, folder.parent / "kb")
    begun.begin(["index.html", "kinds/story.html"])
    begun.put("kinds/story.html", b"old")
    begun.expect(["s/w-0.js"])
    begun.put("s/w-0.js", b"old")
    portal(seen([shown("aaaa")]), folder)
    assert "kinds/story.html" not in tree(folder)
    assert tree(folder)["s/w-0.js"] != b"old"


def test_a_knowledge_base_brings_its_own_looks_but_no_program(folder: Path) -> None:
    own = folder.parent / "kb" / "templates" / "site"
    own.mkdir(parents=True)
    (own / "site.css").write_text("body{}", encoding="utf-8")
    (own / "site.js").write_text("evil()", encoding="utf-8")
    (own / "footer.html.j2").write_text("<footer>Our foot</footer>", encoding="utf-8")
    from kmkit.reach.site import lay

    kb = folder.parent / "kb"
    lay(view(seen([shown("aaaa")])), folder_for(folder, kb), kb)
    assert tree(folder)["site.css"] == b"body{}"
    assert b"evil" not in tree(folder)["site.js"]
    assert "Our foot" in text(folder, "aaaa")


def test_a_flaw_in_a_template_is_told_before_anything_is_written(folder: Path) -> None:
    own = folder.parent / "kb" / "templates" / "site"
    own.mkdir(parents=True)
    (own / "home.html.j2").write_text("{{ page.nothing.like.it }}", encoding="utf-8")
    from kmkit.reach.site import lay

    kb = folder.parent / "kb"
    with pytest.raises(Cannot, match=r"home\.html\.j2"):
        lay(view(seen([shown("aaaa")])), folder_for(folder, kb), kb)
    assert not folder.exists()
