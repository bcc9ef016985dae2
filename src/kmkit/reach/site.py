"""The portal of a knowledge base: what one audience may see, as a folder of pages."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kmkit.audience.audiences import Audience, audience_of
from kmkit.audience.seeing import see
from kmkit.errors import Cannot, Refused
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.note.problem import Problem
from kmkit.reach.site_folder import Folder, folder_for
from kmkit.reach.site_hand import Share, Task, Wrote
from kmkit.reach.site_hands import Hands, hired, share_size, wanted_hands
from kmkit.resources import templates_dir
from kmkit.text import one_line
from kmkit.views.environment import rendering
from kmkit.views.feed import atom
from kmkit.views.loading import has_own
from kmkit.views.site import searching
from kmkit.views.site.drafts import draft
from kmkit.views.site.home import home, search, timeline
from kmkit.views.site.links import Around, Copy
from kmkit.views.site.lists import Lists, Page, people_of
from kmkit.views.site.news import feed_of, notes_json
from kmkit.views.site.printing import Printer
from kmkit.views.site.values import Site
from kmkit.views.site.view import Facts, View, portal_of
from kmkit.views.wording import words

_LOOK = "site"
"""The folder of templates that the portal is made with."""
_FEED, _NOTES, _INDEX = _DATA = ("feed.xml", "notes.json", "s/index.js")
_KB_MAY = frozenset((".css", ".gif", ".ico", ".jpg", ".png", ".svg", ".webp", ".woff2"))
"""What of a portal's looks a knowledge base may bring itself: never a program."""


@dataclass(frozen=True)
class Made:
    """A portal that was made."""

    root: Path
    level: str
    notes: int
    files: int
    changed: int
    """Files that were written; the others say the same already."""
    removed: int
    problems: tuple[Problem, ...] = ()
    """Of the notes that the portal could have shown."""
    unknown: tuple[str, ...] = ()
    """Attached files that stay, for nobody can look for protected names in them."""


def portal(
    kb: KnowledgeBase, path: Path, *, to: str = "", dry: bool = False, hands: int = 0
) -> Made:
    """Make the portal of ``kb`` in the folder ``path``, for an audience or a level.

    Raises Refused where ``path`` holds what kmkit did not make, or where there is no note to show.
    With ``dry`` everything is worked out, and nothing is written. ``hands``: see `lay`. Raises
    Cannot in a shallow clone, whose history does not tell what was approved for whom.
    """
    if kb.git.shallow:
        raise Cannot(
            "This clone is shallow: its history does not tell what was approved for whom.",
            "Run git fetch --unshallow (in CI: fetch-depth: 0).",
        )
    audience = audience_of(kb.config, kb.policy, to)
    folder = folder_for(path, kb.root, dry=dry)
    own = has_own(kb.root, _LOOK)
    with (
        Index.open(kb.root, today=kb.today) as index,
        hired(hands or (1 if own else wanted_hands(index.count()))) as working,
    ):
        view, problems = _view(kb, index, audience)
        return _Laying(view, folder, kb.root).done(working, problems)


def _view(kb: KnowledgeBase, index: Index, audience: Audience) -> tuple[View, tuple[Problem, ...]]:
    """What the portal is made of, and what could not be read."""
    seen = see(kb, index, audience)
    stale = index.stale()
    orphaned = frozenset(s.note.id for s in stale if "orphaned" in s.codes)
    due = {listed.card.id: listed.due for listed in index.select() if listed.due}
    facts = Facts(due, orphaned)
    view = View(portal_of(seen), kb.config, kb.kinds, kb.people, facts, kb.today)
    return view, tuple(seen.problems)


def lay(view: View, folder: Folder, kb: Path | None = None, *, hands: int = 1) -> Made:
    """Make the portal of ``view`` in ``folder``.

    ``kb``: the knowledge base whose own templates come first. ``hands``: how many processes make
    pages of notes.
    """
    with hired(hands) as working:
        return _Laying(view, folder, kb).done(working)


