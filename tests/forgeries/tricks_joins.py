"""Merges that bring in, take out or leave out what neither side would have let pass."""

from dataclasses import replace

from tests.conftest import ANA, BEN, CY
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, LINK, Entry, History
from tests.forgeries.corpus import WORDS, caught_as, swap

FRENCH = swap("language: en", "language: fr")


def elsewhere(h: History) -> None:
    """Nothing happens to notes on side."""
    h.fork("side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY, on="side")


@caught_as("not-a-file")
def link_put_by_a_merge(h: History) -> str:
    elsewhere(h)
    return h.merge(ANA, {"notes/2026/linked.md": Entry(LINK, b"../../policy.toml")}, tree="side")


@caught_as("not-a-file")
def link_put_in_a_notes_place_by_a_merge(h: History) -> str:
    elsewhere(h)
    return h.merge(ANA, {h.path(BOATS): Entry(LINK, b"/tmp/boats.md")}, tree="side")


@caught_as("id-changed")
def another_id_in_a_merge(h: History) -> str:
    elsewhere(h)
    data = swap("-boats-dddd", "-boats-9999")(h.data(h.path(BOATS)))
    return h.merge(ANA, {h.path(BOATS): data}, tree="side")


@caught_as("removed-note")
def note_removed_by_a_merge(h: History) -> str:
    elsewhere(h)
    return h.merge(MAL, {h.path(BOATS): None}, tree="side")


@caught_as("merge-lost-move")
def narrowing_dropped_by_a_merge(h: History) -> str:
    h.fork("side", "main")
    h.move("release", FUEL, ANA, replace(ASK, level="domestic"))
    h.run("branch", "-q", "-f", "side", "main")
    h.checkout("side")
    h.move("narrow", FUEL, ANA, replace(ASK, level="internal"))
    h.checkout()
    path = h.path(FUEL)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY)
    arabic = swap("language: fr", "language: ar")(h.data(path))
    return h.merge(ANA, {path: arabic}, tree="main")


@caught_as("merge-lost-move")
def new_owner_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.move("reassign", FUEL, ANA, replace(ASK, owner=BEN.email))
    h.checkout()
    path = h.path(FUEL)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY)
    return h.merge(CY, {path: FRENCH(h.data(path, "side~1"))}, tree="main")


@caught_as("merge-lost-move")
def reopening_dropped_by_a_merge(h: History) -> str:
    h.fork("side")
    h.checkout("side")
    h.move("reopen", ROADS, ANA)
    h.checkout()
    path = h.path(ROADS)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY)
    return h.merge(CY, {path: h.data(path)}, tree="main")


@caught_as("mixed-merge")
def words_of_nobody_in_an_approved_note(h: History) -> str:
    h.fork("side")
    path = h.path(ROADS)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY, on="side")
    h.commit("Topics\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(CY, {path: WORDS(FRENCH(h.data(path)))}, tree="main")


@caught_as("unsigned-move", signed=True)
def unsigned_merge_of_a_note(h: History) -> str:
    h.fork("side")
    path = h.path(FUEL)
    h.commit("French\n", {path: FRENCH(h.data(path))}, who=CY, on="side")
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    return h.merge(ANA, sign=False)
