"""Where templates come from, and where in them something went wrong."""

import os
from collections.abc import Callable
from pathlib import Path
from traceback import walk_tb
from types import FrameType
from typing import NamedTuple

from jinja2 import BaseLoader, Environment, TemplateNotFound
from jinja2.loaders import split_template_path

from kmkit.errors import Cannot
from kmkit.resources import templates_dir

LARGEST = 1 << 20
"""Bytes of a template."""
MEND = "Mend the template, or remove it."


class Limits(NamedTuple):
    """How much a template may take."""

    seconds: float = 10
    memory: int = 1 << 30
    """Bytes of address space, on systems that can limit it."""
    text: int = 32 << 20
    """Characters that one rendering may give."""


class OwnTemplates(BaseLoader):
    """Loads a knowledge base's own templates: files of its folder ``templates``, and no other.

    A link that leads out of it, a file that is too large or none at all is refused with Cannot.
    """

    def __init__(self, kb: Path) -> None:
        self._kb = kb.resolve()

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        """The text of the template, its path, and that it does not change meanwhile."""
        path = self._kb.joinpath("templates", *split_template_path(template))
        if not os.path.lexists(path):
            raise TemplateNotFound(template)
        shown = f"templates/{template}"
        try:
            text = self._read(path, shown)
        except UnicodeDecodeError:
            raise Cannot(f"{shown} is not written in UTF-8.", MEND) from None
        except OSError as error:
            raise Cannot(f"{shown} cannot be read: {error.strerror}.", MEND) from None
        return text, str(path), lambda: True

    def _read(self, path: Path, shown: str) -> str:
        try:
            real = path.resolve(strict=True)
        except RuntimeError:  # what Python before 3.13 says of links in a ring
            raise Cannot(f"{shown} is a link to itself.", MEND) from None
        if not real.is_relative_to(self._kb / "templates"):
            raise Cannot(f"{shown} is a link out of its folder.", "Put a copy of the file there.")
        if not real.is_file():
            raise Cannot(f"{shown} is not a plain file.", MEND)
        if real.stat().st_size > LARGEST:
            raise Cannot(f"{shown} is larger than {LARGEST >> 20} MB.", MEND)
        return real.read_text(encoding="utf-8")


def has_own(kb: Path, room: str) -> bool:
    """Whether a knowledge base has templates of its own in a folder, such as ``digest``."""
    folder = kb / "templates" / room
    if folder.is_symlink() or (kb / "templates").is_symlink():
        return True
    return any(path.suffix == ".j2" or path.is_symlink() for path in folder.rglob("*"))


def place_of(error: BaseException, kb: Path | None) -> str:
    """Where in which template something went wrong, such as ``templates/digest/a.j2:7``, or ''."""
    return _likeliest([_place(frame, line, kb) for frame, line in walk_tb(error.__traceback__)])


def place_in(frame: FrameType | None, kb: Path | None) -> str:
    """Where in which template a running program is, or ''."""
    places: list[_Place] = []
    while frame is not None:
        template = frame.f_globals.get("__jinja_template__")
        line = template.get_corresponding_lineno(frame.f_lineno) if template else frame.f_lineno
        places.insert(0, _place(frame, line, kb))
        frame = frame.f_back
    return _likeliest(places)


class _Place(NamedTuple):
    name: str
    """'' where it is no template."""
    own: bool = False
    """Whether the template is the knowledge base's own."""


def _likeliest(places: list[_Place]) -> str:
    """The innermost place in a template of the knowledge base, else in one of ours."""
    found = [place for place in places if place.name]
    return next((place.name for place in reversed(found) if place.own), "") or next(
        (place.name for place in reversed(found)), ""
    )


def _place(frame: FrameType, line: int, kb: Path | None) -> _Place:
    code = frame.f_code
    path, place = code.co_filename, f":{line}"
    if code.co_name == "compile" and path.endswith("environment.py"):
        path, place = str(frame.f_locals.get("filename")), ""  # what is being compiled
    shown = as_shown(path, kb)
    return _Place(shown + place if shown else "", kb is not None and _below(path, kb))


def as_shown(path: str, kb: Path | None) -> str:
    """The path of a template from ``templates`` on; '' for another file."""
    if not path.endswith(".j2"):
        return ""
    if kb is not None and _below(path, kb):
        return Path(path).relative_to(kb.resolve()).as_posix()
    shipped = templates_dir()
    if Path(path).is_relative_to(shipped):
        return f"templates/{Path(path).relative_to(shipped).as_posix()}"
    return ""


def _below(path: str, kb: Path) -> bool:
    return Path(path).is_relative_to(kb.resolve() / "templates")
