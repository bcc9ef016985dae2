"""The binary encoding of SSH (RFC 4251, section 5), read strictly."""

import base64
import binascii

from kmkit.trail.signing.malformed import MalformedError

LONGEST = 65_536
"""Bytes of a key or a signature that are looked at."""


class Wire:
    """A cursor over bytes; every read checks that they are there."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def take(self, count: int) -> bytes:
        """The next ``count`` bytes."""
        if count > len(self._rest):
            raise MalformedError("It is cut off.")
        taken, self._rest = self._rest[:count], self._rest[count:]
        return taken

    def number(self) -> int:
        """The next 32-bit number."""
        return int.from_bytes(self.take(4), "big")

    def string(self) -> bytes:
        """The next string: its length, then its bytes."""
        return self.take(self.number())

    def name(self) -> str:
        """The next string, which is an ASCII name."""
        try:
            return self.string().decode("ascii")
        except UnicodeDecodeError:
            raise MalformedError("A name in it is not ASCII.") from None

    def positive(self) -> int:
        """The next integer of any length, which is positive and has no padding."""
        data = self.string()
        if not data or data[0] & 0x80 or (data[0] == 0 and not (data[1:2] and data[1] & 0x80)):
            raise MalformedError("A number in it is not written as SSH writes it.")
        return int.from_bytes(data, "big")

    def end(self) -> None:
        """Nothing may follow."""
        if self._rest:
            raise MalformedError("Something follows its end.")


def string(data: bytes) -> bytes:
    """``data`` as a string on the wire."""
    return len(data).to_bytes(4, "big") + data


def unbase64(text: str) -> bytes:
    """The bytes that ``text`` stands for, where it is base64 to the letter."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError, ValueError):
        raise MalformedError("It is not base64.") from None
    if len(data) > LONGEST:
        raise MalformedError("It is too long.")
    if base64.b64encode(data).decode() != text:
        raise MalformedError("Its base64 is not written as usual.")
    return data
