"""What the audit came to."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from kmkit.trail.audit.findings import Counted, Finding, RecordStanding, Standing


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
    proofs: Mapping[Counted, int] = field(default_factory=dict)
    """How many notes and records of all stand how well."""
    judged: int = field(default=0, compare=False)
    """Commits that were judged this time; what was kept of the others says the same."""
    records: tuple[RecordStanding, ...] = ()
    """Of each judged record; empty where they were not asked for."""

    def only(self, notes: Collection[str]) -> "Report":
        """The report of the notes with these ids, and of the records that are about them.

        A record's own id asks for it alone; findings about nothing single stay.
        """
        standings = tuple(one for one in self.standings if one.note in notes)
        records = tuple(one for one in self.records if {one.note, one.record} & {*notes})
        ids = {"", *notes, *(one.record for one in records)}
        return replace(
            self,
            findings=tuple(one for one in self.findings if one.note in ids),
            standings=standings,
            proofs=Counter([*(one.proof for one in standings), *(one.counted for one in records)]),
            records=records,
        )
