"""Capturing: a new note gets its identity, its file, its attachments and its first commit."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path, PurePosixPath

from kmkit.errors import Cannot, Refused, UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.comparing import committed
from kmkit.kb.moving import Moved, move
from kmkit.kb.seeing import not_there, whole
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.moves import next_step
from kmkit.lifecycle.states import State
from kmkit.note.checks import is_id
from kmkit.note.file import compose, read, write_fields
from kmkit.note.model import Fields, Gathered, Note
from kmkit.text import as_typed

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of the four characters: none that is easily mistaken for another."""
_SLUG = 48
_RESERVED = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]", re.IGNORECASE)
"""Names that Windows keeps for devices, whatever their ending."""
MAX_ATTACHED = 50 * 1024 * 1024
"""Bytes; git keeps every file for good."""


@dataclass(frozen=True)
class Attachment:
    """A file that is committed with a note."""

    path: PurePosixPath
    """Relative to the knowledge base."""
    data: bytes
    there: bytes | None
    """What stands at that path now."""

    @property
    def trailer(self) -> tuple[str, str]:
        """How the trail names it: its SHA-256 and its path."""
        return "Kmkit-Attached", f"sha256:{hashlib.sha256(self.data).hexdigest()} {self.path}"


def new_id(title: str, today: date, choose: Callable[[str], str] = secrets.choice) -> str:
    """An identity: the day, the title's ASCII letters, four random characters."""
    plain = unicodedata.normalize("NFKD", title.casefold())
    words = re.findall(r"[a-z0-9]+", re.sub(r"['’`]", "", plain.encode("ascii", "ignore").decode()))
    slug = ""
    for word in words if any(char.isalpha() for char in "".join(words)) else ():
        if len(slug) + len(word) > _SLUG:
            break
        slug += f"{word}-"
    tail = "".join(choose(_ALPHABET) for _ in range(4))
    return f"{today:%Y%m%d}-{slug}{tail}"


def capture(
    kb: KnowledgeBase,
    fields: Mapping[str, object],
    body: str,
    *,
    attach: Sequence[Path] = (),
    on_behalf_of: str = "",
) -> Moved:
    """Write a new note in ``notes/YYYY/`` and commit it.

    ``fields`` needs a title; kind, owner, level and provenance have defaults. ``on_behalf_of`` is
    who gave the knowledge, where somebody else types: that person is its source.
    """
    return capture_text(
        kb, draft(kb, fields, body, on_behalf_of), attach=attach, on_behalf_of=on_behalf_of
    )


def draft(
    kb: KnowledgeBase, fields: Mapping[str, object], body: str, on_behalf_of: str = ""
) -> bytes:
    """The file of a new note, with an identity and defaults for what ``fields`` leaves out."""
    return compose(_with_defaults(kb, fields, on_behalf_of), body)


def capture_text(
    kb: KnowledgeBase, data: bytes, *, attach: Sequence[Path] = (), on_behalf_of: str = ""
) -> Moved:
    """Put the new note in ``data`` in its place, and commit it with the files attached to it."""
    note = read(data, PurePosixPath("new note"))
    if not is_id(note.fields.id or ""):
        raise Refused("The new note has no proper id.", "Leave the line 'id:' as it was.")
    files = attachments(kb, note.id, attach)
    if files:
        named = [*note.fields.evidence, *(str(file.path) for file in files)]
        data = write_fields(note, {"evidence": list(dict.fromkeys(named))})
    path = PurePosixPath("notes", note.id[:4], f"{note.id}.md")
    return _record(kb, Note(path, b"", Fields()), data, files, on_behalf_of)


def adopt(kb: KnowledgeBase, path: PurePosixPath, *, attach: Sequence[Path] = ()) -> Moved:
    """Capture the note in a file that a hand wrote, as it stands; what it lacks gets defaults.

    Files that it names as evidence can be attached.
    """
    note = kb.read(path)
    if not path.parts or path.parts[0] != "notes":
        raise UsageError(f"{path} is not below notes/.", "Move it there, then capture it.")
    _not_again(kb, note)
    if not note.raw and not any(problem.rule == "no-front-matter" for problem in note.problems):
        raise Refused("\n".join(str(problem) for problem in note.problems))
    if not note.raw:
        raise UsageError(
            f"{path} has no front matter.", f"Use kmkit capture --from {as_typed(path)}."
        )
    wanted = _with_defaults(kb, {"title": note.title, **note.raw}, "")
    missing = {name: value for name, value in wanted.items() if name not in note.raw}
    files = attachments(kb, note.id, attach)
    return _record(kb, note, write_fields(note, missing), files, "")


