"""Records: every new one, and every change of one, is a commit of its own with its trail."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from kmkit.errors import Refused, UsageError
from kmkit.kb.base import KnowledgeBase
from kmkit.kb.capturing import Attachment, attachments, new_id
from kmkit.kb.conflicts import untorn
from kmkit.kb.signing import signing
from kmkit.note.file import compose as compose_file
from kmkit.note.file import read, write_fields
from kmkit.note.records import (
    KINDS,
    Known,
    Person,
    Record,
    check_records,
    folder_of,
    read_record,
)
from kmkit.note.records.templates import load_template
from kmkit.note.records.walks import WALKS
from kmkit.text import as_typed, did_you_mean
from kmkit.trail.commit import Change, commit
from kmkit.trail.event import compose

Trailers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Recorded:
    """What was recorded."""

    path: PurePosixPath
    record: Record
    commit: str
    """'' where it was only asked what would happen."""
    data: bytes


def known_kind(kind: str) -> type[Record]:
    """The model of a kind of record; UsageError where there is none of that name."""
    if kind in KINDS:
        return KINDS[kind]
    mend = did_you_mean(kind[:80], KINDS) or f"Kinds: {', '.join(KINDS)}."
    raise UsageError(f"There is no kind of record '{kind}'.", mend)


def new(
    kb: KnowledgeBase,
    kind: str,
    fields: Mapping[str, object],
    body: str = "",
    *,
    attach: Sequence[Path] = (),
    move: str = "new",
    because: str = "",
    trailers: Trailers = (),
) -> Recorded:
    """Write a new record and commit it, with the files attached to it.

    ``body`` '' is the one of the kind's template. Refused where the kind's model refuses.
    """
    name = str(fields.get("id") or "") or identity(kb, kind, fields)
    files = attachments(kb, name, attach)
    if files:
        named = [*_texts(fields.get("evidence")), *(str(file.path) for file in files)]
        fields = {**fields, "evidence": named}
    data = draft(kb, kind, {**fields, "id": name}, body)
    return put(kb, kind, data, move=move, because=because, trailers=trailers, files=files)


def draft(kb: KnowledgeBase, kind: str, fields: Mapping[str, object], body: str = "") -> bytes:
    """The file of a new record: what the template and the circumstances say, and ``fields``."""
    whole, order = _whole(kb, kind, fields)
    return compose_file(whole, body or load_template(kind, kb.root).body, order)


def to_fill_in(kb: KnowledgeBase, kind: str, fields: Mapping[str, object], body: str = "") -> bytes:
    """A draft for an editor: with an empty line for each field that is needed or usual."""
    whole, order = _whole(kb, kind, fields)
    usual = load_template(kind, kb.root).defaults
    empty = [name for name in order if name not in whole and name in {*usual, *_asked(KINDS[kind])}]
    data = draft(kb, kind, fields, body)
    return data.replace(b"---\n", b"---\n" + "".join(f"{n}:\n" for n in empty).encode(), 1)


def _whole(
    kb: KnowledgeBase, kind: str, fields: Mapping[str, object]
) -> tuple[dict[str, object], list[str]]:
    """The fields of a new record, and the order in which a file has them."""
    model, template = known_kind(kind), load_template(kind, kb.root)
    names = [info.alias or name for name, info in model.model_fields.items()]
    usual: dict[str, object] = {"by": kb.actor.key, "on": kb.today, "level": kb.policy.levels[0]}
    whole: dict[str, object] = {
        "kind": kind,
        **{name: value for name, value in usual.items() if name in _asked(model)},
        **{name: value for name, value in template.defaults.items() if value is not None},
        **{name: value for name, value in fields.items() if value not in (None, "", (), [])},
    }
    whole.setdefault("id", identity(kb, kind, whole))
    return whole, [*names, *(name for name in whole if name not in names)]


def _asked(model: type[Record]) -> set[str]:
    """The fields that everybody would fill in alike: those without a default, and the level."""
    infos = {info.alias or name: info for name, info in model.model_fields.items()}
    return {name for name, info in infos.items() if info.is_required() or name == "level"}


def identity(kb: KnowledgeBase, kind: str, fields: Mapping[str, object]) -> str:
    """The id of a new record: a person's is made of the name, others' of the day and the title."""
    words = next((str(fields[name]) for name in _TITLES if fields.get(name)), kind)
    if kind != "person":
        return new_id(words, kb.today)
    plain = unicodedata.normalize("NFKD", words.casefold()).encode("ascii", "ignore").decode()
    slug = "-".join(re.findall(r"[a-z0-9]+", plain))
    taken = {record.id for record in kb.records(kind)}
    return slug if slug and slug not in taken else new_id(words, kb.today)


_TITLES = ("text", "name", "title", "subject", "action", "in")
"""The fields that a record is called by, the first that it has."""


def _texts(value: object) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    return [str(part) for part in value] if isinstance(value, list | tuple) else []


def put(
    kb: KnowledgeBase,
    kind: str,
    data: bytes,
    *,
    path: PurePosixPath | None = None,
    move: str = "new",
    because: str = "",
    trailers: Trailers = (),
    files: Sequence[Attachment] = (),
) -> Recorded:
    """Commit the new record in ``data``; in the folder of its kind, if no ``path`` is given."""
    guess = path or PurePosixPath(folder_of(kind), "new.md")
    record = _sound(kb, data, guess)
    if isinstance(record, Person) and (other := kb.people.get(record.key)):
        raise Refused(f"{record.key} is the address of {other.name} already.", "Change that file.")
    path = path or guess.with_name(f"{_safe(record.id)}.md")
    standing = kb.root / path
    own = Attachment(path, data, standing.read_bytes() if standing.is_file() else None)
    if own.there not in (None, data):
        raise Refused(f"{path} is there already.", "Give the new record another id.")
    made = _commit(kb, own, "", record, move, because, trailers, files)
    return Recorded(path, record, made, data)


def change(
    kb: KnowledgeBase,
    path: PurePosixPath,
    changes: Mapping[str, object | None],
    *,
    move: str,
    because: str = "",
    trailers: Trailers = (),
    files: Sequence[Attachment] = (),
    allowed: Callable[[Record], object] = bool,
) -> Recorded:
    """Commit other values in fields of the record at ``path``; None takes a field away.

    ``allowed`` is asked first, with the record as it stands, and raises Refused where it objects.
    """
    before, entry = _committed(kb, path)
    standing, problems = read_record(before, path)
    if standing is None or problems:
        raise Refused("\n".join(str(problem) for problem in problems))
    allowed(standing)
    data = write_fields(read(before, path), changes)
    record = _sound(kb, data, path)
    if data == before:
        raise Refused(f"This would change nothing in {path}.", "It stands there already.")
    attachment = Attachment(path, data, before)
    made = _commit(kb, attachment, entry, record, move, because, trailers, files)
    return Recorded(path, record, made, data)


def rewrite(kb: KnowledgeBase, path: PurePosixPath, data: bytes, *, because: str = "") -> Recorded:
    """Commit another text of the record at ``path``; Refused where it takes a step of its walk."""
    before, entry = _committed(kb, path)
    standing, problems = read_record(before, path)
    record = _sound(kb, data, path)
    if standing is not None and not problems:
        for name in sorted(record.walked):
            if getattr(standing, name, None) != getattr(record, name):
                field = type(record).model_fields[name].alias or name
                way = WALKS[record.kind].way if record.kind in WALKS else record.made_by
                raise Refused(f"'{field}' of a record is not changed by hand.", f"See {way}.")
    if standing is not None and standing.id != record.id:
        raise Refused("The id of a record stays as it is.", f"Put back: id: {standing.id}")
    attachment = Attachment(path, data, before)
    made = _commit(kb, attachment, entry, record, "change", because, (), ())
    return Recorded(path, record, made, data)


def _committed(kb: KnowledgeBase, path: PurePosixPath) -> tuple[bytes, str]:
    """The file as it stands, and git's name of it; Refused where it is not as committed."""
    untorn(kb, path)
    before = (kb.root / path).read_bytes()
    entry = kb.git.entry(kb.git.tip(), kb.repo_path(path))
    if entry is None or kb.git.hash(kb.repo_path(path), before) != entry.sha:
        mend = (
            f"Commit it first: git commit -m 'Change a record' -- {as_typed(kb.repo_path(path))}."
        )
        raise Refused(f"{path} has changes that are not committed.", mend)
    return before, entry.sha


