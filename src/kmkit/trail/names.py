"""git's names of things, worked out without git."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from hashlib import _Hash


def blob_name(data: bytes, length: int) -> str:
    """git's name of a blob, in 40 or 64 digits."""
    return object_name("blob", data, length)


def object_name(kind: str, data: bytes, length: int) -> str:
    """git's name of an object, in 40 or 64 digits."""
    made = _hash(length)(b"%s %d\0" % (kind.encode(), len(data)))
    made.update(data)
    return made.hexdigest()


@cache
def _hash(length: int) -> "Callable[[bytes], _Hash]":
    from hashlib import sha1, sha256

    return sha256 if length == 64 else sha1
