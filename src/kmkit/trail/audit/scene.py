"""One commit before its judge: what it says, who made it, what stood before it, what is found."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kmkit.errors import Cannot
from kmkit.lifecycle.person import Person
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.findings import RULES, Finding
from kmkit.trail.audit.history import Change, Commit
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.reading import Version, version_of
from kmkit.trail.audit.records_known import Filed
from kmkit.trail.audit.rules_of import NOTHING, Rules
from kmkit.trail.audit.trailers import Told
from kmkit.trail.event import author_of, coauthors_of
from kmkit.trail.signing import Signed, Unproved

_UNSIGNED = ("unsigned-move", "wrong-key")
_NO_FILE = ("not-a-file", "record-not-a-file")


class Verify(Protocol):
    """What checks signatures; see `kmkit.trail.signing.Verifier`."""

    def verify(self, raw: bytes, keys: Iterable[str]) -> Signed | Unproved:
        """Whether the raw commit is signed by one of ``keys``."""


@dataclass(slots=True)
class Scene:
    """One commit and its surroundings."""

    commit: Commit
    told: Told
    """What the commit says of itself."""
    versions: Mapping[str, Version]
    """Of notes that the commit wrote, by their path; see `version`."""
    number: int
    """Its place in the order of the audit."""
    parents: Sequence[Book]
    """What stood at each parent that the audit has been through."""
    book: Book
    """What stands at this commit; begun as the first parent's."""
    findings: list[Finding]
    """Of the whole audit."""
    mended: set[int]
    """The numbers of findings that were made good later."""
    again: dict[int, str]
    """By the numbers of findings that were made good: the commit by which they stand again."""
    fetch: Callable[[str], bytes]
    """Reads a blob by its name."""
    signatures: Verify | None
    required: bool
    """Signatures are asked for, whatever policy.toml says."""
    faults: list[int] = field(default_factory=list)
    """The numbers of this commit's findings."""
    author: Person = field(init=False)
    """Who made the commit, as it says."""
    demanded: bool = field(init=False)
    """Whether the commit has to be signed."""
    _signature: Signed | Unproved | None = None
    _shared: bool = False
    """One note has what was found of the whole commit."""
    _mends: set[int] = field(default_factory=set)
    """The numbers of the findings that this commit made good."""

    def version(self, change: Change) -> Version:
        """What the commit has at the path of a note."""
        found = self.versions.get(change.path)
        return found or version_of(self.commit.blobs[change.blob], change.path)

    @property
    def rules(self) -> Rules:
        """The rules that stood at the first parent."""
        return self.parents[0].rules if self.parents else NOTHING

    def __post_init__(self) -> None:
        """See who made the commit."""
        if event := self.told.event:
            self.author = Person(event.name, event.email)
        else:
            found = author_of(self.commit.raw)
            self.author = Person(found[0], found[1]) if found else Person("", "")
        self.demanded = self.required
        for book in self.parents:
            self.demanded = self.demanded or book.rules.policy.signed

    @property
    def writers(self) -> frozenset[str]:
        """E-mails of the author and the co-authors."""
        return frozenset([self.author.key, *[who.email for who in self._others()]]) - {""}

    @property
    def names(self) -> frozenset[str]:
        """Their names."""
        return frozenset([self.author.name, *[who.name for who in self._others()]])

    def _others(self) -> tuple[Person, ...]:
        raw = self.commit.raw
        return coauthors_of(raw) if b"co-authored-by" in raw.lower() else ()

    def everywhere(self, role: str) -> bool:
        """Whether the author holds ``role`` by the rules of every parent."""
        every = [book.rules.policy.has_role(self.author.key, role) for book in self.parents]
        return bool(every) and all(every)

    # Who signed it

    @property
    def signature(self) -> Signed | Unproved:
        """Whether it is signed by a key that every parent's rules give to its author."""
        if self._signature is None:
            self._signature = self._verified()
        return self._signature

    def _verified(self) -> Signed | Unproved:
        if self.signatures is None:
            return Unproved("Signatures were not looked at.")
        each = [book.rules.policy.keys_of(self.author.key) for book in self.parents]
        keys = [key for key in (each[0] if each else ()) if all(key in other for other in each)]
        if not keys and not self.demanded:
            return Unproved("Its author has no key in policy.toml.")
        try:
            return self.signatures.verify(self.commit.raw, keys)
        except Cannot as error:
            if self.demanded:
                raise
            return Unproved(error.message)

    @property
    def signed(self) -> bool:
        """Whether its author is proved."""
        return isinstance(self.signature, Signed)

    def ask_signature(self, note: str, path: str) -> None:
        """A finding where a signature is asked for and does not prove the author; one for a note.

        Without a ``path``, one that was found of the note at any is enough.
        """
        if not self.demanded or self.signed:
            return
        found = (self.findings[at] for at in self.faults)
        unsigned = (one for one in found if one.rule in _UNSIGNED and one.note == note)
        if all(path not in ("", one.path) for one in unsigned):
            self.say_unsigned(note, path)

    def say_unsigned(self, note: str, path: str) -> None:
        """A finding: the commit, which is not `signed`, proves nothing of its author."""
        found = self.signature
        assert isinstance(found, Unproved)
        rule = "wrong-key" if found.other_key else "unsigned-move"
        who = self.author.key or "nobody"
        self.say(
            rule, note, path, f"This commit by {who} is not proved to be theirs. {found.reason}"
        )

    # What is found

    def say(self, rule: str, note: str, path: str, message: str) -> None:
        """One more finding."""
        self.faults.append(len(self.findings))
        mend = RULES[rule].mend(note)
        self.findings.append(Finding(rule, note, path, self.commit.sha, message, mend))

    def no_file(self, known: Known | Filed) -> bool:
        """Whether something else than a file was found in the place of a note or record."""
        return any(self.findings[at].rule in _NO_FILE for at in known.faults)

    def own(self, start: Sequence[int], note: str, path: str) -> list[int]:
        """What was found of the whole commit, for one of its notes: the next has its own."""
        if self._shared:
            at = len(self.faults)
            for one in [self.findings[number] for number in start]:
                self.say(one.rule, note, path, one.message)
            return self.faults[at:]
        self._shared = True
        return [*start]

    def mend(self, faults: Iterable[int]) -> None:
        """These findings were made good."""
        now = {*faults} - self.mended
        self._mends |= now
        self.mended |= now

    def unmend(self, faults: Iterable[int]) -> None:
        """These findings stand, also where they were made good before."""
        back = self.mended.intersection(faults)
        self.mended -= back
        self.again.update(dict.fromkeys(back - self._mends, self.commit.sha))

    def put(self, known: Known, faults: Sequence[int], was: Known | None = None) -> None:
        """The note stands so from now on; ``faults`` are what was found of it in this commit.

        ``was`` is how it stood before, where putting that back makes them good.
        """
        if faults:
            sound = known.sound or (was if was and not was.doubt else None)
            known = known._replace(
                doubt=2,
                sound=sound,
                since=self.commit.sha,
                faults=(*known.faults, *faults),
            )
        self.stand(known)

    def stand(self, known: Known | Filed) -> None:
        """The note or record stands so, and in a merge all that was found of it as well.

        It was made good on another side, perhaps, which the merge did not take. What else stood at
        its path on the first side stands there no more.
        """
        if len(self.parents) > 1:
            self.unmend(known.faults)
            before = self.book.get(known.path) or self.book.record(known.path)
            if before and before.id != known.id:
                self.book.take(known.path)
        self.book.put(known)
