"""The words by which a reminder is answered, in the languages that letters are written in."""

from typing import NamedTuple

from kmkit.text import one_line
from kmkit.views.wording import LANGUAGES, N_, words

CONFIRM, REVISE, RETIRE, REASSIGN = "confirm", "revise", "retire", "reassign"
"""What an owner can answer: it still holds, it changes, it is taken out of use, ask another."""

ANSWERS: dict[str, dict[str, tuple[str, ...]]] = {
    CONFIRM: {
        "en": ("confirm", "confirmed", "confirms", "i confirm", "still true", "still holds",
               "still valid"),
        "fr": ("confirmer", "confirme", "confirmé", "confirmée", "je confirme", "toujours valable"),
        "es": ("confirmar", "confirmo", "confirmado", "confirmada", "sigue vigente"),
        "ar": ("تأكيد", "أؤكد", "مؤكد", "ما زال صحيحا"),
        "ru": ("подтверждаю", "подтвердить", "подтверждено", "всё ещё верно"),
        "zh": ("确认", "已确认", "仍然有效"),
    },
    REVISE: {
        "en": ("revise", "revised", "to revise", "update", "needs revision"),
        "fr": ("réviser", "à réviser", "modifier", "à modifier"),
        "es": ("revisar", "modificar", "hay que revisar"),
        "ar": ("مراجعة", "تعديل", "تحديث"),
        "ru": ("пересмотреть", "исправить", "обновить"),
        "zh": ("修订", "修改", "更新"),
    },
    RETIRE: {
        "en": ("retire", "retired", "withdraw", "withdrawn"),
        "fr": ("retirer", "à retirer", "retiré"),
        "es": ("retirar", "retirado", "retirada"),
        "ar": ("سحب", "إلغاء"),
        "ru": ("отозвать", "снять", "отозвано"),
        "zh": ("停用", "撤回", "废止"),
    },
    REASSIGN: {
        "en": ("not me", "reassign", "hand over"),
        "fr": ("pas moi", "ce n'est pas moi", "réattribuer"),
        "es": ("no soy yo", "yo no", "reasignar"),
        "ar": ("لست أنا", "ليس أنا", "إعادة تعيين"),
        "ru": ("не я", "это не я", "передать"),
        "zh": ("不是我", "转交"),
    },
}  # fmt: skip
"""What is answered -> the words for it by language; the first of each stands in letters."""

REPLACED = (
    "replaced by", "superseded by", "remplacé par", "remplacée par", "reemplazado por",
    "reemplazada por", "sustituido por", "استبدل بـ", "заменено на", "заменён на", "被替换为",
    "替换为",
)  # fmt: skip
"""What stands before the note that takes a retired one's place."""


def answer_word(answer: str, language: str) -> str:
    """The word for ``answer`` that a letter in ``language`` asks for; English where none is."""
    words = ANSWERS[answer]
    return words.get(language.partition("-")[0].casefold(), words["en"])[0]


class Way(NamedTuple):
    """One way to answer, as a letter offers it."""

    answer: str
    label: str
    """Of the link."""
    word: str
    """With which the answer begins."""
    hint: str
    """What follows it."""


_WAYS = (
    (CONFIRM, N_("It still holds"), N_("what you checked it against")),
    (REVISE, N_("It needs a change"), N_("what has to change, and why")),
    (RETIRE, N_("Take it out of use"), N_("why, or 'replaced by' and the note that does")),
    (REASSIGN, N_("Ask somebody else"), N_("the e-mail of whoever knows")),
)


def ways(language: str) -> tuple[Way, ...]:
    """The ways to answer a letter in ``language``."""
    said = words(language)
    return tuple(
        Way(answer, said.gettext(label), answer_word(answer, said.language), said.gettext(hint))
        for answer, label, hint in _WAYS
    )


def is_hint(text: str) -> bool:
    """Whether ``text`` is what a letter says should be written there."""
    hints = {one_line(way.hint) for language in LANGUAGES for way in ways(language)}
    return one_line(text.strip(" .…")) in {"", *hints}
