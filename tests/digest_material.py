"""What the tests of the digest are made of: the example notes, with a trail made by hand."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from kmkit.audience.audiences import audience_of
from kmkit.audience.seeing import seen_of
from kmkit.audience.shown import Shown
from kmkit.config import Config, Policy, load_config, load_policy
from kmkit.index.card import Use
from kmkit.index.carding import card_of, profile_of, rules_of, use_of
from kmkit.index.stale import Stale, stale
from kmkit.note.file import read
from kmkit.note.kinds import Kind, kind_names, load_kind
from kmkit.note.model import MOVE_FIELDS, Note
from kmkit.note.records import Application, Person, people_by_email, read_application, read_person
from kmkit.period import Period
from kmkit.trail.event import Event
from kmkit.views import digest
from kmkit.views.digest import Digest

KB = Path(__file__).parent.parent / "examples" / "kb"
SINCE, UNTIL = date(2026, 11, 14), date(2026, 11, 20)

RINGS = "20261013-roll-out-updates-in-rings-v2d7"
BEHIND = "20250820-stay-one-version-behind-y6h3"
WATER = "20250610-say-what-the-water-will-do-k4m9"
WATER_AR = "20261012-q5l8"
LAUNCH = "20251202-name-the-person-who-may-stop-a-launch-h9w4"
NEIGHBOURS = "20250624-neighbours-who-carry-the-warning-b7q2"


def example(part: str, state: str = "disseminated", **changes: str) -> Note:
    """The example note in the file named ``part``, in ``state``, without what moves wrote there.

    ``changes`` are other fields, as YAML; the owner and the level are the file's.
    """
    path = next(p for p in sorted((KB / "notes").rglob("*.md")) if p.stem == part)
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    wanted = {"state": state, **changes}
    dropped = (MOVE_FIELDS - {"owner", "level"}) | set(wanted)
    fields = re.findall(r"^\w+:.*\n(?:[ -].*\n)*", front, re.MULTILINE)
    kept = [text for text in fields if text.partition(":")[0] not in dropped]
    kept += [f"{key}: {value}\n" for key, value in wanted.items()]
    data = f"---\n{''.join(kept)}---\n{body}".encode()
    made = read(data, PurePosixPath(path.relative_to(KB).as_posix()))
    assert not made.problems
    return made


def note(text: str, **fields: str) -> Note:
    """A disseminated lesson with ``text`` as its Lessons."""
    values = {
        "id": "20261101-a-lesson-aaaa",
        "title": "A lesson",
        "kind": "lesson",
        "state": "disseminated",
        "owner": "farah.siddiqui@example.org",
        "level": "internal",
        **fields,
    }
    front = "".join(f"{key}: {value}\n" for key, value in values.items())
    data = f"---\n{front}---\n\n## Lessons\n\n{text}\n".encode()
    return read(data, PurePosixPath(f"notes/2026/{values['id']}.md"))


def event(
    of: Note | str,
    move: str = "disseminate",
    on: str = "2026-11-16",
    steps: str = "formatted disseminated",
    **more: Any,
) -> Event:
    """An event of a note: ``on`` a day, ``steps`` from and to; Tomas does it at half past seven."""
    before, after = steps.split()
    values = {"name": "Tomas Lindqvist", "email": "tomas.lindqvist@example.org", "reason": ""}
    trailers = {f"Kmkit-{key.title()}": more.pop(key) for key in list(more) if key not in values}
    return Event(
        commit="0" * 40,
        when=datetime.combine(date.fromisoformat(on), datetime.min.time(), UTC).replace(hour=7),
        subject="",
        note=of if isinstance(of, str) else of.id,
        move=move,
        from_state=before,
        to_state=after,
        trailers=trailers,
        **{**values, **more},
    )


def config() -> Config:
    """The settings of the example."""
    return load_config(KB)


def policy() -> Policy:
    """The rules of the example."""
    return load_policy(KB)


def kinds() -> dict[str, Kind]:
    """The shipped kinds."""
    return {name: load_kind(name, None) for name in kind_names(None)}


def people() -> dict[str, Person]:
    """The people of the example."""
    read_ones = (read_person(p.read_bytes(), PurePosixPath(p.name))[0] for p in KB.glob("people/*"))
    return people_by_email(person for person in read_ones if person)


def applications() -> list[Application]:
    """The applications of the example."""
    paths = sorted((KB / "records" / "application").glob("*.md"))
    records = (read_application(p.read_bytes(), PurePosixPath(p.name))[0] for p in paths)
    return [record for record in records if record]


def linked(note: Note) -> str:
    """An address for a note."""
    return f"https://git.example.org/agency/knowledge/blob/main/{note.path}"


def shown(note: Note, **more: Any) -> Shown:
    """The note as a digest is given it."""
    return Shown(note, note.state, **more)


def compose(
    notes: list[Note] | list[Shown],
    events: list[Event],
    *,
    level: str = "internal",
    name: str = digest.READERS,
    link: Callable[[Note], str | None] = linked,
    config: Config | None = None,
    since: date = SINCE,
    until: date = UNTIL,
    names: Mapping[str, str] | None = None,
    applications: Sequence[Application] = (),
    **more: Any,
) -> Digest:
    """A digest with the settings, people and kinds of the example."""
    config = config or load_config(KB)
    seen = seen_of(
        audience_of(config, policy(), level),
        policy(),
        [n if isinstance(n, Shown) else shown(n) for n in notes],
        events=events,
        uses=applications,
    )
    return digest.compose(
        seen,
        since=since,
        until=until,
        config=config,
        name=name,
        names=names or {email: person.name for email, person in people().items()},
        kinds=kinds(),
        link=link,
        **more,
    )


def a_week(**more: Any) -> Digest:
    """A week with something in every block: two languages, a revision, a retired note."""
    rings = example("roll-out-updates-in-rings")
    arabic = example("say-what-the-water-will-do-ar")
    french = example("enterrements-dignes-et-surs")
    behind = example("stay-one-version-behind", "retired", superseded_by=RINGS)
    launch = example("name-the-person-who-may-stop-a-launch")
    neighbours = example("neighbours-who-carry-the-warning", level="international")
    events = [
        event(behind, on="2025-09-05", channel="weekly-digest"),
        event(
            rings,
            "capture",
            "2026-10-13",
            "- captured",
            name="Lena Brandt",
            email="lena.brandt@example.org",
        ),
        event(launch, on="2025-12-19", channel="portal"),
        event(rings, on="2026-11-16", channel="weekly-digest"),
        event(french, on="2026-11-17", channel="weekly-digest"),
        event(arabic, on="2026-11-18", channel="weekly-digest"),
        event(
            behind,
            "retire",
            "2026-11-16",
            "maintained retired",
            reason="Staying one version behind does not hold back content files; rings do.",
            name="Lena Brandt",
            email="lena.brandt@example.org",
        ),
        event(
            french,
            "validate",
            "2026-11-15",
            "captured validated",
            name="Samir Haddad",
            email="samir.haddad@example.org",
            method="peer-review",
            verdict="approve",
        ),
    ]
    notes = [*map(shown, (rings, arabic, french, behind, neighbours))]
    notes.append(shown(launch, being_revised=True))
    return compose(notes, events, applications=applications(), **more)


def owed(today: date = UNTIL, within: str = "P30D") -> tuple[list[Note], list[Stale]]:
    """Notes that wait, are due, overdue and contradicted, and why."""
    captured = example("heathrow-terminal-5-communication", "captured")
    ready = example("publish-every-contract-as-it-happens", "captured")
    late = example(
        "restore-one-backup-every-month",
        "maintained",
        disseminated="[{on: 2025-01-10, channel: portal}]",
        reviewed='{on: 2025-02-01, by: lena.brandt@example.org, because: "Read again"}',
    )
    soon = example(
        "say-what-the-water-will-do",
        disseminated="[{on: 2025-12-01, channel: portal}]",
    )
    notes = [captured, late, soon, ready]
    uses = [use_of("records/application/x.md", use) for use in applications()]
    return notes, stale_of(*notes, today=today, uses=uses, within=Period.parse(within))


def stale_of(
    *notes: Note, today: date = UNTIL, uses: Iterable[Use] = (), within: Period = Period()
) -> list[Stale]:
    """Which of the notes need a person, by the rules and the people of the example."""
    return stale(
        [card_of(note, policy(), kinds()) for note in notes],
        today=today,
        rules=rules_of(config(), policy(), kinds()),
        people={email: profile_of("people/x.md", who) for email, who in people().items()},
        uses=uses,
        within=within,
    )


def stewards(**more: Any) -> Digest:
    """A stewards' digest with something in every block."""
    notes, rows = owed()
    back = event(
        notes[0],
        "validate",
        "2026-11-18",
        "captured captured",
        verdict="return",
        reason="Say which baggage system, and since when.",
        name="Nadia Petrenko",
        email="nadia.petrenko@example.org",
    )
    return compose(notes, [back], name=digest.STEWARDS, stale=rows, **more)
