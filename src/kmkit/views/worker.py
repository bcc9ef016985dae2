"""The process in which a knowledge base's own templates are rendered, within limits.

It is started by `kmkit.views.workshop`, which speaks to it over two pipes. Nothing that a template
does in here reaches the process that sends letters and writes files: that gets text, or the
sentence that says what is wrong.
"""

import contextlib
import json
import os
import pickle
import struct
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

from kmkit.errors import Cannot
from kmkit.text import clean
from kmkit.views.environment import environment, refusal
from kmkit.views.loading import MEND, Limits, place_in

LENGTH = struct.Struct(">Q")
"""What stands before every message: how many bytes it has."""


def main() -> None:
    """Render what is asked for on standard input until it ends."""
    asked, told = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.environ.clear()  # passwords may be in it
    kb, language, limits = pickle.loads(_read(asked))
    worker = _Worker(Path(kb), language, Limits(*limits), told)
    _limit(limits[1])
    worker.answer({})
    while message := _read(asked):
        worker.render(*pickle.loads(message))


def _read(pipe: BinaryIO) -> bytes:
    """The next message; nothing at the end."""
    head = pipe.read(LENGTH.size)
    return pipe.read(LENGTH.unpack(head)[0]) if len(head) == LENGTH.size else b""


def _limit(memory: int) -> None:
    """Bound what this process may take and write; Windows has no such limits."""
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


class _Worker:
    """Renders one template after the other, each within its time."""

    def __init__(self, kb: Path, language: str, limits: Limits, told: BinaryIO) -> None:
        self._kb, self._limits, self._told = kb, limits, told
        self._made = environment(kb, language)
        self._lock = threading.Lock()
        self._thread = threading.get_ident()

    def answer(self, said: dict[str, Any]) -> None:
        data = json.dumps(said).encode()
        self._told.write(LENGTH.pack(len(data)) + data)
        self._told.flush()

    def render(self, name: str, values: dict[str, Any]) -> None:
        """Answer with the text that a template makes, or with what is wrong."""
        done = threading.Event()
        watch = threading.Timer(self._limits.seconds, self._late, [name, done])
        watch.daemon = True
        watch.start()
        try:
            text = self._made.get_template(name).render(**values)
            most = self._limits.text
            said = {"text": clean(text)} if len(text) <= most else self._too_much(name)
        except Exception as error:
            said = self._flaw(name, error)
        with self._lock:
            watch.cancel()
            done.set()
            self.answer(said)

    def _flaw(self, name: str, error: Exception) -> dict[str, str]:
        """What is wrong; its own traceback would keep hold of the memory that ran out."""
        told = error if isinstance(error, Cannot) else refusal(name, error, self._kb)
        return {"error": told.message, "mend": told.mend}

    def _too_much(self, name: str) -> dict[str, str]:
        most = self._limits.text >> 20
        return {"error": f"templates/{name} writes more than {most} MB.", "mend": MEND}

    def _late(self, name: str, done: threading.Event) -> None:
        """The time is over: say where the template is, and end, unless it was done just now."""
        with self._lock:
            if done.is_set():
                return
            place = place_in(sys._current_frames().get(self._thread), self._kb)
            seconds = f"{self._limits.seconds:g} s"
            late = f"{place or f'templates/{name}'} took longer than {seconds}."
            self.answer({"error": late, "mend": MEND})
            os._exit(1)
