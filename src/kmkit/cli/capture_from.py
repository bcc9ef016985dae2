"""``kmkit capture --from FILE [--split]``: a document becomes a note, or a review and its lessons.

Everything is asked before anything is captured, so that whoever stops in between leaves nothing
behind and can begin again.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from kmkit.cli.alike import Before, hint, repeating, said_before, with_repeats
from kmkit.cli.screen import ask, may_ask, on_terminal, out, pressed, say
from kmkit.errors import Cannot

if TYPE_CHECKING:
    from kmkit.cli.capture import Common
    from kmkit.kb.moving import Moved
    from kmkit.note.documents import Document, Proposal
    from kmkit.note.kinds import Kind
    from kmkit.note.model import Gathered

_REVIEW = "after-action-review"
_MAX_READ = 60 * 1024 * 1024
_KEYS = "Enter keeps it, m merges it into the one above, d drops it, t changes its title,"


def capture_from(
    common: "Common", source: str, *, split: bool, title: str = "", no_input: bool = False
) -> None:
    """Capture the document ``source`` (a path, or - for stdin) whole, or split into its lessons."""
    from kmkit.note.documents import read_document

    document = read_document(_data(source), "-" if source == "-" else Path(source).name)
    title = title or document.title
    _tell(common, document, title)
    if split:
        _split(common, document, title, ask_person=may_ask(no_input))
        return
    review = _review(common, document, title, common.kind, alone=True)
    _show(common, review)
    _next(common, [review])


def _data(source: str) -> bytes:
    if source == "-":
        return sys.stdin.buffer.read(_MAX_READ)
    path = Path(source)
    if path.is_dir():
        raise Cannot(f"{source} is a folder.", "Name one document in it.")
    if not path.exists():
        raise Cannot(f"There is no file {source}.", "Look at what --from names.")
    with path.open("rb") as file:
        return file.read(_MAX_READ)


def _tell(common: "Common", document: "Document", title: str) -> None:
    """What was taken from the document, and from where."""
    place = document.title_from if title == document.title else "as you say"
    say(f"Title: {title} ({place}).")
    if "on" in common.named:
        say(f"Date: {_provenance(common).on} (as you say).")
    elif document.day and document.day > common.kb.today:
        say(f"Date: today; {document.day} ({document.day_from}) lies ahead. --on sets it.")
    elif document.day:
        say(f"Date: {document.day} ({document.day_from}). --on sets another.")
    else:
        say("Date: today; the document names none for certain. --on sets it.")
    for note in document.notes:
        say(note)


def _provenance(common: "Common") -> "Gathered":
    from kmkit.note.model import Gathered

    given = common.fields["gathered"]
    assert isinstance(given, Gathered)
    return given


def _fields(common: "Common", document: "Document", kind: "Kind", event: str) -> dict[str, object]:
    """The front matter of a note from this document."""
    taken: dict[str, object] = {}
    if "on" not in common.named and document.day and document.day <= common.kb.today:
        taken["on"] = document.day
    if "event" not in common.named and event:
        taken["from_"] = event
    if "method" not in common.named:
        taken["method"] = kind.method
    gathered = _provenance(common).model_copy(update=taken)
    return {**common.fields, "kind": kind.name, "gathered": gathered}


def _review(
    common: "Common", document: "Document", title: str, kind: "Kind", *, alone: bool = False
) -> "Moved":
    """The whole document as one note; what was attached stays with it.

    ``alone``: its lessons do not become notes of their own, so it is asked whether it repeats any.
    """
    from kmkit.note.documents import place
    from kmkit.note.documents.placing import UNPLACED
    from kmkit.note.kinds import body_of

    language = common.fields.get("language")
    placed = place(document, kind, language=str(language) if language else None)
    fields = _fields(common, document, kind, "")
    fields["title"] = title
    fields["summary"] = fields.get("summary") or placed.summary
    if UNPLACED in placed.sections:
        names = re.findall(r"^### (.+)$", placed.sections[UNPLACED], re.MULTILINE)
        what = f" ({', '.join(names)})" if names else ""
        say(f"What has no section in this kind of note is kept under '{UNPLACED}'{what}.")
    body = body_of(kind, placed.sections, guidance=True)
    wanted = with_repeats(common.kb, fields, body, no_input=common.no_input) if alone else fields
    return common.kb.capture(wanted, body, attach=common.attach, on_behalf_of=common.on_behalf_of)


def _split(common: "Common", document: "Document", title: str, *, ask_person: bool) -> None:
    """The review as one note, then each lesson that is kept as one that derives from it."""
    from kmkit.note.documents import action_items, propose

    proposals = propose(document)
    if not proposals:
        raise Cannot(
            "No part of the document reads as lessons ('Lessons learned', 'What went wrong' …).",
            "Capture it whole, without --split; or give its lessons such a heading.",
        )
    actions, known = action_items(document), _known(common, proposals)
    linked: dict[int, Before] = {}
    if ask_person:
        kept = _choose(proposals, known, linked)
        chosen = _pair(kept, actions)
    else:
        kept, chosen = list(proposals), [()] * len(proposals)
        say(f"Kept without asking: {_many(len(kept), 'lesson')}.")
        for proposal in kept:
            if found := known[proposal.line]:
                say(f"'{proposal.title}': {hint(found)}")
        if actions:
            say(f"Left in the review alone: {_many(len(actions), 'action item')}.")
    done = [_review(common, document, title, common.kb.kinds[_REVIEW])]
    _show(common, done[0])
    for proposal, recommended in zip(kept, chosen, strict=True):
        before = linked.get(proposal.line)
        review = done[0].note.id
        done.append(_lesson(common, document, title, proposal, recommended, review, before))
        _show(common, done[-1])
    _next(common, done)


def _known(common: "Common", proposals: Sequence["Proposal"]) -> dict[int, list[Before]]:
    """By the line of each proposal: the notes that say the same already."""
    from kmkit.index.nearby.alike import Said

    texts = [Said(p.title, p.summary, f"{p.context}\n\n{p.lesson}") for p in proposals]
    found = said_before(common.kb, texts)
    return {proposal.line: notes for proposal, notes in zip(proposals, found, strict=True)}


def _choose(
    proposals: Sequence["Proposal"],
    known: Mapping[int, Sequence[Before]],
    linked: dict[int, Before],
) -> list["Proposal"]:
    """Show each proposal; one key keeps it, merges it or drops it.

    ``linked`` takes in which note a proposal repeats, by the proposal's line.
    """
    from kmkit.note.documents import merged

    kept: list[Proposal] = []
    total = len(proposals)
    say(f"Found {_many(total, 'lesson')}. One key for each:")
    say(f"{_KEYS} a keeps all the rest.")
    for place, proposal in enumerate(proposals, 1):
        say("")
        _wrapped(f"({place} of {total}, {proposal.heading or 'no heading'}) {proposal.lesson}")
        say(f"Title: {proposal.title}")
        keys = "mdta" if kept else "dta"
        if before := known[proposal.line]:
            say(f"Said already: {before[0]}. l keeps it and links it to that one as said again.")
            keys += "l"
        key = pressed(f"Enter, {', '.join(keys)}?", keys)
        if key == "a":
            return [*kept, *proposals[place - 1 :]]
        if key == "l":
            linked[proposal.line] = before[0]
        if key == "m":
            kept[-1] = merged(kept[-1], proposal)
        elif key == "t":
            kept.append(proposal._replace(title=ask("Title?", default=proposal.title)))
        elif key != "d":
            kept.append(proposal)
    return kept


def _wrapped(text: str) -> None:
    """Somebody's text on as many lines as it takes."""
    from kmkit.text import one_line
    from kmkit.views.words import wrap

    for line in wrap(one_line(text), width=88).split("\n"):
        say(line)


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _pair(kept: Sequence["Proposal"], actions: Sequence[str]) -> list[Sequence[str]]:
    """For each lesson, the action items that the person says belong to it."""
    from kmkit.note.documents.wording import plain

    if not actions or not kept:
        return [()] * len(kept)
    say("")
    say("The document's action items stay in the review. Which shall a lesson recommend too?")
    for number, action in enumerate(actions, 1):
        _wrapped(f"{number}. {plain(action)}")
    return [_asked_for(proposal.title, actions) for proposal in kept]


