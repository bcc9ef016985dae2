"""Sending the letters of one run, each written down before it goes and after.

Whatever cuts this off, the next command goes on from there: those who got their letter are left
out, and the one that was being sent is sent again, with the same Message-ID.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol, TypeVar

from kmkit.errors import Cannot, Refused
from kmkit.reach.ledger import Ledger
from kmkit.reach.ledger_runs import DROPPED, UNKNOWN, Run, Tried

SHARED_EVERY = 60.0
"""Seconds after which what came of letters is shared through the remote while a run goes on."""


Track = Callable[[Sequence[str]], Iterable[str]]
"""Hands on the addresses of a run one by one, and may show how many are done."""


class Came(Protocol):
    """What came of a letter, as `kmkit.reach.smtp.Outcome` tells it."""

    @property
    def kind(self) -> str:
        """sent, deferred, refused or unknown."""

    @property
    def code(self) -> int:
        """The server's answer, 0 where there was none."""


Letter = TypeVar("Letter")
Takes = TypeVar("Takes", contravariant=True)


class Sends(Protocol[Takes]):
    """What sends letters, such as `kmkit.reach.smtp.Post`."""

    @property
    def touched(self) -> bool:
        """Whether anything of the letter that is being sent may have gone out by now."""

    def send(self, letter: Takes, to: str) -> Came:
        """Send one letter to one address; raises Cannot where nothing of it went out."""


def deliver(
    ledger: Ledger,
    run: Run,
    to: Iterable[str],
    letter: Callable[[str], Letter],
    post: Sends[Letter],
    *,
    clock: Callable[[], float],
    track: Track = iter,
) -> Run:
    """Send the letters of ``run`` that are left; the run as it stands afterwards.

    ``to``: the addresses of those who may get one now; whoever of the run is not among them any
    more gets none. ``letter`` makes the letter to an address, ``clock`` gives seconds. Raises what
    stops the whole run: Cannot of ``post``, Refused where another machine took the run over,
    KeyboardInterrupt; what was done is kept.
    """
    left = set(run.left(ledger.now))
    emails = {mark: email for email in to if (mark := ledger.mark(email)) in left}
    came = dict.fromkeys(left - emails.keys(), Tried(DROPPED))
    shared = clock()
    try:
        with ledger.journal(run) as journal:
            for email in track(list(emails.values())):
                mark, made = ledger.mark(email), letter(email)
                journal.begun(mark)
                try:
                    outcome = post.send(made, email)
                    came[mark] = Tried(outcome.kind, outcome.code)
                except Cannot:
                    journal.never(mark)
                    raise
                except KeyboardInterrupt:
                    if post.touched:
                        came.setdefault(mark, Tried(UNKNOWN))
                    else:
                        journal.never(mark)
                    raise
                journal.came(mark, came[mark])
                if clock() - shared > SHARED_EVERY:
                    run, came, shared = _shared(ledger, run, came), {}, clock()
    except (Cannot, KeyboardInterrupt):
        _ended(ledger, run, came)
        raise
    return _ended(ledger, run, came)


def _shared(ledger: Ledger, run: Run, came: dict[str, Tried]) -> Run:
    """Write down and share what came of letters; Refused where the run is another machine's now."""
    ledger.note(run, came)
    ledger.share()
    now = ledger.again(run)
    if now.holder != ledger.machine:
        raise Refused(
            f"Another machine ({now.holder}) took over the sending of {run.id}; this one stops.",
            "See kmkit outbox.",
        )
    return now


def _ended(ledger: Ledger, run: Run, came: dict[str, Tried]) -> Run:
    """Write down and share what came of letters, and that the work has ended."""
    ended = ledger.note(run, came, ended=True)
    ledger.share()
    return ended
