"""Locks, whole files and signals that wait: what keeps a half-done step from being seen."""

import errno
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from kmkit.errors import Cannot, Refused
from kmkit.trail.holder import holding, signed, signer

PATIENCE = 10.0
"""Seconds to wait for a lock."""
HELD = 2.0
"""Seconds to wait for a file that another program holds."""
COPY = "index.kmkit-"
"""How the files begin that kmkit makes beside git's index for a moment."""


@contextmanager
def kmkit_lock(common_dir: Path) -> Iterator[None]:
    """Holds kmkit's own lock of the repository; whoever holds it may take it once more.

    The system releases it when the process ends, however that comes about.
    """
    place = common_dir / "kmkit"
    try:
        make_folder(place)
        with FileLock(place / "lock", timeout=PATIENCE, is_singleton=True):
            yield
    except Timeout:
        raise _at_work(place / "lock") from None
    except OSError as error:
        if error.errno not in _FORBIDDEN:
            raise
        message = f"{error.filename or 'A file'} cannot be written: {error.strerror}."
        folder = Path(error.filename or place).parent
        raise Cannot(message, _WAYS[error.errno].format(folder)) from None


_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)
_ROOM = "Make room on its disk and try again; nothing was changed."
_RIGHTS = "Look at the permissions of the folder {}."
_WAYS = {errno.ENOSPC: _ROOM, errno.EDQUOT: _ROOM, errno.EACCES: _RIGHTS, errno.EPERM: _RIGHTS,
         errno.EROFS: "Its disk is mounted for reading alone."}  # fmt: skip
"""What to do where the system does not let a file in that folder be written."""


def _at_work(lock: Path) -> Refused:
    """Who holds kmkit's own lock for so long, where the system tells."""
    long = "Another kmkit command has been at work for long"
    if not (found := holding(lock)):
        return Refused(f"{long}.", "Try again.")
    pid, since = found
    began = f", begun {since:%Y-%m-%d %H:%M:%S}" if since else ""
    return Refused(f"{long}: process {pid}{began}.", "Try again; if it hangs, end that process.")


@contextmanager
def git_lock(path: Path, *, elsewhere: bool = False) -> Iterator[None]:
    """Holds git's lock file ``path``; Refused where another command holds it for too long.

    To be called under kmkit's lock. A lock that a kmkit process left behind which no longer runs
    is taken over; with ``elsewhere`` also one of another machine, whose processes nobody sees
    from here. No lock of anybody else's is ever touched.
    """
    mine = signed()
    ready = path.with_name(f"{COPY}lock-{secrets.token_hex(6)}")
    try:
        with writing(path, ready):
            with ready.open("xb") as stream:
                _whole(stream, mine)
            _take(path, ready, elsewhere)
    finally:
        ready.unlink(missing_ok=True)
    try:
        yield
    finally:
        with suppress(FileNotFoundError):
            if path.read_bytes() == mine:
                path.unlink()


def _take(path: Path, ready: Path, elsewhere: bool) -> None:
    """Put the lock that is ``ready`` at ``path``, as soon as there is none."""
    until = time.monotonic() + PATIENCE
    while not _linked(ready, path):
        left = signer(path)
        if left and (not left.runs or (elsewhere and not left.here)):
            os.replace(ready, path)
            return
        if time.monotonic() > until:
            raise _held(path, bool(left))
        time.sleep(0.02)


def _linked(ready: Path, path: Path) -> bool:
    """Whether ``path`` could be made, whole at once; False where it exists."""
    try:
        os.link(ready, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666)
        except FileExistsError:
            return False
        with os.fdopen(handle, "wb") as stream:
            stream.write(ready.read_bytes())
    return True


def _held(path: Path, ours: bool) -> Refused:
    if ours:
        return Refused(
            f"Another kmkit command holds {path}, or was cut off on another machine.",
            "Wait for it; if none is running, run kmkit doctor --mend.",
        )
    return Refused(
        f"git is at work here: {path} exists.",
        "Wait for the other command; if none is running, remove that file.",
    )


@contextmanager
def writing(place: Path | None = None, temporary: Path | None = None) -> Iterator[None]:
    """Says what could not be written, where the system does not let it be.

    ``temporary``: a name that nobody knows, for a moment in place of ``place``.
    """
    try:
        yield
    except OSError as error:
        there = error.filename
        what = place if place and (there is None or str(there) == str(temporary)) else there
        mend = ""
        if place:
            folder = next((one for one in place.parents if one.exists()), place.parent)
            mend = _WAYS.get(error.errno or 0, "").format(folder)
        raise Cannot(
            f"{what or 'A file'} cannot be written: {error.strerror or error}.", mend
        ) from None


def beside(path: Path) -> Path:
    """The name of a file that is new, in the same folder."""
    return path.with_name(f".kmkit-{secrets.token_hex(6)}")


@contextmanager
def ready_files(
    files: Mapping[Path, bytes], temporary: Mapping[Path, Path] | None = None
) -> Iterator[Mapping[Path, Path]]:
    """The contents written and on the disk, each in a file beside its place; see `put`.

    ``temporary`` names those files. What was not put is removed in the end.
    """
    named = temporary or {path: beside(path) for path in files}
    try:
        with writing():
            for path, data in files.items():
                with writing(path, named[path]):
                    make_folder(path.parent)
                    with named[path].open("xb") as stream:
                        _whole(stream, data)
                    if path.exists():
                        named[path].chmod(path.stat().st_mode & 0o7777)
            yield named
    finally:
        for left in named.values():
            with suppress(OSError):
                left.unlink(missing_ok=True)


def put(ready: Mapping[Path, Path]) -> None:
    """Put each file in its place at once, to stay there when the power fails."""
    for path, temporary in ready.items():
        replace(temporary, path)
    harden(path.parent for path in ready)


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


def harden(places: Iterable[Path]) -> None:
    """Have files, and folders with the names in them, on the disk; what is not there is left out.

    Several are asked for at once: a disk that has to write anyway writes them together. On Windows
    the file system sees to names itself, and a file opened for reading cannot be.
    """
    if os.name == "nt":
        return
    wanted = list(dict.fromkeys(places))
    failed: list[OSError] = []

    def work(some: Iterable[Path]) -> None:
        try:
            for place in some:
                _harden(place)
        except OSError as error:
            failed.append(error)

    helpers = [
        threading.Thread(target=work, args=(wanted[at::_AT_ONCE],)) for at in range(1, _AT_ONCE)
    ]
    helpers = helpers[: max(0, len(wanted) - 1)]
    for helper in helpers:
        helper.start()
    work(wanted[::_AT_ONCE])
    for helper in helpers:
        helper.join()
    if failed:
        raise failed[0]


_AT_ONCE = 4


def harden_all(folder: Path) -> None:
    """Have a folder on the disk, with all that is in it."""
    harden([folder, *folder.rglob("*")])


def _harden(place: Path) -> None:
    try:
        handle = os.open(place, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):  # no such thing on this disk
            raise
    finally:
        os.close(handle)


def _whole(stream: IO[bytes], data: bytes) -> None:
    """Write all of ``data``, and have it on the disk."""
    stream.write(data)
    stream.flush()
    os.fsync(stream.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder with those above it, and have their names on the disk."""
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    harden(one.parent for one in missing)


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