def _asked_for(title: str, actions: Sequence[str]) -> Sequence[str]:
    while True:
        answer = ask(f"For '{title}' (numbers; Enter: none):")
        numbers = [int(text) for text in re.findall(r"\d{1,4}", answer)]
        if re.fullmatch(r"[\d\s,;]*", answer) and all(1 <= n <= len(actions) for n in numbers):
            return [actions[n - 1] for n in dict.fromkeys(numbers)]
        say(f"Numbers from 1 to {len(actions)}, such as 1 2.")


def _lesson(
    common: "Common",
    document: "Document",
    event: str,
    proposal: "Proposal",
    recommended: Iterable[str],
    review: str,
    before: Before | None,
) -> "Moved":
    """One lesson as a note of its own, which names the review that it comes from."""
    from kmkit.note.documents.placing import UNPLACED, section_for
    from kmkit.note.documents.synonyms import Role
    from kmkit.note.kinds import body_of

    sections: dict[str, str] = {}
    for role, text in (
        (Role.BACKGROUND, proposal.context),
        (Role.LESSONS, proposal.lesson),
        (Role.RECOMMENDATIONS, "\n".join(f"- {_hung(action)}" for action in recommended)),
    ):
        heading = section_for(common.kind, role) or UNPLACED
        if text:
            sections[heading] = f"{sections[heading]}\n\n{text}" if heading in sections else text
    fields = _fields(common, document, common.kind, event)
    derived = fields.get("derived_from")
    fields["title"] = proposal.title
    fields["summary"] = fields.get("summary") or proposal.summary
    fields["derived_from"] = [review, *(derived if isinstance(derived, list) else [])]
    return common.kb.capture(
        repeating(fields, before) if before else fields,
        body_of(common.kind, sections, guidance=True),
        on_behalf_of=common.on_behalf_of,
    )


def _hung(action: str) -> str:
    """Further lines of an item indented, so that they stay part of it."""
    return action.replace("\n", "\n  ")


def _show(common: "Common", moved: "Moved") -> None:
    """One line on stderr for each note; its id on stdout, for whatever reads it there."""
    would = "Would capture" if common.dry_run else "Captured"
    say(f"{would} {moved.note.id[-4:]}: {moved.note.title} ({moved.note.kind})")
    if not on_terminal():
        out(moved.note.id)


def _next(common: "Common", done: Sequence["Moved"]) -> None:
    if common.dry_run:
        return
    last = done[-1].note.id[-4:]
    say(f"Next: look at it with kmkit show {last}, then kmkit validate {last} --ask EMAIL.")
