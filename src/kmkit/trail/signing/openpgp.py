"""OpenPGP signatures, checked by gpg in a home of its own that holds the given keys alone."""

import os
import shutil
import subprocess
import tempfile
import weakref
from collections.abc import Iterable
from pathlib import Path

BEGIN = "-----BEGIN PGP SIGNATURE-----"
_GPG = (
    "--batch", "--no-tty", "--no-options", "--no-autostart", "--no-auto-key-locate",
    "--weak-digest", "SHA1",
)  # fmt: skip
_HELD = {"GOODSIG", "EXPKEYSIG"}
"""A key that expired since still is the one that policy.toml gave; its steward takes it out."""
_FAILED = {"BADSIG", "ERRSIG", "EXPSIG", "REVKEYSIG"}


class Keyring:
    """A temporary home of gpg with the given public keys, removed with the object."""

    def __init__(self, gpg: str, keys: Iterable[str]) -> None:
        self._gpg = gpg
        self._home = Path(tempfile.mkdtemp(prefix="kmkit-gpg-"))
        weakref.finalize(self, shutil.rmtree, self._home, ignore_errors=True)
        self._run("--import", stdin="\n".join(keys).encode())

    def signer(self, payload: bytes, signature: str) -> str:
        """The fingerprint of the key that signed ``payload``, '' where none of this ring did.

        A revoked or unknown key has signed nothing.
        """
        detached = self._home / "signature"
        detached.write_text(signature, encoding="ascii")
        told = self._run("--status-fd", "1", "--verify", str(detached), "-", stdin=payload)
        lines = [line.split() for line in told.decode("utf-8", "replace").splitlines()]
        said = [words[1:] for words in lines if words[:1] == ["[GNUPG:]"] and len(words) > 1]
        held = sum(words[0] in _HELD for words in said)
        valid = [words[-1] for words in said if words[0] == "VALIDSIG"]
        failed = any(words[0] in _FAILED for words in said)
        return valid[0] if held == len(valid) == 1 and not failed else ""

    def _run(self, *args: str, stdin: bytes) -> bytes:
        env = {**os.environ, "GNUPGHOME": str(self._home), "LC_ALL": "C"}
        done = subprocess.run(
            [self._gpg, *_GPG, *args], input=stdin, capture_output=True, env=env, check=False
        )
        return done.stdout


def keyring(keys: Iterable[str]) -> Keyring | None:
    """A keyring of the armoured ``keys``; None where gpg is not installed."""
    gpg = shutil.which("gpg")
    return Keyring(gpg, keys) if gpg else None
