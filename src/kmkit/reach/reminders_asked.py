"""What the ledger of letters tells of earlier reminders: who was asked about what, and when."""

from collections.abc import Sequence
from datetime import date, timedelta

from kmkit.reach.ledger import Ledger, Run, What
from kmkit.reach.ledger_runs import REFUSED, SENT, UNKNOWN
from kmkit.reach.reminders_turns import Asked

REMIND = What("remind", "owners")
"""What the ledger calls the letters of `kmkit remind`."""


_REFUSED = timedelta(days=90)
"""For how long an address that the mail server refused is not tried again."""


def asked_by(ledger: Ledger, *, but: str = "") -> Asked:
    """What the ledger knows of reminders; ``but``: of all runs except that one."""
    return _Told(ledger, [run for run in ledger.runs(REMIND) if run.id != but]).asked


class _Told:
    """The runs of reminders, the newest first."""

    def __init__(self, ledger: Ledger, runs: Sequence[Run]) -> None:
        self._ledger, self._runs = ledger, runs

    @property
    def asked(self) -> Asked:
        """As the turns ask it."""
        return Asked(self.first, self.last, self.unreached, known=True)

    def first(self, email: str, note: str, since: date) -> date | None:
        """When somebody was first asked about a note, on that day or later."""
        mark = self._ledger.mark(email)
        days = (
            run.intent.at.date()
            for run in self._runs
            if note in run.intent.notes and self._went(run, mark)
        )
        return min((day for day in days if day >= since), default=None)

    def last(self, email: str) -> date | None:
        """When somebody was last written to; a run with another key may have gone to anybody."""
        mark = self._ledger.mark(email)
        for run in self._runs:
            if self._went(run, mark) or not self._ledger.knows(run):
                return run.intent.at.date()
        return None

    def unreached(self, email: str) -> bool:
        """Whether the mail server took no letter to that address, the last time, and lately."""
        mark = self._ledger.mark(email)
        for run in self._runs:
            if came := run.of(mark):
                return came.kind == REFUSED and self._ledger.now - run.intent.at < _REFUSED
        return False

    def _went(self, run: Run, mark: str) -> bool:
        """Whether a letter of the run went to somebody, or may have."""
        came = run.of(mark)
        if came is None:
            return run.active and mark in run.intent.to
        return came.kind in (SENT, UNKNOWN)
