"""Why a note needs a person, in the reader's language."""

from datetime import date

import pytest

from kmkit.index.reasons import Fact, fact
from kmkit.views.reasons import TOLD, in_words
from kmkit.views.wording import LANGUAGES, words

VALUES = {
    "title": "Zebra", "note": "x7k2", "name": "kim@example.org", "where": "Ost", "because": "rain",
    "reason": "why", "state": "captured",
}  # fmt: skip


def full(what: str) -> Fact:
    """A fact with all that it can have."""
    named = {key: value for key, value in VALUES.items() if f"%({key})s" in TOLD[what]}
    day = {"day": date(2026, 11, 1)} if "%(day)s" in TOLD[what] else {}
    return fact(what, **named, **day)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_is_told_in_every_language(language: str) -> None:
    said = words(language)
    for what in TOLD:
        told = in_words((full(what),), said, lambda email: "Kim")
        if language == "en":
            english = told
            assert english[0].isupper()
        else:
            assert told != in_words((full(what),), words("en"), str.upper)
        for key, value in full(what).values:
            shown = {"name": "Kim", "day": said.day(date(2026, 11, 1))}.get(key, str(value))
            assert (said.gettext(shown) if key == "state" else shown) in told, what


def test_several_facts_are_sentences_beside_each_other() -> None:
    facts = (fact("nobody"), fact("backup", name="k@example.org"))
    assert in_words(facts, words()) == "Nobody owns it. Its backup is k@example.org."
    assert in_words(facts, words("zh")) == "无人负责该条目。候补负责人：k@example.org。"


def test_from_right_to_left_what_stands_in_a_sentence_is_set_apart() -> None:
    told = in_words((fact("replaced", note="20251101-frames-p3m9"),), words("ar"))
    assert "\u206820251101-frames-p3m9\u2069" in told
