"""Secrets, read from where the settings say they are; never shown, never kept."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from kmkit.errors import Cannot
from kmkit.text import HIDDEN, as_typed, one_line

_LONGEST = 1 << 16
"""Bytes of a file with a secret."""


def secret_of(where: str, *, root: Path, environ: Mapping[str, str], user: str = "") -> str:
    """The secret that ``where`` names: 'env:NAME', 'file:PATH' or 'keyring:SERVICE'.

    ``root``: of the knowledge base, in which no secret may lie. ``user``: whose secret the
    keyring is asked for. Raises Cannot, which says what to do and never any part of a secret.
    """
    way, colon, name = where.partition(":")
    name = name.strip()
    if not colon or not name or way not in ("env", "file", "keyring"):
        raise Cannot(
            "A secret must not stand in kmkit.toml, where everybody who has a copy reads it.",
            "Change it, since it counts as known; then write env:NAME, file:PATH or "
            "keyring:SERVICE there.",
        )
    if way == "env":
        return _usable(environ.get(name, ""), f"The environment variable {one_line(name)}")
    if way == "file":
        return _of_file(name, root, environ)
    return _of_keyring(name, user)


def _usable(secret: str, place: str) -> str:
    """``secret``, or a refusal that names its place."""
    if not secret.strip():
        raise Cannot(f"{place} holds no secret.", "Set it, and run this again.")
    if HIDDEN.search(secret) or "\n" in secret or "\r" in secret:
        raise Cannot(f"{place} holds more than one line, or hidden characters.", "Write it anew.")
    return secret


def _of_file(name: str, root: Path, environ: Mapping[str, str]) -> str:
    """The secret in a file that nobody else can read, outside the knowledge base."""
    if name.startswith("~/"):
        name = f"{environ.get('HOME') or environ.get('USERPROFILE', '~')}{name[1:]}"
    path = (root / name).resolve()
    if path.is_relative_to(_repository(root.resolve())):
        raise Cannot(
            f"The secret's file {path} lies in the knowledge base, and would be committed with it.",
            f"Move it out, such as to ~/.config/kmkit/{path.name}, and change the secret.",
        )
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise Cannot(f"The secret's file {path} cannot be read: {error.strerror}.") from None
    try:
        _private(path, os.fstat(descriptor))
        data = os.read(descriptor, _LONGEST + 1)
    finally:
        os.close(descriptor)
    try:
        if len(data) > _LONGEST:
            raise UnicodeError
        secret = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeError:
        raise Cannot(
            f"The secret's file {path} is no text of one line.", "Write it anew."
        ) from None
    return _usable(secret, f"The secret's file {path}")


def _private(path: Path, found: os.stat_result) -> None:
    """Refuse a file that is none, is somebody else's, or that others can read."""
    if not stat.S_ISREG(found.st_mode):
        raise Cannot(f"{path} is no file that could hold a secret.", "Name a file.")
    if not hasattr(os, "geteuid"):
        return  # Windows keeps who may read a file elsewhere
    if found.st_uid != os.geteuid():
        raise Cannot(f"The secret's file {path} belongs to somebody else.", "Put one of your own.")
    if stat.S_IMODE(found.st_mode) & 0o077:
        raise Cannot(
            f"Others can read the secret's file {path}.", f"Run: chmod 600 {as_typed(path)}"
        )


def _repository(root: Path) -> Path:
    """The work tree that holds the knowledge base: what lies in it can be committed."""
    return next((p for p in (root, *root.parents) if (p / ".git").exists()), root)


def _of_keyring(service: str, user: str) -> str:
    """The secret in the system's keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise Cannot(
            "The keyring cannot be asked: the package keyring is not installed.",
            "Run: pip install 'kmkit[keyring]'. Or use env:NAME or file:PATH.",
        ) from None
    try:
        found = keyring.get_password(service, user)
    except KeyringError as error:
        raise Cannot(
            f"The keyring gives nothing: {type(error).__name__}.",
            "Unlock it, or use env:NAME or file:PATH.",
        ) from None
    if found is None:
        shown = f"keyring set '{one_line(service)}' '{one_line(user)}'"
        raise Cannot(f"The keyring has no secret for {one_line(service)}.", f"Run: {shown}")
    return _usable(found, "The keyring's entry")
