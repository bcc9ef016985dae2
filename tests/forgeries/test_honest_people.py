"""Honest people who share a name: the audit has nothing to say of them, nor have the commands."""

import pytest

from kmkit.errors import Refused
from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import FUEL
from tests.forgeries.builder import History
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, WORDS, reply

OTHER = "cy@home.example"


def with_reviewers_elsewhere(new: New) -> tuple[History, str]:
    history = new(False)
    history.rules(reply('reviewer = ["', 'reviewer = ["*@home.example", "'), ANA)
    history.checkout()
    return history, history.anchor()


@pytest.mark.parametrize(
    "name", ["Cy", "Young", "Cy Young (Harbours)", "Cy Young-Moss", "C. Young", "Dr. Cy Young"]
)
def test_another_of_nearly_that_name_may_approve(new: New, name: str) -> None:
    history, anchor = with_reviewers_elsewhere(new)
    history.move("validate", FUEL, Person(name, OTHER), APPROVE)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"claimed"}


def test_two_of_one_short_name_may_approve_for_each_other(new: New) -> None:
    """'Ben' alone can be another Ben."""
    history, anchor = with_reviewers_elsewhere(new)
    history.commit(
        "Words\n", {history.path(FUEL): WORDS(history.data(history.path(FUEL)))},
        who=Person("Ben", "other.ben@example.org"),
    )  # fmt: skip
    history.checkout()
    history.move("validate", FUEL, Person("Ben", "ben@example.org"), APPROVE)
    assert audited(history, anchor).findings == ()


def test_whoever_shares_a_full_name_with_its_author_is_told_what_to_do(new: New) -> None:
    history, anchor = with_reviewers_elsewhere(new)
    tip = history.tip()
    with pytest.raises(Refused) as refused:
        history.move("validate", FUEL, Person("cy  yöung", OTHER), APPROVE)
    said = str(refused.value)
    assert "cy yöung wrote this substance from another address" in said
    assert "kmkit validate aaaa --ask EMAIL" in said
    assert "git config user.name 'NAME, UNIT'" in said
    assert history.tip() == tip
    history.move("validate", FUEL, BEN, APPROVE)
    assert audited(history, anchor).findings == ()


def test_an_author_of_before_the_validation_may_approve_what_others_wrote_since(new: New) -> None:
    """By name as by address."""
    history, anchor = with_reviewers_elsewhere(new)
    path = history.path(FUEL)
    history.commit(
        "Words\n", {path: WORDS(history.data(path))}, who=Person("Dee Lim", "lim@example.org")
    )
    history.checkout()
    history.move("validate", FUEL, BEN, APPROVE)
    kb = history.kb(CY)
    note = kb.resolve(FUEL)
    data = note.data.replace(b"Never sign", b"Always sign")
    kb.move("edit", note, APPROVE, data=data)
    history.move("validate", FUEL, Person("Dee Lim", "dee@example.org"), APPROVE)
    assert audited(history, anchor).findings == ()
