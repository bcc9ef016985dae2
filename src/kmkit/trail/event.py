"""An event of the trail, and the commit message that carries it.

The subject names the move and the note, the body is the reason, and the last paragraph holds the
trailers. `compose` writes such a message, `parse` reads a commit back. What a user says can neither
forge nor hide a trailer: lines of the reason that git or kmkit could take for one are set in by a
blank, and so are the lines at which some git commands cut a message off.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple

from kmkit.lifecycle.person import Person
from kmkit.text import HIDDEN, address_key, one_line

NOTE, MOVE = "Kmkit-Note", "Kmkit-Move"
REPEATABLE = ("Reviewed-by", "Kmkit-Attached")
"""Trailers of ours that may stand more than once."""
RECORD = "Kmkit-Record"
OURS = (
    NOTE, RECORD, MOVE, "Kmkit-Method", "Kmkit-Verdict", "Kmkit-Fingerprint", "Kmkit-Same-As",
    "Kmkit-Topic", "Kmkit-Decided-By", "Kmkit-Minutes", "Kmkit-Level", "Kmkit-Owner",
    "Kmkit-Channel", "Kmkit-Audience", "Kmkit-On", "Kmkit-Evidence", "Kmkit-Asked", "Kmkit-Due",
    "Kmkit-In-Force", "Kmkit-Superseded-By", "Kmkit-On-Behalf-Of", "Kmkit-About", "Kmkit-Outcome",
    "Kmkit-Blob", "Kmkit-Attached", "Reviewed-by",
)  # fmt: skip
"""Every trailer that kmkit writes, in the order in which it writes them."""

ONCE = frozenset(OURS) - frozenset(REPEATABLE)
"""Those that may not."""
_TRAILER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:(.*)")
_CUTS = re.compile(r"---|\S+ -+ >8 -")
"""Where git takes the message to end: a patch, or the scissors line of ``git commit --verbose``."""
_PICKED = "(cherry picked from commit "
"""A line that ``git cherry-pick -x`` puts among the trailers."""
_STEP = re.compile(r"([a-z-]+)(?: ([a-z]*) ?-> ?([a-z]+))?")
_ENCODING = re.compile(rb"(?m)^encoding (\S+)$")
_IDENT = re.compile(r"(.*?) ?<([^>]*)> (-?\d+) ([+-]\d{4})")
_LONG = 256
"""Nothing is remembered of longer lines, in bytes or characters."""


Author = tuple[str, str, datetime]
"""Name, e-mail in lower case, and date with its time zone."""


class Event(NamedTuple):
    """One move of one note, as a commit tells it."""

    commit: str
    when: datetime
    """The author's date, with its time zone."""
    name: str
    email: str
    """In lower case."""
    subject: str
    reason: str
    note: str
    """The note's id; for a record's event the id of the record."""
    move: str
    """A verb of the lifecycle."""
    from_state: str = ""
    to_state: str = ""
    trailers: Mapping[str, str] = {}
    """Those of ours that stand once."""
    reviewed_by: tuple[str, ...] = ()
    attached: tuple[str, ...] = ()
    coauthors: tuple[str, ...] = ()
    """E-mails in lower case."""

    def get(self, name: str) -> str:
        """The value of trailer ``Kmkit-<name>``, '' where it is absent."""
        return self.trailers.get(f"Kmkit-{name}", "")

    @property
    def method(self) -> str:
        """The method of validation."""
        return self.trailers.get("Kmkit-Method", "")

    @property
    def verdict(self) -> str:
        """approve, return or reject."""
        return self.trailers.get("Kmkit-Verdict", "")

    @property
    def fingerprint(self) -> str:
        """Of the substance after the move."""
        return self.trailers.get("Kmkit-Fingerprint", "")

    @property
    def short_fingerprint(self) -> str:
        """The fingerprint as people see it: its first twelve digits."""
        return self.fingerprint[: len("k1:") + 12]

    @property
    def about(self) -> str:
        """The id of the note that a record's event is about."""
        return self.get("About")

    @property
    def outcome(self) -> str:
        """Of an application."""
        return self.get("Outcome")


def compose(subject: str, reason: str, trailers: Iterable[tuple[str, str]]) -> str:
    """The message of a move: subject, reason, and the trailers as the last paragraph.

    Trailers without a value are left out.
    """
    lines = [(key, one_line(value)) for key, value in trailers]
    paragraphs = [
        one_line(subject) or "note",
        _body(reason),
        "\n".join(f"{key}: {value}" for key, value in lines if value),
    ]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph) + "\n"


def _body(reason: str) -> str:
    """A reason as it may stand in a message: its lines, none of which git takes for its own."""
    lines = (HIDDEN.sub("", line.replace("\x1f", " ")).rstrip() for line in reason.splitlines())
    safe = (f" {line}" if _CUTS.match(line) or _TRAILER.match(line) else line for line in lines)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(safe)).strip("\n")


def trailers_of(message: str) -> list[tuple[str, str]]:
    """The trailers in the last paragraph of ``message``; empty where a line of it is none."""
    return _trailers(_apart(message)[1])


def _trailers(lines: Iterable[str]) -> list[tuple[str, str]]:
    """The trailers that ``lines`` are; empty where one of them is none."""
    found: list[tuple[str, str]] = []
    for line in lines:
        key, colon, value = line.partition(":")
        if colon and key in ONCE:  # most are, and then no expression is needed
            found.append((key, value.strip()))
        elif line[:1] in (" ", "\t") and found:
            key, value = found[-1]
            found[-1] = (key, f"{value} {line.strip()}")
        elif match := _TRAILER.fullmatch(line):
            found.append((match[1], match[2].strip()))
        elif not line.startswith(_PICKED):
            return []
    return found


