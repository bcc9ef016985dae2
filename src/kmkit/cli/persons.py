"""Whom an option means: the one rule for everybody who is named at the command line."""

from typing import TYPE_CHECKING

from kmkit.cli.screen import say
from kmkit.errors import Cannot, UsageError
from kmkit.text import address_key, did_you_mean, one_line

if TYPE_CHECKING:
    from kmkit.kb import KnowledgeBase


def a_person(kb: "KnowledgeBase", given: str, option: str, *, outside: bool = True) -> str:
    """The address that ``given`` means: one, or a part of the name of somebody in people/.

    An address of nobody in people/ is taken, and said to be of somebody outside, since partners
    do their part too; unless it is nearly somebody's of the same house, which is a slip. Without
    ``outside`` nothing is said: the move itself refuses it. '' for nothing given. UsageError for
    what means nobody or several.
    """
    if not given.strip():
        return ""
    known = {email: person.name for email, person in kb.people.items()}
    who = address_key(given)
    if who in known:
        return who
    if known and "@" not in who:
        from kmkit.learn.people import meant

        try:
            return meant(known, given)
        except UsageError as error:
            raise UsageError(f"{option}: {error.message}", error.mend) from None
    an_address(who, option)
    if not known:
        return who
    name, _, house = who.rpartition("@")
    colleagues = [e.rpartition("@")[0] for e in known if e.rpartition("@")[2] == house]
    if near := did_you_mean(name[:80], colleagues):
        raise UsageError(
            f"{option}: nobody in people/ has the address {one_line(who)}.",
            f"{near} Somebody new gets a file there: kmkit new person.",
        )
    if outside:
        then = "A colleague: kmkit new person."
        say(f"{who} has no file in people/: taken for somebody outside. {then}")
    return who


def an_address(given: str, option: str) -> str:
    """``given``, where it is one e-mail address; UsageError where it is none."""
    from kmkit.reach.addresses import address_of

    try:
        address_of(given)
        return given
    except Cannot as error:
        raise UsageError(f"{option}: {error.message}", error.mend) from None
