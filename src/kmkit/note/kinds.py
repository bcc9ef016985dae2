"""Kinds of notes: each is one template file, whose headings are the sections of its notes."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NoReturn

from pydantic import BaseModel, ConfigDict

from kmkit.dated import PeriodField
from kmkit.errors import Cannot
from kmkit.note.fields import typed_as
from kmkit.note.frontmatter import Document, Loaded, decoded, load, split
from kmkit.note.kind import Kind
from kmkit.note.problem import Flaw
from kmkit.note.sections import folded, sections_of, without_comments
from kmkit.note.strict import Texts
from kmkit.places import read_plain
from kmkit.resources import templates_dir
from kmkit.text import did_you_mean, one_line

__all__ = ["Kind", "body_of", "kind_from", "kind_names", "load_kind"]

_SUFFIX = ".md.j2"


class _Head(BaseModel):
    """The front matter of a kind's template."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    help: str
    validate_by: Texts
    method: str
    review_every: PeriodField | None = None
    required: Texts = ()
    optional: Texts = ()
    headings: dict[str, dict[str, str]] = {}


def kind_names(kb: Path | None) -> tuple[str, ...]:
    """The kinds there are: the shipped ones and the knowledge base's own."""
    return tuple(sorted(_files(kb)))


def load_kind(name: str, kb: Path | None) -> Kind:
    """The kind of that name; the knowledge base's own template goes before the shipped one."""
    files = _files(kb)
    if name not in files:
        hint = f"{did_you_mean(name[:80], files)} The kinds are {', '.join(sorted(files))}."
        raise Cannot(f"There is no kind '{one_line(name)}'.", hint.lstrip())
    path = files[name]
    try:
        stat = path.stat()
        return _load(name, path, stat.st_mtime_ns, stat.st_size)
    except OSError as error:
        raise Cannot(f"{path} cannot be read: {error.strerror}.") from None


def body_of(kind: Kind, sections: Mapping[str, str], *, guidance: bool) -> str:
    """A note's Markdown body: the kind's sections in their order, then any others.

    ``sections`` has texts by heading, in English or a translation, which then is the heading.
    Sections without text carry the template's guidance if ``guidance``.
    """
    given = {
        kind.canonical(heading) or heading: (heading, text) for heading, text in sections.items()
    }
    blocks = []
    for name in dict.fromkeys([*kind.sections, *given]):
        heading, text = given.get(name, (name, ""))
        text = text.strip("\r\n")
        if not text.strip():
            text = kind.texts.get(name, "") if guidance else ""
        blocks.append(f"## {heading}\n\n{text}\n" if text else f"## {heading}\n")
    return "\n".join(blocks)


def _files(kb: Path | None) -> dict[str, Path]:
    """Kind -> its template."""
    files: dict[str, Path] = {}
    for folder in (templates_dir(), kb / "templates" if kb else None):
        if folder is not None:
            for path in (folder / "notes").glob("*" + _SUFFIX):
                files[path.name.removesuffix(_SUFFIX)] = path
    return files


@lru_cache(maxsize=256)
def _load(name: str, path: Path, mtime_ns: int, size: int) -> Kind:
    """Read a template; the time and size make a changed file be read again."""
    return kind_from(name, read_plain(path), path)


def kind_from(name: str, data: bytes, path: Path) -> Kind:
    """The kind in the bytes of a template that stands, or stood, at ``path``."""
    text, damage = decoded(data)
    document, cuts = split(text)
    loaded = load(document.front, first_line=document.front_line)
    head, misfits = typed_as(_Head, loaded)
    for flaw in (*damage, *cuts, *loaded.flaws, *misfits):
        _damaged(path, flaw)
    assert head is not None
    return _kind(name, path, head, document, loaded)


def _kind(name: str, path: Path, head: _Head, document: Document, loaded: Loaded) -> Kind:
    _, sections = sections_of(document.body, document.body_line)
    names = tuple(section.heading for section in sections)
    _check(name, path, head, names, loaded)
    comments = without_comments(document.body)[1]
    return Kind(
        name=name,
        help=head.help,
        sections=names,
        required=head.required,
        optional=head.optional,
        validate_by=head.validate_by,
        method=head.method,
        review_every=head.review_every,
        guidance=frozenset(folded(comment) for comment in comments),
        headings=head.headings,
        template=document.body,
        texts={section.heading: section.text for section in sections},
    )


def _check(name: str, path: Path, head: _Head, names: tuple[str, ...], loaded: Loaded) -> None:
    """What the front matter names must be there below it."""
    if head.kind != name:
        message = f"kind is '{head.kind}', but the file is named '{name}'."
        _damaged(
            path, Flaw(*loaded.where.places["kind"], "bad-value", message, "Make them the same.")
        )
    wanted = [
        (place, heading) for place in ("required", "optional") for heading in getattr(head, place)
    ]
    wanted += [
        (f"headings.{tongue}", one) for tongue, all_ in head.headings.items() for one in all_
    ]
    for place, heading in wanted:
        if heading not in names:
            message = f"{place} names '{heading}', but there is no such heading below."
            mend = f"The headings are {', '.join(names) or 'none'}."
            _damaged(path, Flaw(*loaded.where.places[place], "bad-value", message, mend))


def _damaged(path: Path, flaw: Flaw) -> NoReturn:
    raise Cannot(
        f"The template {path}:{flaw.line}:{flaw.col} is damaged: {flaw.message}", flaw.mend
    )
