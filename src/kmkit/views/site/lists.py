"""The portal's lists: notes by topic, by kind and by person, and the lists of these lists."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from kmkit.text import fold, one_line
from kmkit.views.site import naming
from kmkit.views.site.pages import CountsPage, ListPage, Pager, Profile
from kmkit.views.site.values import Count, Row
from kmkit.views.site.view import View
from kmkit.views.wording import Wording

PAGE = 100
"""Notes on one page of a list."""


class Page(NamedTuple):
    """A page of the portal before it is printed."""

    href: str
    template: str
    here: str
    """The part of the portal that it belongs to."""
    value: object


class Lists:
    """Which list each note stands in."""

    def __init__(self, view: View, said: Wording) -> None:
        self._view = view
        self._said = said
        self._topics: dict[str, list[Row]] = {}
        self._kinds: dict[str, list[Row]] = {}
        for row in view.listed:
            note = view.seen.notes[row.id].note
            self._kinds.setdefault(note.kind, []).append(row)
            for key in dict.fromkeys(map(fold, note.fields.topics)):
                if key in view.topics:
                    self._topics.setdefault(key, []).append(row)

    def topics(self) -> tuple[Count, ...]:
        """Every topic that a note in use has; those that must not be forgotten first."""
        view = self._view
        help = {fold(topic): text for topic, text in view.config.topics.items()}
        found = [
            Count(
                view.topics[key],
                f"topics/{view.topic_slugs[key]}.html",
                len(rows),
                view.seen.masked(one_line(help.get(key, ""))),
                key in view.critical,
            )
            for key, rows in self._topics.items()
        ]
        return tuple(sorted(found, key=lambda c: (not c.critical, -c.notes, fold(c.label))))

    def kinds(self) -> tuple[Count, ...]:
        """Every kind that a note in use is of, the most frequent first."""
        found = [
            Count(
                rows[0].kind,
                rows[0].kind_href,
                len(rows),
                one_line(self._view.kinds[kind].help) if kind in self._view.kinds else "",
            )
            for kind, rows in self._kinds.items()
        ]
        return tuple(sorted(found, key=lambda c: (-c.notes, c.label)))

    def pages(self, people: Mapping[str, str]) -> Iterator[Page]:
        """Every page of every list; ``people`` gives the page of each person by address."""
        said = self._said.gettext
        topics, kinds = self.topics(), self.kinds()
        yield Page("topics.html", "counts", "topics", CountsPage(said("Topics"), "topics", topics))
        yield Page("kinds.html", "counts", "kinds", CountsPage(said("Kinds"), "kinds", kinds))
        leads = {count.href: count for count in (*topics, *kinds)}
        for what, folder, slugs, by in (
            ("topic", "topics", self._view.topic_slugs, self._topics),
            ("kind", "kinds", self._view.kind_slugs, self._kinds),
        ):
            for key, slug in slugs.items():
                known = leads.get(f"{folder}/{slug}.html")
                label = known.label if known else self._label(what, key)
                lead = known.help if known else ""
                page = ListPage(label, what, lead, (), 0, None, bool(known and known.critical))
                yield from parts(page, by.get(key, ()), folder, slug)
        if people:
            yield from self._people(people)

    def _label(self, what: str, key: str) -> str:
        return self._view.topics[key] if what == "topic" else one_line(key).replace("-", " ")

    def _people(self, people: Mapping[str, str]) -> Iterator[Page]:
        """The pages of the owners of notes, for the narrowest circle."""
        owned: dict[str, list[Row]] = {}
        for row in self._view.listed:
            owned.setdefault(self._view.seen.notes[row.id].note.owner, []).append(row)
        counts = []
        for email, href in people.items():
            profile = _profile(self._view, email)
            rows = owned.get(email, [])
            counts.append(Count(profile.name, href, len(rows), profile.unit))
            page = ListPage(profile.name, "person", "", (), 0, None, person=profile)
            yield from parts(page, rows, "people", href.removeprefix("people/")[: -len(".html")])
        counts.sort(key=lambda count: (fold(count.label), count.href))
        title = self._said.gettext("People")
        yield Page("people.html", "counts", "people", CountsPage(title, "people", tuple(counts)))


def people_of(view: View) -> dict[str, str]:
    """The page of each person who owns a note, by address; none beyond the narrowest circle."""
    if not view.narrowest:
        return {}
    owners = {view.seen.notes[row.id].note.owner for row in view.listed} - {""}
    emails = sorted(email for email in owners if view.contact(email).email)
    slugs = naming.slugs(fold(email.partition("@")[0]) for email in emails)
    found = {email: slugs[fold(email.partition("@")[0])] for email in emails}
    if len(set(found.values())) < len(found):  # two domains with one name
        found = naming.slugs(emails)
    return {email: f"people/{slug}.html" for email, slug in found.items()}


def _profile(view: View, email: str) -> Profile:
    person = view.profiles.get(email)
    return Profile(
        name=view.contact(email).name,
        email=view.contact(email).email,
        unit=one_line(person.unit) if person else "",
        skills=tuple(map(one_line, person.skills)) if person else (),
        languages=tuple(map(one_line, person.languages)) if person else (),
        gone=bool(person and person.until and person.until < view.today),
    )


def parts(page: ListPage, rows: Sequence[Row], folder: str, slug: str) -> Iterator[Page]:
    """A list in pages of at most `PAGE` notes."""
    from dataclasses import replace

    here = folder if folder != "people" else "people"
    shares = list(shared(rows, PAGE)) or [()]
    for number, share in enumerate(shares, 1):
        pager = pager_of(folder, slug, number, len(shares))
        href = naming.part(folder, slug, number)
        value = replace(page, rows=tuple(share), total=len(rows), pager=pager)
        yield Page(href, "list", here, value)


def pager_of(folder: str, slug: str, number: int, of: int) -> Pager | None:
    """Which part of a list a page is; None where it is the whole list."""
    if of < 2:
        return None
    before = naming.part(folder, slug, number - 1) if number > 1 else None
    after = naming.part(folder, slug, number + 1) if number < of else None
    return Pager(number, of, before, after)


def shared(rows: Sequence[Row], size: int) -> Iterable[Sequence[Row]]:
    """The rows in shares of ``size``."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
