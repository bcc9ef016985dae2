"""The fixed words in each language: whole, in the right forms, with dates as people write them."""

import re
from datetime import date, timedelta
from functools import cache
from string import Formatter

import pytest
from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages import Catalog
from markupsafe import Markup

from kmkit.views.catalogue import ENGLISH, read_catalogue
from kmkit.views.environment import environment
from kmkit.views.wording import LANGUAGES, N_, Wording, words
from tools.catalogue import PLURALS, catalogue, messages

OTHERS = LANGUAGES[1:]
FORMS = {
    "fr": ("one", "other"),
    "es": ("one", "other"),
    "ar": ("zero", "one", "two", "few", "many", "other"),
    "ru": ("one", "few", "many"),
    "zh": ("other",),
}
"""What CLDR calls the forms, in the order in which gettext has them."""


# The catalogues


def told(language: str) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    """What a catalogue says, by message."""
    found: Catalog = catalogue(language)
    return {
        message.id if isinstance(message.id, str) else tuple(message.id): (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in found
        if message.id
    }


@cache
def said_anywhere() -> frozenset[str | tuple[str, ...]]:
    return frozenset(messages())


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_has_every_message_and_no_other(language: str) -> None:
    assert set(told(language)) == said_anywhere(), "run python -m tools.catalogue"


@pytest.mark.parametrize("language", OTHERS)
def test_every_message_is_translated_in_all_its_forms(language: str) -> None:
    for message, said in told(language).items():
        assert all(said), message
        assert len(said) == (1 if isinstance(message, str) else len(FORMS[language])), message
    assert not [message for message in catalogue(language) if message.fuzzy and message.id]


def places(text: str) -> set[str]:
    """What is filled in: ``%(name)s`` and ``{name}``."""
    return set(re.findall(r"%\(\w+\)[a-z]", text)) | {
        f"{{{name}}}" for _, name, _, _ in Formatter().parse(text) if name is not None
    }


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_fills_in_what_the_message_does(language: str) -> None:
    for message, said in told(language).items():
        one, many = (message, message) if isinstance(message, str) else message
        wanted = places(one) | places(many)
        assert places(said[-1]) == wanted, message
        for form in said:
            assert wanted - places(form) <= {"%(num)s"}, message
            assert places(form) <= wanted, message
            assert "%" not in re.sub(r"%\(\w+\)s", "", form), message


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_is_plain_text_in_its_script(language: str) -> None:
    script = {
        "ar": "[\u0600-\u06ff]",
        "ru": "[\u0400-\u04ff]",
        "zh": "[\u3000-\u9fff\uff00-\uffef]",
    }
    for message, said in told(language).items():
        for form in said:
            assert not re.search(r"[<>&\x00-\x1f]", form), message
            letters = re.sub(r"%\(\w+\)s|\{\w+\}|kmkit|JavaScript|Enter|[\W\d_]", "", form)
            if letters and language in script:
                assert re.search(script[language], letters), message


@pytest.mark.parametrize("language", OTHERS)
def test_the_plural_forms_are_those_of_the_language(language: str) -> None:
    assert PLURALS[language] in (catalogue_head(language))
    rule = Locale(language).plural_form
    for number in [*range(300), 1000, 1001, 1_000_011]:
        assert FORMS[language][words(language).catalogue.form(number)] == rule(number), number


def catalogue_head(language: str) -> str:
    from tools.catalogue import FOLDER

    return (FOLDER / f"{language}.po").read_text(encoding="utf-8")[:800]


def test_catalogues_are_read_without_a_library() -> None:
    made = read_catalogue(
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n > 1);\\n"\n\n'
        '#: a.py\nmsgid "a \\"b\\"\\n"\nmsgstr "c\\\\"\n"d"\n\n'
        'msgid "%(num)s x"\nmsgid_plural "%(num)s y"\nmsgstr[0] "u"\nmsgstr[1] "v"\n\n'
        '#, fuzzy\nmsgid "guess"\nmsgstr "wrong"\n\n'
        'msgid "later"\nmsgstr ""\n\n#~ msgid "gone"\n#~ msgstr "x"\n'
    )
    assert made.messages == {'a "b"\n': ("c\\d",), "%(num)s x": ("u", "v")}
    assert [made.form(number) for number in (0, 1, 2)] == [0, 0, 1]
    assert read_catalogue("nonsense\n\n\x00") == ({}, ENGLISH.form)


@pytest.mark.parametrize("language", OTHERS)
def test_both_readers_say_the_same(language: str) -> None:
    ours = words(language).catalogue.messages
    theirs = {m if isinstance(m, str) else m[0]: said for m, said in told(language).items()}
    assert {m: tuple(s.replace("\u00a0", " ") for s in said) for m, said in ours.items()} == theirs


# What is said


def test_an_unknown_language_and_an_unknown_message_are_english() -> None:
    assert words("tlh") is words("en") is words("") is words("../fr")
    assert words("tlh").language == "en"
    assert words("fr-CH") is words("FR_ca") is words("fr")
    french = words("fr")
    assert french.gettext("What nobody says: %(it)s", it="x") == "What nobody says: x"
    assert french.ngettext("%(num)s cow", "%(num)s cows", 2) == "2 cows"
    assert french.ngettext("%(num)s cow", "%(num)s cows", 1) == "1 cow"


def test_a_percent_sign_is_one_where_nothing_is_filled_in() -> None:
    assert words().gettext("100 % (all)") == "100 % (all)"
    assert N_("It helped") == "It helped"


