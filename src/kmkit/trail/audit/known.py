"""What is known of one note at one commit."""

from collections.abc import Iterable
from typing import NamedTuple

from kmkit.trail.audit.findings import Proof
from kmkit.trail.fold import Claim
from kmkit.trail.replacing import quick
from kmkit.trail.writers import NOBODY, Written

Step = tuple[int, str]
"""A move: the number of its commit, and what it was, such as validate/approve."""
PARTLY = "validate/in part"
"""An approval that is not the last that the note needs."""


@quick
class Known(NamedTuple):
    """One note as it stands at one commit, and what its trail says up to there."""

    id: str
    path: str
    blob: str
    kind: str
    fingerprint: str
    rest: bytes
    """A hash of the fields that neither moves write nor the fingerprint covers."""
    backup: str
    claim: Claim
    """What the trail says; after a finding, what the file says."""
    written: Written = NOBODY
    """By whom the text is."""
    trail: frozenset[Step] = frozenset()
    """The moves that led here."""
    since: str = ""
    """The commit that proved, or lost the proof of, what stands."""
    doubt: int = 0
    """2: something was found in this round; 1: in an earlier one; 0: the trail proves it."""
    faults: tuple[int, ...] = ()
    """The numbers of the findings that stand against it."""
    sound: "Known | None" = None
    """How it stood before the first of them."""
    standing: str = ""
    """git's name of the newest version whose text is approved."""
    before_anchor: bool = False
    renewed: int = 0
    """How many of the verdicts were given before what stands was approved anew."""
    signed: bool = False
    """Every commit since it was last captured was signed by a key of its author."""
    bent: tuple[str, ...] = ()
    """Fields of moves that a hand or a merge wrote, and that nothing has put right since."""
    rejected: tuple[str, ...] = ()
    """The fingerprint of the revision that was rejected, until it is taken up again."""
    ended: bool = False
    """It was retired, and no manager took it up again, whatever its file says."""

    @property
    def proof(self) -> Proof:
        """How well it stands."""
        if self.doubt or not (self.before_anchor or self.claim.captured):
            return "unproved"
        if self.before_anchor:
            return "before-anchor"
        return "proved" if self.signed else "claimed"


def bent(known: Known, names: Iterable[str]) -> Known:
    """The note, with fields that no move wrote so."""
    return known._replace(bent=tuple(sorted({*known.bent, *names})))
