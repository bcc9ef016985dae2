"""People as git names them, and their addresses as they are compared."""

import re
from typing import NamedTuple

from kmkit.text import fold, one_line

_ADDRESS = re.compile(r"[^\s@<>,;*?\[\]]+@[^\s@<>,;*?\[\]]+")


class Person(NamedTuple):
    """Somebody, as git names them."""

    name: str
    email: str

    @property
    def key(self) -> str:
        """How two addresses are compared: without case."""
        return self.email.strip().casefold()

    @property
    def known_by(self) -> frozenset[str]:
        """What tells that it is the same person: the address, and a name of two words or more.

        'Ana' alone can be another Ana.
        """
        name = fold(one_line(self.name))
        return frozenset({self.key, name if " " in name else ""} - {""})

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


def address(text: str) -> str:
    """``text`` as addresses are compared, '' where it is not the e-mail address of one person."""
    who = text.strip()
    return who.casefold() if _ADDRESS.fullmatch(who) and one_line(who) == who else ""
