"""Every output of a real knowledge base, at every level: no word of a narrower note is in it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from kmkit.reach.channels import waiting
from kmkit.reach.posting import payload
from tests.canaries import Canaries, files
from tests.conftest import ANA, BEN, NOW, Run, at, settle

LEVELS = ("internal", "domestic", "international")
BRIEF = "Fuel contracts and sirens before the flood: diesel, generators, volunteers, batteries."
_TEXT = "Fuel contracts, sirens, diesel, generators, volunteers and batteries before the flood."
SETTINGS = """
[audiences.partners]
level = "domestic"
recipients = ["p@example.org"]
[channels.bulletin]
level = "international"
[channels.world-chat]
kind = "slack"
level = "international"
url = "env:HOOK"
[channels.world-folder]
kind = "folder"
level = "international"
folder = "out/folder"
[channels.home-feed]
kind = "feed"
level = "domestic"
folder = "out/feed"
[channels.home-teams]
kind = "teams"
level = "domestic"
url = "env:HOOK"
"""


class Material:
    """The knowledge base, and the words in it."""

    def __init__(self, root: Path) -> None:
        made = lay(root, name="Agency", now=NOW, actor=ANA, first_note=False)
        self.root, self.kb = root, made.kb
        self.words = Canaries()
        self.files = root.parent / "files"
        self.files.mkdir()
        config = root / "kmkit.toml"
        self.protected = self.words.word("protected name", 0)
        text = config.read_text(encoding="utf-8")
        text = text.replace("[protect]\n", f'[protect]\n"Kim {self.protected}" = "internal"\n')
        text = text.replace('note = ""', 'note = "https://git.example.org/kb/{path}"')
        with pytest.MonkeyPatch.context() as patch:
            for name, value in (("NAME", ANA.name), ("EMAIL", ANA.email)):
                patch.setenv(f"GIT_AUTHOR_{name}", value)
                patch.setenv(f"GIT_COMMITTER_{name}", value)
            settle(self.kb, text + SETTINGS)

    def note(self, width: int, level: str, links: str = "", **more: object) -> Note:
        """A note that went out, with canaries in every field, and with an attachment."""

        def word(what: str) -> str:
            return self.words.word(f"{what} at {level}", width)

        person = f"{word('address')}@example.org"
        place = self.root / "people" / f"{word('profile')}.md"
        place.parent.mkdir(exist_ok=True)
        place.write_text(
            f"---\nname: Name {word('name')}\nemail: {person}\nskills: [{word('skill')}]\n---\n",
            encoding="utf-8",
        )
        attached = self.files / f"{word('file')}.txt"
        attached.write_text(f"Said {word('content')}.\n", encoding="utf-8")
        fields: dict[str, object] = {
            "title": f"Fuel {word('title')}",
            "level": level,
            "owner": person,
            "summary": f"{_TEXT} {word('summary')}",
            "topics": [word("topic")],
            "sources": [word("source")],
            "unit": word("unit"),
            "matters_to": word("matters"),
            "evidence": [f"https://x.org/{word('link')}"],
            "x_question": f"Who knows {word('question')}?",
            "x_own": word("own"),
            **more,
        }
        names = ("Context and challenge", "Solution and actions", "Results", "Lessons")
        body = "".join(f"## {name}\n\n{_TEXT} {word(name)}.\n\n" for name in names)
        body += f"<!-- {word('comment')} -->\n\n{links}\n"
        note = self.kb.capture(fields, body, attach=[attached]).note
        because = f"Checked {word('verdict')}."
        peer = Request(method="peer-review", verdict="approve", because=because)
        together = Request(
            method="committee", verdict="approve", because=because,
            decided_by=f"Name {word('decided')}", minutes=word("minutes"),
        )  # fmt: skip
        if level == "international":
            note = self.kb.move("validate", note, together).note
        else:
            note = at(self.kb, BEN).move("validate", note, peer).note
        note = self.kb.move("format", note).note
        told = Request(channel="weekly-digest", because=word("told"), evidence=word("shown"))
        note = self.kb.move("disseminate", note, told).note
        self.kb.apply(note, where=f"Project {word('where')}", outcome="helped",
                      because=f"It came {word('because')}.", evidence=[word("proof")])  # fmt: skip
        return note

    def by_hand(self, note: Note, before: str, after: str) -> None:
        """Change the file of a note without a move."""
        path = self.root / note.path
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")


def _files(note: Note) -> list[str]:
    return [address for address in note.fields.evidence if address.startswith("annex/")]


def _links(*notes: Note) -> str:
    return "\n".join(
        f"See [it]({note.path.name}), [it](../../{note.path}), {note.id}, `{note.path}`."
        for note in notes
    )


@pytest.fixture(scope="module")
def material(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Material]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
        patch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
        yield _made(tmp_path_factory.mktemp("outputs"))


def _made(room: Path) -> Material:
    made = Material(room / "kb")
    kb, words = made.kb, made.words
    plain = made.note(0, "internal")
    narrowed = made.note(0, "domestic", _links(plain))
    kb.move("narrow", narrowed, Request(level="internal", because="Too early."))
    widened = made.note(0, "internal")
    made.by_hand(widened, "level: internal", "level: international")
    made.note(0, "domestic", f"Told by kim\u00a0{made.protected.upper()}.")
    gone = made.note(0, "internal")
    hidden = (plain, narrowed, widened, gone)
    domestic = made.note(
        1, "domestic", _links(*hidden), derived_from=[plain.id], repeats=[narrowed.id]
    )
    revised = made.note(1, "domestic", _links(*hidden), supersedes=[widened.id])
    revised = kb.move("reopen", revised, Request(because=f"As {plain.id} says.")).note
    made.by_hand(revised, _TEXT, f"{_TEXT} {words.word('revision', 0)}")
    changed = made.note(1, "domestic", _links(*hidden))
    made.by_hand(changed, "## Lessons", f"## Lessons {words.word('unproved', 0)}")
    world = made.note(
        2, "international", _links(*hidden, domestic, revised),
        evidence=[f"annex/{plain.id}", *_files(plain), *_files(domestic)],
        derived_from=[plain.id, domestic.id], translation_of=narrowed.id,
    )  # fmt: skip
    ended = made.note(2, "international")
    kb.move("retire", ended, Request(superseded_by=plain.id, because=f"See {plain.id}."))
    kb.move("confirm", world, Request(because=f"Checked against {plain.title} ({plain.id})."))
    (made.root / gone.path).unlink()
    for width, level in enumerate(LEVELS):
        text = f"Who has {words.word('asked', width)}?"
        _record(made.root, width, level, text, words.word("asker", width))
    return made


def _record(root: Path, width: int, level: str, text: str, asker: str) -> None:
    folder = root / "records" / "question"
    folder.mkdir(parents=True, exist_ok=True)
    name = f"20261120-question-qq{width}q"
    said = f"id: {name}\nkind: question\ntext: {text}\nby: {asker}@example.org\non: 2026-11-20\n"
    said += f"level: {level}\n"
    (folder / f"{name}.md").write_text(f"---\n{said}---\n", encoding="utf-8")


def _outputs(made: Material, run: Run, level: str, room: Path) -> Iterator[tuple[str, str | bytes]]:
    """Every output for one circle."""
    asked = [
        *(("digest", "--for", level, "--since", "30 days", "--format", fmt, "--name", name)
          for fmt in ("md", "html", "text", "eml", "json") for name in ("readers", "stewards")),
        *(("brief", BRIEF, "--for", level, "--format", fmt)
          for fmt in ("md", "html", "text", "json")),
        ("export", "--for", level, "--format", "json"),
    ]  # fmt: skip
    for args in asked:
        ran = run(made.root, *args)
        assert (ran.code, bool(ran.out)) == (0, True), ran.err
        yield " ".join(args), ran.out
    for name, args in (
        ("site", ("site", str(room / "site"))),
        ("csv", ("export", "-o", str(room / "csv" / "notes.csv"))),
        ("md", ("export", "-o", str(room / "md"))),
    ):
        (room / "csv").mkdir(exist_ok=True)
        ran = run(made.root, *args, "--for", level)
        assert ran.code == 0, ran.err
        yield from files(room / name)


@pytest.mark.parametrize("level", LEVELS)
def test_no_output_holds_a_word_of_a_narrower_note(
    material: Material, run: Run, tmp_path: Path, level: str
) -> None:
    outputs = list(_outputs(material, run, level, tmp_path))
    assert material.words.leaked(LEVELS.index(level), outputs) == []
    told = "".join(out if isinstance(out, str) else out.decode() for _, out in outputs)
    for width, name in enumerate(LEVELS):
        titles = [w for w, what in material.words.what.items() if what == f"title at {name}"]
        wide = [w for w in titles if material.words.widths[w] == width]
        assert any(word in told for word in wide) is (width >= LEVELS.index(level))


@pytest.mark.parametrize(("channel", "width"), [("world-chat", 2), ("home-teams", 1)])
def test_no_message_to_a_channel_holds_one(material: Material, channel: str, width: int) -> None:
    kb = KnowledgeBase(material.root, now=NOW, actor=ANA)
    what = waiting(kb, channel)
    assert what.ids
    assert material.words.leaked(width, [(channel, payload(kb, what))]) == []


@pytest.mark.parametrize(("channel", "width"), [("world-folder", 2), ("home-feed", 1)])
def test_nothing_in_a_folder_of_a_channel_is_one(
    material: Material, run: Run, tmp_path: Path, channel: str, width: int
) -> None:
    root = tmp_path / "kb"
    shutil.copytree(material.root, root, symlinks=True)
    ran = run(root, "channels", channel, "--send")
    assert ran.code == 0, ran.err
    written = list(files(root / "out"))
    assert any(isinstance(output, bytes) for _, output in written)
    assert material.words.leaked(width, written) == []


def test_no_reminder_to_somebody_outside_holds_one(
    material: Material, run: Run, tmp_path: Path
) -> None:
    """Whoever owns a note, and is not one of the house, gets what everybody may see."""
    root = tmp_path / "kb"
    shutil.copytree(material.root, root, symlinks=True)
    shutil.rmtree(root / "people")
    policy = root / "policy.toml"
    text = policy.read_text(encoding="utf-8")
    assert '"*"' in text
    policy.write_text(text.replace('"*"', '"ben@example.org"'), encoding="utf-8")
    ran = run(root, "remind", "-o", str(tmp_path / "letters"), today="2027-11-24")
    assert ran.code in (0, 1), ran.err
    letters = [(path.name, path.read_bytes()) for path in (tmp_path / "letters").glob("*.eml")]
    outside = [(name, letter) for name, letter in letters if b"To: ana@" not in letter]
    assert outside, ran.out + ran.err
    assert material.words.leaked(2, outside) == []
