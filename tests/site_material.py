"""Notes for portals, without git: what an audience may see of them, and the folder it becomes."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path, PurePosixPath

from kmkit.audience.audiences import Audience
from kmkit.audience.seeing import Seen, seen_of
from kmkit.audience.shown import Shown
from kmkit.config import Config, Policy
from kmkit.note.file import read
from kmkit.note.kinds import kind_names, load_kind
from kmkit.note.records import Application
from kmkit.reach.site import Made, lay
from kmkit.reach.site_folder import folder_for
from kmkit.views.site.view import Facts, View, portal_of

TODAY = date(2026, 11, 21)
POLICY = Policy(levels=("internal", "domestic", "international"))
CONFIG = Config.model_validate(
    {
        "organisation": {"name": "Agency", "contact": "desk@example.org"},
        "topics": {"logistics": "How things get there", "early-warning": "How people are told"},
        "critical": {"topics": ["early-warning"]},
    }
)
KINDS = {name: load_kind(name, None) for name in kind_names(None)}
BODY = "## Context and challenge\n\nThe roads closed.\n\n## Lessons\n\nSign contracts early.\n"


def note_id(name: str) -> str:
    """The id of the note that tests call ``name`` (four letters or digits)."""
    return f"20261101-about-{name}-{name}"


def shown(
    name: str,
    body: str = BODY,
    *,
    level: str = "domestic",
    state: str = "disseminated",
    revised: bool = False,
    **fields: str,
) -> Shown:
    """A note as its file has it; ``fields`` as they stand in front matter."""
    given = {
        "id": note_id(name),
        "title": f"Title of {name}",
        "kind": "lesson",
        "state": state,
        "owner": "ana@example.org",
        "level": level,
        "summary": f"Summary of {name}.",
        "topics": "[logistics]",
        "gathered": "{on: 2026-11-01, method: interview, by: ana@example.org}",
    }
    front = "".join(f"{key}: {value}\n" for key, value in (given | fields).items())
    path = PurePosixPath(f"notes/2026/{note_id(name)}.md")
    note = read(f"---\n{front}---\n\n{body}".encode(), path)
    return Shown(note, state, revised)


def use(name: str, outcome: str = "helped", where: str = "Autumn drill") -> Application:
    """The note ``name`` was used."""
    return Application.model_validate(
        {
            "id": f"20261110-used-{name}-u{name[1:]}",
            "note": note_id(name),
            "in": where,
            "by": "ben@example.org",
            "on": date(2026, 11, 10),
            "outcome": outcome,
            "because": "It saved two days.",
        }
    )


def seen(
    notes: Iterable[Shown],
    level: str = "domestic",
    *,
    uses: Iterable[Application] = (),
    root: Path | None = None,
    language: str = "",
) -> Seen:
    """What a circle may see of ``notes``."""
    audience = Audience(level, language=language)
    return seen_of(audience, POLICY, notes, uses=uses, root=root)


def view(of: Seen, due: dict[str, date] | None = None, config: Config = CONFIG) -> View:
    """What a portal is made of."""
    return View(portal_of(of), config, KINDS, {}, Facts(due or {}), TODAY)


def portal(of: Seen | View, folder: Path, *, hands: int = 1, dry: bool = False) -> Made:
    """The portal in ``folder``; a knowledge base stands beside it."""
    made = of if isinstance(of, View) else view(of)
    return lay(made, folder_for(folder, folder.parent / "kb", dry=dry), None, hands=hands)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its path in it."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def text(folder: Path, name: str) -> str:
    """The page of the note that tests call ``name``."""
    return (folder / "notes" / f"{note_id(name)}.html").read_text(encoding="utf-8")
