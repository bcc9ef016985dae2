"""Records in histories: walked by kmkit's own commands, and by forged commits."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePosixPath

from kmkit.kb import applying
from kmkit.kb.recording import new
from kmkit.lifecycle.person import Person
from kmkit.note.file import read, write_fields
from kmkit.note.records.knowledge import CRITERIA
from kmkit.trail.event import compose
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS
from tests.forgeries.builder import History

Say = Callable[[str], str]
BECAUSE = "It was signed in time."


def planned(h: History, *, by: Person = BEN, name: str = BOATS, who: Person = ANA) -> str:
    """Ana plans that Ben uses the note on boats; the path of the record."""
    h.checkout()
    kb = h.kb(who)
    due = kb.today + timedelta(days=60)
    note = kb.resolve(name)
    id = f"20261121-coast-road-u{h.day:03}"
    made = applying.plan(kb, note, where="Coast road", action="Sign", due=due, by=by.email, id=id)
    return str(made.path)


def done(h: History, path: str, *, who: Person = BEN, outcome: str = "helped") -> str:
    """Ben did it, and says so."""
    h.checkout()
    place = PurePosixPath(path)
    changed = "Fuel procedure, paragraph 4"
    applying.done(h.kb(who), place, changed=changed, outcome=outcome, because=BECAUSE)
    return path


def verified(h: History, path: str, *, who: Person = DEE) -> str:
    """Dee saw that it holds."""
    h.checkout()
    applying.verify(h.kb(who), PurePosixPath(path), evidence="Fuel log of June")
    return path


def a_done(h: History, outcome: str = "helped") -> str:
    """A use that was planned and done."""
    return done(h, planned(h), outcome=outcome)


def a_verified(h: History) -> str:
    """A use that somebody else verified."""
    return verified(h, a_done(h))


def seen(h: History, who: Person = DEE, *, on: int = 1, **more: object) -> dict[str, object]:
    """The fields of a verification by ``who``, of evidence ``on`` days after the last commit."""
    day = h.today + timedelta(days=on)
    entry = {"on": day, "by": who.email, "evidence": "Fuel log of June"}
    return {"status": "verified", "verified": entry, **more}


def with_fields(h: History, path: str, changes: dict[str, object], on: str = "main") -> bytes:
    """The file of a record with other values."""
    return write_fields(read(h.data(path, on), PurePosixPath(path)), changes)


def by_hand(h: History, path: str, changes: dict[str, object], who: Person = CY) -> str:
    """A plain commit that changes fields of a record."""
    return h.commit("Tidy up\n", {path: with_fields(h, path, changes)}, who=who)


def step(
    h: History,
    path: str,
    verb: str,
    changes: dict[str, object],
    who: Person,
    *,
    told: dict[str, str] | None = None,
    say: Say = str,
    because: str = BECAUSE,
    **options: object,
) -> str:
    """A step as kmkit would commit it, whether or not it would be taken."""
    data = with_fields(h, path, changes)
    raw = read(data, PurePosixPath(path)).raw
    blob = h.run("hash-object", "--stdin", stdin=data)
    shown = {"Record": raw["id"], "Move": verb, "About": raw.get("note", "")}
    entry = changes.get("verified")
    if isinstance(entry, dict):
        shown |= {"On": str(entry["on"]), "Evidence": str(entry.get("evidence", ""))}
    shown |= {"Blob": blob, **(told or {})}
    lines = [(f"Kmkit-{name}", str(value)) for name, value in shown.items()]
    message = say(compose(f"{verb}: The lesson of the boats", because, lines))
    return h.commit(message, {path: data}, who=who, **options)  # type: ignore[arg-type]


def proposed(h: History) -> str:
    """A mail proposes to retire a note."""
    h.checkout()
    kb = h.kb(ANA)
    fields: dict[str, object] = {
        "id": "20261121-retire-it-p001",
        "note": kb.resolve(BOATS).id,
        "move": "retire",
        "claimed_by": CY.email,
        "received": kb.today,
        "message_id": "1@example.org",
        "fingerprint": "k1:00000000",
    }
    return str(new(kb, "proposal", fields, move="propose").path)


def screened(h: History, who: Person = ANA) -> str:
    """Ana screens what has to be known."""
    h.checkout()
    scores = [{"criterion": name, "score": 2, "because": "As far as we know."} for name in CRITERIA]
    fields = {"id": "20261121-spillways-k001", "subject": "Spillways", "scores": scores}
    return str(new(h.kb(who), "knowledge", fields, move="screen").path)
