"""What came of using the notes."""

from collections import Counter
from collections.abc import Iterable

from kmkit.index.card import Use
from kmkit.note.methods import OUTCOMES


def outcomes(uses: Iterable[Use]) -> dict[str, int]:
    """How often each outcome was reported; every outcome is there, in the order of `OUTCOMES`."""
    counts = Counter(use.outcome for use in uses)
    return {outcome: counts[outcome] for outcome in OUTCOMES}
