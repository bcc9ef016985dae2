"""``kmkit audit``: does the history prove what the notes claim?"""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kmkit.cli.audit_rows import (
    doubtful,
    only,
    standings,
    summary,
    unproved_learning,
    unproved_notes,
)
from kmkit.cli.formats import Findings, OutputFile, deliver, show_findings
from kmkit.cli.options import AsJson, folder, given, not_empty, open_kb
from kmkit.cli.screen import out, say
from kmkit.errors import Cannot, Exit, UsageError
from kmkit.places import POLICY
from kmkit.text import as_typed

if TYPE_CHECKING:
    from kmkit.trail.audit.anchor import Anchor
    from kmkit.trail.audit.report import Report
    from kmkit.trail.git import Git


def command(
    ctx: typer.Context,
    notes: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NOTE]...",
            help="ids of notes or records, or parts of them; without any, everything",
        ),
    ] = None,
    since: Annotated[
        str,
        typer.Option(
            "--since",
            metavar="REV",
            help="tell only of commits after REV",
            callback=not_empty,
        ),
    ] = "",
    anchor: Annotated[
        str,
        typer.Option(
            "--anchor",
            metavar="REV",
            help="the commit whose rules are trusted",
            callback=not_empty,
        ),
    ] = "",
    pin: Annotated[
        bool, typer.Option("--pin", help="keep the anchor in this clone, for the next time")
    ] = False,
    require_signatures: Annotated[
        bool,
        typer.Option(
            "--require-signatures",
            help="ask for signatures since the anchor, whatever policy.toml says",
        ),
    ] = False,
    records: Annotated[
        bool, typer.Option("--records", help="tell how each use, decision and screening stands")
    ] = False,
    habits: Annotated[
        bool, typer.Option("--habits", help="what stands out in how notes are judged, and stop")
    ] = False,
    accept_rewrite: Annotated[
        bool, typer.Option("--accept-rewrite", help="the history was rewritten on purpose")
    ] = False,
    explain: Annotated[
        str, typer.Option("--explain", metavar="RULE", help="what a rule is about, and stop")
    ] = "",
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="judge everything anew, whatever was kept")
    ] = False,
    fmt: Annotated[Findings, typer.Option("--format", help="how to show them")] = Findings.TEXT,
    as_json: AsJson = False,
    output: OutputFile = None,
) -> None:
    """Go through the history and tell whether it proves what notes and records claim.

    Each commit since the anchor is judged by the rules that stood before it: was the move allowed,
    to this person, for this text? Who verified that a lesson helped? What is committed is looked
    at, not what stands in files. Exits with 1 if there is a finding. Works in bare repositories.
    """
    if habits:
        from kmkit.cli.habits import alone, show_habits

        alone(ctx)
        show_habits(open_kb(ctx), as_json=as_json)
        return
    if given(ctx, "explain"):
        _explain(explain)
        return
    fmt = Findings.JSON if as_json else fmt
    from kmkit.trail.audit.anchor import anchor_of, pinned_at

    git, prefix, tip = _place(ctx)
    begin = anchor_of(git, prefix, tip, anchor)
    rows = bool(notes) or records or fmt is Findings.JSON
    since = _rev(git, since)
    required = require_signatures
    report = _report(git, prefix, begin, tip, since, required, rows, no_cache)
    if not accept_rewrite:
        report = _compared(git, report)
    if notes:
        report = only(report, notes)
    _show(report, begin, prefix, fmt, output)
    if fmt is Findings.TEXT and not output:
        standings(report, notes=bool(notes), records=bool(notes) or records)
    summary(report, begin, pinned_at(git, prefix))
    if doubtful(report) or (report.proofs.get("unproved") and not notes):
        told = report
        if not rows:
            told = _report(git, prefix, begin, tip, since, required, True, no_cache)
        if not (notes or since):  # what was found before is not told, and names some of them
            unproved_notes(told)
        unproved_learning(told.records)
    _keep(git, prefix, begin, report, pin=pin, accepted=accept_rewrite)
    if report.findings:
        raise typer.Exit(Exit.FINDINGS)


def _show(
    report: "Report",
    begin: "Anchor",
    prefix: str,
    fmt: Findings,
    output: Path | None,
) -> None:
    """The findings as ``fmt`` has them."""
    if fmt is Findings.TEXT and not (report.findings or output):
        return
    from kmkit.views.trust import as_problem, audit_json

    if fmt is Findings.JSON:
        deliver(audit_json(report, begin), output)
        return
    base = prefix if fmt is not Findings.TEXT else ""
    problems = [as_problem(finding) for finding in report.findings]
    show_findings([p._replace(path=base + p.path) for p in problems], fmt, output)


def _explain(rule: str) -> None:
    """Say what a rule is about; UsageError where there is none."""
    import textwrap

    from kmkit.text import did_you_mean
    from kmkit.trail.audit.findings import RULES

    if rule not in RULES:
        mend = did_you_mean(rule, RULES) or f"The rules: {', '.join(sorted(RULES))}."
        raise UsageError(f"There is no rule '{rule}'.", mend)
    out(f"{rule}: {RULES[rule].title}\n\n{textwrap.fill(RULES[rule].explain, 78)}\n")


