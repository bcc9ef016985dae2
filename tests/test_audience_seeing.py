"""What an audience may see, and what it is told of the rest: nothing."""

import ast
from pathlib import Path, PurePosixPath

import pytest

import kmkit
from kmkit.audience.audiences import Audience
from kmkit.audience.seeing import Seen, see
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note
from tests.conftest import Run, at, captured, formatted, settle, validated

_PACKAGE = Path(kmkit.__file__).parent


def seen_by(
    kb: KnowledgeBase,
    level: str = "domestic",
    topics: tuple[str, ...] = (),
    kinds: tuple[str, ...] = (),
) -> Seen:
    with Index.open(kb.root, today=kb.today) as index:
        return see(kb, index, Audience(level, topics=topics, kinds=kinds))


def write(kb: KnowledgeBase, body: str, title: str = "Wide", **fields: object) -> Note:
    text = f"## Context and challenge\n\nRain.\n\n## Lessons\n\n{body}\n"
    given: dict[str, object] = {"title": title, "summary": "S.", "level": "domestic", **fields}
    return kb.capture(given, text).note


def test_ids_and_paths_of_other_notes_are_masked_and_lead_nowhere(kb: KnowledgeBase) -> None:
    secret = captured(kb, "Zebrafish")
    known = write(kb, "Nothing.", "Known")
    note = write(
        kb,
        f"See {secret.id}, [it]({secret.path.name}), [x]({known.path.name}) and {known.id}.",
        derived_from=[secret.id, known.id],
    )
    seen = seen_by(kb)
    shown = seen.notes[note.id].note
    assert shown.section("Lessons") == (
        f"See […], [it]([…]), [x]({known.path.name}) and {known.id}."
    )
    assert shown.fields.derived_from == (known.id,)
    assert "zebrafish" not in shown.text
    assert seen.link_target(note, secret.path.name) is None
    assert seen.link_target(note, f"{known.path.name}#lessons") == known.id
    assert seen.link_target(note, known.id) == known.id
    assert seen.link_target(note, "https://x.org/") is None
    assert seen.masked(f"As notes/2026/{secret.path.name} says") == "As […] says"
    inside = seen_by(kb, "internal")
    assert inside.masked(secret.id) == secret.id
    assert inside.notes[note.id].note.section("Lessons") == note.section("Lessons")


def test_a_word_made_to_look_like_ids_without_end_is_read_at_once(kb: KnowledgeBase) -> None:
    """Each id that it could begin with would be a copy of it: gigabytes."""
    secret = captured(kb, "Zebrafish")
    seen = seen_by(kb)
    word = f"20260101{'-abcd' * 100_000}"
    assert seen.masked(f"{word} {secret.id}-log.csv") == f"{word} […]"


def test_an_id_that_looks_like_any_word_is_masked_too(kb: KnowledgeBase) -> None:
    note = write(kb, "See zebra for more; zebras are others.")
    (kb.root / "notes" / "odd.md").write_text("---\nid: zebra\nlevel: internal\n---\n")
    assert "See […] for more; zebras are others." in seen_by(kb).notes[note.id].note.text


def test_a_note_that_was_removed_stays_unknown(kb: KnowledgeBase) -> None:
    gone = captured(kb, "Zebrafish")
    note = write(kb, f"See {gone.id}.")
    (kb.root / gone.path).unlink()
    assert "See […]." in seen_by(kb).notes[note.id].note.text


def test_interest_is_a_kind_and_one_of_the_topics(kb: KnowledgeBase) -> None:
    note = validated(kb, topics=["Flóods", "cash"])
    wanted = {
        (topics, kinds): seen_by(kb, "internal", topics=topics, kinds=kinds).wanted(
            seen_by(kb, "internal").notes[note.id]
        )
        for topics in ((), ("floods", "water"), ("water",))
        for kinds in ((), ("lesson",), ("story",))
    }
    assert {key for key, holds in wanted.items() if holds} == {
        ((), ()), ((), ("lesson",)), (("floods", "water"), ()), (("floods", "water"), ("lesson",)),
    }  # fmt: skip


def test_files_go_with_the_notes_that_name_them(kb: KnowledgeBase, tmp_path: Path) -> None:
    files = {
        "annex/log.csv": "day,litres\n", "annex/people.csv": "Kim Lee\n", "annex/shared.pdf": "x",
        "annex/a.png": "x", ".hidden/x.pdf": "x", "people/x.pdf": "x", "notes/x.pdf": "x",
    }  # fmt: skip
    for name, text in files.items():
        (kb.root / name).parent.mkdir(parents=True, exist_ok=True)
        (kb.root / name).write_text(text)
    (tmp_path / "far.pdf").write_text("x")
    (kb.root / "annex" / "link.pdf").symlink_to(tmp_path / "far.pdf")
    captured(kb, "Narrow", evidence=["annex/shared.pdf"], protect=["Kim Lee"])
    named = [*files, "annex/link.pdf", "annex/gone.pdf", "../far.pdf", "/etc/passwd.txt"]
    note = write(kb, "![map](../../annex/a.png)", evidence=[n for n in named if n[-3:] != "png"])
    seen = seen_by(kb)
    assert set(seen.files(seen.notes[note.id].note)) == {
        PurePosixPath("annex/log.csv"), PurePosixPath("annex/a.png"),
    }  # fmt: skip
    inside = seen_by(kb, "internal")
    assert PurePosixPath("annex/shared.pdf") in inside.files(inside.notes[note.id].note)
    assert PurePosixPath("annex/link.pdf") not in inside.files(inside.notes[note.id].note)


