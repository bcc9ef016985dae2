"""OpenPGP signatures, checked by gpg in a home of its own that holds the given keys alone."""

import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from kmkit.trail.program import installed

BEGIN = "-----BEGIN PGP SIGNATURE-----"
_GPG = (
    "--batch", "--no-tty", "--no-options", "--no-autostart", "--no-auto-key-locate",
    "--weak-digest", "SHA1",
)  # fmt: skip
_HELD = {"GOODSIG", "EXPKEYSIG"}
"""A key that expired since still is the one that policy.toml gave; its steward takes it out."""
_FAILED = {"BADSIG", "ERRSIG", "EXPSIG", "REVKEYSIG"}
_NO_KEY = "9"
"""Of ERRSIG: the public key is missing, and nothing else is known to be wrong."""


class Checked(NamedTuple):
    """What a ring says of a signature; both are '' where it does not hold, or cannot be read."""

    signer: str = ""
    """The fingerprint of the key of this ring that signed."""
    stranger: str = ""
    """The name of the key that it says it is by, where that is not in this ring."""


class Keyring:
    """A temporary home of gpg with the given public keys, removed with the object."""

    def __init__(self, gpg: str, keys: Iterable[str]) -> None:
        self._gpg = gpg
        self._home = Path(tempfile.mkdtemp(prefix="kmkit-gpg-"))
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        self._run("--import", stdin="\n".join(keys).encode())

    def check(self, payload: bytes, signature: str) -> Checked:
        """Who signed ``payload``. A revoked key has signed nothing."""
        detached = self._home / "signature"
        detached.write_text(signature, encoding="ascii")
        told = self._run("--status-fd", "1", "--verify", str(detached), "-", stdin=payload)
        lines = [line.split() for line in told.decode("utf-8", "replace").splitlines()]
        said = [words[1:] for words in lines if words[:1] == ["[GNUPG:]"] and len(words) > 1]
        held = sum(words[0] in _HELD for words in said)
        valid = [words[-1] for words in said if words[0] == "VALIDSIG"]
        failed = [words for words in said if words[0] in _FAILED]
        if not failed:
            return Checked(signer=valid[0]) if held == len(valid) == 1 else Checked()
        foreign = [words for words in failed if words[0] == "ERRSIG" and words[6:7] == [_NO_KEY]]
        return Checked(stranger=_named(foreign[0])) if foreign == failed and not held else Checked()

    def keys(self) -> frozenset[str]:
        """The fingerprints of the keys in this ring, each by its first one."""
        return frozenset(primaries(self._run("--with-colons", "--list-keys", stdin=b"")))

    def _run(self, *args: str, stdin: bytes) -> bytes:
        env = {**os.environ, "GNUPGHOME": str(self._home), "LC_ALL": "C"}
        done = subprocess.run(
            [self._gpg, *_GPG, *args], input=stdin, capture_output=True, env=env, check=False
        )
        return done.stdout


def _named(errsig: list[str]) -> str:
    """The fingerprint that ERRSIG ends with, or what older ones have in its place."""
    return errsig[7] if len(errsig) > 7 and errsig[7] != "-" else errsig[1]


def primaries(listed: bytes) -> Iterator[str]:
    """The fingerprints in a listing with colons, without those of subkeys."""
    first = False
    for line in listed.decode("utf-8", "replace").splitlines():
        parts = line.split(":")
        if parts[0] in ("pub", "sec", "sub", "ssb"):
            first = parts[0] in ("pub", "sec")
        elif parts[0] == "fpr" and first and len(parts) > 9:
            yield parts[9]


def keyring(keys: Iterable[str], top: Path) -> Keyring | None:
    """A keyring of the armoured ``keys``; None where gpg is not installed outside ``top``."""
    gpg = installed("gpg", top)
    return Keyring(gpg, keys) if gpg else None
