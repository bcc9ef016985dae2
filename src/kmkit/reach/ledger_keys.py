"""Names that tell nobody anything: of recipients, as keyed hashes, and of machines."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

from kmkit.errors import Refused, UsageError
from kmkit.trail.safely import harden, writing

VARIABLE = "KMKIT_OUTBOX_KEY"
"""The environment variable by which several machines share a key."""
_SHORTEST = 32
_FOLDER = "kmkit"


class Keys:
    """The key of a repository's ledger; made when it is first needed, shared where one is given.

    ``given``: the key that several machines share, at least 32 characters; '' for this machine's.
    """

    def __init__(self, common_dir: Path, given: str = "") -> None:
        if given and len(given) < _SHORTEST:
            raise UsageError(
                f"{VARIABLE} is too short: it has to have {_SHORTEST} characters at least.",
                "Make one, and give it to every machine: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'.",
            )
        self._folder = common_dir / _FOLDER
        self._key = (given or self._own("outbox.key", 32)).encode()
        self.name = self._hash("kmkit outbox key", 12)
        """What the ledger calls this key: machines that share it see that they do."""

    def mark(self, email: str) -> str:
        """The keyed hash of an address: without the key, it tells nothing of it."""
        return self._hash("to " + email.strip().casefold(), 24)

    def machine(self) -> str:
        """What the ledger calls this clone: drawn by lot, it says nothing of the machine.

        A copy of the clone at another place is another machine.
        """
        said = f"{self._own('machine', 16)} {os.path.realpath(self._folder)}"
        return hashlib.sha256(said.encode()).hexdigest()[:12]

    def _hash(self, text: str, digits: int) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:digits]

    def _own(self, name: str, size: int) -> str:
        """A number drawn by lot, kept in the git directory and readable by nobody else."""
        place = self._folder / name
        with writing(), suppress(FileNotFoundError):
            found = place.read_text("ascii", "replace").strip()
            if len(found) == 2 * size and found.isalnum():
                return found
            raise Refused(
                f"{place} is damaged.",
                "Put back a copy; without one, remove it: who got the last letters is not known "
                "from then on, only that they went out.",
            )
        with writing():
            self._folder.mkdir(parents=True, exist_ok=True)
            ready = place.with_name(f".kmkit-{secrets.token_hex(6)}")
            handle = os.open(ready, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as stream:
                stream.write(secrets.token_hex(size) + "\n")
                stream.flush()
                os.fsync(stream.fileno())
            _put(ready, place)
            ready.unlink(missing_ok=True)
            harden([self._folder])
        return self._own(name, size)


def _put(ready: Path, place: Path) -> None:
    """Put a file in its place, unless another command was first."""
    try:
        os.link(ready, place)
    except FileExistsError:
        return
    except OSError:  # a file system without links
        if not place.exists():
            os.replace(ready, place)
