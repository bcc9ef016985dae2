import pytest

from kmkit.index.nearby.alike import Said, about_the_same, saying_the_same, text_of
from kmkit.index.search import Engine, Entry
from kmkit.index.search.analysis import written

NOTES = {
    1: Said(
        "Order fuel before the roads close",
        "Fuel contracts signed after the first warning arrived nine days late.",
        "Sign fuel contracts in the preparedness phase and test the pumps each spring.",
    ),
    2: Said("Guard the fuel depot", "", "Fuel was stolen at night; guards and pumps were missing."),
    3: Said("Teach children to swim", "", "Schools beside the river teach swimming in June."),
    4: Said("Réunion des équipes", "", "Les équipes de secours se réunissent après la crue."),
    5: Said("ការព្រមានអំពីទឹកជំនន់", "", "ត្រូវប្រាប់អំពីទឹកជំនន់នៅតាមភូមិ"),
}


@pytest.fixture(scope="module")
def engine() -> Engine:
    made = Engine.open(None)
    made.update((), (Entry(n, s.title, s.summary, s.topics, s.body) for n, s in NOTES.items()))
    return made


def read(n: int) -> Said:
    return NOTES[n]


def test_headings_and_questions_of_the_template_are_not_what_a_note_says() -> None:
    said = Said("Fuel", "", "## Context and challenge\n\n<!-- What\nhappened? -->\nLate.\n")
    assert text_of(said).body == ("late",)
    assert text_of(said._replace(body="Late. <!-- never ended")).body == ("late",)


def test_the_questions_of_the_template_are_not_looked_for(engine: Engine) -> None:
    asked = "## Lessons\n<!-- " + " ".join(f"question{n}" for n in range(200)) + " -->\n"
    again = Said("Contracts", "", f"{asked}Sign fuel contracts in the preparedness phase.")
    assert [one.n for one in saying_the_same(engine, again, read)] == [1]


def test_notes_about_the_same_come_with_the_words_that_both_have(engine: Engine) -> None:
    found = about_the_same(engine, NOTES[1], read, but=(1,))
    assert [one.n for one in found] == [2]
    assert {"fuel", "pumps"} <= set(found[0].words)
    assert found[0].common >= 2
    assert 0 < found[0].likeness < 1


def test_words_are_shown_as_they_are_written(engine: Engine) -> None:
    french = Said("Réunion après la crue", "", "Les équipes se réunissent.")
    (found,) = about_the_same(engine, french, read)
    assert {"réunion", "équipes", "crue"} <= set(found.words)
    khmer = Said("ប្រាប់អំពីទឹកជំនន់")
    found = about_the_same(engine, khmer, read)[0]
    assert found.n == 5
    assert found.words
    assert all(word in NOTES[5].title + NOTES[5].body for word in found.words)


@pytest.mark.parametrize(("word", "shown"), [("fuel", "fuel"), ("axe", "axe"), ("水x灾", "水灾")])
def test_pairs_of_syllables_are_shown_without_their_joint(word: str, shown: str) -> None:
    assert written([word]) == shown


def test_only_what_says_the_same_is_named(engine: Engine) -> None:
    again = Said("Fuel contracts", "", "Sign fuel contracts in the preparedness phase.")
    assert [one.n for one in saying_the_same(engine, again, read)] == [1]
    assert saying_the_same(engine, again, read, but=(1,)) == []
    other = Said("Fuel is dear", "", "Buy fuel where pumps and guards are paid by the province.")
    assert saying_the_same(engine, other, read) == []


@pytest.mark.parametrize("text", ["", "\x00", "]]>'\"\\ C++ title:", "…", "the of and"])
def test_any_text_can_be_asked_for(engine: Engine, text: str) -> None:
    assert saying_the_same(engine, Said(text, text, text), read) == []
    assert about_the_same(engine, Said(text, text, text), read) == []
