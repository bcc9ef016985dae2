"""Writing front matter: the named fields change, no other byte does."""

from datetime import date
from pathlib import PurePosixPath
from typing import Any

import pytest

from kmkit.errors import Refused
from kmkit.note.file import append_entry, compose, read, write_body, write_fields
from kmkit.note.model import Dissemination, Note, Verdict
from kmkit.period import Period
from tests.hostile import HOSTILE


def note(text: str | bytes) -> Note:
    return read(text.encode() if isinstance(text, str) else text, PurePosixPath("notes/n.md"))


def changed(text: str, **changes: Any) -> str:
    return write_fields(note(text), changes).decode()


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_reads_back_as_it_was_composed(title: str) -> None:
    fields = {
        "title": title,
        "sources": [title, title],
        "gathered": {"on": date(2026, 11, 20), "method": "retrospect", "by": title, "from": title},
        "x_free": title,
    }
    made = note(compose(fields, "## Lessons\n"))
    assert made.problems == ()
    assert made.fields.title == title
    assert made.fields.sources == (title, title)
    assert made.fields.gathered is not None
    assert (made.fields.gathered.by, made.fields.gathered.from_) == (title, title)
    assert made.raw["x_free"] == title


@pytest.mark.parametrize(
    "old", ["Old", "'Old'", '"Old"', "|\n  Old", ">-\n  Old\n  text", "", "[Old]"]
)
@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_reads_back_as_it_was_written(title: str, old: str) -> None:
    before = f"---\n# one\ntitle: {old}\n# two\nkind: 'lesson'   # three\n---\nBody\n"
    after = changed(before, title=title)
    assert note(after).problems == ()
    assert note(after).fields.title == title
    assert after.startswith("---\n# one\ntitle:")
    assert after.endswith("\n# two\nkind: 'lesson'   # three\n---\nBody\n")


def test_half_a_character_is_refused() -> None:
    with pytest.raises(Refused, match="half a character"):
        changed("---\ntitle: a\n---\n", title="\ud800")
    with pytest.raises(Refused, match="half a character"):
        compose({"title": "a \udfff"}, "")


# By example


NOTE = """---
# The claim
id: 20261121-order-fuel-x7k2   # never changed
title: 'Order fuel'
kind: lesson
state:   captured
owner: "ana@example.org"
topics: [procurement, "logistics"]  # two
evidence:
    # the log
  - annex/log.xlsx   # first
  - annex/b.xlsx

gathered: {on: 2026-11-20, method: retrospect,
  by: ben@example.org}   # in lines
x_own: {free: true}
---

## Lessons

---
title: not a field
""".replace("    # the log", "  # the log")


def diff(before: str, after: str) -> list[str]:
    """The lines that went and came."""
    old, new = before.splitlines(), after.splitlines()
    return [f"-{line}" for line in old if line not in new] + [
        f"+{line}" for line in new if line not in old
    ]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"state": "validated"}, ["-state:   captured", "+state:   validated"]),
        ({"title": "It's dry"}, ["-title: 'Order fuel'", "+title: 'It''s dry'"]),
        (
            {"owner": "ben@example.org"},
            ['-owner: "ana@example.org"', '+owner: "ben@example.org"'],
        ),
        (
            {"id": "20261121-x-aaaa"},
            [
                "-id: 20261121-order-fuel-x7k2   # never changed",
                "+id: 20261121-x-aaaa   # never changed",
            ],
        ),
        (
            {"topics": ["procurement", "logistics", "fuel"]},
            [
                '-topics: [procurement, "logistics"]  # two',
                '+topics: [procurement, "logistics", fuel]  # two',
            ],
        ),
        ({"evidence": ["annex/log.xlsx"]}, ["-  - annex/b.xlsx"]),
        (
            {"evidence": ["annex/log.xlsx", "new one", "annex/b.xlsx"]},
            ["+  - new one"],
        ),
        (
            {
                "gathered": {
                    "on": date(2026, 11, 21),
                    "method": "retrospect",
                    "by": "ben@example.org",
                }
            },
            [
                "-gathered: {on: 2026-11-20, method: retrospect,",
                "+gathered: {on: 2026-11-21, method: retrospect,",
            ],
        ),
        ({"x_own": None}, ["-x_own: {free: true}"]),
        ({"review_every": Period(12)}, ["+review_every: P1Y"]),
        ({"unit": None, "protect": []}, []),
        ({"state": "captured"}, []),
    ],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_change_is_as_small_as_it_can_be(
    changes: dict[str, Any], expected: list[str], newline: str
) -> None:
    before = NOTE.replace("\n", newline)
    after = changed(before, **changes)
    assert diff(before, after) == expected
    assert after.count("\n") == after.count(newline)


