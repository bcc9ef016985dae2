"""Records: Markdown files with front matter that have no five-state walk; people, applications."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta
from pathlib import PurePosixPath
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from kmkit.dated import Day
from kmkit.note.fields import typed_as
from kmkit.note.frontmatter import decoded, load, split
from kmkit.note.methods import Outcome
from kmkit.note.model import Texts
from kmkit.note.problem import Problem
from kmkit.note.references import near_ids
from kmkit.text import one_line


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Person(_Record):
    """Somebody of the organisation: one file in people/."""

    id: str = Field("", description="the person's identity; the file's name where there is none")
    kind: Literal["person"] = Field("person", description="that it is a person")
    name: str = Field(description="as the person writes it")
    email: str = Field(description="the address that git and the notes know the person by")
    unit: str = Field("", description="the part of the organisation")
    skills: Texts = Field((), description="what others may ask them about")
    languages: Texts = Field((), description="language codes such as en, fr, ar")
    until: Day | None = Field(None, description="the last day here, where it is known")

    @property
    def key(self) -> str:
        """The address as people are compared by it: in lower case."""
        return self.email.strip().casefold()


class Application(_Record):
    """One time that a lesson was used somewhere, and what came of it."""

    id: str = Field("", description="the record's identity")
    kind: Literal["application"] = Field("application", description="that it is an application")
    note: str = Field(description="id of the note that was used")
    in_: str = Field(alias="in", description="where: the project, event or unit")
    by: str = Field(description="e-mail of whoever reports it")
    on: Day = Field(description="the day it was used")
    outcome: Outcome = Field(description="what came of it")
    because: str = Field("", description="why one thinks so")
    evidence: Texts = Field((), description="addresses of what shows it")


def read_person(data: bytes, path: PurePosixPath) -> tuple[Person | None, list[Problem]]:
    """The person in a file of people/, None where it cannot be told who it is."""
    return _read(data, path, Person)


def read_application(data: bytes, path: PurePosixPath) -> tuple[Application | None, list[Problem]]:
    """The application in a file, None where it cannot be told what was used with what result.

    A record without ``because`` tells its story below the front matter: the first paragraph.
    """
    record, problems = _read(data, path, Application)
    if record and not record.because:
        story = split(data.decode("utf-8"))[0].body.strip()
        told = one_line(re.split(r"\n[ \t\r]*\n", story)[0])
        record = record.model_copy(update={"because": told})
    return record, problems


def people_by_email(people: Iterable[Person]) -> dict[str, Person]:
    """People by e-mail in lower case; of two with one address the first."""
    found: dict[str, Person] = {}
    for person in people:
        found.setdefault(person.key, person)
    return found


def check_people(people: Iterable[tuple[PurePosixPath, Person]]) -> Iterator[Problem]:
    """Two files for one person, and addresses that are none."""
    first: dict[str, PurePosixPath] = {}
    for path, person in people:
        if "@" not in person.key:
            message = f"email: '{person.email}' is no e-mail address."
            yield Problem(
                str(path), 1, 1, "bad-email", message, "Write an address such as name@example.org."
            )
        elif first.setdefault(person.key, path) != path:
            message = f"{first[person.key]} holds {person.key} too."
            yield Problem(str(path), 1, 1, "duplicate-person", message, "Keep one of the two.")


def check_applications(
    applications: Iterable[tuple[PurePosixPath, Application]],
    ids: Collection[str],
    today: date,
) -> Iterator[Problem]:
    """Uses of notes that are not there, and uses that are still to come."""
    for path, use in applications:
        if use.note not in ids:
            mend = near_ids(use.note, ids) or "Correct the id; kmkit list shows them."
            message = f"note: there is no note '{use.note}'."
            yield Problem(str(path), 1, 1, "broken-link", message, mend)
        if use.on > today + timedelta(days=1):  # somewhere it is tomorrow already
            message = f"on is {use.on}, a day that has not come yet."
            yield Problem(str(path), 1, 1, "future-date", message, "Write the day it happened.")


M = TypeVar("M", bound=_Record)


def _read(data: bytes, path: PurePosixPath, model: type[M]) -> tuple[M | None, list[Problem]]:
    """Read one record; a field that does not fit is left out where the record can do without."""
    text, undecoded = decoded(data)
    if undecoded:
        return None, [Problem(str(path), *flaw) for flaw in undecoded]
    document, flaws = split(text)
    loaded = load(document.front, first_line=document.front_line)
    flaws += loaded.flaws
    record = None
    if loaded.values or not flaws:
        record, misfits = typed_as(model, loaded)
        flaws += misfits
    return record, [Problem(str(path), *flaw) for flaw in flaws]
