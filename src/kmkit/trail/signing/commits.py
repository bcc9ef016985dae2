"""A raw commit, taken apart into the signature and the bytes that were signed."""

from typing import NamedTuple

from kmkit.trail.signing.malformed import MalformedError

_HEADERS = (b"gpgsig", b"gpgsig-sha256")
"""Where git keeps a signature: by the hash that names the repository's objects."""


class SignedCommit(NamedTuple):
    """The two parts of a signed commit."""

    payload: bytes
    """The commit without the signature's header: the bytes that were signed."""
    signature: str
    """Armoured, without its indentation."""


def take_apart(raw: bytes) -> SignedCommit | None:
    """The parts of the raw commit object, None where it carries no signature.

    MalformedError where it carries several: which one counts would be a matter of opinion.
    """
    header, blank, message = raw.partition(b"\n\n")
    payload: list[bytes] = []
    found: list[list[bytes]] = []
    inside = False
    for line in header.split(b"\n"):
        inside = line.startswith(b" ") and inside
        if inside:
            found[-1].append(line[1:])
        elif line.partition(b" ")[0] in _HEADERS:
            found.append([line.partition(b" ")[2]])
            inside = True
        else:
            payload.append(line)
    if not found:
        return None
    if len(found) > 1:
        raise MalformedError("It carries more than one signature.")
    try:
        armour = b"\n".join(found[0]).decode("ascii")
    except UnicodeDecodeError:
        raise MalformedError("Its signature is not ASCII.") from None
    return SignedCommit(b"\n".join(payload) + blank + message, armour)
