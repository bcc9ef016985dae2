"""What the shell is told when Tab is pressed: ids, people, topics and the other words there are.

The index answers as it is kept, without a look at the files: the shell waits. Where there is none,
the files answer. No failure ever reaches the shell.
"""

import os
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from kmkit.index.rules import Rules

MOST = 300
"""Ids that are offered one by one; of more, only how they go on."""
_NOT = "not:"
_SAFE = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")


class Offered(str):
    """A completion that need not begin with what was typed; Typer would drop it otherwise."""

    __slots__ = ()

    def startswith(self, *_: Any) -> bool:
        """Yes."""
        return True


Completer = Callable[[typer.Context, str], list[str]]


def _quiet(complete: Completer) -> Completer:
    """``complete``, or nothing where it fails."""

    @wraps(complete)
    def run(ctx: typer.Context, incomplete: str) -> list[str]:
        try:
            return complete(ctx, incomplete)
        except Exception:
            return []

    return run


@_quiet
def complete_note(ctx: typer.Context, incomplete: str) -> list[str]:
    """The ids that begin with what was typed; where none does, those that it is a part of.

    Of several of these each is offered from the typed part on: it is as good as the whole id, and
    the shell does not replace what was typed by what all have in common.
    """
    before, wanted = _split(incomplete.casefold())
    found = _ids(ctx, "id >= ? AND id < ?", (wanted, f"{wanted}\x7f"))
    found = [id for id in found if id.startswith(wanted)]
    if not found and wanted:
        inside = [id for id in _ids(ctx, "instr(id, ?)", (wanted,)) if wanted in id]
        found = inside if len(inside) < 2 else sorted({id[id.index(wanted) :] for id in inside})
    return [Offered(f"{before}{id}") for id in _fewer(found, len(wanted))]


@_quiet
def complete_application(ctx: typer.Context, incomplete: str) -> list[str]:
    """The applications that a step can be taken with; without a step, notes."""
    steps = {"done": "planned", "drop": "planned", "replan": "planned", "verify": "done"}
    taken = [status for step, status in steps.items() if ctx.params.get(step)]
    if not taken:
        return complete_note(ctx, incomplete)
    status = "json_extract(card, '$.status')"
    rows = _rows(ctx, f"SELECT id FROM records WHERE kind = ? AND {status} = ?",
                 ("application", taken[0])) or []  # fmt: skip
    return [Offered(id) for (id,) in rows if incomplete.casefold() in id]


@_quiet
def complete_question(ctx: typer.Context, incomplete: str) -> list[str]:
    """The questions that no note answers yet."""
    sql = "SELECT id FROM records WHERE kind = 'question' AND note = '' AND id <> ''"
    return [Offered(id) for (id,) in _rows(ctx, sql) or [] if incomplete.casefold() in id]


def _fewer(ids: list[str], typed: int) -> list[str]:
    """The ids; of too many, the different ways in which they go on, as far as can be shown."""
    ids = sorted(set(ids))  # several files can hold one
    if len(ids) <= MOST:
        return ids
    length = max(typed, len(os.path.commonprefix([ids[0], ids[-1]])))  # noqa: RUF071  no paths
    ways = [ids[0][:length]]
    while True:
        length += 1
        begun = sorted({id[:length] for id in ids})
        if len(begun) > MOST:
            break
        ways = begun
    return ways


def _ids(ctx: typer.Context, where: str, values: tuple[str, ...]) -> list[str]:
    """The ids in the index that a condition asks for, or all that are in the files."""
    sql = f"SELECT id FROM notes WHERE id <> '' AND {where} ORDER BY id"
    if (rows := _rows(ctx, sql, values)) is not None:
        ids = [id for (id,) in rows]
    else:
        from kmkit.cli.options import open_kb

        ids = sorted(open_kb(ctx).ids)
    if _SAFE.issuperset("".join(ids)):
        return ids
    return [id for id in ids if _SAFE.issuperset(id)]  # others would not be safe in a shell


@_quiet
def complete_owner(ctx: typer.Context, incomplete: str) -> list[str]:
    """The addresses of people and owners in which, or in whose name, the typed text stands."""
    before, wanted = _split(incomplete.casefold())
    people = "SELECT lower(json_extract(card, '$.email')), json_extract(card, '$.name')"
    people += " FROM records WHERE kind = 'person' AND card NOT NULL"
    owners = "SELECT DISTINCT owner, '' FROM notes"
    rows = _rows(ctx, f"{people} UNION ALL {owners}")
    if rows is None:
        from kmkit.cli.options import open_kb

        kb = open_kb(ctx)
        rows = [(address, person.name) for address, person in kb.people.items()]
    fitting = {
        address
        for address, name in rows
        if "@" in address and (wanted in address or wanted in name.casefold())
    }
    found = {address for address in fitting if address.startswith(wanted)} or fitting
    common = os.path.commonprefix(sorted(found))  # noqa: RUF071  they are no paths
    if len(found) > 1 and common and wanted not in common:  # it would replace what was typed
        return []
    return [Offered(f"{before}{address}") for address in sorted(found)]


