"""Other programs that find notes by their words, given the same notes in their own way.

Each is used where it is found, by name on PATH or by option; a row says where one is not installed.

- notmuch takes mail: each note becomes a message in a maildir, its title the subject;
- jrnl takes a journal: each note becomes an entry of one file, of the day in its name.
"""

import os
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.clock import Command

_TITLE = re.compile(r"^title: (.*)$", re.MULTILINE)
_DAY = re.compile(r"\d{8}")


class Peer(NamedTuple):
    """A program that the notes were handed to."""

    name: str
    first: Command
    """Takes all notes in; empty where it keeps no index."""
    search: Command
    """Lists what has a word, which is put at the end."""
    env: dict[str, str]


NAMES = ("notmuch", "jrnl")


def peers(root: Path, notes: Sequence[str], scratch: Path, given: dict[str, str]) -> Iterator[Peer]:
    """Those that are installed, with the notes of ``root`` converted for each below ``scratch``.

    ``given``: the program of each, where it is another than its name says.
    """
    for name, make in (("notmuch", _notmuch), ("jrnl", _jrnl)):
        if program := shutil.which(given.get(name) or name):
            folder = scratch / name
            folder.mkdir()
            yield make(program, folder, root, notes)


def _notmuch(program: str, folder: Path, root: Path, notes: Sequence[str]) -> Peer:
    mail = folder / "mail"
    for part in ("cur", "new", "tmp"):
        (mail / part).mkdir(parents=True)
    for path in notes:
        stem, title, text = _told(root, path)
        head = f"From: a@example.org\nSubject: {title}\nMessage-ID: <{stem}@example.org>\n"
        head += f"Date: {_day(stem)} 12:00:00 +0000\nContent-Type: text/plain; charset=utf-8\n\n"
        (mail / "cur" / f"{stem}:2,S").write_text(head + text, encoding="utf-8")
    config = folder / "config"
    config.write_text(
        f"[database]\npath={mail}\n[user]\nname=A\nprimary_email=a@example.org\n[new]\ntags=\n"
    )
    env = {"NOTMUCH_CONFIG": str(config)}
    search = (program, "search", "--output=files")
    return Peer("notmuch", (program, "new", "--quiet"), search, env)


def _jrnl(program: str, folder: Path, root: Path, notes: Sequence[str]) -> Peer:
    entries = []
    for path in notes:
        stem, title, text = _told(root, path)
        entries.append(f"[{_day(stem)} 12:00:00] {title}\n{text}\n")
    journal = folder / "journal.txt"
    journal.write_text("\n".join(entries), encoding="utf-8")
    config = folder / "jrnl.yaml"
    config.write_text(
        "colors:\n  body: none\n  date: none\n  tags: none\n  title: none\n"
        "default_hour: 9\ndefault_minute: 0\neditor: ''\nencrypt: false\nhighlight: true\n"
        f"indent_character: '|'\njournals:\n  default:\n    journal: {journal}\nlinewrap: 79\n"
        "tagsymbols: '#@'\ntemplate: false\ntimeformat: '%F %T'\nversion: v4.6\n"
    )
    search = (program, "--config-file", str(config), "--format", "short", "-contains")
    return Peer("jrnl", (), search, {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)})


def _told(root: Path, path: str) -> tuple[str, str, str]:
    """The name, the title and the text of a note."""
    text = (root / path).read_text(encoding="utf-8")
    title = _TITLE.search(text)
    return Path(path).stem, title[1] if title else "", text.partition("\n---\n")[2]


def _day(stem: str) -> str:
    found = _DAY.match(stem)
    return f"{stem[:4]}-{stem[4:6]}-{stem[6:8]}" if found else "2023-01-01"


def environment(peer: Peer) -> dict[str, str]:
    """What a peer's program is started with besides."""
    return {**peer.env, "LC_ALL": os.environ.get("LC_ALL", "C.UTF-8")}
