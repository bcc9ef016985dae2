"""What a push brings to a bare repository, judged before it is taken in."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from kmkit.errors import Cannot
from kmkit.places import CONFIG, POLICY
from kmkit.trail.audit.anchor import anchor_of, leads_back
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.kept import Kept, Writes
from kmkit.trail.git import Git
from kmkit.trail.signing import Verifier

PROTECTED = "kmkit.protected"
"""The setting in git's configuration that names the protected branches, one each."""
_BRANCH = "refs/heads/"
LEDGER = "refs/heads/kmkit-outbox"
"""The branch that says which letters went to whom; it only ever grows by lines."""


class Update(NamedTuple):
    """One line that git gives to a pre-receive hook."""

    old: str
    """'' for a new ref."""
    new: str
    """'' for one that is deleted."""
    ref: str


class Incoming(Git):
    """A bare repository, with the objects of a push that it has not taken in yet."""

    def __init__(self, folder: Path, objects: Mapping[str, str]) -> None:
        super().__init__(folder, bare=True)
        self.objects = dict(objects)

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """The environment of a git process that sees the pushed objects, too."""
        return super().environment({**self.objects, **(extra or {})})


def updates(lines: Iterable[str]) -> Iterator[Update]:
    """What git tells a pre-receive hook, line by line; Cannot where it is something else."""
    for line in lines:
        old, _, rest = line.strip("\n").partition(" ")
        new, _, ref = rest.partition(" ")
        if not ref:
            raise Cannot(f"'{line.strip()}' is not what git tells a pre-receive hook.")
        yield Update(old if old.strip("0") else "", new if new.strip("0") else "", ref)


def refusals(git: Git, pushed: Iterable[Update]) -> Iterator[str]:
    """Why the push is refused, one sentence each; none where it may come in."""
    for update in pushed:
        if update.ref == LEDGER:
            yield from _of_ledger(git, update)
        elif update.ref.startswith(_BRANCH):
            yield from _refusals(git, update)


def _refusals(git: Git, update: Update) -> Iterator[str]:
    """Why one branch may not become what the push makes of it."""
    name = update.ref.removeprefix(_BRANCH)
    guarded = update.ref in _protected(git)
    if not update.new:
        if guarded:
            yield f"{name} is protected: it is not deleted."
        return
    if guarded and update.old and not leads_back(git, update.old, update.new):
        yield (
            f"{name} is protected: this push would drop {update.old[:12]} from its history. "
            "Merge what is there (git pull --no-rebase), and push again."
        )
        return
    yield from _audited(git, update, name, guarded=guarded)


def _of_ledger(git: Git, update: Update) -> Iterator[str]:
    """Why the ledger of letters may not become what the push makes of it."""
    name = LEDGER.removeprefix(_BRANCH)
    if not update.new:
        yield f"{name} says which letters went to whom: it is not deleted."
        return
    if update.old and not leads_back(git, update.old, update.new):
        yield (
            f"{name} says which letters went to whom: this push would drop {update.old[:12]} from "
            "it. Give the command that sends again: it takes over what is there."
        )
        return
    before, after = git.tracked(update.old, ""), git.tracked(update.new, "")
    for path, blob in after.items():
        if not path.endswith(".jsonl"):
            yield f"{name}: {path} is no record of letters. Keep it on another branch."
        elif before.get(path, blob) != blob and not _grew(git, before[path], blob):
            yield f"{name}: {path} would lose lines. Records of letters are only added to."
    for path in before.keys() - after.keys():
        yield f"{name}: {path} would be gone. Records of letters are kept."


def _grew(git: Git, old: str, new: str) -> bool:
    """Whether every line of a file is in its next version."""
    return set(git.blob(old).splitlines()) <= set(git.blob(new).splitlines())


def _audited(git: Git, update: Update, name: str, *, guarded: bool) -> Iterator[str]:
    """What the audit finds in the commits that are new to the branch.

    The rules are those of the branch before the push; of a new branch, those of the first
    protected branch that is there.
    """
    before = update.old or next(filter(None, map(git.tip, _protected(git))), "")
    known = _prefixes(git, before) if before else []
    prefixes = known or _prefixes(git, update.new)
    if not prefixes or not (guarded or _prefixes(git, update.new)):
        return  # a branch without a knowledge base, such as one of web pages
    for prefix in prefixes:
        begin = anchor_of(git, prefix, before if known else update.new)
        writes: Writes = "sound" if guarded else "never"
        report = audit(
            git,
            prefix,
            anchor=begin.commit,
            tip=update.new,
            since=before,
            signatures=Verifier(),
            kept=Kept(git, prefix, begin.commit, signatures=True, required=False, writes=writes),
            rows=False,
        )
        for found in report.findings:
            where = f"{prefix}{found.path}: " if found.path else ""
            yield f"{name}, {found.commit[:12]}: {where}{found.rule}: {found.message} {found.mend}"


def _protected(git: Git) -> list[str]:
    """The full names of the protected branches: those configured, else the one HEAD names."""
    named = git.text("config", "--get-all", PROTECTED, ok=(0, 1)).split()
    if named:
        return [one if one.startswith(_BRANCH) else f"{_BRANCH}{one}" for one in named]
    head = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1))
    return [head] if head else []


def _prefixes(git: Git, commit: str) -> list[str]:
    """Where the knowledge bases are in a commit: '' or paths that end in '/'."""
    paths = set(git.tracked(commit, ""))
    tops = (path.removesuffix(CONFIG) for path in paths if f"/{path}".endswith(f"/{CONFIG}"))
    return sorted(top for top in tops if f"{top}{POLICY}" in paths)
