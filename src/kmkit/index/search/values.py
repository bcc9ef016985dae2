"""What goes into the full-text index, and what comes out of it, as plain values."""

from typing import NamedTuple


class Entry(NamedTuple):
    """One note as it is searched."""

    n: int
    """The number by which the caller knows it."""
    title: str
    summary: str
    topics: tuple[str, ...]
    body: str
    """What stands before the first heading, the sections with their headings, and for whom."""
    language: str = ""
    """As in ``fr`` or ``fr-CA``; '' for English or unknown."""
    retired: bool = False


class Hit(NamedTuple):
    """A note that was found."""

    n: int
    score: float
    whole: bool = True
    """It has all the words, and not only most of them."""
    retired: bool = False


class Found(NamedTuple):
    """What a search found, best first: notes with all words, then those with most of them.

    In both groups the retired ones come last.
    """

    hits: tuple[Hit, ...]
    total: int
    """How many notes have all the words."""
    meant: str = ""
    """What was searched for instead, as no note has a word that was asked for; '' as a rule."""


class Like(NamedTuple):
    """A note that says something like a given text."""

    n: int
    score: float
    share: float
    """How much of what is particular to the text stands in the note too: from 0 to 1."""
    words: tuple[str, ...]
    """The weightiest words that both have."""
    retired: bool = False


class Why(NamedTuple):
    """One reason why a note was found."""

    asked: str
    """The part of the search."""
    found: str
    """The word or phrase as the index has it."""
    place: str
    """``title``, ``summary``, ``topics`` or ``body``."""
    times: int
    score: float
    """What it adds to the note's score."""
