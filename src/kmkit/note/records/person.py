"""A person: somebody of the organisation, one file in people/."""

from typing import Literal

from pydantic import Field

from kmkit.dated import Day
from kmkit.note.records.base import Email, Record
from kmkit.note.strict import Texts
from kmkit.text import address_key


class Person(Record):
    """Somebody of the organisation: one file in people/."""

    id: str = Field("", description="the person's identity; the file's name where there is none")
    kind: Literal["person"] = Field("person", description="that it is a person")
    name: str = Field(description="as the person writes it")
    email: Email = Field(description="the address that git and the notes know the person by")
    unit: str = Field("", description="the part of the organisation")
    skills: Texts = Field((), description="what others may ask them about")
    wants: Texts = Field((), description="what they would learn from others")
    languages: Texts = Field((), description="language codes such as en, fr, ar")
    until: Day | None = Field(None, description="the last day here, where it is known")

    @property
    def key(self) -> str:
        """The address as people are compared by it: in lower case."""
        return address_key(self.email)

    @property
    def title(self) -> str:
        """The name."""
        return self.name

    @property
    def who(self) -> str:
        """The address."""
        return self.email