def _not_again(kb: KnowledgeBase, note: Note) -> None:
    """Refused where the note was captured before, here or at another path."""
    before = committed(kb, note)
    if before is None:
        if note.fields.id and kb.claim(note).captured:
            raise not_there(kb, note)
        return
    whole(kb)
    if before.fields.id and kb.claim(before).captured:
        mend = f"Record your changes: kmkit edit {as_typed(note.path)} --as-is."
        if note.fields.id != before.fields.id:
            mend = f"Write its id into the file again: id: {before.id}"
        elif before.state == State.RETIRED:
            mend = next_step(before)
        raise Refused(f"{note.path} is captured already.", mend)


def _record(
    kb: KnowledgeBase, note: Note, data: bytes, files: Sequence[Attachment], on_behalf_of: str
) -> Moved:
    more = [file.trailer for file in files]
    if on_behalf_of:
        more.insert(0, ("Kmkit-On-Behalf-Of", on_behalf_of))
    return move(
        kb,
        "capture",
        note,
        Request(),
        data=data,
        extra={kb.repo_path(f.path): f.data for f in files},
        on_disk={kb.repo_path(f.path): f.there for f in files if f.there is not None},
        more=more,
    )


def _with_defaults(
    kb: KnowledgeBase, fields: Mapping[str, object], on_behalf_of: str
) -> dict[str, object]:
    """``fields`` with what every captured note needs."""
    title = str(fields.get("title") or "").strip()
    if not title:
        raise UsageError("The note has no title.", "Give one: kmkit capture 'Title' -m 'Lesson'.")
    kind_name = str(fields.get("kind") or "lesson")
    kind = kb.kinds.get(kind_name)
    if kind is None:
        raise UsageError(f"There is no kind '{kind_name}'.", f"Kinds: {', '.join(kb.kinds)}.")
    if "\n" in title or "\r" in title:
        raise UsageError("A title is one line.", "Put the rest into the lesson.")
    who = kb.actor.key
    sources: object = on_behalf_of or None
    whole: dict[str, object] = {
        "id": new_id(title, kb.today),
        "kind": kind_name,
        "state": State.CAPTURED,
        "owner": who,
        "level": kb.policy.levels[0],
        "gathered": Gathered(on=kb.today, method=kind.method, by=who),
        "sources": sources,
        "review_every": str(kind.review_every) if kind.review_every else None,
        "language": kb.config.organisation.language,
    }
    given = {name: value for name, value in fields.items() if value not in (None, "", (), [])}
    return {**{k: v for k, v in whole.items() if v is not None}, **given, "title": title}


def attachments(kb: KnowledgeBase, note_id: str, sources: Sequence[Path]) -> list[Attachment]:
    """The files ``sources`` as they will be kept; of two with one name each keeps a place."""
    found: dict[PurePosixPath, Attachment] = {}
    for source in sources:
        made = attachment(kb, note_id, source)
        path, number = made.path, 1
        while path in found and found[path].data != made.data:
            number += 1
            path = made.path.with_stem(f"{made.path.stem}-{number}")
        found[path] = replace(made, path=path)
    return list(found.values())


def attachment(kb: KnowledgeBase, note_id: str, source: Path) -> Attachment:
    """The file ``source`` as it will be kept: where it is in the knowledge base, or in annex/."""
    try:
        if not source.is_file():
            raise UsageError(f"There is no file {source}.", "Look at what --attach names.")
        if source.stat().st_size > MAX_ATTACHED:
            raise Refused(
                f"{source} is larger than {MAX_ATTACHED // 1024 // 1024} MB.",
                "Keep it elsewhere and name its address with --evidence.",
            )
        data = source.read_bytes()
    except OSError as error:
        raise Cannot(f"{source} cannot be read: {error.strerror}.") from None
    real, root = source.resolve(), kb.root.resolve()
    if real.is_relative_to(root) and ".git" not in real.relative_to(root).parts:
        return Attachment(PurePosixPath(real.relative_to(root).as_posix()), data, data)
    place = PurePosixPath("annex", note_id, _safe_name(source.name))
    standing = kb.root / place
    return Attachment(place, data, standing.read_bytes() if standing.is_file() else None)


def _safe_name(name: str) -> str:
    """A file's name that every file system takes."""
    safe = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "-", unicodedata.normalize("NFC", name)).strip(" .-")
    return f"_{safe}" if _RESERVED.fullmatch(safe.split(".")[0].strip()) else safe or "file"
