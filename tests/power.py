"""A disk whose power can be cut: ext4 in an image file, seen by one process and what it starts.

What a power cut leaves is what was handed to the disk, which is what the image file holds; what
the file system has not written yet is in memory alone. So a cut is a copy of that file.
"""

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cut_off import forked

MEGABYTES = 48
_MAKE = ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", "-J", "size=4"]
_NEW_MOUNTS, _DIES_WITH_PARENT = 0x00020000, 1
_TRIES = 200


class NoDiskError(Exception):
    """Why no file system can be made and mounted here."""


def why_not() -> str:
    """Why no power can be cut on this machine, as far as it can be told beforehand."""
    if sys.platform != "linux":
        return "a loop device takes Linux"
    if os.geteuid() != 0:
        return "mounting a file system takes root"
    missing = [name for name in ("mkfs.ext4", "mount", "umount") if not shutil.which(name)]
    return f"there is no {' and no '.join(missing)}" if missing else ""


def apart(work: Callable[[], Any]) -> Any:
    """What ``work`` returns (as JSON tells it), done in a process that has its mounts to itself.

    However that process ends, its mounts and loop devices go with it.
    """
    hear, say = os.pipe()

    def inside() -> None:
        os.close(hear)
        told: dict[str, Any] = {}
        try:
            _libc(_DIES_WITH_PARENT)
            _own_mounts()
            told["made"] = work()
        except NoDiskError as error:
            told["no disk"] = str(error)
        except BaseException:
            told["failed"] = traceback.format_exc()
        with os.fdopen(say, "w") as stream:
            json.dump(told, stream)

    child = forked(inside)
    os.close(say)
    try:
        with os.fdopen(hear) as stream:
            told = json.loads(stream.read() or '{"failed": "it was killed"}')
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
    if "no disk" in told:
        raise NoDiskError(told["no disk"])
    assert "failed" not in told, told["failed"]
    return told["made"]


def ends_with_its_parent() -> None:
    """Have the system kill this process when the one that started it ends."""
    _libc(_DIES_WITH_PARENT)


def _libc(option: int) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(option, signal.SIGKILL)


def _own_mounts() -> None:
    if ctypes.CDLL(None, use_errno=True).unshare(_NEW_MOUNTS):
        raise NoDiskError(f"this root may not mount: {os.strerror(ctypes.get_errno())}")
    _system("mount", "--make-rprivate", "/")


def _system(*command: str | Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NoDiskError(f"{' '.join(map(str, command))}: {done.stderr.strip()}")


class Disk:
    """An image file, and the folder where it is mounted."""

    def __init__(self, folder: Path, options: str) -> None:
        self.folder, self.options = folder, options
        self.image, self.top = folder / "disk.img", folder / "disk"
        self._mounted = False

    def make(self) -> None:
        """A new, empty one."""
        self.top.mkdir(parents=True)
        with self.image.open("wb") as stream:
            stream.truncate(MEGABYTES * 2**20)
        _system("mkfs.ext4", *_MAKE, self.image)
        self.mount()

    def mount(self) -> None:
        _system("mount", "-o", f"loop,{self.options}", self.image, self.top)
        self._mounted = True

    def unmount(self) -> None:
        """All that is in memory goes to the image file."""
        until = time.monotonic() + 5
        while self._mounted:
            try:
                _system("umount", self.top)
                self._mounted = False
            except NoDiskError:  # a process that was killed has not ended yet
                if time.monotonic() > until:
                    _system("umount", "--lazy", self.top)
                    raise
                time.sleep(0.01)

    def close(self) -> None:
        self.unmount()
        shutil.rmtree(self.folder)

    def copy(self, image: Path) -> None:
        """Have a copy of the image file as it stands, in which no write is half done."""
        for _ in range(_TRIES):
            before = self._written()
            _system("cp", "--sparse=auto", self.image, image)
            if before == self._written():
                return
        raise AssertionError("the file system never stopped writing")

    def cut(self) -> None:
        """Cut the power, and switch it on again: the journal of ext4 is replayed."""
        left = self.folder / "left.img"
        self.copy(left)
        self.unmount()
        left.replace(self.image)
        self.mount()

    def _written(self) -> tuple[str, str]:
        """Writes that the device has done, after those that it is at have ended."""
        device = self.top.stat().st_dev
        place = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}/stat")
        while int((told := place.read_text("ascii").split())[8]):
            time.sleep(0.0005)
        return told[4], told[6]
