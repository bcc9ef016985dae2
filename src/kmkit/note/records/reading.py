"""Reading the file of a record: its model, and what is wrong in it with its place."""

import re
from pathlib import PurePosixPath

from kmkit.note.conflict import conflict
from kmkit.note.fields import typed_as
from kmkit.note.frontmatter import decoded, load, split
from kmkit.note.loaded import Loaded
from kmkit.note.problem import Flaw, Place, Problem
from kmkit.note.records.application import Application, ApplicationRecord
from kmkit.note.records.base import Misfit, Record
from kmkit.note.records.kinds import KINDS, folder_of, kind_at
from kmkit.note.records.person import Person
from kmkit.text import did_you_mean, one_line


def read_record(data: bytes, path: PurePosixPath) -> tuple[Record | None, list[Problem]]:
    """The record in a file, by the folder it is in; None where it cannot be told what it says."""
    record, flaws = _read(data, path, kind_at(path))
    return record, [Problem(str(path), *flaw) for flaw in flaws]


def read_person(data: bytes, path: PurePosixPath) -> tuple[Person | None, list[Problem]]:
    """The person in a file, None where it cannot be told who it is."""
    record, flaws = _read(data, path, "person")
    person = record if isinstance(record, Person) else None
    return person, [Problem(str(path), *flaw) for flaw in flaws]


def read_application(data: bytes, path: PurePosixPath) -> tuple[Application | None, list[Problem]]:
    """The use of a note that a file reports, None where there is no outcome, or none yet."""
    record, flaws = _read(data, path, "application")
    use = record.reported if isinstance(record, ApplicationRecord) else None
    return use, [Problem(str(path), *flaw) for flaw in flaws]


def _read(data: bytes, path: PurePosixPath, kind: str) -> tuple[Record | None, list[Flaw]]:
    """Read one record; a field that does not fit is left out where the record can do without."""
    text, undecoded = decoded(data)
    if undecoded:
        return None, undecoded
    document, flaws = split(text)
    loaded = load(document.front, first_line=document.front_line)
    flaws += loaded.flaws
    if torn := conflict(data, path):
        torn = torn._replace(mend="Put what stands between them in order.")
        if flaws:
            return None, [torn]
        flaws = [torn]
    if astray := _astray(loaded, path, kind):
        return None, [*flaws, astray]
    if not loaded.values and flaws:
        return None, flaws
    record, misfits = typed_as(KINDS[kind], loaded)
    flaws += misfits
    if record is None:
        return None, flaws
    story = "" if torn else one_line(re.split(r"\n[ \t\r]*\n", document.body.strip())[0])
    record = record.with_story(story)
    if not record.id:
        name = path.stem.encode("utf-8", "replace").decode()
        record = record.model_copy(update={"id": name})
    if not flaws:
        flaws += [_flaw(misfit, loaded) for misfit in record.misfits()]
    return record, flaws


def _astray(loaded: Loaded, path: PurePosixPath, kind: str) -> Flaw | None:
    """Why the file is not where records of its kind are, None where it is."""
    said = loaded.values.get("kind")
    known = f"The kinds are {', '.join(KINDS)}."
    if kind not in KINDS:
        where = f"records/{kind}/" if kind else str(path.parent)
        message = f"There is no kind of record that belongs in {where}"
        mend = did_you_mean(kind[:80], KINDS) or known
        if said in KINDS:
            mend = f"Move it to {folder_of(str(said))}/."
        return Flaw(1, 1, "unknown-kind", f"{message}.", mend)
    if said in (None, kind):
        return None
    place = loaded.where.places.get("kind", Place(1, 1))
    if isinstance(said, str) and said in KINDS:
        message = f"kind: it says it is a {said}, and lies among those of kind {kind}."
        return Flaw(*place, "wrong-folder", message, f"Move it to {folder_of(said)}/.")
    message = f"kind: there is no kind of record '{one_line(str(said))[:80]}'."
    mend = did_you_mean(str(said)[:80], KINDS) or f"Write 'kind: {kind}'."
    return Flaw(*place, "unknown-kind", message, mend)


def _flaw(misfit: Misfit, loaded: Loaded) -> Flaw:
    """A misfit where it stands in the file, or where what is around it does."""
    place, places = misfit.field, loaded.where.places
    while place and place not in places:
        place = place.rpartition(".")[0]
    return Flaw(*places.get(place, Place(1, 1)), misfit.rule, misfit.message, misfit.mend)
