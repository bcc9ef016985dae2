"""``kmkit check``: every problem in files, with its place, its rule and how to mend it."""

import itertools
import os
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.completing import complete_note
from kmkit.cli.filters import filtered
from kmkit.cli.formats import (
    Findings,
    OutputFile,
    in_repository,
    many,
    show_findings,
)
from kmkit.cli.options import AsJson, folder, given, now, open_kb
from kmkit.cli.screen import out, say
from kmkit.errors import Cannot, Exit, UsageError
from kmkit.index.choosing.filters import ANY, Filter
from kmkit.places import CONFIG, POLICY

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase
    from kmkit.note.problem import Problem


@filtered()
def command(
    ctx: typer.Context,
    asked: Filter,
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NOTE|PATH]...",
            help="notes, files or folders; without any, everything",
            autocompletion=complete_note,
        ),
    ] = None,
    explain: Annotated[
        str, typer.Option("--explain", metavar="RULE", help="what a rule is about, and stop")
    ] = "",
    fmt: Annotated[Findings, typer.Option("--format", help="how to show them")] = Findings.TEXT,
    as_json: AsJson = False,
    output: OutputFile = None,
) -> None:
    """Find every problem in notes, people, records, templates and settings.

    With notes or paths only those files are checked; files that belong to no knowledge base are
    left out, so that it works as a pre-commit hook. With options that choose notes only these are
    checked; `--problem RULE` shows what breaks that rule. Exits with 1 if there is an error;
    warnings alone do not count.
    """
    if given(ctx, "explain"):
        _explain(explain)
    else:
        check(ctx, asked, paths or [], Findings.JSON if as_json else fmt, output)


def check(
    ctx: typer.Context,
    asked: Filter,
    paths: Sequence[str],
    fmt: Findings = Findings.TEXT,
    output: OutputFile = None,
) -> None:
    """Show every problem in the notes or files ``paths``, in everything where there are none.

    ``asked`` chooses notes and rules. Exits with 1 if there is an error.
    """
    rules = _rules(asked)
    problems: list[Problem] = []
    for kb, wanted in _scopes(ctx, paths):
        chosen = _chosen(kb, asked.without("problem"))
        found = _check(kb, wanted, chosen, Path(os.path.abspath(folder(ctx))), fmt)
        problems += (problem for problem in found if rules(problem.rule))
    show_findings(problems, fmt, output)
    errors = sum(problem.severity == "error" for problem in problems)
    _summary(problems, errors)
    if errors:
        raise typer.Exit(Exit.FINDINGS)


def _explain(rule: str) -> None:
    """Say what a rule is about; UsageError where there is none."""
    import textwrap

    from kmkit.index.stale import REASONS
    from kmkit.note.rules import RULES
    from kmkit.text import did_you_mean
    from kmkit.views.findings import explain

    if not (text := explain(rule)):
        known = {*RULES, *REASONS}
        mend = did_you_mean(rule, known) or f"The rules: {', '.join(sorted(known))}."
        raise UsageError(f"There is no rule '{rule}'.", mend)
    out(f"{rule}\n\n{textwrap.fill(text, 78)}\n")


def _rules(asked: Filter) -> Callable[[str], bool]:
    """Whether problems of a rule are asked for."""
    from kmkit.index.choosing.conditions import rule

    named = {True: set[str](), False: set[str]()}
    for term in asked.terms:
        if term.field == "problem" and term.value != ANY:
            named[term.wanted].add(rule(term.value))
    return lambda one: (not named[True] or one in named[True]) and one not in named[False]


def _chosen(kb: "KnowledgeBase", asked: Filter) -> "Collection[PurePosixPath] | None":
    """The paths of the notes that are asked for; None where any file is."""
    if not asked.terms:
        return None
    from kmkit.index.book import Index
    from kmkit.index.choosing.conditions import where

    with Index.open(kb.root, today=kb.today) as index:
        return {PurePosixPath(card.path) for card in index.cards(*where(asked, index))}


Wanted = Sequence[PurePosixPath]
"""Paths from the top of a knowledge base; '.' is everything."""


