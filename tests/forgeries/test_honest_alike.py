"""Who may approve words that several branches wrote, or that stood there before."""

from dataclasses import replace

import pytest

from kmkit.errors import Refused
from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL
from tests.forgeries.builder import ASK, History
from tests.forgeries.conftest import New
from tests.forgeries.corpus import APPROVE, CORPUS, CROWD, WORDS
from tests.forgeries.test_honest_merges import honest, proof
from tests.forgeries.tricks_alike import BACK, HELPED, REJECT, alike, moved, revised, written
from tests.forgeries.tricks_single import FRENCH, RESULTS


def approved(h: History, who: Person) -> None:
    """kmkit lets somebody approve, and the audit finds nothing."""
    moved(h, ("validate", who, APPROVE))
    assert proof(honest(h), FUEL) == "claimed"


def refused(h: History, who: Person) -> None:
    """kmkit does not let somebody approve, and says why."""
    said = f"{who.email} wrote this substance and cannot validate it."
    h.checkout()
    with pytest.raises(Refused, match=said):
        h.move("validate", FUEL, who, APPROVE)


def test_whoever_wrote_alike_on_no_branch_approves(new: New) -> None:
    h = new(False)
    alike(h, HELPED)
    h.merge(ANA)
    refused(h, BEN)
    approved(h, DEE)


def test_whose_words_no_branch_kept_approves(new: New) -> None:
    h = new(False)
    h.fork("side")
    written(h, CY)
    written(h, BEN, "side", RESULTS)
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    approved(h, BEN)


def test_whoever_wrote_before_a_validation_approves_what_others_wrote_since(new: New) -> None:
    """Also where the validation is on a branch, and main stood still meanwhile."""
    h = new(False)
    written(h, DEE)
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=ANA)
    h.checkout("side")
    h.move("validate", FUEL, BEN, APPROVE)
    h.merge(ANA)
    moved(h, ("reopen", ANA, ASK))
    refused(h, DEE)
    written(h, ANA, edit=RESULTS)
    approved(h, DEE)


def test_a_validation_on_one_side_is_none_of_what_the_other_wrote_alike(new: New) -> None:
    h = new(False)
    alike(h, who=DEE)
    moved(h, ("validate", BEN, APPROVE))
    path = h.path(FUEL)
    h.merge(ANA, {path: h.data(path)}, tree="main")
    moved(h, ("reopen", ANA, ASK))
    refused(h, DEE)
    written(h, ANA, edit=RESULTS)
    refused(h, DEE)
    approved(h, BEN)


def test_a_branch_that_went_forth_and_back_counts(new: New) -> None:
    h = new(False)
    path = h.path(FUEL)
    h.fork("side")
    written(h, BEN, "side")
    written(h, DEE, "side", BACK)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=ANA)
    h.merge(ANA)
    refused(h, BEN)
    refused(h, DEE)
    honest(h)


def test_who_rejects_a_revision_approves_what_stands_again(new: New) -> None:
    h = new(False)
    written(h, DEE)
    moved(h, ("validate", BEN, APPROVE))
    other = RESULTS(h.data(h.path(FUEL)))
    h.kb(ANA).move("edit", h.kb(ANA).resolve(FUEL), ASK, data=other)
    moved(h, ("validate", BEN, REJECT), ("reopen", ANA, ASK))
    refused(h, DEE)
    approved(h, BEN)


def test_who_rejects_a_revision_of_what_was_reworded_wrote_nothing(new: New) -> None:
    h = new(False)
    moved(h, ("validate", DEE, APPROVE))
    h.kb(ANA).move("reword", h.kb(ANA).resolve(FUEL), ASK, data=WORDS(h.data(h.path(FUEL))))
    moved(h, ("same-meaning", DEE, ASK))
    revised(h, FUEL, CY, RESULTS)
    moved(h, ("validate", BEN, REJECT), ("reopen", ANA, ASK))
    approved(h, BEN)


def test_whoever_moved_the_file_wrote_nothing(new: New) -> None:
    h = new(False)
    path, other = h.path(FUEL), "notes/fuel-aaaa.md"
    h.fork("side")
    written(h, DEE)
    words = h.data(path)
    h.commit("Sort\n", {path: None, other: words}, who=BEN)
    h.commit(HELPED.replace("Ben Adu <ben@", "Ana Ruiz <ana@"), {path: words}, who=CY, on="side")
    h.merge(BEN, {path: None, other: words}, tree="main")
    refused(h, DEE)
    approved(h, BEN)


@pytest.mark.parametrize(
    "name",
    [
        trick.name
        for trick in CORPUS
        if trick.build.__module__.endswith("tricks_alike")
        if trick.rule == "own-approval" and not {"forged", "unproved"} & set(trick.name.split("_"))
    ],
)
def test_kmkit_refuses_what_the_audit_finds(new: New, name: str) -> None:
    """The commands and the audit count alike: the move that each trick forges is refused."""
    trick = next(one for one in CORPUS if one.name == name)
    h = new(trick.signed)
    forged = trick.build(h)
    who = h.run("log", "-1", "--format=%ae", forged)
    verb = h.run("log", "-1", "--format=%(trailers:key=Kmkit-Move,valueonly)", forged).split()[0]
    h.run("update-ref", "refs/heads/main", f"{forged}~1")
    h.checkout()
    (person,) = (one for one in (ANA, BEN, CY, DEE) if one.email == who)
    named = "committee" in name
    ask = replace(ASK, method="committee", verdict="approve", decided_by="Dee Lim", minutes="1")
    with pytest.raises(Refused, match=r"wrote this substance|reworded it"):
        h.move(verb, FUEL, person, ask if named else CROWD if "approve" in name else APPROVE)
