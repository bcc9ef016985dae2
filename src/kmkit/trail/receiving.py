"""What a push brings to a bare repository, judged before it is taken in."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
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
"""The setting in git's configuration that names the protected branches, or patterns of names."""
_BRANCH = "refs/heads/"
_OWN = "refs/kmkit/"
"""Refs below it say what was audited in this repository, which nobody else can know."""
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


class _Server(NamedTuple):
    """The repository before the push."""

    guards: list[str]
    """The names of the protected branches, or patterns of them, in full."""
    tips: list[str]
    """The commits of all branches but the ledger."""
    measures: list[str]
    """Those of the protected branches and of the main one, which goes first if it is protected."""
    behind: dict[str, str]
    """The branch that such a branch really is, where it is but another name of it."""

    def guarded(self, ref: str) -> bool:
        """Whether a branch is protected, under whatever name it goes."""
        return any(fnmatchcase(self.behind.get(ref, ref), guard) for guard in self.guards)


def refusals(git: Git, pushed: Collection[Update]) -> Iterator[str]:
    """Why the push is refused, one sentence each; none where it may come in.

    Cannot where the setting of what is protected cannot be understood: then nothing comes in.
    """
    server = _server(git)
    others = []
    for update in pushed:
        if update.ref == LEDGER:
            yield from _of_ledger(git, update)
        elif update.ref.startswith(_BRANCH):
            yield from _of_branch(git, update, server)
        elif update.ref.startswith(_OWN):
            yield (
                f"{update.ref} says what was audited on the server: nobody pushes to it. "
                "Push branches and tags alone."
            )
        elif update.new:
            others.append(update)
    if others:
        given = [one.new for one in pushed if one.ref.startswith(_BRANCH) and one.ref != LEDGER]
        yield from _of_others(git, others, server, list(filter(None, given)))


def _of_branch(git: Git, update: Update, server: _Server) -> Iterator[str]:
    """Why one branch may not become what the push makes of it."""
    name = update.ref.removeprefix(_BRANCH)
    guarded = server.guarded(update.ref)
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
    rules = _rules(git, server, update.old)
    if guarded or _prefixes(git, update.new):  # else it is a branch of something else: web pages
        yield from _audited(git, update.new, name, rules, since=rules.commit, guarded=guarded)


def _of_others(
    git: Git, updates: Iterable[Update], server: _Server, given: Collection[str]
) -> Iterator[str]:
    """Why tags, and whatever else is no branch, may not become what the push makes of them.

    What a branch has already, or gets by the same push (``given``), is not judged once more; what
    is no commit of a knowledge base is not judged at all.
    """
    with git.asking():
        named = {update.ref: git.tip(update.new) for update in updates}
    if not any(named.values()):
        return
    rules = _rules(git, server, "")
    tops = {*rules.prefixes, *(top for tip in given for top in _prefixes(git, tip))}
    with git.asking():  # what a branch without a knowledge base has was never judged
        judged = [tip for tip in {*server.tips, *given} if _has_one(git, tip, tops)]
    asked = [*filter(None, named.values()), *(f"^{tip}" for tip in judged)]
    new = set(git.run("rev-list", "--stdin", stdin="\n".join(asked).encode()).decode().split())
    for ref, commit in named.items():
        if commit in new and _prefixes(git, commit):
            name = ref.removeprefix("refs/")
            yield from _audited(git, commit, name, rules, only=new, guarded=False)


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


class _Rules(NamedTuple):
    """What stands before the push, and is the measure of it."""

    commit: str
    """'' where nothing does."""
    prefixes: list[str]
    """Where its knowledge bases are."""


def _rules(git: Git, server: _Server, old: str) -> _Rules:
    """The rules that a push is judged by.

    They are those of ``old``, which it goes on from; where that is nothing, or no knowledge base,
    those of the first protected branch that has one, or of the main branch.
    """
    for commit in filter(None, (old, *server.measures)):
        if prefixes := _prefixes(git, commit):
            return _Rules(commit, prefixes)
    return _Rules(old, [])


def _audited(
    git: Git,
    tip: str,
    name: str,
    rules: _Rules,
    *,
    since: str = "",
    only: Collection[str] | None = None,
    guarded: bool,
) -> Iterator[str]:
    """What the audit finds in the commits that ``since`` does not have, or in ``only`` these."""
    for prefix in rules.prefixes or _prefixes(git, tip):
        begin = anchor_of(git, prefix, rules.commit if rules.prefixes else tip)
        writes: Writes = "sound" if guarded else "never"
        report = audit(
            git,
            prefix,
            anchor=begin.commit,
            tip=tip,
            since=since,
            signatures=Verifier(git.top),
            kept=Kept(git, prefix, begin.commit, signatures=True, required=False, writes=writes),
            rows=False,
        )
        for found in report.findings:
            if found.within(only):
                where = f"{prefix}{found.path}: " if found.path else ""
                said = f"{where}{found.rule}: {found.message} {found.mend}"
                again = f" (which stands again by {found.again[:12]})" if found.again else ""
                yield f"{name}, {found.commit[:12]}{again}: {said}"


def _server(git: Git) -> _Server:
    """What stands in the repository before the push."""
    main = git.text("symbolic-ref", "-q", "HEAD", ok=(0, 1))
    guards = _guards(git) or ([main] if main else [])
    listed = git.text("for-each-ref", "--format=%(objectname) %(refname) %(symref)", _BRANCH)
    rows = [line.split(" ") for line in listed.splitlines()]
    tips = {ref: tip for tip, ref, _ in rows if ref != LEDGER}
    server = _Server(guards, list(tips.values()), [], {ref: real for _, ref, real in rows if real})
    first = sorted(tips, key=lambda ref: (not server.guarded(ref), ref != main))
    server.measures.extend(tips[ref] for ref in first if ref == main or server.guarded(ref))
    return server


def _guards(git: Git) -> list[str]:
    """The protected branches that are configured; Cannot where one can be no branch."""
    guards = []
    for said in git.text("config", "--get-all", PROTECTED, ok=(0, 1)).split():
        guard = said if said.startswith("refs/") else f"{_BRANCH}{said}"
        name = guard.replace("*", "x").replace("?", "x")
        try:
            git.run("check-ref-format", name)
        except Cannot:
            name = ""
        if not name.startswith(_BRANCH) or said.startswith("!"):
            raise Cannot(
                f"{PROTECTED} of this server says '{said}', which is no branch, nor a pattern of "
                "branches, so nothing is taken in.",
                "Its owner mends that there: git config --edit. It takes names such as main, and "
                "patterns such as release/* or refs/heads/*.",
            )
        guards.append(guard)
    return guards


def _has_one(git: Git, commit: str, tops: Iterable[str]) -> bool:
    """Whether a knowledge base is in a commit, in one of the folders ``tops``."""
    return any(len(git.entries(commit, f"{top}{CONFIG}", f"{top}{POLICY}")) == 2 for top in tops)


def _prefixes(git: Git, commit: str) -> list[str]:
    """Where the knowledge bases are in a commit: '' or paths that end in '/'."""
    paths = set(git.tracked(commit, ""))
    tops = (path.removesuffix(CONFIG) for path in paths if f"/{path}".endswith(f"/{CONFIG}"))
    return sorted(top for top in tops if f"{top}{POLICY}" in paths)
