"""Locks, whole files and signals that wait: what keeps a half-done step from being seen."""

import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from kmkit.errors import Cannot, Refused

PATIENCE = 10.0
"""Seconds to wait for a lock."""
HELD = 2.0
"""Seconds to wait for a file that another program holds."""


@contextmanager
def kmkit_lock(common_dir: Path) -> Iterator[None]:
    """Holds kmkit's own lock of the repository; whoever holds it may take it once more."""
    place = common_dir / "kmkit"
    try:
        place.mkdir(exist_ok=True)
        with FileLock(place / "lock", timeout=PATIENCE, is_singleton=True):
            yield
    except Timeout:
        raise Refused("Another kmkit command has been at work for long.", "Try again.") from None
    except PermissionError as error:
        raise Cannot(
            f"{error.filename} cannot be written.", "Look at the folder's permissions."
        ) from None


@contextmanager
def git_lock(path: Path) -> Iterator[None]:
    """Holds git's lock file ``path``; Refused where another command holds it for too long."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise Refused(
                    f"git is at work here: {path} exists.",
                    "Wait for the other command; if none is running, remove that file.",
                ) from None
            time.sleep(0.02)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def ready_files(files: Mapping[Path, bytes]) -> Iterator[Mapping[Path, Path]]:
    """The contents written and on the disk, each in a file beside its place; see `put`.

    What was not put is removed in the end.
    """
    made: dict[Path, Path] = {}
    try:
        for path, data in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            made[path] = temporary = _beside(path)
            _fill(temporary, data)
            mode = path.stat().st_mode & 0o7777 if path.exists() else 0o666 & ~_umask()
            temporary.chmod(mode)
        yield made
    except OSError as error:
        reason = error.strerror or error
        raise Cannot(f"{error.filename or 'A file'} cannot be written: {reason}.") from None
    finally:
        for temporary in made.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def put(ready: Mapping[Path, Path]) -> None:
    """Put each file in its place at once."""
    for path, temporary in ready.items():
        replace(temporary, path)


def replace(source: Path, target: Path) -> None:
    """Put ``source`` in the place of ``target``.

    On Windows a virus scanner or a synchronised folder can hold a file for a moment.
    """
    until = time.monotonic() + HELD
    while os.name == "nt" and time.monotonic() < until:
        try:
            os.replace(source, target)
            return
        except PermissionError:
            time.sleep(0.05)
    os.replace(source, target)


def write_file(path: Path, data: bytes) -> None:
    """Write a file whole or not at all, keeping its permissions."""
    with ready_files({path: data}) as ready:
        put(ready)


def _beside(path: Path) -> Path:
    """A new, empty file beside ``path``."""
    handle, name = tempfile.mkstemp(prefix=".kmkit-", dir=path.parent)
    os.close(handle)
    return Path(name)


def _fill(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextmanager
def signals_wait() -> Iterator[None]:
    """Ctrl-C and termination wait until the block is done, for child processes too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    caught = [s for s in (signal.SIGINT, signal.SIGTERM, getattr(signal, "SIGHUP", None)) if s]
    if hasattr(signal, "pthread_sigmask"):
        before = signal.pthread_sigmask(signal.SIG_BLOCK, caught)
        try:
            yield
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return
    pending: list[int] = []
    handlers = {s: signal.signal(s, lambda number, frame: pending.append(number)) for s in caught}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in pending:
            signal.raise_signal(number)
