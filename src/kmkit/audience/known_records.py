"""The records that an audience may know of: without people, and without what must not leave."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from kmkit.index.keeping.entering import Recorded
from kmkit.index.keeping.sheets import Read, Sight
from kmkit.lifecycle.states import State
from kmkit.note.records import ApplicationRecord, EventRecord, Plan, Question, Record

if TYPE_CHECKING:
    from kmkit.audience.seeing import Seen
    from kmkit.index.book import Index

SOMEBODY, ELSE = "somebody@invalid", "somebody-else@invalid"
"""Who stands in the place of people, where somebody has to; no output shows them."""
_SAID = "-"
"""What stands for words that are not told, where there have to be some."""


def record_reads(index: "Index", seen: "Seen", *, wide: bool) -> Iterator[Read]:
    """The records as the tables take them: all of them in the house, for others those of `KEPT`."""
    if not wide:
        sql = "SELECT path, kind, id, note, card, errors FROM records"
        for path, *row in index.query(sql):
            yield Read(path, Sight("", ""), Recorded(*row))
        return
    there = frozenset(id for id, one in seen.notes.items() if one.state != State.CAPTURED)
    keeper = _Keeper(seen, there)
    for kind, keep in KEPT.items():
        for path, record in index.filed(kind):
            told = None if seen.protected.in_id(record.id) else keep(keeper, record)
            if told:
                card = told.model_dump_json(by_alias=True)
                rows = Recorded(kind, told.id, told.about, card, 0)
                yield Read(path, Sight("", ""), rows)


class _Keeper:
    """Makes of each record what a circle may know of it."""

    def __init__(self, seen: "Seen", notes: frozenset[str]) -> None:
        self._seen, self._notes = seen, notes

    def tells(self, texts: Iterable[str]) -> bool:
        """Whether one of the texts tells what must not leave."""
        return self._seen.protected.in_text(*texts)

    def _reaches(self, level: str) -> bool:
        width = self._seen.policy.width
        return bool(level) and width(level) >= width(self._seen.level)

    def _untold(self, texts: Iterable[str]) -> tuple[str, ...]:
        return tuple(text for text in texts if not self.tells([text]))

    def application(self, use: Any) -> Record | None:
        """A use of a note that may be seen, and whether it helped; of its words what and where."""
        assert isinstance(use, ApplicationRecord)
        if use.note not in self._notes:
            return None
        if self.tells([use.in_, use.action, use.because, use.changed]):
            return None
        holds = use.status == "verified" and use.verified and not list(use.misfits())
        verified = use.verified.model_copy(
            update={"by": ELSE, "evidence": _SAID, "because": ""}
        ) if holds and use.verified else None  # fmt: skip
        status = "done" if use.status == "verified" and not holds else use.status
        words = {name: _SAID if getattr(use, name) else "" for name in ("because", "changed")}
        blank = {"by": SOMEBODY, "reported_by": "", "evidence": (), "verified": verified}
        return use.model_copy(update={**words, **blank, "status": status})

    def question(self, one: Any) -> Record | None:
        """A question of a level that is wide enough, unless what answers it may not be seen."""
        assert isinstance(one, Question)
        if not self._reaches(one.level) or self.tells([one.text]):
            return None
        if one.answered_by and one.answered_by not in self._notes:
            return None
        return one.model_copy(update={"by": SOMEBODY, "topics": self._untold(one.topics)})

    def plan(self, one: Any) -> Record | None:
        """A plan of a level that is wide enough, without its focal points."""
        assert isinstance(one, Plan)
        if not self._reaches(one.level) or self.tells([one.name]):
            return None
        actions = tuple(
            action.model_copy(update={"focal_point": "", "notes": self._known(action.notes)})
            for action in one.actions
            if not self.tells([action.what, action.timeline])
        )
        return one.model_copy(update={"by": SOMEBODY, "actions": actions})

    def event(self, one: Any) -> Record | None:
        """A session of a level that is wide enough, without who holds it."""
        assert isinstance(one, EventRecord)
        if not self._reaches(one.level) or self.tells([one.name]):
            return None
        return one.model_copy(update={"by": SOMEBODY, "captured": self._known(one.captured)})

    def _known(self, ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(id for id in ids if id in self._notes)


KEPT: dict[str, Callable[[_Keeper, Any], Record | None]] = {
    "application": _Keeper.application,
    "question": _Keeper.question,
    "plan": _Keeper.plan,
    "event": _Keeper.event,
}
"""The kinds of records that a wider circle may know of; of all others it knows nothing."""
