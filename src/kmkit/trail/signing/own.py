"""The key that git signs with on this machine."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from kmkit.lifecycle.person import Person
from kmkit.trail.git import Git
from kmkit.trail.program import installed
from kmkit.trail.signing.openpgp import primaries

SSH, OPENPGP = "ssh", "openpgp"
"""Values of gpg.format; the second is git's own."""
_KINDS = ("ssh-", "sk-ssh-", "ecdsa-", "sk-ecdsa-")
_PATIENCE = 10.0
"""Seconds that gpg has to list keys; it may wait for a card."""


class Own(NamedTuple):
    """What git signs with."""

    format: str
    """By ``gpg.format``: ssh, openpgp, or another."""
    keys: frozenset[str]
    """Kind and text of an SSH key, or fingerprints of OpenPGP keys, of which gpg takes one.

    Empty where it cannot be told, such as of a key in an agent.
    """


def own_key(git: Git, who: Person) -> Own:
    """The key that commits by ``who`` are signed with here."""
    chosen = git.config("gpg.format") or OPENPGP
    named = git.config("user.signingkey")
    if chosen == SSH:
        return Own(SSH, _of_ssh(named.removeprefix("key::")))
    return Own(chosen, _of_gpg(git, named or str(who)) if chosen == OPENPGP else frozenset())


def _of_ssh(named: str) -> frozenset[str]:
    if not named.startswith(_KINDS):
        try:
            place = Path(named).expanduser()
            public = place if place.suffix == ".pub" else place.with_name(f"{place.name}.pub")
            named = public.read_text(encoding="utf-8")
        except (OSError, RuntimeError, UnicodeDecodeError, ValueError):
            return frozenset()
    return frozenset({" ".join(named.split()[:2])} - {""})


def _of_gpg(git: Git, named: str) -> frozenset[str]:
    """The secret keys that gpg finds by a name, as git asks it for one."""
    gpg = git.config("gpg.openpgp.program") or git.config("gpg.program")
    gpg = gpg or installed("gpg", git.top)
    if not gpg:
        return frozenset()
    command = [gpg, "--batch", "--no-tty", "--with-colons", "--list-secret-keys", "--", named]
    try:
        listed = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=git.environment(),
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return frozenset()
    return frozenset(primaries(listed.stdout)) if listed.returncode == 0 else frozenset()
