"""One change on trial: a process of its own imports the changed module and judges histories."""

import importlib
import importlib.abc
import importlib.machinery
import os
import pickle
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

from tools.mutants.answers import Answers, answering
from tools.mutants.histories import History, judged, resumed

Case = tuple[str, History]
"""How a history is judged ('whole' or 'resumed'), and which."""
Lines = dict[str, set[int]]
"""By module, those that were gone through."""
_WAYS: dict[str, Callable[[History], str]] = {"whole": judged, "resumed": resumed}
_ONCE = (("kmkit.note.file", "read"), ("kmkit.tomlread", "parse"), ("kmkit.config", "parse_policy"))
"""What is read by them is the same for every change."""
_PATIENCE, _LONG = 4, 120
"""Seconds of work for one history, and for all tests of one change."""
_MEMORY = 6 * 1024**3


def apart(work: Callable[[], object]) -> Any:
    """What ``work`` returns in a process of its own; None where that one came to an end."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        code = 1
        with suppress(BaseException):
            resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
            quiet = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(quiet, stream)
            result = pickle.dumps(work())
            with os.fdopen(writing, "wb") as out:
                out.write(result)
            code = 0
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        data = told.read()
    _, status = os.waitpid(child, 0)
    return pickle.loads(data) if status == 0 else None  # what our own process wrote


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module as it was changed."""

    def __init__(self, module: str, file: Path, code: CodeType) -> None:
        self.module, self.file, self.code = module, file, code

    def find_spec(self, name: str, *more: object) -> importlib.machinery.ModuleSpec | None:
        if name != self.module:
            return None
        spec = importlib.machinery.ModuleSpec(name, self, origin=str(self.file))
        spec.has_location = True
        return spec

    def exec_module(self, module: ModuleType) -> None:
        exec(self.code, module.__dict__)


def warm(rooms: Sequence[str]) -> None:
    """Import all that is not changed, and read each note and each rule but once."""
    for name in ("hypothesis", "cryptography.hazmat.primitives.asymmetric.ed25519"):
        importlib.import_module(name)
    for module, name in _ONCE:
        table = vars(importlib.import_module(module))
        table[name] = lru_cache(None)(table[name])
    verifier = importlib.import_module("kmkit.trail.signing").Verifier
    plain = verifier.verify
    verify = lru_cache(None)(lambda raw, keys: plain(verifier(), raw, keys))
    verifier.verify = lambda self, raw, keys: verify(raw, tuple(keys))
    importlib.import_module("kmkit.trail.audit.audit")
    forget(rooms)


def forget(rooms: Sequence[str]) -> None:
    """Let the modules below ``rooms`` be imported anew."""
    for name in [*sys.modules]:
        if name.startswith(tuple(rooms)):
            del sys.modules[name]


def change(module: str, file: Path, code: CodeType, rooms: Sequence[str]) -> None:
    """From now on this process has the changed module."""
    forget(rooms)
    sys.meta_path.insert(0, _Changed(module, file, code))


def first_noticed(cases: Sequence[tuple[Case, str]], answers: Answers) -> str:
    """The first history of which something else is said than before, '' without one."""
    with answering(answers):
        for (way, history), golden in cases:
            _wait(_PATIENCE)
            try:
                said = _WAYS[way](history)
            except Exception as error:
                said = repr(error)
            if said != golden:
                return f"{way} {history.name}"
    _wait(0)
    return ""


def _wait(seconds: int) -> None:
    """End the process after so much work, or ten times as long: it may not have the machine."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.alarm(10 * seconds)


def failed(tests: Sequence[str]) -> str:
    """The first test that fails, '' without one."""
    seen = _Seen()
    _wait(_LONG)
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
    code = pytest.main([*options, *tests], plugins=[seen])
    # 4: a test cannot be asked for by its name, and whoever is not asked notices nothing
    return seen.failed or ("" if code in (0, 4, 5) else f"pytest {code}")


class _Seen:
    """The first test that fails."""

    failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid


def told(cases: Sequence[Case], files: dict[str, str]) -> tuple[list[tuple[str, Lines]], Answers]:
    """What is said of each history, the lines gone through meanwhile, and what git answered."""
    answers: Answers = {}
    found = []
    with answering(answers):
        for way, history in cases:
            with tracing(files) as lines:
                found.append((_WAYS[way](history), lines))
    return found, answers


def asked_of_git(cases: Sequence[Case]) -> list[str]:
    """What is said of each history where git itself answers."""
    return [_WAYS[way](history) for way, history in cases]


def tested(
    tests: Sequence[str], but: Sequence[str], files: dict[str, str]
) -> tuple[dict[str, tuple[Lines, float]], list[str]]:
    """The lines that each test goes through, and the seconds that it takes meanwhile.

    Tests with a name of ``but`` are left out, and those that fail without any change; which those
    are is told too.
    """
    found: dict[str, tuple[Lines, float]] = {}
    broken: set[str] = set()

    class Plugin:
        @pytest.hookimpl(wrapper=True)
        def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
            began = time.monotonic()
            with tracing(files) as lines:
                yield
            found[item.nodeid] = lines, time.monotonic() - began

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            broken.update({report.nodeid} if report.failed else ())

    options = ["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0"]
    pytest.main([*options, "-k", f"not ({' or '.join(but)})", *tests], plugins=[Plugin()])
    return {name: one for name, one in found.items() if name not in broken}, sorted(broken)


@contextmanager
def tracing(files: dict[str, str]) -> Iterator[Lines]:
    """The lines that are gone through; ``files`` are the modules by their files."""
    lines: Lines = {}

    def trace(frame: FrameType, event: str, arg: object) -> Any:
        module = files.get(frame.f_code.co_filename)
        if module is None:
            return None
        seen = lines.setdefault(module, set())
        seen.add(frame.f_lineno)

        def local(frame: FrameType, event: str, arg: object) -> Any:
            seen.add(frame.f_lineno)
            return local

        return local

    threading.settrace(trace)
    sys.settrace(trace)
    try:
        yield lines
    finally:
        sys.settrace(None)
        threading.settrace(None)