def _apart(message: str) -> tuple[list[str], list[str]]:
    """The lines of a message between its first and its last paragraph, and those of the last."""
    lines = [line.rstrip() for line in message.rstrip().split("\n")]
    if "" not in lines:
        return [], []
    last = len(lines) - lines[::-1].index("")
    return lines[lines.index("") : last - 1], lines[last:]


def parse(commit: str, raw: bytes) -> Event | None:
    """The event in the raw commit object, or None where it carries no move of kmkit."""
    if b"\nKmkit-Move: " not in raw:
        return None
    header, _, body = raw.partition(b"\n\n")
    message = decoded(header, body).replace("\r\n", "\n")
    between, last = _apart(message)
    once: dict[str, str] = {}
    others: list[tuple[str, str]] = []
    for key, value in _trailers(last):
        if key not in ONCE:
            others.append((key.casefold(), value))
        elif key in once:
            return None
        else:
            once[key] = value
    subject = message.partition("\n")[0]
    reason = "\n".join(between).strip("\n")
    reviewed, attached = _all(others, "reviewed-by"), _all(others, "kmkit-attached")
    coauthors = tuple(who.email for who in _people(_all(others, "co-authored-by")))
    more = (reviewed, attached, coauthors)
    return event_of(commit, _author(header), (subject, reason), once, more)


def event_of(
    commit: str,
    author: Author | None,
    said: tuple[str, str],
    once: dict[str, str],
    more: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]],
) -> Event | None:
    """The event that a commit tells; None where it is no move, or nobody's.

    ``said``: subject and reason. ``once`` are the trailers that stand once, ``more`` the others:
    reviewers, attached files, and the addresses of co-authors.
    """
    of = once.get(NOTE) or once.get(RECORD)
    step = _step(once.get(MOVE, ""))
    if not of or not step or not author:
        return None
    name, email, when = author
    return _new(Event, (commit, when, name, email, *said, of, *step, once, *more))


def _step(move: str) -> tuple[str, str, str] | None:
    """The verb of a move and its states, '' where they are not told; None where it is none."""
    return (_known_step if len(move) < _LONG else _known_step.__wrapped__)(move)


@lru_cache(maxsize=256)
def _known_step(move: str) -> tuple[str, str, str] | None:
    match = _STEP.fullmatch(move)
    return match and (match[1], match[2] or "", match[3] or "")


_new = tuple.__new__
"""Makes an event in a quarter of the time that calling its class takes."""


def decoded(header: bytes, text: bytes) -> str:
    """A commit's text in the encoding that its header names: a rebase can have changed it."""
    named = _ENCODING.search(header) if b"\nencoding " in header else None
    try:
        return text.decode(named[1].decode("ascii") if named else "utf-8", "replace")
    except (LookupError, UnicodeDecodeError):
        return text.decode("utf-8", "replace")


def _all(found: list[tuple[str, str]], key: str) -> tuple[str, ...]:
    return tuple([value for name, value in found if name == key])


def _people(named: Iterable[str]) -> Iterable[Person]:
    for who in named:
        if match := re.search(r"([^<]*)<([^>]+)>", who):
            yield Person(match[1].strip(), address_key(match[2]))


def coauthors_of(raw: bytes) -> tuple[Person, ...]:
    """A raw commit's co-authors, with e-mails in lower case, whether or not kmkit made it."""
    header, _, body = raw.partition(b"\n\n")
    message = decoded(header, body)
    return tuple(_people(re.findall(r"(?im)^co-authored-by:(.*)$", message)))


def author_of(raw: bytes) -> Author | None:
    """The author of a raw commit."""
    return _author(raw.partition(b"\n\n")[0])


def _author(header: bytes) -> Author | None:
    return author_in(header, coded=b"\nencoding " in header)


def author_in(header: bytes, *, coded: bool) -> Author | None:
    """The author whom the header of a commit names; ``coded``: it names an encoding, too."""
    at = (b"\n" + header).find(b"\nauthor ")
    if at < 0:
        return None
    line = header[at + len(b"author ") :].partition(b"\n")[0]
    if len(line) < _LONG and not coded:
        who, _, rest = line.rpartition(b"> ")
        seconds, _, zone = rest.partition(b" ")
        if seconds.isdigit() and (known := _known(who, zone)):
            name, email, place = known
            return name, email, _moment(seconds, place)
    match = _IDENT.fullmatch(decoded(header, line))
    return match and (match[1], address_key(match[2]), _moment(match[3], _zone(match[4])))


@lru_cache(maxsize=256)
def _known(who: bytes, zone: bytes) -> tuple[str, str, timezone] | None:
    """Name, e-mail and time zone of an author line; None where it is unusual.

    Few people write most commits, and there are few zones.
    """
    match = _IDENT.fullmatch((who + b"> 0 " + zone).decode("utf-8", "replace"))
    return match and (match[1], address_key(match[2]), _zone(match[4]))


def _moment(seconds: bytes | str, place: timezone) -> datetime:
    try:
        return datetime.fromtimestamp(int(seconds), place)
    except (OverflowError, ValueError, OSError):
        return datetime.fromtimestamp(0, place)


@lru_cache(maxsize=64)
def _zone(zone: str) -> timezone:
    offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    signed = -offset if zone[0] == "-" else offset
    return timezone(timedelta(0) if abs(signed) >= timedelta(days=1) else signed)
