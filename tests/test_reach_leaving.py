"""What ``kmkit check`` says of audiences and channels: whom they name, templates, folders."""

from pathlib import Path

import pytest

from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.reach.folder import place_of
from kmkit.reach.leaving import leaving_problems
from tests.conftest import Run, at, formatted, settle

AUDIENCE = """
[audiences.partners]
level = "domestic"
recipients = [
  {entry},
]
"""
CHANNEL = """
[channels.drive]
kind = "folder"
level = "internal"
folder = "out"
"""


def told(kb: KnowledgeBase, text: str) -> list[str]:
    """What is found in a knowledge base whose settings end so; the line of ``text`` for its own."""
    place = kb.root / "kmkit.toml"
    before = place.read_text(encoding="utf-8")
    place.write_text(before + text, encoding="utf-8")
    first = before.count("\n")
    found = list(leaving_problems(at(kb)))
    place.write_text(before, encoding="utf-8")
    return [
        f"{p.path if p.path != 'kmkit.toml' else ''}:{p.line - first if p.line > first else p.line}"
        f": {p.severity}: {p.message}"
        for p in found
    ]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ('"a@example.org"', []),
        ('"people:unit=Stores"', [":5: warning: audiences.partners.recipients: "
                                  "'people:unit=Stores' means nobody of people/."]),
        ('"a@x.org",\n  "a@x.org, b@y.org"', [":6: error: audiences.partners.recipients: "
                                             "'a@x.org, b@y.org' is no e-mail address."]),
        ('"people:shoe=42"', [":5: error: audiences.partners.recipients: "
                              "people are not chosen by 'shoe'."]),
        ('"file:lists/gone.txt"', [":5: error: audiences.partners.recipients: "
                                   "there is no file lists/gone.txt."]),
        ('"file:/nowhere/list.txt"', [":5: warning: audiences.partners.recipients: "
                                      "there is no file /nowhere/list.txt."]),
        ('"file:../list.txt"', [":5: error: audiences.partners.recipients: "
                                "../list.txt lies outside of the knowledge base."]),
        ('"file:lists/none.txt"', [":5: warning: audiences.partners.recipients: "
                                   "there is no address in lists/none.txt."]),
        ('"file:lists/bad.txt"', ["lists/bad.txt:2: error: audiences.partners.recipients: "
                                  "'ben' is no e-mail address.",
                                  "lists/bad.txt:4: error: audiences.partners.recipients: "
                                  "'c@x.org;d@x.org' is no e-mail address."]),
    ],
)  # fmt: skip
def test_recipients(kb: KnowledgeBase, entry: str, said: list[str]) -> None:
    lists = kb.root / "lists"
    lists.mkdir()
    (lists / "none.txt").write_text("# nobody yet\n", encoding="utf-8")
    (lists / "bad.txt").write_text(
        "a@example.org\nben\n\nc@x.org;d@x.org # two\n", encoding="utf-8"
    )
    assert told(kb, AUDIENCE.format(entry=entry)) == said


def test_an_audience_of_nobody(kb: KnowledgeBase) -> None:
    """It is told of where letters are meant to go to it; others are read by a portal or a chat."""
    nobody = '\n[audiences.partners]\nlevel = "domestic"\n'
    message = "audiences.partners names a channel for its letters, and has no recipients."
    assert told(kb, nobody) == []
    assert told(kb, f'{nobody}channel = "weekly-digest"\n') == [f":4: warning: {message}"]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ('audience = "partnres"', "there is no audience 'partnres'."),
        ('template = "gone.html.j2"', "There is no templates/channels/gone.html.j2."),
        ('template = "../../secret.j2"', "'../../secret.j2' is no template of templates/channels."),
        ('template = "/etc/passwd"', "'/etc/passwd' is no template of templates/channels."),
        ('template = "out.html.j2"', "templates/channels/out.html.j2 is a link out of its folder."),
        ('template = "lost.html.j2"', "templates/channels/lost.html.j2 leads nowhere."),
        ('template = "dir.html.j2"', "templates/channels/dir.html.j2 is not a plain file."),
        ('template = "mine.html.j2"', ""),
        ('template = "note.html.j2"', ""),
    ],
)
def test_channels(kb: KnowledgeBase, tmp_path: Path, setting: str, said: str) -> None:
    place = kb.root / "templates" / "channels"
    place.mkdir(parents=True)
    (tmp_path / "outside.j2").write_text("x", encoding="utf-8")
    (place / "out.html.j2").symlink_to(tmp_path / "outside.j2")
    (place / "lost.html.j2").symlink_to("nowhere.j2")
    (place / "dir.html.j2").mkdir()
    (place / "mine.html.j2").write_text("x", encoding="utf-8")
    found = told(kb, f"{CHANNEL}{setting}\n")
    assert found == ([f":6: error: channels.drive: {said}"] if said else [])


@pytest.mark.parametrize(
    ("folder", "said"),
    [
        ("out", ""),
        ("{room}/drive", ""),
        ("../drive", "'../drive' leads out of the knowledge base."),
        ("way/drive", "'way/drive' leads out of the knowledge base."),
        ("notes/out", "Nothing can be written to 'notes/out': the knowledge base lies there."),
        ("{room}", "Nothing can be written to '{room}': the knowledge base lies there."),
        ("", "Nothing can be written to '': the knowledge base lies there."),
        ("ring", "'ring' is no path."),
    ],
)
def test_folders(kb: KnowledgeBase, tmp_path: Path, folder: str, said: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (kb.root / "way").symlink_to(tmp_path / "elsewhere")
    (kb.root / "ring").symlink_to("ring")
    room = tmp_path.as_posix()
    found = told(kb, CHANNEL.replace('"out"', f'"{folder.replace("{room}", room)}"'))
    wanted = f":5: error: channels.drive: {said.replace('{room}', room)}"
    assert found == ([wanted] if said else [])
    if said:
        with pytest.raises(Cannot):
            place_of(kb.root, folder.replace("{room}", room))


def test_check_shows_them_and_nothing_goes_out(kb: KnowledgeBase, run: Run, tmp_path: Path) -> None:
    formatted(kb)
    before = (kb.root / "kmkit.toml").read_text(encoding="utf-8")
    settle(kb, before + CHANNEL.replace('"out"', '"../drive"'))
    shown = run(kb.root, "check")
    assert shown.code == 1
    assert "kmkit.toml:" in shown.out
    assert "channels.drive: '../drive' leads out of the knowledge base." in shown.out
    assert "channels.drive" not in run(kb.root, "check", str(kb.root / "notes")).out
    sent = run(kb.root, "channels", "drive", "--send")
    assert (sent.code, "leads out of the knowledge base" in sent.err) == (4, True)
    settle(kb, before + CHANNEL + 'template = "gone.html.j2"\n')
    sent = run(kb.root, "channels", "drive", "--send")
    assert (sent.code, "templates/channels/gone.html.j2" in sent.err) == (4, True)
    assert not (kb.root / "out").exists()


def test_settings_that_cannot_be_read_are_told_once(kb: KnowledgeBase, run: Run) -> None:
    (kb.root / "kmkit.toml").write_text("[channels\n", encoding="utf-8")
    shown = run(kb.root, "check")
    assert shown.out.count("bad-setting") == 1
