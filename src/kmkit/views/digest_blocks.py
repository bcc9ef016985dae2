"""What makes the readers' digest a newsletter: a story, an open question, a note of a year ago."""

from dataclasses import replace
from datetime import date, timedelta

from kmkit.audience.shown import Shown
from kmkit.note.model import Note
from kmkit.period import Period
from kmkit.text import one_line
from kmkit.views.digest_news import had, is_out, news
from kmkit.views.digest_readers import ADVICE, QUESTION, TITLE, answer, item, letter
from kmkit.views.digest_values import Answer, Answered, Asked, Contact, Item, YearAgo
from kmkit.views.digest_view import View
from kmkit.views.words import Budget, clip, count

MONTH = timedelta(days=31)
"""How long a story is the story of the month."""
YEAR = Period(months=-12)
_AGAIN = ("disseminate", "confirm")
"""The moves by which a note goes out, or is said to hold."""


def story(view: View, budget: Budget) -> tuple[Item | None, bool]:
    """The story of the month, and whether it went out in this period.

    It is the newest of those that went out in the last 31 days, but none of which the readers are
    known to have been told before.
    """
    new = news(view)
    days = _untold(view) | new
    told = [
        (day, id)
        for id, day in days.items()
        if view.notes[id].note.kind == "story" and is_out(view, view.notes[id])
    ]
    if not told:
        return None, False
    day, id = max(told)
    shown = view.notes[id]
    summary = one_line(shown.note.fields.summary)
    return item(view, shown, day, budget, says=(summary,) if summary else ()), id in new


def _untold(view: View) -> dict[str, date]:
    """The notes that went out in the last 31 days, as far as the readers may not know of them."""
    days: dict[str, date] = {}
    for event in view.events:
        day = event.when.date()
        if event.move == "disseminate" and view.until - MONTH <= day <= view.until:
            days[event.note] = day
    known = {event.note for event in view.events if event.move == "disseminate" if had(view, event)}
    return {note: day for note, day in days.items() if note not in known}


def asked(view: View, budget: Budget) -> Asked | None:
    """One of the open questions, each in its turn, week by week."""
    if not view.questions:
        return None
    question = view.questions[view.until.toordinal() // 7 % len(view.questions)]
    text = one_line(question.text)
    if not text or budget.left < min(count(text), 8):
        return None
    to, _ = view.contact(question.by), view.said.gettext
    if not to.email or view.protected.in_text(*to):
        to = view.contact(view.config.organisation.contact)
    subject = _("Answer: %(title)s", title=clip(text, TITLE))
    body = _("Question: %(text)s", text=clip(text, 15)) + "\n\n"
    return Asked(
        id=one_line(question.id),
        text=budget.take(text, QUESTION),
        on=question.on,
        answer=letter(_("I know something"), to, subject, body) if to.email else None,
    )


def answered(view: View, budget: Budget) -> tuple[Answered, ...]:
    """The questions that a note answered in the period, with who asked in the narrowest circle."""
    named = view.policy.width(view.level) == 0
    told: list[Answered] = []
    for question in view.answered:
        if budget.left < 8:
            break
        note = view.notes[question.answered_by].note
        told.append(
            Answered(
                text=budget.take(one_line(question.text), QUESTION),
                by=view.contact(question.by).name if named else "",
                on=question.on,
                title=budget.take(one_line(note.title), TITLE),
                link=view.link(note),
            )
        )
    return tuple(told)


def year_ago(view: View, budget: Budget, told: set[str]) -> YearAgo | None:
    """The note that went out, or was confirmed, last about a year before the end of the period.

    A year before the period's own days, so that no two letters ask about the same note. ``told``:
    the ids of the notes that the letter tells of already.
    """
    last = {e.note: e for e in view.events if e.move in _AGAIN}
    since, until = YEAR.after(view.since), YEAR.after(view.until)
    then = [
        (event.when, event)
        for event in last.values()
        if since <= event.when.date() <= until
        and event.note not in told
        and is_out(view, view.notes[event.note])
    ]
    if not then or budget.left < TITLE + 8:
        return None
    event = max(then, key=lambda found: (found[0], found[1].note))[1]
    on, shown = event.when.date(), view.notes[event.note]
    share = Budget(min(budget.left, TITLE + ADVICE))
    given = share.left
    made = item(view, _plain(shown), on, share, answers=_still)
    budget.left -= given - share.left
    return YearAgo(made, on, confirmed=event.move == "confirm")


def _plain(shown: Shown) -> Shown:
    """The note without what it says of its readers: here it is they who are asked."""
    fields = shown.note.fields.model_copy(update={"matters_to": ""})
    return shown._replace(note=replace(shown.note, fields=fields))


def _still(view: View, ask: Contact, note: Note) -> tuple[Answer, ...]:
    _ = view.said.gettext
    return (
        answer(view, _("It still holds"), ask, note, _("How do you know?")),
        answer(view, _("It no longer holds"), ask, note, _("What has changed?")),
    )
