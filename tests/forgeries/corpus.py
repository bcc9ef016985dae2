"""The corpus: one function a trick, each with the rule under which the audit catches it."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import NamedTuple

from tests.forgeries.builder import ASK, History

Build = Callable[[History], str]
"""Plays a trick on a history; returns the commit that is to blame."""


class Trick(NamedTuple):
    """One way to cheat."""

    name: str
    rule: str
    build: Build
    signed: bool
    """Whether the knowledge base asks for signatures."""


CORPUS: list[Trick] = []


def caught_as(rule: str, *, signed: bool = False) -> Callable[[Build], Build]:
    """The function below is a trick that is caught under ``rule``."""

    def add(build: Build) -> Build:
        CORPUS.append(Trick(build.__name__, rule, build, signed))
        return build

    return add


def some(every: int) -> list[Trick]:
    """One trick of so many: the same ones whatever the tests imported before."""
    for path in sorted(Path(__file__).parent.glob("tricks_*.py")):
        import_module(f"{__package__}.{path.stem}")
    return sorted(CORPUS, key=lambda trick: trick.name)[::every]


def swap(old: str, new: str) -> Callable[[bytes], bytes]:
    """Replaces a piece of a file, which has to be there."""

    def change(data: bytes) -> bytes:
        assert old.encode() in data, old
        return data.replace(old.encode(), new.encode())

    return change


def reply(old: str, new: str) -> Callable[[str], str]:
    """Replaces a piece of a message, which has to be there."""
    return lambda text: swap(old, new)(text.encode()).decode()


WORDS = swap("Text of lessons.", "Never sign anything.")
"""A change of the substance."""
RETURN = replace(ASK, method="peer-review", verdict="return")
CROWD = replace(ASK, method="crowd", verdict="approve")
APPROVE = replace(ASK, method="peer-review", verdict="approve")