@_quiet
def complete_unit(ctx: typer.Context, incomplete: str) -> list[str]:
    """The units of the organisation that own notes or have people."""
    sql = "SELECT DISTINCT json_extract(card, '$[8]') FROM cards"
    people = "SELECT json_extract(card, '$.unit') FROM records WHERE kind = 'person'"
    rows = _rows(ctx, f"{sql} UNION {people}")
    return _begin({unit for (unit,) in rows or () if unit}, incomplete)


@_quiet
def complete_language(ctx: typer.Context, incomplete: str) -> list[str]:
    """The languages in which there are notes."""
    rows = _rows(ctx, "SELECT DISTINCT language FROM notes")
    return _begin({language for (language,) in rows or ()}, incomplete)


def _of_rules(names: "Callable[[Rules], Iterable[str]]", help: str) -> Completer:
    """A completion with names of the settings."""

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        return _begin(names(_rules(ctx)), incomplete)

    complete.__doc__ = help
    return _quiet(complete)


complete_kind = _of_rules(lambda rules: rules.kinds, "The kinds of notes.")
complete_channel = _of_rules(lambda rules: rules.channels, "The channels.")
complete_audience = _of_rules(lambda rules: rules.audiences, "The audiences.")
complete_level = _of_rules(lambda rules: rules.levels, "The levels.")
complete_circle = _of_rules(
    lambda rules: (*rules.audiences, *rules.levels), "The audiences and the levels."
)
complete_topic = _of_rules(lambda rules: rules.topics, "The topics of the vocabulary.")
complete_filter = _of_rules(lambda rules: rules.filters, "The saved filters.")


def complete_state(ctx: typer.Context, incomplete: str) -> list[str]:
    """The states of a note, and what else ``--state`` takes."""
    from kmkit.index.choosing.filters import STATES

    return _begin(STATES, incomplete)


def complete_method(incomplete: str) -> list[str]:
    """The methods of validation."""
    from kmkit.note.methods import VALIDATION_METHODS

    return _begin(VALIDATION_METHODS, incomplete)


def complete_methods(incomplete: str) -> list[str]:
    """The methods of gathering and of validation."""
    from kmkit.note.methods import GATHERING_METHODS, VALIDATION_METHODS

    return _begin((*GATHERING_METHODS, *VALIDATION_METHODS), incomplete)


def complete_outcome(incomplete: str) -> list[str]:
    """The outcomes of an application."""
    from kmkit.note.methods import OUTCOMES

    return _begin(OUTCOMES, incomplete)


def _split(incomplete: str) -> tuple[str, str]:
    """``not:`` before a value of a filter, and the rest."""
    before = _NOT if incomplete.startswith(_NOT) else ""
    return before, incomplete.removeprefix(before)


def _begin(names: Iterable[str], incomplete: str) -> list[str]:
    """The names that begin with what was typed, in letters of any size."""
    before, wanted = _split(incomplete)
    wanted = wanted.casefold()
    return [Offered(f"{before}{n}") for n in names if n.casefold().startswith(wanted)]


def _rules(ctx: typer.Context) -> "Rules":
    """The settings as the index has them, or as they stand."""
    from kmkit.index.rules import Rules

    if rows := _rows(ctx, "SELECT value FROM meta WHERE key = 'rules'"):
        return Rules.unpacked(rows[0][0])
    from kmkit.cli.options import open_kb
    from kmkit.index.carding import rules_of

    kb = open_kb(ctx)
    return rules_of(kb.config, kb.policy, kb.kinds)


def _rows(ctx: typer.Context, sql: str, values: tuple[str, ...] = ()) -> list[Any] | None:
    """What the index answers, fresh or not; None where there is none of ours."""
    from kmkit.cli.options import folder
    from kmkit.index.keeping.schema import laid_out
    from kmkit.index.keeping.store import place_of
    from kmkit.places import find_root

    root = find_root(folder(ctx))
    git_dir = _git_dir(root)
    if git_dir is None or not (place := place_of(git_dir, root)).is_file():
        return None
    try:
        address = f"{place.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=0.2)) as index:
            return index.execute(sql, values).fetchall() if laid_out(index) else None
    except sqlite3.Error:
        return None


def _git_dir(root: Path) -> Path | None:
    """The git directory, found without starting git; None where that does not tell it."""
    for place in (root, *root.parents):
        own = place / ".git"
        if (own / "HEAD").is_file():
            return own
        if own.is_file():  # another work tree of the repository
            said = own.read_text(encoding="utf-8").strip().removeprefix("gitdir: ")
            return Path(os.path.normpath(place / said))
    return None
