"""Full text: the words of the notes, found in a blink."""

from kmkit.index.search.asked import FILTERS, Asked, Chosen, Part, parse
from kmkit.index.search.engine import Broken, Engine
from kmkit.index.search.values import Entry, Found, Hit, Like, Why

__all__ = [
    "FILTERS",
    "Asked",
    "Broken",
    "Chosen",
    "Engine",
    "Entry",
    "Found",
    "Hit",
    "Like",
    "Part",
    "Why",
    "parse",
]
