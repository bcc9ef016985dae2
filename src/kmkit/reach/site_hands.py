"""Hands that make the pages of notes together: here, or in processes of their own."""

import multiprocessing
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

from kmkit.errors import Cannot, KmkitError
from kmkit.reach.site_hand import Hand, Known, Share, Task, Wrote
from kmkit.views.site.searching import PER

ALONE = 400
"""So many notes are made sooner here than by processes that have to be started first."""
SHARES = 8
"""In how many shares each hand gets its notes, so that none waits long for its first."""


class Hands(Protocol):
    """All hands together."""

    count: int

    def take(self, share: Share) -> None:
        """Give a share to whose turn it is."""

    def read(self) -> Counter[str]:
        """See `Hand.read`."""

    def know(self, frequency: Mapping[str, int], notes: int) -> Known:
        """See `Hand.know`."""

    def begin_writing(self, task: Task, known: Sequence[Mapping[str, float]]) -> None:
        """Begin what `Hand.write` does."""

    def written(self) -> list[Wrote]:
        """Wait until all is written."""


class _Own:
    """One hand, in this process."""

    count = 1

    def __init__(self) -> None:
        self._hand = Hand()
        self._asked: tuple[Task, Sequence[Mapping[str, float]]] | None = None

    def take(self, share: Share) -> None:
        self._hand.take(share)

    def read(self) -> Counter[str]:
        return self._hand.read()

    def know(self, frequency: Mapping[str, int], notes: int) -> Known:
        return self._hand.know(frequency, notes)

    def begin_writing(self, task: Task, known: Sequence[Mapping[str, float]]) -> None:
        self._asked = (task, known)

    def written(self) -> list[Wrote]:
        return [self._hand.write(*self._asked)] if self._asked else []


class _Processes:
    """Hands in processes of their own, each asked over a pipe."""

    def __init__(self, pipes: Sequence[Connection]) -> None:
        self.count = len(pipes)
        self._pipes = pipes
        self._turn = 0

    def take(self, share: Share) -> None:
        self._send(self._pipes[self._turn % len(self._pipes)], "take", share)
        self._turn += 1

    def read(self) -> Counter[str]:
        self._ask("read")
        frequency: Counter[str] = Counter()
        for one in self._answers():
            frequency.update(one)
        return frequency

    def know(self, frequency: Mapping[str, int], notes: int) -> Known:
        self._ask("know", frequency, notes)
        return {n: words for one in self._answers() for n, words in one.items()}

    def begin_writing(self, task: Task, known: Sequence[Mapping[str, float]]) -> None:
        self._ask("write", task, known)

    def written(self) -> list[Wrote]:
        return self._answers()

    def _ask(self, what: str, *values: object) -> None:
        for pipe in self._pipes:
            self._send(pipe, what, *values)

    def _send(self, pipe: Connection, what: str, *values: object) -> None:
        try:
            pipe.send((what, values))
        except OSError:
            raise _ended() from None

    def _answers(self) -> list[Any]:
        answers = []
        for pipe in self._pipes:
            try:
                answer = pipe.recv()
            except (EOFError, OSError):
                raise _ended() from None
            if isinstance(answer, BaseException):
                raise answer
            answers.append(answer)
        return answers


def _ended() -> Cannot:
    return Cannot("A process that made pages was ended.", "Try again.")


def share_size(notes: int, hands: int) -> int:
    """How many notes a share has; each begins with a file of what the search shows."""
    size = -(-notes // (1 if hands == 1 else hands * SHARES))
    return max(PER, size + -size % PER)


def wanted_hands(notes: int) -> int:
    """How many hands so many notes are worth."""
    return 1 if notes < ALONE else max(1, min(os.cpu_count() or 1, 8))


@contextmanager
def hired(count: int) -> Iterator[Hands]:
    """So many hands, which have ended when the block has: here for one, else in processes.

    Start them early: on Linux they begin with all that this process has in its memory.
    """
    if count == 1:
        yield _Own()
        return
    forks = sys.platform == "linux"
    context: Any = multiprocessing.get_context("fork" if forks else "spawn")
    with ExitStack() as ending:
        pipes: list[Connection] = []
        for _ in range(count):
            ours, theirs = context.Pipe()
            inherited = (*pipes, ours) if forks else ()
            process = context.Process(target=_serve, args=(theirs, inherited), daemon=True)
            process.start()
            theirs.close()
            ending.callback(process.join, 5)
            ending.callback(process.terminate)
            ending.callback(ours.close)
            pipes.append(ours)
        yield _Processes(pipes)


def _serve(pipe: Connection, inherited: Sequence[Connection]) -> None:
    """Do what the pipe asks for, until nobody asks any more.

    ``inherited`` are the caller's ends of pipes: held open here, they would hide that it ended.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the caller ends its hands
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for other in inherited:
        other.close()
    hand = Hand()
    while True:
        try:
            what, values = pipe.recv()
        except (EOFError, OSError):
            return
        method: Callable[..., object] = getattr(hand, what)
        try:
            answer = method(*values)
        except KmkitError as error:
            answer = error
        if what != "take":
            with suppress(BrokenPipeError):
                pipe.send(answer)