def _sound(kb: KnowledgeBase, data: bytes, path: PurePosixPath) -> Record:
    """The record in ``data``; Refused where the model or the knowledge base objects."""
    record, problems = read_record(data, path)
    if record is not None:
        known = Known(_Ids(kb), kb.today, kb.policy.levels, kb.config.topics)
        problems += check_records([(path, record)], known)
    if record is None or problems:
        said = list(dict.fromkeys((p.message, p.mend) for p in problems))
        if len(said) == 1:
            raise Refused(*said[0])
        raise Refused("\n".join(" ".join(one).strip() for one in said))
    return record


class _Ids(Collection[str]):
    """The ids of the notes; where the index tells them, without reading every file."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb

    def __contains__(self, id: object) -> bool:
        if not isinstance(id, str) or self._kb.finder is None:
            return id in self._kb.ids
        try:
            return self._kb.resolve(id).id == id
        except UsageError:
            return False

    def __iter__(self) -> Iterator[str]:
        return iter(self._kb.ids)

    def __len__(self) -> int:
        return len(self._kb.ids)


def _safe(id: str) -> str:
    """An id as the name of a file; Refused where it would lead elsewhere."""
    if not re.fullmatch(r"[\w][\w.-]*", id):
        raise Refused(f"'{id}' cannot name a file.", "Use letters, digits and hyphens.")
    return id


def _commit(
    kb: KnowledgeBase,
    own: Attachment,
    seen: str,
    record: Record,
    move: str,
    because: str,
    trailers: Trailers,
    files: Sequence[Attachment],
) -> str:
    """Make the commit; '' where it is only asked what would happen."""
    if record.kind in WALKS:
        signing(kb, kb.committed_policy)
    lines = [("Kmkit-Record", record.id), ("Kmkit-Move", move), ("Kmkit-About", record.about)]
    lines += [*trailers, ("Kmkit-Blob", kb.git.hash(kb.repo_path(own.path), own.data))]
    lines += [file.trailer for file in files]
    message = compose(f"{move}: {_called(kb, record)}", because, lines)
    if kb.dry_run:
        return ""
    every = {kb.repo_path(file.path): file for file in (own, *files)}
    change = Change(
        message,
        {place: file.data for place, file in every.items()},
        seen={kb.repo_path(own.path): seen},
        on_disk={place: file.there for place, file in every.items() if file.there is not None},
    )
    made = commit(kb.git, change, actor=kb.actor, when=kb.now)
    kb.forget()
    return made


def _called(kb: KnowledgeBase, record: Record) -> str:
    """How the subject of a commit names the record: an application by the note that is used."""
    return kb.resolve(record.about).title if record.kind == "application" else record.title
