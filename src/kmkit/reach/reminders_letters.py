"""Reminders as letters, with the due days as a calendar beside the text."""

from collections.abc import Iterable, Mapping
from email.message import EmailMessage

from kmkit.audience.audiences import Audience
from kmkit.audience.seeing import see
from kmkit.errors import Cannot
from kmkit.index.book import Index
from kmkit.kb import KnowledgeBase
from kmkit.kb.links import links
from kmkit.reach.addresses import address_of, host_of
from kmkit.reach.headers import AUTOMATIC
from kmkit.reach.ics import KIND, DueDay, calendar
from kmkit.reach.letters import Attachment, letter_of, message_id
from kmkit.reach.reminders import Desk
from kmkit.text import one_line
from kmkit.views.reminder_render import render
from kmkit.views.reminder_values import Reminder
from kmkit.views.wording import words


def sender_of(kb: KnowledgeBase) -> str:
    """Whom reminders come from; Cannot where nobody is named."""
    sender = one_line(kb.config.mail.sender or kb.config.organisation.contact)
    if not sender:
        raise Cannot(
            "Nobody sends this letter.",
            'Write sender = "name@example.org" under [mail] in kmkit.toml.',
        )
    return address_of(sender)


def letter(
    kb: KnowledgeBase, reminder: Reminder, *, kb_id: str, run: str, draft: bool = False
) -> EmailMessage:
    """``reminder`` as a letter; ``run`` names the occasion, which makes its Message-ID.

    Its References name each note and the text that it is about: mail programs keep them in the
    answer, and show what belongs to one note together. A ``draft`` opens in Outlook for sending.
    """
    sender = sender_of(kb)
    domain = host_of(sender.rpartition("@")[2])
    codes = " ".join(f"<{item.code}@{domain}>" for item in reminder.items)
    return letter_of(
        subject=reminder.subject,
        text=render(reminder, "text", kb.root),
        html=render(reminder, "html", kb.root),
        sender=sender,
        sender_name=reminder.organisation,
        sent=kb.now,
        to=address_of(reminder.to.email),
        reply_to=kb.config.mail.reply_to,
        message_id=message_id(kb_id, "remind", run, reminder.to.email, domain=sender),
        language=reminder.language,
        headers={"References": codes, **({"X-Unsent": "1"} if draft else AUTOMATIC)},
        attachments=tuple(_attached(kb, reminder, kb_id)),
    )


def _attached(kb: KnowledgeBase, reminder: Reminder, kb_id: str) -> Iterable[Attachment]:
    """The due days of the letter's notes as a calendar, where it has some."""
    days = [
        DueDay(item.id, item.title, item.due, _told(item.summary, item.command), item.link or "")
        for item in reminder.items
        if item.due
    ]
    if days:
        name = words(reminder.language).gettext("Reviews")
        made = calendar(days, name=name, now=kb.now, kb_id=kb_id)
        yield Attachment("reviews.ics", made, KIND)


def calendar_of(kb: KnowledgeBase, index: Index, *, owner: str = "", kb_id: str) -> bytes:
    """The due days of all notes, or of those that ``owner`` answers for, as a calendar.

    All notes: for the narrowest circle; one owner's: for the circle of that person.
    """
    asked = "due != ''"
    listed = [
        one
        for one in index.select(asked if not owner else f"{asked} AND owner = ?", _values(owner))
        if one.due and one.card.own_id
    ]
    level = Desk(kb, index).circle(owner) if owner else kb.policy.levels[0]
    seen = see(kb, index, Audience(level), ids={one.card.id for one in listed})
    link = links(kb)
    days = [
        DueDay(
            one.card.id,
            shown.note.title,
            one.due,
            _told(shown.note.fields.summary or "", f"kmkit review {one.card.short}"),
            link(shown.note) or "",
        )
        for one in listed
        if one.due and (shown := seen.notes.get(one.card.id))
    ]
    name = f"{one_line(kb.config.organisation.name)}: reviews"
    return calendar(days, name=name, now=kb.now, kb_id=kb_id)


def _values(owner: str) -> tuple[str, ...]:
    return (owner.strip().casefold(),) if owner else ()


def _told(summary: str, command: str) -> str:
    return "\n".join(filter(None, (one_line(summary), command)))


def as_letters(
    kb: KnowledgeBase, reminders: Mapping[str, Reminder], *, kb_id: str, run: str
) -> dict[str, EmailMessage]:
    """The letters of a run by address, all made before the first goes out."""
    return {email: letter(kb, one, kb_id=kb_id, run=run) for email, one in reminders.items()}
