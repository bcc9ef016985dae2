"""Who holds a lock: a process, told so that a later one can see whether it still runs."""

import json
import os
import platform
import secrets
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_MARK = "kmkit "
"""How a lock of kmkit's begins; git writes nothing like it into its own."""


class Holder(NamedTuple):
    """A process on a machine."""

    pid: int
    host: str
    started: str
    """When it began, as the system tells; '' where it does not. A number can be given out twice."""

    @property
    def here(self) -> bool:
        """Whether it is, or was, a process of this machine."""
        return self.host == platform.node()

    @property
    def runs(self) -> bool:
        """Whether it may still run: another machine's processes cannot be seen from here."""
        if not self.here:
            return True
        if self.pid == os.getpid():
            return False  # whoever asks holds kmkit's lock, so it is not at work elsewhere
        if os.name == "nt":  # asking would end it; it cannot run while its kmkit lock is ours
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return not self.started or self.started == _started(self.pid)


def this_process() -> Holder:
    """The process that asks."""
    pid = os.getpid()
    return Holder(pid, platform.node(), _started(pid))


def _started(pid: int) -> str:
    """The boot and the tick at which a process began, where /proc tells."""
    with suppress(OSError, IndexError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return f"{boot} {fields[19]}"
    return ""


def signed() -> bytes:
    """What a lock of this process holds; no two are the same."""
    return f"{_MARK}{secrets.token_hex(8)} {json.dumps(this_process())}\n".encode()


def signer(lock: Path) -> Holder | None:
    """The process of kmkit that made the lock file, None where it is not kmkit's or is gone."""
    try:
        with lock.open("rb") as stream:
            text = stream.read(1000).decode("utf-8", "replace")
        if not text.startswith(_MARK):
            return None
        pid, host, started = json.loads(text.split(" ", 2)[2])
        return Holder(int(pid), str(host), str(started))
    except (OSError, ValueError, IndexError, TypeError):
        return None


def holding(lock: Path) -> tuple[int, datetime | None] | None:
    """The process that holds a lock of the system on a file, and when it began.

    None where nobody does, or the system does not tell, as none but Linux does.
    """
    with suppress(OSError, ValueError, IndexError):
        found = lock.stat()
        place = f"{os.major(found.st_dev):02x}:{os.minor(found.st_dev):02x}:{found.st_ino}"
        for row in Path("/proc/locks").read_text("ascii", "replace").splitlines():
            fields = row.split()
            if place in fields and fields[1] == "FLOCK" and int(fields[4]) > 0:
                return int(fields[4]), _began(int(fields[4]))
    return None


def _began(pid: int) -> datetime | None:
    """When a process of this machine began, where /proc tells."""
    with suppress(OSError, ValueError, IndexError):
        rows = Path("/proc/stat").read_text("ascii").splitlines()
        boot = next(int(row.split()[1]) for row in rows if row.startswith("btime "))
        ticks = int(_started(pid).split()[1])
        return datetime.fromtimestamp(boot + ticks / os.sysconf("SC_CLK_TCK")).astimezone()
    return None