@pytest.mark.parametrize(("level", "known"), [("internal", True), ("domestic", False)])
def test_a_name_in_the_settings_stays_where_it_may(
    kb: KnowledgeBase, level: str, known: bool
) -> None:
    note = write(kb, "Ask Kim Lee.")
    path = kb.root / "kmkit.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[protect]\n", '[protect]\n"Kim Lee" = "internal"\n'))
    again = KnowledgeBase(kb.root, now=kb.now)
    assert (note.id in seen_by(again, level).notes) is known


_SHOWING = ("digest", "site", "feed", "channel", "reminder", "brief")
"""The views that make what goes to an audience."""
_RAW = {"notes", "read", "standing"}
"""What of a knowledge base gives notes as their files stand."""


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> set[str]:
    nodes = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom)]
    return {f"{node.module}.{name.name}" for node in nodes for name in node.names}


def _raw_calls(path: Path) -> set[str]:
    """The methods of ``kb`` that a module calls."""
    calls = [node.func for node in ast.walk(_tree(path)) if isinstance(node, ast.Call)]
    return {
        call.attr
        for call in calls
        if isinstance(call, ast.Attribute)
        and isinstance(call.value, ast.Name | ast.Attribute)
        and "kb" in ast.unparse(call.value)
    }


def _making() -> list[Path]:
    """The modules of the upper rooms that make what goes to an audience."""
    found = [path for room in ("reach", "cli") for path in (_PACKAGE / room).rglob("*.py")]
    views = tuple(f"kmkit.views.{name}" for name in _SHOWING)
    return [path for path in found if any(name.startswith(views) for name in _imports(path))]


def test_whatever_goes_to_an_audience_begins_with_the_one_function() -> None:
    making = _making()
    names = {path.name for path in making}
    assert {"digests.py", "site.py", "channels.py", "reminders.py", "digest.py"} <= names
    for path in making:
        assert not _raw_calls(path) & _RAW, f"{path.name} takes notes past kmkit.audience.seeing"
    seeing = {path.name for path in (_PACKAGE / "reach").glob("*.py")
              if "kmkit.audience.seeing.see" in _imports(path)}  # fmt: skip
    assert {"digests.py", "site.py", "briefs.py", "channels.py", "reminders.py"} <= seeing


def test_nobody_above_decides_alone_who_may_see_what() -> None:
    parts = {"kmkit.audience.shown.admits", "kmkit.audience.seeing.seen_of",
             "kmkit.audience.protected.Protected"}  # fmt: skip
    for room in ("reach", "cli"):
        for path in (_PACKAGE / room).rglob("*.py"):
            assert not parts & _imports(path), path.name


@pytest.mark.parametrize(
    ("fields", "kept_back"),
    [
        ({"owner": "kim.lee@example.org"}, False),
        ({"backup": "kim.lee@example.org"}, False),
        ({"sources": ["Kim Lee"]}, False),
        ({"authors": ["kim.lee@example.org"]}, False),
        ({"owner": "kim.lee@example.org", "x_asked": "Kim Lee"}, True),
        ({"sources": ["Kim Lee", "Ben"], "summary": "As kim-lee said."}, True),
        ({"matters_to": "Ask KIM LEE."}, True),
        ({"topics": ["kim-lee"]}, True),
        ({"evidence": ["annex/Kim_Lee.pdf"]}, True),
        ({"title": "Kim&nbsp;Lee"}, True),
    ],
)
def test_outputs_check_and_disseminate_agree_on_a_protected_name(
    kb: KnowledgeBase, run: Run, fields: dict[str, object], kept_back: bool
) -> None:
    place = kb.root / "kmkit.toml"
    text = place.read_text("utf-8").replace("[protect]\n", '[protect]\n"Kim Lee" = "internal"\n')
    settle(kb, text + '\n[channels.wide]\nlevel = "domestic"\n')
    note = formatted(at(kb), **{"title": "Told", "level": "domestic", **fields})  # type: ignore[arg-type]
    seen = seen_by(at(kb))
    assert (note.id not in seen.notes) is kept_back
    assert ("protected-name" in run(kb.root, "check").out) is kept_back
    refused = run(kb.root, "disseminate", note.id, "--channel", "wide")
    assert ("'Kim Lee' may reach internal at most" in refused.err) is kept_back
    if not kept_back:
        assert refused.code == 0
        assert "kim" not in repr(seen.notes[note.id].note).casefold()
