"""Whole knowledge bases with canaries in every field of notes and of records, to be told of."""

import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

from kmkit.audience.audiences import Audience
from kmkit.audience.known import Known
from kmkit.audience.seeing import see
from kmkit.index.book import Index
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import compose as composed
from kmkit.note.file import read
from kmkit.trail.event import compose
from tests.canaries import Canaries
from tests.learn_canary_settings import POLICY, SETTINGS

LEVELS = ("internal", "domestic", "international")
TODAY = date(2026, 11, 21)
_START = datetime(2026, 3, 2, 9, tzinfo=UTC)
_WALK = ("captured", "validated", "formatted", "disseminated", "maintained", "retired")
_STEPS = (
    ("capture", "", "captured"),
    ("validate", "captured", "validated"),
    ("format", "validated", "formatted"),
    ("disseminate", "formatted", "disseminated"),
    ("confirm", "disseminated", "maintained"),
    ("retire", "disseminated", "retired"),
)
_VERDICT = [("Kmkit-Method", "peer-review"), ("Kmkit-Verdict", "approve")]


class Case:
    """A knowledge base in a folder, made up at random, and the words that must not get out."""

    def __init__(self, root: Path, random: Random) -> None:
        self.root, self.random, self.canaries = root, random, Canaries()
        self.titles: dict[str, int] = {}
        """The canary in each note's title, and how far the note may go."""
        self._ids: list[tuple[str, int]] = []
        self._files: dict[str, bytes] = {}
        self._commits: list[tuple[datetime, str, str, str]] = []
        self._protected = self.word("protected", 0)
        self._secret = self.word("channel", 0)
        self._topics: list[str] = []
        for number in range(random.randint(3, 5)):
            self._note(number)
        for number in range(random.randint(2, 4)):
            self._application(number)
        for number in range(2):
            self._question(number)
            self._plan(number)
            self._event(number)
        self._people()
        self._others()
        self._settings()
        self._write()

    def word(self, what: str, width: int) -> str:
        """A new canary."""
        return self.canaries.word(what, width)

    def _add(self, path: str, text: str) -> None:
        self._files[path] = text.encode()

    def _record(self, kind: str, id: str, lines: list[str]) -> None:
        story = f"Told {self.word(f'the story of the {kind}', 0)}."
        head = "\n".join(["---", f"id: {id}", f"kind: {kind}", *lines, "---"])
        self._add(f"records/{kind}/{id}.md", f"{head}\n\n{story}\n")

    # Notes

    def _note(self, number: int) -> None:
        random = self.random
        level = random.choice([*LEVELS, *LEVELS, "secret"])
        state = random.choice(_WALK)
        tells = random.random() < 0.15
        reach = LEVELS.index(level) if level in LEVELS and not tells else 0
        width = reach if state != "captured" else 0  # a capture is no knowledge yet
        title = self.word("title", width)
        self.titles[title] = width
        id = f"202603{10 + number}-{self.word('slug', reach)}-aa{number}a"
        other = self._another(id, width)
        topic = self.word("topic", width)
        self._topics.append(topic)

        def who(what: str) -> str:
            return f"{self.word(what, 0)}@example.org"

        owner = who("owner")
        on = f"2026-03-{10 + number}"
        fields: dict[str, Any] = {
            "id": id,
            "title": f"Title {title}",
            "kind": random.choice(["lesson", "how-to"]),
            "state": state,
            "owner": owner,
            "level": level,
            "summary": f"Summary {self.word('summary', width)}, and {other}.",
            "topics": [topic, "floods"],
            "gathered": {"on": on, "method": "interview", "by": who("gathered by"),
                         "from": self.word("gathered from", 0)},
            "sources": [self.word("source", 0)],
            "authors": [who("author")],
            "unit": self.word("unit", width),
            "matters_to": self.word("matters to", width),
            "evidence": [f"annex/{self.word('evidence', width)}.xlsx"],
            "backup": who("backup"),
            "reviewed": {"on": "2026-06-15", "by": owner, "because": self.word("because", 0)},
            "asked": [{"on": on, "to": who("asked"), "by": owner}],
            "repeats": [id for id, _ in self._ids[-1:]],
            "disseminated": [{"on": "2026-05-02", "channel": self._channel(), "by": owner,
                              "audience": self.word("sent to", 0)}],
        }  # fmt: skip
        extra = f"Told by Kim {self._protected}." if tells else f"See {other}."
        text = f"## Context and challenge\n\nIt was {self.word('text', width)}. {extra}\n\n"
        text += f"## Lessons\n\nDo {self.word('lesson', width)} <!-- {self.word('aside', 0)} -->.\n"
        path = f"notes/2026/{id}.md"
        print_ = fingerprint(read(composed(fields, text), PurePosixPath(path)), frozenset())
        approval = {"on": on, "by": who("judge"), "method": "peer-review", "verdict": "approve",
                    "fingerprint": print_, "because": self.word("verdict", 0)}  # fmt: skip
        fields["verdicts"] = [] if state == "captured" else [approval]
        self._files[path] = composed({k: v for k, v in fields.items() if v}, text)
        self._ids.append((id, width))
        self._walk(id, level, state, print_, f"Title {title}", other)

    def _another(self, id: str, width: int) -> str:
        """The name of another note, as a text may have it; it may be one that must not be told."""
        told = [one for one, _ in self._ids] or ["nothing"]
        return self.random.choice([*told, f"notes/2026/{told[0]}.md", "nothing"])

    def _channel(self) -> str:
        return self.random.choice([self._secret, "bulletin"])

    def _walk(self, id: str, level: str, state: str, print_: str, title: str, other: str) -> None:
        """The commits of the note's steps up to its state."""
        when, most = _START, _WALK.index(state)
        for at, (move, before, after) in enumerate(_STEPS[: most + 1]):
            if state == "retired" and move == "confirm":
                continue
            when += timedelta(days=self.random.randint(1, 30))
            trailers = [("Kmkit-Note", id),
                        ("Kmkit-Move", f"{move} {before or ''} -> {after}".replace("  ", " ")),
                        ("Kmkit-Fingerprint", print_)]  # fmt: skip
            trailers += [("Kmkit-Level", level)] if not at else []
            trailers += _VERDICT if at == 1 else []
            trailers += [("Kmkit-Channel", self._channel())] if move == "disseminate" else []
            reason = self.random.choice([f"Because of {self.word('reason', 0)}.", f"See {other}."])
            self._commit(when, f"{move}: {title}", reason, trailers)

    def _commit(
        self, when: datetime, subject: str, reason: str, trailers: list[tuple[str, str]]
    ) -> None:
        name, email = self.word("who", 0), f"{self.word('whose address', 0)}@example.org"
        self._commits.append((when, name, email, compose(subject, reason, trailers)))

    # Records

    def _level(self) -> tuple[str, int]:
        level = self.random.choice(["", *LEVELS])
        return level, LEVELS.index(level) if level else 0

    def _hides(self, width: int) -> tuple[str, int]:
        """Something a record may say that keeps it in the house; mostly nothing."""
        tells = self.random.random() < 0.2
        return (f", of Kim {self._protected}", 0) if tells else ("", width)

    def _application(self, number: int) -> None:
        note, width = self.random.choice(self._ids)
        more, width = self._hides(width)
        status = self.random.choice(["planned", "done", "verified", "dropped"])
        id = f"202606{10 + number}-{self.word('application', width)}-uu{number}u"
        lines = [
            f"status: {status}",
            f"note: {note}",
            f"in: Project {self.word('where', width)}{more}",
            f"action: Do {self.word('action', width)}",
            f"by: {self.word('by', 0)}@example.org",
            f"because: Story {self.word('because', 0)}",
            f"reported_by: {self.word('reported by', 0)}@example.org",
            f"evidence: [{self.word('proof', 0)}]",
        ]
        lines += ["due: 2026-10-01"] if status == "planned" else []
        if status in ("done", "verified"):
            outcome = self.random.choice(["helped", "no-difference"])
            lines += ["on: 2026-06-20", f"outcome: {outcome}"]
            lines.append(f"changed: {self.word('changed', 0)}")
        if status == "verified":
            lines.append(
                f"verified: {{on: 2026-08-01, by: {self.word('verifier', 0)}@example.org, "
                f"evidence: {self.word('seen', 0)}, because: {self.word('shows', 0)}}}"
            )
        self._record("application", id, lines)
        trailers = [("Kmkit-Record", id), ("Kmkit-Move", "apply"), ("Kmkit-About", note)]
        subject = f"apply: {self.word('subject', 0)}"
        self._commit(_START + timedelta(days=120), subject, "", trailers)

    def _question(self, number: int) -> None:
        level, width = self._level()
        more, width = self._hides(width)
        lines = ["by: " + self.word("asker", 0) + "@example.org", "on: 2026-10-30"]
        if self.random.random() < 0.5:
            note, reach = self.random.choice(self._ids)
            width = min(width, reach)
            lines += [f"answered_by: {note}", "answered_on: 2026-11-10"]
        id = f"202610{10 + number}-{self.word('question', width)}-qq{number}q"
        lines += [f"text: Who knows {self.word('asked', width)}{more}?",
                  f"topics: [{self.word('about', width)}]"]  # fmt: skip
        self._record("question", id, [*lines, *([f"level: {level}"] if level else [])])

    def _plan(self, number: int) -> None:
        level, width = self._level()
        more, width = self._hides(width)
        note, _ = self.random.choice(self._ids)
        id = f"202601{10 + number}-{self.word('plan', width)}-pp{number}p"
        told, reach = self._hides(width)
        lines = [
            f"name: Plan {self.word('name', width)}{more}",
            f"by: {self.word('planner', 0)}@example.org",
            "actions:",
            f"  - {{what: 'Film {self.word('what', width)}', timeline: 3/2026, group: capture, "
            f"focal_point: {self.word('focal point', 0)}@example.org, notes: [{note}]}}",
            f"  - {{what: 'Tell {self.word('what else', reach)}{told}', timeline: ongoing, "
            f"focal_point: {self.word('focal point', 0)}@example.org}}",
        ]
        self._record("plan", id, [*lines, *([f"level: {level}"] if level else [])])

    def _event(self, number: int) -> None:
        level, width = self._level()
        more, width = self._hides(width)
        note, _ = self.random.choice(self._ids)
        id = f"202612{10 + number}-{self.word('event', width)}-ee{number}e"
        lines = [f"name: Session {self.word('session', width)}{more}", "on: 2026-12-10",
                 f"by: {self.word('holder', 0)}@example.org", "session: fair", "attendance: 12",
                 f"captured: [{note}]"]  # fmt: skip
        self._record("event", id, [*lines, *([f"level: {level}"] if level else [])])

    def _people(self) -> None:
        for number in range(2):
            word = self.word
            self._add(
                f"people/{word('file', 0)}{number}.md",
                f"---\nname: {word('name', 0)}\nemail: {word('address', 0)}@example.org\n"
                f"unit: {word('their unit', 0)}\nskills: [{word('skill', 0)}, floods]\n"
                f"wants: [{word('want', 0)}]\nuntil: 2027-01-01\n---\n",
            )

    def _others(self) -> None:
        word = self.word
        scores = "".join(
            f"  - {{criterion: {name}, score: 4, because: {word('scored', 0)}}}\n"
            for name in ("strategic-need", "demand", "specificity", "recordability",
                         "transferability", "risk-of-loss")
        ).rstrip()  # fmt: skip
        lines = [f"subject: {word('subject', 0)}", "topics: [floods]", "on: 2026-02-01",
                 f"by: {word('screener', 0)}@example.org", f"scores:\n{scores}"]  # fmt: skip
        self._record("knowledge", f"20260201-{word('knowledge', 0)}-kkkk", lines)

    def _settings(self) -> None:
        word = self.word
        topics = "\n".join(f'{topic} = ""' for topic in [*self._topics, word("no note's topic", 0)])
        self._add(
            "policy.toml", POLICY.format(steward=word("steward", 0), expert=word("expert", 0))
        )
        self._add("kmkit.toml", SETTINGS.format(
            within="and more", topics=topics, critical=word("critical", 0), secret=self._secret,
            audience=word("audience", 0), saved=word("saved", 0), protected=self._protected,
        ))  # fmt: skip

    # On disk

    def _write(self) -> None:
        """The repository: a commit for each step, and one with the files as they stand."""
        for path, data in self._files.items():
            place = self.root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        git("init", "-q", "-b", "main", cwd=self.root)
        stream = b""
        for when, name, email, message in sorted(self._commits, key=lambda one: one[0]):
            said = message.encode()
            stamp = f"{name} <{email}> {int(when.timestamp())} +0000"
            stream += f"commit refs/heads/main\nauthor {stamp}\ncommitter {stamp}\n".encode()
            stream += b"data %d\n%s\n" % (len(said), said)
        git("fast-import", "--quiet", cwd=self.root, stdin=stream)
        git("add", ".", cwd=self.root)
        git("-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "As it is",
            cwd=self.root)  # fmt: skip

    def known(self, level: str) -> Known:
        """What a circle may know."""
        index = Index.open(self.root, today=TODAY)
        return Known(index.kb, index, see(index.kb, index, Audience(level)))


def git(*args: str, cwd: Path, stdin: bytes = b"") -> None:
    """Run git."""
    subprocess.run(["git", *args], cwd=cwd, input=stdin, check=True, capture_output=True)
