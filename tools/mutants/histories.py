"""Histories to judge: every audit that the tests make, saved with its repository and its report.

As a plugin of pytest (``-p tools.mutants.histories``) it saves; imported, it judges them again.
"""

import json
import os
import shutil
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from kmkit.trail.git import Git

FOLDER = "KMKIT_MUTANTS_HISTORIES"
"""The variable that says where they are saved."""
_ASKED = ("anchor", "tip", "since", "require_signatures")


class History(NamedTuple):
    """One audit that was made."""

    name: str
    prefix: str
    asked: dict[str, Any]
    """How the audit is called."""
    notes: list[str] | None
    signed: bool
    """Signatures are looked at."""
    repository: Path


def _record() -> None:
    """Save what every audit of this process is asked, before any test has imported it."""
    from kmkit.trail.audit import audit as auditing

    real, folder = auditing.audit, Path(os.environ[FOLDER])

    def recorded(git: "Git", prefix: str, **given: Any) -> Any:
        _save(git, prefix, given, folder)
        return real(git, prefix, **given)

    auditing.audit = recorded


def _save(git: "Git", prefix: str, given: dict[str, Any], folder: Path) -> None:
    asked = {name: given[name] for name in _ASKED if given.get(name)}
    notes = None if given.get("notes") is None else sorted(given["notes"])
    signed = given.get("signatures") is not None
    told = json.dumps([prefix, asked, notes, signed])
    place = folder / sha256(told.encode()).hexdigest()[:16]
    if not place.exists():
        ignored = shutil.ignore_patterns("hooks", "kmkit", "index", "forging", "logs")
        shutil.copytree(git.common_dir, place / "git", symlinks=True, ignore=ignored)
        (place / "asked.json").write_text(told, encoding="utf-8")


def saved(folder: Path) -> list[History]:
    """Everything that was saved there."""
    found = []
    for place in sorted(folder.iterdir()):
        prefix, asked, notes, signed = json.loads((place / "asked.json").read_text("utf-8"))
        found.append(History(place.name, prefix, asked, notes, signed, place / "git"))
    return found


def judged(history: History) -> str:
    """What the audit says of it, in full."""
    from kmkit.errors import KmkitError
    from kmkit.trail.audit.audit import audit
    from kmkit.trail.git import Git
    from kmkit.trail.signing import Verifier

    git = Git(history.repository, bare=True)
    signatures = Verifier() if history.signed else None
    notes = None if history.notes is None else {*history.notes}
    try:
        report = audit(git, history.prefix, notes=notes, signatures=signatures, **history.asked)
    except KmkitError as error:
        return f"{type(error).__name__} {error}"
    return repr((report, report.judged))


def resumed(history: History) -> str:
    """What the audit says when it goes on, every few commits, from what it kept before."""
    from kmkit.errors import KmkitError
    from kmkit.trail.audit import audit as auditing
    from kmkit.trail.audit import resuming
    from kmkit.trail.audit.kept import Kept
    from kmkit.trail.git import Git
    from kmkit.trail.signing import Verifier

    for module in (auditing, resuming):
        vars(module)["LAG"] = 2  # so that short histories have a waist
    git = Git(history.repository, bare=True)
    asked = {name: value for name, value in history.asked.items() if name != "since"}
    ways = {"signatures": history.signed, "required": asked.get("require_signatures", False)}
    shutil.rmtree(git.common_dir / "kmkit", ignore_errors=True)
    said = []
    for commit in _stations(git, asked["anchor"], asked["tip"]):
        kept = Kept(git, history.prefix, asked["anchor"], **ways)
        signatures = Verifier() if history.signed else None
        try:
            report = auditing.audit(
                git, history.prefix, signatures=signatures, kept=kept, **{**asked, "tip": commit}
            )
        except KmkitError as error:
            said.append(f"{type(error).__name__} {error}")
        else:
            said.append(repr((report, report.judged)))
    return "\n".join(said)


def _stations(git: "Git", anchor: str, tip: str) -> Iterator[str]:
    """The commits at which to stop: from the middle on every third, and the tip."""
    options = ("--topo-order", "--reverse", "--ancestry-path")
    listed = git.text("rev-list", *options, f"{anchor}..{tip}", ok=(0, 128)).split()
    yield from listed[len(listed) // 2 : -1 : 3]
    yield tip


if FOLDER in os.environ:
    _record()
