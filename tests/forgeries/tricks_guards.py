"""Moves of people who hold the role, and that the lifecycle refuses all the same."""

from dataclasses import replace

from tests.conftest import ANA, BEN
from tests.forgeries.base import BOATS, FUEL, ROADS, capture
from tests.forgeries.builder import ASK, History
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply


@caught_as("method-not-allowed")
def widest_circle_by_peer_review(h: History) -> str:
    capture(h, "seas-eeee", level="international")
    return h.forge("validate/quorum", "seas-eeee", BEN, ask=APPROVE)


@caught_as("refused-move")
def sent_to_an_audience_that_nobody_named(h: History) -> str:
    ask = replace(ASK, channel="weekly-digest", audience="everybody")
    return h.forge("disseminate/again", BOATS, ANA, ask=ask)


@caught_as("refused-move")
def retired_for_a_note_that_is_not_there(h: History) -> str:
    return h.forge("retire", ROADS, ANA, ask=replace(ASK, superseded_by="20261121-none-9999"))


@caught_as("refused-move")
def same_meaning_of_what_is_approved(h: History) -> str:
    return h.forge("same-meaning", ROADS, BEN)


@caught_as("not-entitled")
def committee_of_one_without_a_seat(h: History) -> str:
    ask = replace(APPROVE, method="committee", decided_by="The board", minutes="2026-11")
    return h.forge("validate/quorum", FUEL, BEN, ask=ask)


@caught_as("refused-move")
def given_to_nobody(h: History) -> str:
    return h.forge("reassign", ROADS, ANA, ask=replace(ASK, owner="nobody"))


REJECTS = reply("Kmkit-Fingerprint", "Kmkit-Verdict: reject\nKmkit-Fingerprint")
"""What only a verdict says, in the message of another move."""


@caught_as("text-changed-in-move")
def text_that_is_changed_by_a_format_which_says_it_rejects(h: History) -> str:
    return h.forge("format", ROADS, ANA, edit=WORDS, say=REJECTS)


@caught_as("text-changed-in-move")
def text_that_is_changed_by_a_confirmation_which_says_it_rejects(h: History) -> str:
    return h.forge("confirm", BOATS, ANA, edit=WORDS, say=REJECTS)


@caught_as("fingerprint-mismatch")
def rewording_that_says_it_rejects(h: History) -> str:
    return h.forge("reword", ROADS, ANA, edit=WORDS, say=REJECTS)