def test_the_direction_is_the_languages() -> None:
    assert {code: words(code).direction for code in LANGUAGES} == {
        "en": "ltr", "fr": "ltr", "es": "ltr", "ar": "rtl", "ru": "ltr", "zh": "ltr",
    }  # fmt: skip


def test_numbers_choose_the_form() -> None:
    def say(language: str, number: int) -> str:
        return words(language).ngettext("%(num)s new note", "%(num)s new notes", number)

    assert say("ru", 21) == "21 новый материал"
    assert say("ru", 3) == "3 новых материала"
    assert say("ru", 11) == "11 новых материалов"
    assert say("ar", 2) == "مذكرتان جديدتان"
    assert say("ar", 7) == "7 مذكرات جديدة"
    assert say("zh", 7) == "7 条新知识"
    assert say("fr", 0) == "0 nouvelle fiche"


def test_french_keeps_its_marks_on_the_line() -> None:
    assert words("fr").gettext("Does this still hold?").endswith("\u00a0?")


def in_html(language: str, source: str, **values: object) -> str:
    return environment(None, language).from_string(source).render(**values)


def test_in_html_messages_and_values_are_escaped() -> None:
    assert in_html("en", "{{ _('<a> %(x)s', x=x) }}", x="<b>") == "&lt;a&gt; &lt;b&gt;"
    assert in_html("en", "{{ _('%(x)s', x=x) }}", x=Markup("<b>")) == "<b>"
    assert in_html("en", "{{ _(x) }}", x="<b>") == "&lt;b&gt;"
    plural = "{{ ngettext('%(num)s %(x)s', '%(num)s %(x)ss', 2, x=x) }}"
    assert in_html("en", plural, x="<b>") == "2 &lt;b&gt;s"
    assert in_html("fr", "{{ names|listed }}", names=["<a>", Markup("<b>")]) == "&lt;a&gt; et <b>"
    assert in_html("ar", "{{ x|apart }}", x="<b>") == '<span dir="ltr">&lt;b&gt;</span>'


def test_a_rendering_has_the_language_it_is_given() -> None:
    said = "{{ language }} {{ direction }} {{ _('Thank you') }} {{ month(on) }} {{ on|day }}"
    on = date(2026, 11, 1)
    assert in_html("fr", said, on=on) == "fr ltr Merci novembre 2026 1er novembre 2026"
    assert in_html("en", said, on=on) == "en ltr Thank you November 2026 1 November 2026"
    assert in_html("ar", said, on=on).startswith("ar rtl شكرًا لكم نوفمبر 2026")


# Days and lists


def as_cldr(text: str) -> str:
    """CLDR abbreviates a year in Russian, and knows nothing of '1er'."""
    return re.sub(r"\s+", " ", text).replace(" г.", " года")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_day_is_written_as_cldr_says(language: str) -> None:
    code = "en_GB" if language == "en" else language
    for number in range(0, 365, 5):
        on = date(2026, 1, 2) + timedelta(days=number)
        said = words(language).day(on)
        assert re.sub("^1er ", "1 ", said) == as_cldr(format_date(on, "long", locale=code))
        if language in ("en", "fr", "ar"):
            assert words(language).month(on) == as_cldr(format_date(on, "LLLL y", locale=code))
    assert words("es").month(date(2026, 5, 1)) == "mayo de 2026"
    assert words("zh").month(date(2026, 5, 1)) == "2026年5月"
    assert words("ru").month(date(2026, 5, 1)) == "май 2026 года"
    assert words("fr").day(date(2026, 11, 1)) == "1er novembre 2026"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("names", [[], ["A"], ["A", "B"], ["A", "B", "C"], ["A", "B", "C", "D"]])
def test_a_list_is_written_as_cldr_says(language: str, names: list[str]) -> None:
    code = "en_GB" if language == "en" else language
    assert words(language).listed(names) == (format_list(names, locale=code) if names else "")


@pytest.mark.parametrize(
    ("last", "joined"),
    [
        ("Ignacio", "Ana e Ignacio"), ("Íñigo", "Ana e Íñigo"), ("Hilario", "Ana e Hilario"),
        ("Iolanda", "Ana y Iolanda"), ("hielo", "Ana y hielo"), ("Juan", "Ana y Juan"),
    ],
)  # fmt: skip
def test_spanish_joins_by_the_sound(last: str, joined: str) -> None:
    assert words("es").listed(["Ana", last]) == joined


PERIODS = {
    "en": ("14 to 20 November 2026", "30 October to 5 November 2026"),
    "fr": ("du 14 au 20 novembre 2026", "du 30 octobre au 5 novembre 2026"),
    "es": ("del 14 al 20 de noviembre de 2026", "del 30 de octubre al 5 de noviembre de 2026"),
    "ar": ("من 14 إلى 20 نوفمبر 2026", "من 30 أكتوبر إلى 5 نوفمبر 2026"),
    "ru": ("14–20 ноября 2026 года", "с 30 октября по 5 ноября 2026 года"),
    "zh": ("2026年11月14日至20日", "2026年10月30日至11月5日"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_period_says_no_part_twice(language: str) -> None:
    said: Wording = words(language)
    assert said.between(date(2026, 11, 14), date(2026, 11, 20)) == PERIODS[language][0]
    assert said.between(date(2026, 10, 30), date(2026, 11, 5)) == PERIODS[language][1]
    one = date(2026, 11, 5)
    assert said.between(one, one) == said.day(one)
    both = said.between(date(2025, 12, 30), date(2026, 1, 5))
    assert said.day(date(2025, 12, 30)) in both
    assert said.day(date(2026, 1, 5)) in both
