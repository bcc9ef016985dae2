"""Instruments: questionnaires as YAML files, shipped or a knowledge base's own."""

from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from kmkit.errors import Cannot, UsageError
from kmkit.note.frontmatter import MAX_FRONT, decoded, load
from kmkit.note.loaded import Where
from kmkit.places import read_plain
from kmkit.resources import template, templates_dir
from kmkit.text import did_you_mean, one_line

NO_ANSWER = "I cannot say"
"""What can be answered to every item."""
FOLDER = "assess"
"""Where instruments are among the templates."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Part):
    """One sentence that people say how far they agree with."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    text: str = Field(min_length=1)
    rev: int = Field(1, ge=1)
    """Of its words: answers to other words are not compared with answers to these."""

    @property
    def key(self) -> str:
        """By which answers to it are kept and compared."""
        return f"{self.id}@{self.rev}"


class Dimension(_Part):
    """Items about one thing."""

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    about: str = ""
    items: tuple[Item, ...] = Field(min_length=1)


class Scale(_Part):
    """What can be answered."""

    question: str = Field(min_length=1)
    labels: tuple[str, ...] = Field(min_length=2, max_length=10)
    """From the least agreement to the most; the answers are 1, 2 and so on."""


def _each_once(dimensions: tuple[Dimension, ...]) -> tuple[Dimension, ...]:
    ids = [dimension.id for dimension in dimensions]
    ids += [item.id for dimension in dimensions for item in dimension.items]
    if twice := next((id for id in ids if ids.count(id) > 1), ""):
        raise ValueError(f"The id '{twice}' stands there twice")
    return dimensions


class Instrument(_Part):
    """A questionnaire."""

    name: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(min_length=1)
    version: int = Field(ge=1)
    about: str = ""
    scale: Scale
    dimensions: Annotated[tuple[Dimension, ...], AfterValidator(_each_once)] = Field(min_length=1)

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in their order."""
        return tuple(item for dimension in self.dimensions for item in dimension.items)

    @property
    def points(self) -> int:
        """How many answers there are beside 'I cannot say'."""
        return len(self.scale.labels)


def instrument_names(kb: Path | None) -> tuple[str, ...]:
    """The names of all instruments, those of the knowledge base among them."""
    folders = [templates_dir() / FOLDER] + ([kb / "templates" / FOLDER] if kb else [])
    return tuple(sorted({path.stem for folder in folders for path in folder.glob("*.yaml")}))


@cache
def load_instrument(name: str, kb: Path | None) -> Instrument:
    """The instrument ``name``, the knowledge base's own before the shipped one.

    UsageError where there is none, Cannot with the place where its file is damaged.
    """
    known = instrument_names(kb)
    if name not in known:
        near = did_you_mean(name[:80], known) or f"Instruments: {', '.join(known)}."
        raise UsageError(f"There is no instrument '{one_line(name)}'.", near)
    path = template(f"{FOLDER}/{name}.yaml", kb)
    try:
        data = read_plain(path)
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None
    return parse_instrument(data, path)


def parse_instrument(data: bytes, path: Path) -> Instrument:
    """The instrument in a file's bytes; Cannot names the line of what is wrong."""
    if len(data) > MAX_FRONT:
        raise Cannot(f"{path} is longer than {MAX_FRONT // 1024} KiB.", "Shorten it.")
    text, flaws = decoded(data)
    loaded = load(text, first_line=1)
    for flaw in (*flaws, *loaded.flaws):
        raise Cannot(f"{path}:{flaw.line}:{flaw.col}: {flaw.message}", flaw.mend)
    try:
        found = Instrument.model_validate(loaded.values)
    except ValidationError as error:
        raise _misfit(path, error, loaded.where) from None
    if found.name != path.stem:
        raise Cannot(f"{path}: its name is '{found.name}'.", "Name the file like the instrument.")
    return found


def _misfit(path: Path, error: ValidationError, where: Where) -> Cannot:
    """What does not fit, with its place or that of what it is missing in."""
    found = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
    parts = [str(part) for part in found["loc"]]
    around = [".".join(parts[:many]) for many in range(len(parts), 0, -1)]
    known = (where.names.get(place) or where.places.get(place) for place in around)
    line, col = next(filter(None, known), (1, 1))
    return Cannot(f"{path}:{line}:{col}: {around[0]}: {found['msg']}.", "Mend it.")
