"""The tour of README.md: its commands are run for real, on a terminal, and their output shown.

Everything that differs from run to run is fixed: the day, the people, the width of the terminal,
git's settings. An id ends in four random characters; each new id gets the next of ``CODES``. The
folder, a new one for each run, is shown as ``~``.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

CODES = ("h3w8", "x7k2", "p5m9", "t4c6")
"""What stands for the random ends of ids, in the order in which they come to be."""

COLUMNS = 84
TODAY = "2026-11-20"
ANA = ("Ana Ruiz", "ana@example.org")
BEN = ("Ben Adu", "ben@example.org")

_ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_ASKS = ("? ", "] ", ": ")


class Step(NamedTuple):
    """One command of the tour."""

    command: str
    answers: Sequence[str] = ()
    """What the person types when the command asks."""
    who: tuple[str, str] = ANA
    today: str = TODAY
    code: int = 0
    """The exit code that it must end with."""
    shown: str = ""
    """How the page shows the command, where that is not how it was run."""


_EDITOR = """\
import re, sys
from pathlib import Path

path = Path(sys.argv[1])
text = path.read_text(encoding="utf-8")
for heading, told in {
    "Solution and actions": "We borrowed 4,000 litres from the district hospital.",
    "Results": "Two convoys left nine days late; 600 families waited.",
}.items():
    text = re.sub(rf"(## {heading}\\n\\n)<!--.*?-->", rf"\\g<1>{told}", text, flags=re.DOTALL)
path.write_text(text, encoding="utf-8")
"""
"""The editor of the tour: what Ana writes there."""

_CHECKED = "a I compared it with the fuel log; nine days is right"
_MATTERS = "You order fuel for a convoy: signed early, it arrives before the roads close."

TOUR: dict[str, Sequence[Step]] = {
    "tour-init": [
        Step('kmkit init lessons --name "Northern Relief"'),
        Step("cd lessons"),
    ],
    "tour-capture": [
        Step(
            "kmkit capture --source anonymous",
            (
                "Flood response, northern province",
                "",
                "Fuel contracts signed after the first warning arrived nine days late.",
                "Sign fuel contracts in the preparedness phase, before the first warning.",
                "Order fuel before the roads close",
                "",
            ),
        ),
        Step("kmkit edit x7k2"),
    ],
    "tour-refused": [
        Step('kmkit validate x7k2 --method peer-review --approve --because "It was so"', code=3),
        Step("echo $?"),
        Step("kmkit validate x7k2 --ask ben@example.org --by 2026-12-04"),
    ],
    "tour-validate": [
        Step("kmkit validate x7k2", ("", "", "", "", "", _CHECKED), who=BEN),
    ],
    "tour-format": [
        Step(f'kmkit format x7k2 --topic logistics --matters-to "{_MATTERS}" --yes',
             shown=f'kmkit format x7k2 --topic logistics --yes \\\n    --matters-to "{_MATTERS}"'),
        Step("kmkit disseminate x7k2 --channel weekly-digest"),
        Step("kmkit digest --for internal"),
    ],
    "tour-proof": [
        Step("kmkit log x7k2"),
        Step("git log -1 --grep 'Kmkit-Verdict' --format=%B"),
    ],
    "tour-note": [Step("head -n 23 notes/2026/*-x7k2.md")],
    "tour-search": [
        Step("kmkit search convoy late"),
    ],
    "tour-stale": [
        Step("KMKIT_TODAY=2027-12-31 kmkit review --stale", today="2027-12-31", code=1),
        Step("echo $?"),
    ],
}  # fmt: skip
"""The generated parts of the tour, in the order in which they are run."""


def part(name: str) -> str:
    """One part of the tour as a block for the page."""
    return f"```console\n{_played()[name]}\n```"


@cache
def _played() -> dict[str, str]:
    """The whole tour, run once."""
    with tempfile.TemporaryDirectory(prefix="kmkit-tour-") as folder:
        player = _Player(Path(folder).resolve())
        return {name: "\n".join(map(player.play, steps)) for name, steps in TOUR.items()}


class _Player:
    """Runs the steps in a folder of its own, as people on a machine of their own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.where = home
        self.codes: dict[str, str] = {}
        self.last = 0
        (home / "editor.py").write_text(_EDITOR, encoding="utf-8")

    def play(self, step: Step) -> str:
        """The prompt, the command, and what the terminal showed."""
        said = self._run(step)
        self._learn()
        for real, code in self.codes.items():
            said = re.sub(rf"\b{real}\b", code, said)
        said = said.replace(str(self.home), "~")
        lines = [line.rstrip() for line in said.splitlines()]
        return "\n".join([f"$ {step.shown or step.command}", *lines]).strip("\n")

    def _run(self, step: Step) -> str:
        command = step.command
        if command.startswith("cd "):
            self.where = self.where / command.removeprefix("cd ")
            return ""
        if command == "echo $?":
            return str(self.last)
        for real, code in self.codes.items():
            command = re.sub(rf"\b{code}\b", real, command)
        self.last, said = _on_terminal(command, step.answers, self.where, self._environment(step))
        if self.last != step.code:
            raise SystemExit(f"The tour broke: {step.command} ended with {self.last}: {said}")
        return said

    def _environment(self, step: Step) -> dict[str, str]:
        name, email = step.who
        kept = {key: os.environ[key] for key in ("SYSTEMROOT", "TMPDIR") if key in os.environ}
        return kept | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": str(COLUMNS),
            "TZ": "UTC",
            "KMKIT_TODAY": step.today,
            "KMKIT_EDITOR": f"{sys.executable} {self.home / 'editor.py'}",
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_PAGER": "cat",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email,
            "GIT_COMMITTER_NAME": name,
            "GIT_COMMITTER_EMAIL": email,
        }

    def _learn(self) -> None:
        """Give the ids that came to be in the last step their fixed ends."""
        for path in sorted(self.home.glob("lessons/[nr]*/**/*.md")):
            real = path.stem[-4:]
            if real not in self.codes:
                self.codes[real] = CODES[len(self.codes)]


def _on_terminal(
    command: str, answers: Sequence[str], where: Path, environment: dict[str, str]
) -> tuple[int, str]:
    """The exit code of a shell command, and what a terminal showed of it, answers included."""
    import fcntl
    import pty
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, COLUMNS, 0, 0))
    with subprocess.Popen(
        ["sh", "-c", command], cwd=where, env=environment, stdin=theirs, stdout=theirs,
        stderr=theirs, start_new_session=True,
    ) as process:  # fmt: skip
        os.close(theirs)
        try:
            said = "".join(_conversation(ours, list(answers)))
        except SystemExit:
            process.kill()
            raise
    os.close(ours)
    return process.returncode, _ESCAPE.sub("", said).replace("\r\n", "\n")


def _conversation(terminal: int, answers: list[str]) -> Iterator[str]:
    """What is said until the other side hangs up; each question gets the next answer."""
    import select

    heard = b""
    while True:
        if not select.select([terminal], [], [], 0.2)[0]:
            if heard.decode("utf-8", "ignore").endswith(_ASKS):
                if not answers:
                    raise SystemExit(f"The tour has no answer to: {heard.decode().strip()}")
                os.write(terminal, f"{answers.pop(0)}\n".encode())
                yield heard.decode("utf-8")
                heard = b""
            continue
        try:
            more = os.read(terminal, 65536)
        except OSError:  # Linux says so when the other side hangs up
            more = b""
        heard += more
        if not more:
            yield heard.decode("utf-8")
            return