def test_a_new_field_takes_its_place_in_the_order_of_the_table() -> None:
    lines = changed(NOTE, summary="Sign early", level="internal", x_new="1").splitlines()
    assert lines[lines.index('owner: "ana@example.org"') :][:3] == [
        'owner: "ana@example.org"',
        "level: internal",
        "summary: Sign early",
    ]
    assert lines[lines.index("x_own: {free: true}") + 1] == 'x_new: "1"'


def test_entries_are_appended_one_a_line() -> None:
    first = Dissemination(on=date(2026, 11, 22), channel="weekly", audience="all staff")
    once = append_entry(note(NOTE), "disseminated", first)
    second = Dissemination(on=date(2026, 11, 29), channel="weekly", evidence="no: 5")
    twice = append_entry(note(once), "disseminated", second)
    assert diff(NOTE, twice.decode()) == [
        "+disseminated:",
        '+  - {on: 2026-11-22, channel: weekly, audience: "all staff"}',
        '+  - {on: 2026-11-29, channel: weekly, evidence: "no: 5"}',
    ]
    assert note(twice).fields.disseminated == (first, second)


def test_a_verdict_says_in_one_line_what_was_judged_and_why() -> None:
    verdict = Verdict(
        on=date(2026, 11, 22),
        by="c@example.org",
        method="peer-review",
        verdict="return",
        fingerprint="k1:" + "0" * 64,
        because='Which "road"?\nNo: {none}',
    )
    after = note(append_entry(note(NOTE), "verdicts", verdict))
    assert after.problems == ()
    assert after.fields.verdicts == (verdict,)


def test_a_single_value_is_continued_as_a_list() -> None:
    before = "---\nevidence: a.xlsx  # one\n---\n"
    assert changed(before, evidence=["a.xlsx", "b c.xlsx"]) == (
        "---\nevidence:  # one\n  - a.xlsx\n  - b c.xlsx\n---\n"
    )


def test_a_byte_order_mark_and_what_follows_the_body_stay() -> None:
    data = b"\xef\xbb\xbf---\r\ntitle: a\r\n---\r\nbody without end  "
    assert write_fields(note(data), {"title": "b"}) == data.replace(b"title: a", b"title: b")


def test_empty_front_matter_takes_fields() -> None:
    assert changed("---\n---\nx\n", title="a", state="captured") == (
        "---\ntitle: a\nstate: captured\n---\nx\n"
    )


def test_an_indented_block_takes_fields_at_its_indentation() -> None:
    after = changed("---\n  title: a\n  kind: lesson\n---\n", state="captured")
    assert after == "---\n  title: a\n  kind: lesson\n  state: captured\n---\n"


@pytest.mark.parametrize(
    ("front", "match"),
    [
        ("title: a\ntitle: b\n", "n.md:3:1: 'title' stands here a second time"),
        ("title: a: b\n", "n.md:2:9: A second ': '"),
        ("title: &a x\n", "YAML anchor"),
        ("{title: a}\n", "in braces"),
        ("- a\n", "is a list"),
    ],
)
def test_front_matter_that_cannot_be_read_for_certain_is_not_written(
    front: str, match: str
) -> None:
    with pytest.raises(Refused, match=match):
        changed(f"---\n{front}---\n", state="captured")


@pytest.mark.parametrize("text", ["title: a\n", "---\ntitle: a\n", ""])
def test_a_file_without_front_matter_is_not_written(text: str) -> None:
    with pytest.raises(Refused):
        changed(text, state="captured")
    with pytest.raises(Refused, match="no front matter that ends"):
        write_body(note(text), "x")


def test_bytes_that_are_not_utf_8_are_never_rewritten() -> None:
    broken = note(b"---\ntitle: caf\xe9\n---\n")
    with pytest.raises(Refused, match="not UTF-8"):
        write_fields(broken, {"title": "b"})
    with pytest.raises(Refused, match="not UTF-8"):
        write_body(broken, "x")
    with pytest.raises(Refused, match="not UTF-8"):
        append_entry(broken, "disseminated", Dissemination(on=date.max, channel="c"))


def test_front_matter_never_grows_beyond_what_can_be_read() -> None:
    with pytest.raises(Refused, match="64 KiB"):
        changed("---\ntitle: a\n---\n", summary="x" * 70_000)


def test_another_body_leaves_the_front_matter_and_its_line_ends() -> None:
    before = NOTE.replace("\n", "\r\n")
    after = write_body(note(before), "\n## Lessons\n\nOrder.\r\n\rEnd\n").decode()
    head = before[: before.index("---\r\n\r\n") + 5]
    assert after == head + "\r\n## Lessons\r\n\r\nOrder.\r\n\r\nEnd\r\n"
    assert write_body(note("---\ntitle: a\n---"), "x\n") == b"---\ntitle: a\n---\nx\n"
