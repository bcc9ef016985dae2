"""The readers' blocks: what is new, what to stop using, what came of it, a question, thanks."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from urllib.parse import quote

from kmkit.audience.shown import Shown
from kmkit.note.model import Note, Section
from kmkit.text import fold, one_line
from kmkit.trail.event import Event
from kmkit.views.clean import direction
from kmkit.views.digest_news import is_out, news
from kmkit.views.digest_values import Answer, Applied, Contact, Item, Question, Stop
from kmkit.views.digest_view import View
from kmkit.views.prose import advice, strip_comments
from kmkit.views.words import Budget, clip, count

INSTRUCTIONS = (
    "Lessons",
    "Recommendations",
    "What to change",
    "How to begin",
    "The practice",
    "Steps",
    "What we take from it",
    "What we will do",
    "What it means for us",
    "What is about to go wrong",
    "Decisions",
    "Findings",
    "Key points",
    "What to keep",
)
"""The sections that tell a reader what to do, the most telling first."""

ENDED = ("captured", "retired")
"""The states of a note that readers cannot rely on any more."""

TITLE, ADVICE, MATTERS, REASON, QUESTION = 20, 45, 25, 20, 40
"""The most words that each piece of text may take."""


def new_items(view: View, budget: Budget, told: str = "") -> tuple[tuple[Item, ...], int]:
    """The newly disseminated notes that fit, and how many did not: critical first, then newest.

    ``told``: the id of one that is told of elsewhere in the letter.
    """
    days = news(view)
    new = [view.notes[note] for note in reversed(days) if note != told]
    latest = [shown for shown in new if is_out(view, shown)]
    ranked = sorted(latest, key=lambda shown: not _critical(view, shown.note))
    room = ranked[: view.config.digest.max_notes]
    items: list[Item] = []
    for index, shown in enumerate(room):
        share = Budget(budget.left // (len(room) - index))
        if items and share.left < count(one_line(shown.note.title)) + 5:
            break
        given = share.left
        items.append(item(view, shown, days[shown.note.id], share))
        budget.left -= given - share.left
    return tuple(items), len(ranked) - len(items)


def _critical(view: View, note: Note) -> bool:
    return not set(note.fields.topics).isdisjoint(view.config.critical.topics)


def item(
    view: View,
    shown: Shown,
    on: date,
    budget: Budget,
    *,
    says: Sequence[str] = (),
    answers: Callable[[View, Contact, Note], tuple[Answer, ...]] | None = None,
) -> Item:
    """A note in a letter, in at most ``budget`` words.

    ``says``: what is told of it, by default what it tells people to do; ``answers``: the letters
    that a reader can begin by a click.
    """
    note = shown.note
    language = one_line(note.fields.language or view.config.organisation.language)
    link = view.link(note)
    ask = view.ask(note)
    title = budget.take(one_line(note.title), TITLE)
    texts = says or _said(view, note) or (one_line(note.fields.summary),)
    instruction = _instruction(texts, budget)
    return Item(
        id=one_line(note.id),
        title=title,
        kind=one_line(note.kind),
        on=on,
        instruction=instruction,
        matters_to=budget.take(one_line(note.fields.matters_to), MATTERS),
        ask=ask,
        link=link,
        full=() if link else _full(note),
        answers=(answers or _answers)(view, ask, note) if ask else (),
        language=language,
        direction=direction(title, language),
        critical=_critical(view, note),
        being_revised=shown.being_revised,
        overdue=view.first(note.id, "overdue") is not None,
    )


def _instruction(texts: Sequence[str], budget: Budget) -> tuple[str, ...]:
    """As many of ``texts`` as fit; a last '…' says that the list goes on."""
    part = Budget(min(budget.left, ADVICE))
    taken: list[str] = []
    for text in texts:
        if taken and count(text) > part.left:
            taken.append("…")
            break
        taken.append(part.take(text, ADVICE))
    budget.left -= min(budget.left, ADVICE) - part.left
    return tuple(filter(None, taken))


def _said(view: View, note: Note) -> tuple[str, ...]:
    """What the most telling section says that the title does not say already."""
    kind = view.kinds.get(note.kind)
    by_name: dict[str, str] = {}
    for section in note.sections:
        name = (kind and kind.canonical(section.heading, note.fields.language)) or section.heading
        by_name.setdefault(name.casefold(), section.text)
    for name in INSTRUCTIONS:
        texts = advice(by_name.get(name.casefold(), ""))
        if told := tuple(text for text in texts if _bare(text) != _bare(note.title)):
            return told
    return ()


def _bare(text: str) -> str:
    return fold(text).strip(" .!…")


def _full(note: Note) -> tuple[Section, ...]:
    """The note's text, guidance and empty sections left out."""
    parts = [Section("", note.preamble, 1), *note.sections]
    stripped = (s._replace(heading=one_line(s.heading), text=strip_comments(s.text)) for s in parts)
    return tuple(section for section in stripped if section.text.strip())


def _answers(view: View, ask: Contact, note: Note) -> tuple[Answer, ...]:
    _ = view.said.gettext
    used = (_("Where did you use it?"), _("What came of it?"))
    failed = (_("Where did you try it?"), _("What happened instead?"))
    return (
        answer(view, _("I used this"), ask, note, *used),
        answer(view, _("It did not help"), ask, note, *failed),
        answer(view, _("Question"), ask, note),
    )


def answer(view: View, label: str, to: Contact, note: Note, *asked: str) -> Answer:
    """A letter about ``note`` that says ``label`` and leaves room below each thing ``asked``."""
    _ = view.said.gettext
    about = _("Note: %(id)s", id=one_line(note.id)) + "\n\n"
    subject = _("%(what)s: %(title)s", what=label, title=one_line(note.title))
    return letter(label, to, subject, about + "\n\n\n".join(asked) + "\n\n" * bool(asked))


