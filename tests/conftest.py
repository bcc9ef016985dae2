"""Fixtures: a real knowledge base in a real git repository, people, and the command line."""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest

from kmkit.kb import KnowledgeBase
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.person import Person
from kmkit.note.model import Note

ANA = Person("Ana Ruiz", "ana@example.org")
"""Steward, manager and editor; wrote the notes of most tests."""
BEN = Person("Ben Adu", "ben@example.org")
CY = Person("Cy Young", "cy@example.org")
DEE = Person("Dee Lim", "dee@example.org")

NOW = datetime.fromisoformat("2026-11-21T12:00:00+00:00")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew")


def pytest_configure() -> None:
    """Ctrl-C works for what the tests start, also where a shell's background job ignores it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def _as_on_a_new_machine(home: Path, patch: pytest.MonkeyPatch) -> None:
    """git with Ana's name and nothing else, whatever this machine's configuration says."""
    (home / ".gitconfig").write_text(
        f"[user]\n\tname = {ANA.name}\n\temail = {ANA.email}\n", encoding="utf-8"
    )
    for name in [name for name in os.environ if name.startswith(("GIT_", "KMKIT_"))]:
        patch.delenv(name)
    for name in ("EDITOR", "VISUAL", "NO_COLOR", "FORCE_COLOR", "CLICOLOR_FORCE", "LANGUAGE"):
        patch.delenv(name, raising=False)
    patch.setenv("HOME", str(home))
    patch.setenv("USERPROFILE", str(home))
    patch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    patch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):  # or this process would keep the machine's own
        time.tzset()
    patch.setenv("COLUMNS", "100")


@pytest.fixture(autouse=True, scope="session")
def _new_machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what is made once for many tests, before any test's own home is there."""
    with pytest.MonkeyPatch.context() as patch:
        _as_on_a_new_machine(tmp_path_factory.mktemp("home"), patch)
        yield


@pytest.fixture(autouse=True)
def _own_git_configuration(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A home of its own for each test."""
    _as_on_a_new_machine(tmp_path_factory.mktemp("home"), monkeypatch)


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example with its history, to look at: what changes it works on a copy."""
    from kmkit.kb.replay import replay
    from kmkit.resources import example_kb

    return replay(example_kb(), tmp_path_factory.mktemp("history") / "kb").root


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    """A new knowledge base without notes, and Ana in it."""
    return lay(tmp_path / "kb", name="Test Agency", now=NOW, actor=ANA, first_note=False).kb


def settle(kb: KnowledgeBase, text: str = "") -> None:
    """Commit kmkit.toml, as ``text`` where that is given: what goes out is judged by it."""
    if text:
        (kb.root / "kmkit.toml").write_text(text, encoding="utf-8")
    kb.git.run("commit", "-q", "-m", "Change the settings", "kmkit.toml")


def at(kb: KnowledgeBase, who: Person = ANA, now: datetime | None = None) -> KnowledgeBase:
    """The same knowledge base as somebody else sees it, perhaps at another time."""
    return KnowledgeBase(kb.root, now=now or kb.now, actor=who)


def captured(kb: KnowledgeBase, title: str = "Order fuel early", **fields: object) -> Note:
    """A lesson, captured by whoever ``kb`` belongs to, with all that validation asks for."""
    given: dict[str, object] = {
        "title": title,
        "summary": "Sign fuel contracts before the first warning.",
        "sources": ["anonymous"],
        **fields,
    }
    body = "## Context and challenge\n\nThe roads closed.\n\n## Lessons\n\nSign contracts early.\n"
    return kb.capture(given, body).note


APPROVE = Request(method="peer-review", verdict="approve", because="Checked against the log.")


def validated(kb: KnowledgeBase, title: str = "Order fuel early", **fields: object) -> Note:
    """A lesson that Ben approved."""
    note = captured(kb, title, **fields)
    return at(kb, BEN).move("validate", note, APPROVE).note


def formatted(kb: KnowledgeBase, title: str = "Order fuel early", **fields: object) -> Note:
    """A lesson that is ready for readers."""
    more: dict[str, object] = {
        "topics": ["logistics"],
        "matters_to": "Anybody who drives.",
        **fields,
    }
    body = "".join(
        f"## {name}\n\nText of {name.lower()}.\n\n"
        for name in ("Context and challenge", "Solution and actions", "Results", "Lessons")
    )
    given: dict[str, object] = {"title": title, "summary": "Sign early.", **more}
    note = kb.capture(given, body).note
    note = at(kb, BEN).move("validate", note, APPROVE).note
    return kb.move("format", note).note


def disseminated(kb: KnowledgeBase, title: str = "Order fuel early", **fields: object) -> Note:
    """A lesson that went out by the weekly digest."""
    note = formatted(kb, title, **fields)
    return kb.move("disseminate", note, Request(channel="weekly-digest")).note


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs kmkit in this process: ``run(kb.root, "list", "--json", who=BEN)``."""
    from kmkit.cli.door import run as kmkit

    def do(
        root: Path,
        *args: str,
        who: Person = ANA,
        today: str = "2026-11-21",
        stdin: str = "",
        env: Mapping[str, str] | None = None,
    ) -> Ran:
        capfd.readouterr()
        given = root.parent / "stdin"
        given.write_text(stdin, encoding="utf-8")
        with monkeypatch.context() as patch, given.open(encoding="utf-8") as stream:
            patch.setenv("GIT_AUTHOR_NAME", who.name)
            patch.setenv("GIT_AUTHOR_EMAIL", who.email)
            patch.setenv("KMKIT_TODAY", today)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            patch.setattr(sys, "stdin", stream)
            code = kmkit(["-C", str(root), *args])
        sys.stdout.flush()
        shown = capfd.readouterr()
        return Ran(code, shown.out, shown.err)

    return do
