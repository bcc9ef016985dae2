"""Notes as the index knows them, and knowledge bases on disk that are made of them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from kmkit.config import Policy
from kmkit.index.book import Index
from kmkit.index.card import Card
from kmkit.index.carding import card_of, profile_of, rules_of, use_of
from kmkit.index.dates import due_date, id_date, standing_state
from kmkit.index.listed import Listed
from kmkit.index.stale import Stale, stale
from kmkit.note.model import Note
from kmkit.note.records import Application, Person
from kmkit.period import Period
from tests.note_material import CONFIG, KINDS, POLICY, TODAY

RULES = rules_of(CONFIG, POLICY, KINDS)


def card(of: Note) -> Card:
    """What the index knows of a note."""
    return card_of(of, POLICY, KINDS)


def as_listed(of: Note, today: date = TODAY) -> Listed:
    """A note that is not being revised, as lists show it."""
    own = card(of)
    due = due_date(own, RULES, today)
    overdue = due is not None and due < today
    return Listed(own, standing_state(own), False, overdue, due, id_date(own))


def stale_of(
    *notes: Note,
    today: date = TODAY,
    who: Mapping[str, Person] | None = None,
    uses: Iterable[Application] = (),
    within: Period = Period(),
) -> list[Stale]:
    """Which of the notes need a person."""
    return stale(
        map(card, notes), today=today, rules=RULES, within=within,
        people={email: profile_of("people/x.md", p) for email, p in (who or {}).items()},
        uses=[use_of("records/application/x.md", use) for use in uses],
    )  # fmt: skip


@contextmanager
def index_of(
    *notes: Note, uses: Iterable[Application] = (), policy: Policy = POLICY, today: date = TODAY
) -> Iterator[Index]:
    """The index of a knowledge base without git that holds the notes."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        write_settings(root, policy)
        for number, note in enumerate(notes):
            place = root / note.path
            if place.exists():
                place = root / f"notes/{number}/{note.path.name}"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(note.text, encoding="utf-8", newline="")
        for number, use in enumerate(uses):
            said = use.model_dump(mode="json", by_alias=True, exclude_defaults=True)
            write_record(root / f"records/application/{number}.md", said)
        with Index.open(root, today=today) as index:
            yield index


def write_settings(root: Path, policy: Policy = POLICY) -> None:
    """The settings and the roles that the notes of these tests are read by."""
    config = CONFIG.model_dump(mode="json")
    lines = ["[topics]", *(f"{key} = {json.dumps(said)}" for key, said in CONFIG.topics.items())]
    lines += ["[critical]", f"topics = {json.dumps(config['critical']['topics'])}"]
    for name, channel in CONFIG.channels.items():
        lines += [f"[channels.{name}]", f"level = {json.dumps(channel.level)}"]
    roles = [f"{json.dumps(role)} = {json.dumps(who)}" for role, who in policy.roles.items()]
    root.mkdir(parents=True, exist_ok=True)
    (root / "kmkit.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "policy.toml").write_text("\n".join(["[roles]", *roles]) + "\n", encoding="utf-8")


def write_record(place: Path, fields: Mapping[str, object]) -> None:
    """A record with the fields as its front matter."""
    place.parent.mkdir(parents=True, exist_ok=True)
    front = "".join(f"{name}: {json.dumps(value)}\n" for name, value in fields.items())
    place.write_text(f"---\n{front}---\n", encoding="utf-8")
