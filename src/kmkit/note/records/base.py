"""What all records share: how they are read, and what a listing says of one."""

from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import Annotated, Any, ClassVar, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field

from kmkit.dated import Day
from kmkit.note.strict import Entry, Texts


class Says(Enum):
    """What a field holds beyond its type; the checks of all records read it."""

    NOTE = "the id of a note"
    WHO = "an e-mail address"
    PAST = "a day that has come"
    LEVEL = "a level of policy.toml"
    TOPIC = "a topic of kmkit.toml"


NoteId = Annotated[str, Says.NOTE]
"""The id of a note, '' for none."""
NoteIds = Annotated[Texts, Says.NOTE]
Email = Annotated[str, Says.WHO]
"""The e-mail address of somebody, '' for nobody."""
PastDay = Annotated[Day, Says.PAST]
"""A day that has come: what happens later has not happened."""
MaybePastDay = Annotated[Day | None, Says.PAST]
Level = Annotated[str, Says.LEVEL]
Topics = Annotated[Texts, Says.TOPIC]


class Misfit(NamedTuple):
    """Something that a record says and that cannot be so."""

    field: str
    """Where it stands, such as ``verified.by``."""
    rule: str
    message: str
    mend: str = ""


class Record(BaseModel):
    """The base of all kinds of records.

    A kind overrides ``kind`` with its own name, adds its fields, each with a description, and says
    by the properties below what a listing shows of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    made_by: ClassVar[str] = ""
    """The command that makes such records, where ``kmkit new`` does not."""
    walked: ClassVar[frozenset[str]] = frozenset()
    """The fields that only a command changes."""

    id: str = Field("", description="the record's identity; the file's name where there is none")
    kind: str

    @property
    def title(self) -> str:
        """What it is about, in one line."""
        return self.id

    @property
    def standing(self) -> str:
        """Where it stands, '' for a kind that does not walk."""
        return ""

    @property
    def who(self) -> str:
        """The address of whoever it belongs to, as the file has it; '' for nobody."""
        return ""

    @property
    def about(self) -> str:
        """The id of the one note that it concerns, '' for none."""
        return ""

    @property
    def day(self) -> date | None:
        """The day that it is of."""
        return None

    @property
    def due_by(self) -> date | None:
        """The day by which something is owed."""
        return None

    def with_story(self, story: str) -> Self:
        """The record, with what only the first paragraph below its front matter tells."""
        return self

    def misfits(self) -> Iterator[Misfit]:
        """What in it contradicts itself, whatever stands in other files."""
        return iter(())


def marked(entry: BaseModel, says: Says, above: str = "") -> Iterator[tuple[str, Any]]:
    """The values that a mark was put on, with their places such as ``actions.0.by``."""
    for name, info in type(entry).model_fields.items():
        value = getattr(entry, name)
        place = f"{above}{info.alias or name}"
        if says in info.metadata:
            several = isinstance(value, tuple)
            found = enumerate(value) if several else [(-1, value)]
            yield from ((f"{place}.{at}" if several else place, one) for at, one in found if one)
        elif isinstance(value, Entry):
            yield from marked(value, says, f"{place}.")
        elif isinstance(value, tuple):
            for at, part in enumerate(value):
                if isinstance(part, Entry):
                    yield from marked(part, says, f"{place}.{at}.")
