"""Right words are found and near misses are not, in every script."""

import pytest

from kmkit.index.search import Engine, Entry, parse
from kmkit.index.search.analysis import alike, searchable, syllables, written
from kmkit.index.search.snippets import passage
from kmkit.index.search.words import wanted

NOTES = {
    "khmer": "ប្រទេស\u200bកម្ពុជា មានទឹកជំនន់ក្នុងឆ្នាំ២០២៤។ យើងត្រូវការប្រេងឥន្ធនៈ។",
    "thai": "การประเมินความเสี่ยงของน้ำท่วม และข้าวเสียหายมาก",
    "lao": "ພາສາລາວ: ນໍ້າຖ້ວມເຮັດໃຫ້ທາງຂາດ",
    "burmese": "မြန်မာနိုင်ငံတွင် ရေကြီးမှု ဖြစ်ပွားခဲ့သည်။",
    "chinese": "洪水之前签订燃料合同。北京办公室负责。",
    "japanese": "洪水の前に燃料の契約を結ぶ。ヘリコプターが遅れた。",
    "korean": "학교에서 대피 훈련을 했다",
    "arabic": "وقّعت إدارة المشتريات العقود قبل الفيضان، والأولويّة للوقود في المدرسة",
    "russian": "Закупка топлива до паводка; эвакуации прошли успешно, всё готово.",
    "french": "L’évaluation des œuvres a été tardive ; signer les contrats tôt.",
    "english": "The batteries were evaluated. Lock-out devices for O-rings naïvely used.",
}

RIGHT = [
    ("khmer", "កម្ពុជា"),
    ("khmer", "ប្រទេសកម្ពុជា"),  # typed without the invisible blank
    ("khmer", "ទឹកជំនន់"),
    ("khmer", "ប្រេងឥន្ធនៈ"),
    ("khmer", "2024"),
    ("thai", "น้ำท่วม"),
    ("thai", "ประเมิน"),
    ("thai", "ข้าว"),
    ("lao", "ລາວ"),
    ("lao", "ນໍ້າຖ້ວມ"),
    ("burmese", "မြန်မာ"),
    ("burmese", "ရေကြီးမှု"),
    ("chinese", "燃料合同"),
    ("chinese", "北京"),
    ("japanese", "契約"),
    ("japanese", "ヘリコプター"),
    ("japanese", "ﾍﾘｺﾌﾟﾀｰ"),  # half width
    ("korean", "학교"),
    ("arabic", "مشتريات"),
    ("arabic", "المشتريات"),
    ("arabic", "اداره"),  # without hamza, and ha for ta marbuta
    ("arabic", "الأولوية"),
    ("arabic", "وقعت"),  # without vowel signs
    ("arabic", "وقـــود"),  # drawn out
    ("arabic", "مدرسه"),
    ("russian", "топливо"),
    ("russian", "эвакуация"),
    ("russian", "все готово"),
    ("french", "evaluation"),
    ("french", "ÉVALUATIONS"),
    ("french", "oeuvre"),
    ("french", "contrat"),
    ("english", "battery"),
    ("english", "evaluate"),
    ("english", "lockout"),
    ("english", "lock-out"),
    ("english", "o-ring"),
    ("english", "naive*"),
]

NEAR_MISSES = [
    ("khmer", "កំពុង"),
    ("khmer", "កម្ពុជន"),
    ("thai", "ข่าว"),  # news, not rice: another tone
    ("thai", "ขาว"),  # white
    ("lao", "ລາດ"),
    ("burmese", "မြန်မြန်"),
    ("chinese", "京北"),
    ("chinese", "燃同"),
    ("japanese", "約契"),
    ("japanese", "ベリコ"),
    ("korean", "교학"),
    ("arabic", "مستشفى"),
    ("russian", "топор"),
    ("french", "évasion"),
    ("english", "batter"),
    ("english", '"evaluate"'),
]


@pytest.fixture(scope="module")
def engine() -> Engine:
    engine = Engine.open(None)
    codes = {"french": "fr", "english": "en", "russian": "ru"}
    engine.update(
        (),
        (
            Entry(n, f"Note {n}", "", (), text, codes.get(name, ""))
            for n, (name, text) in enumerate(NOTES.items())
        ),
    )
    return engine


def found(engine: Engine, typed: str) -> set[str]:
    names = list(NOTES)
    return {names[n] for n in engine.matching(parse(typed))}


@pytest.mark.parametrize(("name", "typed"), RIGHT)
def test_a_real_word_finds_its_note(engine: Engine, name: str, typed: str) -> None:
    assert name in found(engine, typed)
    shown = passage(NOTES[name], engine.looked_for(parse(typed)))
    assert shown.marks, "what was found is marked"


@pytest.mark.parametrize(("name", "typed"), NEAR_MISSES)
def test_a_word_that_is_almost_one_does_not(engine: Engine, name: str, typed: str) -> None:
    assert name not in found(engine, typed)


def test_a_single_character_finds_the_words_with_it(engine: Engine) -> None:
    assert found(engine, "水") == {"chinese", "japanese"}
    assert found(engine, "កម្") == set(), "half a syllable is none"


def test_a_sentence_without_blanks_finds_what_has_most_of_it(engine: Engine) -> None:
    hits = engine.search(parse("កម្ពុជាមានទឹកជំនន់ធំ")).hits
    assert [(hit.n, hit.whole) for hit in hits] == [(0, False)]


def test_plain_text_goes_to_the_index_as_it_is() -> None:
    text = "Order the FUEL, early."
    assert searchable(text) is text


def test_only_words_that_need_it_are_changed() -> None:
    assert searchable("The naïve O’Brien — 50 €") == "The naive o’brien — 50 €"


def test_words_of_the_index_can_be_read() -> None:
    for word in (
        "កម្ពុជា",
        "ឆ្នាំ",
        "ទឹកជំនន់",
        "នីំម",
        "ภาษาไทย",
        "ข้าว",
        "မြန်မာ",
        "燃料合同",
        "が",
        "fuel",
        "топливо",
    ):
        (words,) = wanted(word)
        assert alike(written(words)) == alike(word)
    assert written(("early", "warning")) == "early warning"
    assert written(()) == ""


def test_signs_stay_with_their_letters() -> None:
    assert syllables("ខ្មែរ") == ["ខ្មែ", "រ"]
    assert syllables("น้ำ") == ["น้", "ำ"]
    assert syllables("မြန်မာ") == ["မြ", "န်", "မာ"]
    assert syllables("が\u3099") == ["が\u3099"]
