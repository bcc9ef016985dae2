"""Why a note needs a person, in the language of whoever reads it."""

from collections.abc import Callable, Iterable
from datetime import date

from kmkit.index.reasons import Fact
from kmkit.text import one_line
from kmkit.views.wording import N_, Wording

TOLD = {
    "overdue": N_("Its review was due on %(day)s."),
    "due-soon": N_("Its review is due on %(day)s."),
    "changed": N_("Its text is not the one that was approved."),
    "drawn-retired": N_("It was drawn from '%(title)s', which was retired."),
    "drawn-replaced": N_("It was drawn from '%(title)s', which was replaced by %(note)s."),
    "drawn-revised": N_("It was drawn from '%(title)s', which is being revised."),
    "drawn-changed": N_("It was drawn from '%(title)s', which was changed without approval."),
    "drawn-approved": N_(
        "It was drawn from '%(title)s', of which a new version was approved on %(day)s."
    ),
    "translated-retired": N_("It translates '%(title)s', which was retired."),
    "translated-replaced": N_("It translates '%(title)s', which was replaced by %(note)s."),
    "translated-revised": N_("It translates '%(title)s', which is being revised."),
    "translated-changed": N_("It translates '%(title)s', which was changed without approval."),
    "translated-approved": N_(
        "It translates '%(title)s', of which a new version was approved on %(day)s."
    ),
    "replaced": N_("It was replaced by %(note)s and is not retired."),
    "nobody": N_("Nobody owns it."),
    "unknown": N_("%(name)s is not among our people."),
    "left": N_("%(name)s left on %(day)s."),
    "backup": N_("Its backup is %(name)s."),
    "failed": N_("It did not help in %(where)s on %(day)s."),
    "failed-because": N_("It did not help in %(where)s on %(day)s: %(because)s."),
    "ask": N_("Ask %(name)s."),
    "waiting": N_("It has been in the state '%(state)s' since %(day)s."),
    "returned": N_("%(name)s asks for changes: %(reason)s"),
    "asked": N_("%(name)s was asked on %(day)s."),
    "unreadable": N_("A problem in the file hides a date: nobody can tell whether it is due."),
}
"""Fact -> how it is told."""
_UNSPACED = ("zh",)
"""Languages in which nothing stands between two sentences."""
# From right to left, what stands in a sentence is set apart (U+2068, U+2069): ids, names and days
# would otherwise be shown in another order than they have.


def in_words(
    facts: Iterable[Fact], said: Wording, name: Callable[[str], str] = lambda email: email
) -> str:
    """What is the matter with a note, without what to do; ``name``: an address -> whose it is."""
    between = "" if said.language in _UNSPACED else " "
    return between.join(_told(fact, said, name) for fact in facts)


def _told(fact: Fact, said: Wording, name: Callable[[str], str]) -> str:
    values: dict[str, str] = {}
    for key, value in fact.values:
        if isinstance(value, date):
            text = said.day(value)
        elif key == "name":
            text = name(one_line(value))
        else:
            text = said.gettext(one_line(value)) if key == "state" else one_line(value)
        values[key] = f"\u2068{text}\u2069" if said.direction == "rtl" else text
    return said.gettext(TOLD[fact.what], **values)