def letter(label: str, to: Contact, subject: str, body: str) -> Answer:
    """A link that opens a letter; everything in it is quoted, so that nothing can add a header.

    Short enough for Outlook, which opens no more than about 2,000 characters.
    """
    address = quote(to.email, safe="@+")
    lines = quote(body.replace("\n", "\r\n"), safe="")
    return Answer(label, f"mailto:{address}?subject={quote(subject[:120], safe='')}&body={lines}")


def stopped(view: View, budget: Budget) -> tuple[tuple[Stop, ...], int]:
    """The notes that had gone out and were ended in the period, and how many did not fit.

    Ended means retired, or withdrawn: being rewritten, with no version in force.
    """
    # of two branches, one can end what the other disseminates later by the clock
    out = {event.note for event in view.events if event.move == "disseminate"}
    moved = (e for e in view.events if e.move != "capture" and e.from_state != e.to_state)
    ended = {e.note: e for e in moved if e.to_state in ENDED}
    gone = [e for e in ended.values() if e.note in out and view.happened(e)]
    gone = [e for e in gone if view.notes[e.note].state == e.to_state]
    stops: list[Stop] = []
    for event in sorted(gone, key=lambda event: event.when, reverse=True):
        if stops and budget.left < TITLE:
            break
        stops.append(_stop(view, event, budget))
    return tuple(stops), len(gone) - len(stops)


def _stop(view: View, event: Event, budget: Budget) -> Stop:
    note = view.notes[event.note].note
    instead = view.notes.get(note.fields.superseded_by or "")
    if instead and not is_out(view, instead):
        instead = None
    reason = one_line(event.reason)
    return Stop(
        id=one_line(note.id),
        title=budget.take(one_line(note.title), TITLE),
        on=event.when.date(),
        because="" if view.protected.in_text(reason) else budget.take(reason, REASON),
        instead=budget.take(one_line(instead.note.title), TITLE) if instead else "",
        instead_link=view.link(instead.note) if instead else None,
        ask=view.ask(note),
        withdrawn=event.to_state != "retired",
    )


def applied(view: View, budget: Budget) -> tuple[tuple[Applied, ...], int]:
    """What was applied in the period, and how many reports did not fit; newest first."""
    reports = [a for a in view.applications if view.was_reported(a)]
    rows: list[Applied] = []
    for report in reports:
        note = view.notes[report.note].note
        by = view.contact(report.by).name
        if budget.left < count(one_line(note.title)) + 3:
            break
        rows.append(
            Applied(
                note=one_line(note.id),
                title=budget.take(one_line(note.title), TITLE),
                link=view.link(note),
                outcome=report.outcome,
                where=budget.take(one_line(report.in_), TITLE),
                because=budget.take(one_line(report.because), REASON),
                by="" if view.protected.in_text(by) else by,
                on=report.on,
                being_revised=view.notes[report.note].being_revised,
            )
        )
    return tuple(rows), len(reports) - len(rows)


def question(view: View, budget: Budget) -> Question | None:
    """What a note asks with ``x_question``, each in its turn, week by week.

    Where none asks: about the newest report that a note did not help.
    """
    standing = {id: shown.note for id, shown in view.notes.items() if shown.state != "retired"}
    asking = [note for _, note in sorted(standing.items()) if note.raw.get("x_question")]
    if asking:
        note = asking[view.until.toordinal() // 7 % len(asking)]
        return _question(view, note, one_line(str(note.raw["x_question"])), budget)
    for report in view.applications:
        if report.outcome == "did-not-help" and report.note in standing:
            where = one_line(report.in_)
            asked = view.said.gettext(
                "It did not help at %(where)s. What do you do instead?", where=where
            )
            return _question(view, standing[report.note], asked, budget)
    return None


def _question(view: View, note: Note, asked: str, budget: Budget) -> Question | None:
    title = one_line(note.title)
    if budget.left < min(count(asked), 8) + min(count(title), TITLE):
        return None
    ask, _ = view.ask(note), view.said.gettext
    subject = _("Answer: %(title)s", title=title)
    about = _("Question: %(text)s", text=clip(asked, 15))
    body = about + "\n" + _("Note: %(id)s", id=one_line(note.id)) + "\n\n"
    return Question(
        text=budget.take(asked, QUESTION),
        note=one_line(note.id),
        title=budget.take(title, TITLE),
        answer=letter(_("I know something"), ask, subject, body) if ask else None,
        being_revised=view.notes[note.id].being_revised,
    )


def thanks(view: View) -> tuple[str, ...]:
    """The names of those who gave or checked what is new, in the order in which they did."""
    names = (one_line(name) for name in _givers(view))
    kept = (n for n in names if n and not _nameless(n) and not view.protected.in_text(n))
    return tuple(dict.fromkeys(kept))


def _givers(view: View) -> Iterator[str]:
    """Of what happened in the period; of the notes that are new also what happened before."""
    new = {note for note in news(view) if is_out(view, view.notes[note])}
    for event in view.events:
        recent = view.happened(event)
        if event.move in ("capture", "edit", "validate") and (recent or event.note in new):
            yield view.contact(event.email).name
            yield from (view.contact(email).name for email in event.coauthors)
        if event.move in ("capture", "disseminate") and recent:
            sources = view.notes[event.note].note.fields.sources
            yield from (view.contact(source).name for source in sources)
    reports = filter(view.was_reported, view.applications)
    yield from (view.contact(report.by).name for report in reports)


def _nameless(name: str) -> bool:
    return name.casefold().startswith("anonymous")