def _scopes(ctx: typer.Context, paths: Iterable[str]) -> "list[tuple[KnowledgeBase, Wanted]]":
    """Each knowledge base that is asked for, with the paths in it."""
    from kmkit.kb import KnowledgeBase

    if not paths:
        return [(open_kb(ctx), (PurePosixPath(),))]
    found: dict[Path, tuple[KnowledgeBase, list[PurePosixPath]]] = {}
    outside = 0
    for place in (place for name in paths for place in _places(ctx, name)):
        try:
            kb = KnowledgeBase.find(place if place.is_dir() else place.parent, now=now())
        except Cannot:
            outside += 1
            continue
        inside = PurePosixPath(place.relative_to(kb.root).as_posix())
        found.setdefault(kb.root, (kb, []))[1].append(inside)
    if outside:
        say(f"{many(outside, 'file')} left out: not in a knowledge base.")
    return list(found.values())


def _places(ctx: typer.Context, name: str) -> list[Path]:
    """Where a path leads, from here or from the folder that -C names; else the files of an id."""
    for base in (Path.cwd(), folder(ctx)):
        place = Path(os.path.abspath(base / name))
        if name and os.path.lexists(place):
            return [place]
    try:
        kb = open_kb(ctx)
    except Cannot:  # nor is there a note that could be meant
        raise _none(name, "Check the path.") from None
    return [kb.root / path for path in _of_id(kb, name, folder(ctx))]


def _of_id(kb: "KnowledgeBase", name: str, here: Path) -> tuple[str, ...]:
    """The files, several where they share it, of the id that ``name`` is or is a unique part of.

    UsageError names the nearest id or path where it is neither, candidates where it means several.
    """
    from kmkit.index.keeping.worktree import FOLDERS
    from kmkit.note.finding import pick, read_ids
    from kmkit.text import did_you_mean

    paths = [path for top in FOLDERS for path in kb.markdown(top)]
    ids = read_ids(kb.root, paths)
    try:
        return ids[pick(name, {id: (id,) for id in ids})]
    except UsageError as error:
        if (wanted := name.strip().casefold()) and any(wanted in id for id in ids):
            raise  # it means several
        known: list[str | PurePosixPath]
        known = [*paths, CONFIG, POLICY] if "/" in name or "." in name else []
        base = _below_here(kb, Path(os.path.abspath(here)))
        near = did_you_mean(name[:120], (str(PurePosixPath(base, path)) for path in known))
        raise _none(name, near or error.mend) from None


def _none(name: str, mend: str) -> UsageError:
    from kmkit.text import one_line

    return UsageError(f"There is no note, file or folder '{one_line(name)}'.", mend)


def _check(
    kb: "KnowledgeBase",
    wanted: Wanted,
    chosen: "Collection[PurePosixPath] | None",
    here: Path,
    fmt: Findings,
) -> "Iterable[Problem]":
    """The problems in the wanted files that are among the chosen, paths as ``fmt`` wants them."""
    from kmkit.cli.reading import watched
    from kmkit.index.problems import problems

    def asked_for(path: PurePosixPath) -> bool:
        """Whether ``path`` is one of the wanted ones, or below one."""
        if chosen is not None and path not in chosen:
            return False
        return any(path == one or one in path.parents for one in wanted)

    base = _below_here(kb, here) if fmt in (Findings.TEXT, Findings.JSON) else in_repository(kb)
    found = problems(kb, asked_for, track=lambda paths: watched(paths, "Checking"))
    for problem in itertools.chain(found, _leaving(kb, asked_for)):
        yield problem._replace(path=str(PurePosixPath(base, problem.path)))


def _leaving(
    kb: "KnowledgeBase", asked_for: Callable[[PurePosixPath], bool]
) -> "Iterator[Problem]":
    """What is wrong with whom and what audiences and channels name, where that can be read."""
    if not (kb.root / CONFIG).is_file():
        return
    from kmkit.reach.leaving import leaving_problems

    try:
        found = list(leaving_problems(kb))
    except Cannot:  # the settings, or people/, which is told already
        return
    yield from (problem for problem in found if asked_for(PurePosixPath(problem.path)))


def _below_here(kb: "KnowledgeBase", here: Path) -> str:
    """How the knowledge base is reached from where the command runs."""
    try:
        return PurePosixPath(Path(os.path.relpath(kb.root, here)).as_posix()).as_posix()
    except ValueError:  # another drive
        return kb.root.as_posix()


def _summary(problems: "Sequence[Problem]", errors: int) -> None:
    """Say on stderr how many there are, and how to learn more."""
    if not problems:
        say("No problems.")
        return
    files = many(len({problem.path for problem in problems}), "file")
    warnings = many(len(problems) - errors, "warning")
    rule, _ = Counter(problem.rule for problem in problems).most_common(1)[0]
    say(f"{many(errors, 'error')} and {warnings} in {files}. More: kmkit check --explain {rule}")
