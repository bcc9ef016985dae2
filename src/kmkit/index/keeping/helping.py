"""Processes that were started to help another."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from concurrent.futures import ProcessPoolExecutor


def helpers(count: int, begin: Callable[..., object], *ways: Any) -> "ProcessPoolExecutor | None":
    """As many processes, each of which begins so; None where the system gives none."""
    from concurrent.futures import ProcessPoolExecutor

    with suppress(OSError, ImportError):  # no memory that processes share, or none that is left
        return ProcessPoolExecutor(count, initializer=begin, initargs=ways)
    return None


def helping() -> None:
    """End this process with the one it helps, or it would wait for work for ever.

    Ctrl-C is for the other one: cut off while it hands something over, this one would keep it
    waiting for the rest.
    """
    from threading import Thread

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    Thread(target=_end_with_it, daemon=True).start()


def _end_with_it() -> None:
    from multiprocessing import parent_process

    if helped := parent_process():
        helped.join()
        os._exit(1)