class _Laying:
    """One portal, while it is made."""

    def __init__(self, view: View, folder: Folder, kb: Path | None) -> None:
        self.view = view
        self.folder = folder
        self.kb = kb
        self.own = kb is not None and has_own(kb, _LOOK)
        self.said = words(view.language)
        self.people = people_of(view)
        self.around = Around(view, self.people)
        self.lists = Lists(view, self.said)
        self.files: list[str] = []
        self.changed = 0

    def done(self, hands: Hands, problems: tuple[Problem, ...] = ()) -> Made:
        """Make it all."""
        view, folder = self.view, self.folder
        if not view.listed:
            raise _nothing(view.seen.level)
        task = Task(self._site(), self.kb, self.own, folder.desk, tuple(view.rows.values()))
        copies = [c for shown in view.seen.notes.values() for c in self.around.copies(shown.note)]
        pages = list(self._pages())
        printed = self._printed(task, pages)
        if self.own:  # a flaw in a template is told before anything is written
            printed = iter(list(printed))
        folder.begin(self._planned(task, pages, copies))
        hands.begin_writing(task, self._known(hands, task))
        wrote = hands.written() if self.own else []
        self._copy(copies)
        for href, data in printed:
            self._put(href, data)
        self._rest()
        self._search(task, wrote or hands.written())
        removed = folder.end(self.files)
        return Made(
            root=folder.root,
            level=view.seen.level,
            notes=len(task.rows),
            files=len(self.files),
            changed=self.changed,
            removed=removed,
            problems=problems,
            unknown=view.seen.unknown_files(),
        )

    def _planned(self, task: Task, pages: Sequence[Page], copies: Sequence[Copy]) -> Sequence[str]:
        """All files but those of words, of which it is not known how many there will be."""
        return [
            *(row.href for row in task.rows),
            *(copy.href for copy in copies),
            *(page.href for page in pages),
            *(f"s/n-{n}.js" for n in range(-(-len(task.rows) // searching.PER))),
            *_looks(self.kb),
            *_DATA,
        ]

    def _known(self, hands: Hands, task: Task) -> list[dict[str, float]]:
        """Hand out the notes; the words that each is known by, told from what all hands read."""
        view, rows = self.view, task.rows
        size = share_size(len(rows), hands.count)
        for start in range(0, len(rows), size):
            share = [
                draft(view, view.seen.notes[row.id], self.around)
                for row in rows[start : start + size]
            ]
            hands.take(Share(start, share))
        known = hands.know(hands.read(), len(rows))
        return [known[n] for n in range(len(rows))]

    def _site(self) -> Site:
        view, organisation = self.view, self.view.config.organisation
        policy, level = view.seen.policy, view.seen.level
        return Site(
            organisation=one_line(organisation.name),
            language=view.language,
            direction=self.said.direction,
            level=level,
            audience=view.seen.masked(one_line(view.seen.audience.help)),
            widest=level == policy.levels[-1],
            narrowest=view.narrowest,
            contact=view.contact(organisation.contact).email,
            on=view.today,
            notes=len(view.listed),
            has_people=bool(self.people),
        )

    def _put(self, href: str, data: bytes) -> None:
        self.files.append(href)
        self.changed += self.folder.put(href, data)

    def _pages(self) -> Iterator[Page]:
        yield home(self.view, self.lists)
        yield search(self.view, self.lists, self.said)
        yield from timeline(self.view, self.said)
        yield from self.lists.pages(self.people)

    def _printed(self, task: Task, pages: Sequence[Page]) -> Iterator[tuple[str, bytes]]:
        """All pages but those of notes."""
        with rendering(_LOOK, self.kb, language=task.site.language) as render:
            printer = Printer(task.site, render)
            for page in pages:
                data = printer.page(page.template, page.here, page.href, page.value)
                yield page.href, data

    def _rest(self) -> None:
        """What is no page: how it looks, the feed, the notes as data."""
        for name, place in sorted(_looks(self.kb).items()):
            self._put(name, place.read_bytes())
        self._put(_FEED, atom(feed_of(self.view)))
        self._put(_NOTES, notes_json(self.view))

    def _copy(self, copies: Sequence[Copy]) -> None:
        root = self.view.seen.root
        for copy in copies:
            if root is not None:
                try:
                    data = (root / copy.path).read_bytes()
                except OSError as error:
                    raise Cannot(f"{copy.path} cannot be read: {error.strerror}.") from None
                self._put(copy.href, data)

    def _search(self, task: Task, wrote: Sequence[Wrote]) -> None:
        for one in wrote:
            self.files += one.files
            self.changed += one.changed
        runs = sorted((run for one in wrote for run in one.runs), key=lambda run: run[0])
        made = list(searching.shards([words for _, words in runs]))
        self.folder.expect([f"s/w-{number}.js" for number in range(len(made))])
        for number, (_, text) in enumerate(made):
            self._put(f"s/w-{number}.js", searching.words_file(number, text).encode("utf-8"))
        average = sum(one.length for one in wrote) / max(1, len(task.rows))
        told = searching.index_file(len(task.rows), average, [first for first, _ in made])
        self._put(_INDEX, told.encode("utf-8"))


def _nothing(level: str) -> Refused:
    return Refused(
        f"There is no note to show to the circle {level}.",
        "Write one: kmkit capture. Wider circles see validated notes whose level is as wide; "
        "kmkit level --explain NOTE AUDIENCE tells why one is not shown.",
    )


def _looks(kb: Path | None) -> dict[str, Path]:
    """The files beside the templates that pages load: the shipped ones, and those of the KB."""
    found = {
        place.name: place
        for place in (templates_dir() / _LOOK).iterdir()
        if place.is_file() and place.suffix != ".j2"
    }
    folder = kb / "templates" / _LOOK if kb else None
    if kb and folder and folder.is_dir() and folder.resolve() == kb.resolve() / "templates" / _LOOK:
        for place in folder.iterdir():
            if place.suffix.lower() in _KB_MAY and place.is_file() and not place.is_symlink():
                found[place.name] = place
    return found
