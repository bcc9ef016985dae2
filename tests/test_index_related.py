from kmkit.index.book import Index
from kmkit.index.nearby.related import backlinks, near
from kmkit.index.nearby.repeated import repeated
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import NOW, at

PUMPS = "Diesel pumps seized because sand from the river entered the filters near Kampot bridge."
BOATS = "Rescue boats waited for drivers, whose telephone numbers stood in no list at all."
RAIN = "Weather radar pictures reached village chiefs by loudspeaker before midnight prayers."


def said(kb: KnowledgeBase, title: str, body: str, **fields: object) -> Note:
    return kb.capture({"title": title, "sources": ["anonymous"], **fields}, body).note


def opened(kb: KnowledgeBase) -> Index:
    return Index.open(kb.root, today=NOW.date())


def test_links_come_first_then_texts_then_topics_and_retired_ones_last(kb: KnowledgeBase) -> None:
    mine = said(kb, "Pumps and sand", PUMPS, topics=["pumps"])
    text = said(kb, "Sand in pumps", "Sand seized the diesel pumps; clean filters weekly.")
    topic = said(kb, "Drivers", BOATS, topics=["Pumps"])
    linked = said(kb, "Radar", RAIN, translation_of=mine.id)
    third = said(kb, "Prayers", "Short.", derived_from=[linked.id])
    old = said(kb, "Old pumps", f"{PUMPS} Then again.")
    kb.move("retire", old, Request(because="It is said better elsewhere."))
    said(kb, "Nothing to do with it", "Ministers met.")
    with opened(kb) as index:
        found = near(index, index.resolve(mine.id).n)
        by_id = {one.listed.card.id: one for one in found}
        assert [one.listed.card.id for one in found[:1]] == [linked.id]
        assert found[-1].listed.card.id == old.id
        assert set(by_id) == {linked.id, text.id, topic.id, third.id, old.id}
    assert by_id[linked.id].why.startswith("a translation of this note")
    assert by_id[topic.id].why == "both about Pumps"
    assert by_id[third.id].why == f"both linked with {linked.short}"
    assert "weighty words in common: " in by_id[text.id].why
    assert "pumps" in by_id[text.id].alike.words


def test_who_points_to_a_note(kb: KnowledgeBase) -> None:
    mine = said(kb, "Pumps and sand", PUMPS)
    link = f"See [pumps]({mine.path.name}).\n"
    other = said(kb, "Radar", link, derived_from=[mine.id])
    said(kb, "Elsewhere", "Nothing.")
    with opened(kb) as index:
        (found,) = backlinks(index, index.resolve(mine.id).n)
        assert found.listed.card.id == other.id
        assert found.why == "drawn from this note; links to this note"
        assert backlinks(index, index.resolve(other.id).n) == []


def test_a_lesson_that_was_captured_again_is_told_with_all_its_times(kb: KnowledgeBase) -> None:
    first = said(at(kb, now=NOW.replace(year=2025)), "Pumps and sand", PUMPS)
    again = said(kb, "Sand seizes pumps", f"{PUMPS} It happened once more.")
    named = said(kb, "In other words", "Keep grit out of engines.", repeats=[first.id])
    said(kb, "Drivers", BOATS)
    with opened(kb) as index:
        (times,) = repeated(index)
    told = [(one.listed.card.id, one.named) for one in times]
    assert told[0] == (first.id, False)
    assert sorted(told[1:]) == sorted([(again.id, False), (named.id, True)])
    assert [str(one.on) for one in times] == ["2025-11-21", "2026-11-21", "2026-11-21"]
    assert {one.listed.card.id: one.sameness > 0.4 for one in times}[named.id] is False


def test_what_explains_that_two_notes_say_the_same_is_no_repetition(kb: KnowledgeBase) -> None:
    review = said(kb, "Review", f"{PUMPS}\n\n{BOATS}\n\n{RAIN}")
    said(kb, "Pumps and sand", PUMPS, derived_from=[review.id])
    said(kb, "Drivers", BOATS, supersedes=[review.id])
    said(kb, "Radar", RAIN, translation_of=review.id)
    with opened(kb) as index:
        assert repeated(index) == []
