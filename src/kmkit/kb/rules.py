"""The rules that moves are judged by: those that are committed, as the audit judges by them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TypeVar

from kmkit.config import Config, Policy, parse_config, parse_policy
from kmkit.errors import Cannot, Refused
from kmkit.kb.base import KnowledgeBase
from kmkit.note.kinds import Kind, kind_from, kind_names, load_kind
from kmkit.note.model import Note
from kmkit.places import CONFIG, KINDS, POLICY, read_plain
from kmkit.trail.names import blob_name

T = TypeVar("T")


@dataclass(frozen=True)
class Rules:
    """policy.toml, kmkit.toml and the template of one kind of note, as they are committed.

    What was never committed counts as its file stands.
    """

    kb: KnowledgeBase
    template: str
    """The path of the kind's own template."""
    blobs: dict[str, str]
    """Each of the three paths, and git's name of what is committed there, '' for nothing."""

    @classmethod
    def at(cls, kb: KnowledgeBase, tip: str, kind: str) -> "Rules":
        """The rules at the commit ``tip`` for a note of that kind."""
        template = f"{KINDS}/{kind}.md.j2"
        names = {name: kb.repo_path(PurePosixPath(name)) for name in (POLICY, CONFIG, template)}
        found = kb.git.entries(tip, *names.values())
        if tip and names[POLICY] not in found and _removed(kb, tip, names[POLICY]):
            raise Refused(
                f"{POLICY} was removed, so nobody can tell who may do what.",
                f"Put it back: git checkout $(git rev-list -1 HEAD -- {POLICY})~1 -- {POLICY} && "
                f"git commit -m 'Put the rules back' {POLICY}.",
            )
        blobs = {n: found[path].sha if path in found else "" for n, path in names.items()}
        return cls(kb, template, blobs)

    @cached_property
    def policy(self) -> Policy:
        """policy.toml."""
        same = self._as_it_stands(POLICY)
        return self.kb.policy if same else self._committed(POLICY, parse_policy)

    @cached_property
    def config(self) -> Config:
        """kmkit.toml."""
        same = self._as_it_stands(CONFIG)
        return self.kb.config if same else self._committed(CONFIG, parse_config)

    def kind(self, note: Note) -> Kind:
        """The kind of ``note``; Refused where there is none that is committed or shipped."""
        known = self.kb.kind(note)
        if self._as_it_stands(self.template):
            return known
        if self.blobs[self.template]:
            place = Path(self.template)
            return self._committed(
                self.template, lambda text: kind_from(known.name, text.encode(), place)
            )
        if known.name in kind_names(None):
            return load_kind(known.name, None)
        raise Refused(
            f"The kind '{known.name}' is new: {self.template} is not committed.",
            commit_it(self.template),
        )

    @property
    def differing(self) -> list[str]:
        """The files that stand otherwise than they are committed."""
        return [name for name in self.blobs if not self._as_it_stands(name)]

    def _as_it_stands(self, name: str) -> bool:
        """Whether the file is the committed one, but for the ends of its lines."""
        blob = self.blobs[name]
        try:
            data = read_plain(self.kb.root / name)
        except OSError:
            data = None
        if not blob:
            return data is None or name != self.template
        versions = (data, data.replace(b"\r\n", b"\n")) if data is not None else ()
        return any(blob_name(one, len(blob)) == blob for one in versions)

    def _committed(self, name: str, parse: Callable[[str], T]) -> T:
        """What is committed at ``name``; Refused where that cannot be read, though the file can."""
        try:
            return parse(self.kb.git.blob(self.blobs[name]).decode("utf-8"))
        except UnicodeDecodeError:
            said = f"{name} is not UTF-8."
        except Cannot as error:
            said = error.message
        raise Refused(f"What is committed cannot be read: {said}", commit_it(name))


def _removed(kb: KnowledgeBase, tip: str, path: str) -> bool:
    """Whether a file that the commit lacks was there before."""
    return bool(kb.git.text("rev-list", "--max-count=1", tip, "--", path))


def settled(kb: KnowledgeBase) -> None:
    """Refused where settings that decide over who gets what are not committed.

    What goes out would be recorded under settings that the audit does not know.
    """
    tip = kb.git.tip()
    rules = Rules.at(kb, tip, "")
    changed = {
        POLICY: rules.policy != kb.policy,
        CONFIG: _leaving(rules.config) != _leaving(kb.config),
    }
    for name, differs in changed.items():
        if differs or (tip and not rules.blobs[name]):
            raise Refused(
                f"{name} has changes that are not committed; what goes out is judged by what is.",
                commit_it(name),
            )


def commit_it(*names: str) -> str:
    """How files of rules are committed."""
    files = " ".join(names)
    return f"Commit that first: git add {files} && git commit -m 'Change the rules' {files}."


def _leaving(config: Config) -> tuple[object, ...]:
    """The settings that decide over who gets what."""
    return config.channels, config.audiences, config.protect