def _place(ctx: typer.Context) -> "tuple[Git, str, str]":
    """The repository, the knowledge base's path in it, and the commit that is audited."""
    from kmkit.places import find_root
    from kmkit.trail.git import Git

    try:
        root = find_root(folder(ctx))
        git = Git.near(root)
        inside = root.resolve().relative_to(git.top.resolve()).as_posix()
        prefix = "" if inside == "." else f"{inside}/"
    except Cannot:
        if not (folder(ctx) / "HEAD").is_file():
            raise
        git, prefix = Git.find_bare(folder(ctx)), None
    if not (tip := git.tip()):
        if git.bare:
            raise Cannot("Nothing was pushed here yet.", "Push a knowledge base to it first.")
        raise Cannot("Nothing is committed here yet.", "Capture a note first: kmkit capture.")
    return git, _prefix(git, tip) if prefix is None else prefix, tip


def _prefix(git: "Git", tip: str) -> str:
    """Where the knowledge base is in a repository without files."""
    from kmkit.places import CONFIG

    paths = [path for path in git.tracked(tip, "") if f"/{path}".endswith(f"/{CONFIG}")]
    if len(paths) != 1:
        found = ", ".join(sorted(paths)) or "none"
        raise Cannot(f"One {CONFIG} is needed to know what to audit, and there is: {found}.",
                     "Audit a clone, inside its knowledge base.")  # fmt: skip
    return paths[0].removesuffix(CONFIG)


def _rev(git: "Git", since: str) -> str:
    """The commit that ``since`` means, '' for all; UsageError where there is none."""
    if since and not git.tip(since):
        raise UsageError(f"There is no commit '{since}' here.", "Give a tag, a branch or a name.")
    return git.tip(since) if since else ""


def _report(
    git: "Git",
    prefix: str,
    begin: "Anchor",
    tip: str,
    since: str,
    required: bool,
    rows: bool,
    no_cache: bool,
) -> "Report":
    """What the audit comes to, or came to, where it is asked the same again."""
    from kmkit.trail.audit.kept import Kept, repeated

    kept = None
    if not no_cache:
        kept = Kept(git, prefix, begin.commit, signatures=True, required=required)
        if not rows and (report := repeated(git, kept, begin.commit, tip, since)):
            return report
    from kmkit.trail.audit.audit import audit
    from kmkit.trail.signing import Verifier

    return audit(
        git,
        prefix,
        anchor=begin.commit,
        tip=tip,
        since=since,
        signatures=Verifier(git.top),
        require_signatures=required,
        progress=_Progress() if sys.stderr.isatty() else None,
        kept=kept,
        rows=rows,
    )


def _compared(git: "Git", report: "Report") -> "Report":
    """The report, with what became of the history that was audited last."""
    from dataclasses import replace

    from kmkit.trail.audit.anchor import SEEN, rewritten, seen
    from kmkit.trail.audit.findings import RULES, Finding

    if not (last := rewritten(git, report.tip)):
        return report
    rule = "history-rewritten"
    message = f"{last[:12]}, which was audited here last, is no longer part of the history."
    mend = RULES[rule].mend().replace(f"{SEEN}/heads/BRANCH", as_typed(seen(git)))
    found = Finding(rule, "", "", report.tip, message, mend)
    return replace(report, findings=(found, *report.findings))


class _Progress:
    """A line on stderr that says how far the audit is, once it lasts longer than a second."""

    def __init__(self) -> None:
        self.next = time.monotonic() + 1.0
        self.shown = False

    def __call__(self, done: int, whole: int) -> None:
        """Show how many commits are done."""
        if time.monotonic() >= self.next and done < whole:
            sys.stderr.write(f"\rAuditing {done} of {whole} commits …")
            self.next, self.shown = time.monotonic() + 0.1, True
        elif done == whole and self.shown:
            sys.stderr.write("\r" + " " * 50 + "\r")
        sys.stderr.flush()


def _keep(
    git: "Git", prefix: str, begin: "Anchor", report: "Report", *, pin: bool, accepted: bool
) -> None:
    """Remember the tip where nothing was found, and the anchor where that is asked for."""
    from kmkit.trail.audit import anchor as anchors

    if not report.findings or accepted:
        anchors.remember(git, report.tip)
    if pin:
        author = anchors.steward_of(git, begin.commit)
        steward = anchors.entitled(git, prefix, begin.commit, author)
        anchors.pin(git, prefix, begin.commit, steward or author)
        say(f"Pinned: {begin.commit}.")
        if steward != author or not steward:
            who = f"{author}, who made it," if author else "Whoever made it"
            instead = f"; {steward} is" if steward else ""
            say(f"{who} is no steward by the {POLICY} of that commit{instead}.")
