"""Real keys and signatures, made by ssh-keygen and gpg, for the tests of the audit."""

import atexit
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import NamedTuple


class SshKey(NamedTuple):
    """A key pair of ssh-keygen's."""

    file: Path
    """Of the private key."""
    line: str
    """The public key, as policy.toml gives it."""


def _folder(prefix: str) -> Path:
    """A folder that lasts as long as this run."""
    folder = Path(mkdtemp(prefix=prefix))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def ssh_key(name: str, kind: str = "ed25519", bits: int = 0) -> SshKey:
    """The key of somebody, made once in a run of the tests."""
    file = _folder("kmkit-keys-") / name
    size = ["-b", str(bits)] if bits else []
    command = ["ssh-keygen", "-q", "-t", kind, *size, "-N", "", "-C", name, "-f", str(file)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return SshKey(file, file.with_suffix(".pub").read_text(encoding="utf-8").strip())


def ssh_sign(payload: bytes, key: SshKey, *options: str, namespace: str = "git") -> str:
    """The armoured signature of ``payload``."""
    command = ["ssh-keygen", "-q", "-Y", "sign", "-n", namespace, *options, "-f", str(key.file)]
    done = subprocess.run(command, input=payload, capture_output=True, check=True)
    return done.stdout.decode()


def with_signature(payload: bytes, armour: str, header: str = "gpgsig") -> bytes:
    """The raw commit ``payload`` with ``armour`` in its header, where git puts it."""
    head, blank, message = payload.partition(b"\n\n")
    lines = "\n ".join(armour.rstrip("\n").split("\n"))
    return head + f"\n{header} {lines}".encode() + blank + message


class GpgKey(NamedTuple):
    """A key pair in a home of gpg."""

    home: Path
    armour: str
    fingerprint: str


@cache
def gpg_key(email: str) -> GpgKey:
    """An OpenPGP key, made once in a run of the tests."""
    home = _folder("kg-")  # short: gpg's agent puts a socket in it
    gpg(home, "--passphrase", "", "--quick-gen-key", email, "ed25519", "sign", "never")
    listed = gpg(home, "--with-colons", "--list-keys").decode()
    name = next(row.split(":")[9] for row in listed.splitlines() if row.startswith("fpr:"))
    return GpgKey(home, gpg(home, "--armor", "--export", email).decode(), name)


def gpg_sign(payload: bytes, key: GpgKey) -> str:
    """The armoured signature of ``payload``."""
    return gpg(key.home, "--armor", "--detach-sign", stdin=payload).decode()


def gpg(home: Path, *args: str, stdin: bytes = b"") -> bytes:
    """What gpg prints, with ``home`` as its home."""
    command = ["gpg", "--batch", "--no-tty", "--quiet", "--pinentry-mode", "loopback", *args]
    env = {**os.environ, "GNUPGHOME": str(home)}
    return subprocess.run(command, input=stdin, capture_output=True, env=env, check=True).stdout


def gpg_stop(home: Path) -> None:
    """End the agent that gpg started for ``home``."""
    env = {**os.environ, "GNUPGHOME": str(home)}
    subprocess.run(["gpgconf", "--kill", "all"], env=env, check=False, capture_output=True)
