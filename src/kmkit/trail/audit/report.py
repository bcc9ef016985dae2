"""What the audit came to."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from kmkit.trail.audit.findings import Finding, Proof, Standing


@dataclass(frozen=True)
class Report:
    """What the audit came to."""

    findings: tuple[Finding, ...]
    standings: tuple[Standing, ...]
    """Of each note; empty where they were not asked for."""
    checked: int
    """Commits since the anchor."""
    anchor: str
    tip: str
    mended: int = 0
    """Findings of the past that were made good since."""
    proofs: Mapping[Proof, int] = field(default_factory=dict)
    """How many notes of all stand how well."""
    judged: int = field(default=0, compare=False)
    """Commits that were judged this time; what was kept of the others says the same."""

    def only(self, notes: Collection[str]) -> "Report":
        """The report of the notes with these ids; findings about no single note stay."""
        standings = tuple(one for one in self.standings if one.note in notes)
        return replace(
            self,
            findings=tuple(one for one in self.findings if one.note in notes or not one.note),
            standings=standings,
            proofs=Counter(one.proof for one in standings),
        )
