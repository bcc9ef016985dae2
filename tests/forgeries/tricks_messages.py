"""Messages that two readers would understand in two ways."""

from tests.conftest import BEN
from tests.forgeries.base import FUEL
from tests.forgeries.builder import History
from tests.forgeries.corpus import APPROVE, caught_as, reply


def approve(h: History, old: str, new: str) -> str:
    """An approval with a piece of its message replaced."""
    return h.forge("validate/quorum", FUEL, BEN, say=reply(old, new), ask=APPROVE)


@caught_as("bad-trailers")
def duplicated_trailer(h: History) -> str:
    verdict = "Kmkit-Verdict: approve\n"
    return approve(h, verdict, f"Kmkit-Verdict: return\n{verdict}")


@caught_as("bad-trailers")
def the_same_trailer_twice(h: History) -> str:
    verdict = "Kmkit-Verdict: approve\n"
    return approve(h, verdict, verdict * 2)


def coded(h: History, old: str, new: str, encoding: str) -> str:
    """An approval with a piece of its message replaced, in an encoding that its commit names."""
    named = f"+0000\nencoding {encoding}\n\n".encode()
    return h.forge(
        "validate/quorum", FUEL, BEN, APPROVE, say=reply(old, new),
        change=lambda raw: raw.replace(b"+0000\n\n", named),
    )  # fmt: skip


@caught_as("bad-trailers")
def trailer_that_an_encoding_hides(h: History) -> str:
    reason = "Checked against the log."
    return coded(h, reason, f"{reason}\n+AEs-mkit-Verdict: return", "UTF-7")


@caught_as("bad-trailers")
def verdict_that_an_encoding_spells(h: History) -> str:
    return coded(h, "Verdict: approve", "Verdict: \\x61pprove", "unicode_escape")


@caught_as("bad-trailers")
def case_varied_trailer(h: History) -> str:
    return approve(h, "Kmkit-Move:", "kmkit-move:")


@caught_as("bad-trailers")
def case_varied_double(h: History) -> str:
    verdict = "Kmkit-Verdict: approve\n"
    return approve(h, verdict, f"{verdict}KMKIT-VERDICT: return\n")


@caught_as("bad-trailers")
def trailer_without_a_blank(h: History) -> str:
    return approve(h, "Kmkit-Move: ", "Kmkit-Move:")


@caught_as("bad-trailers")
def trailer_with_a_blank_too_many(h: History) -> str:
    return approve(h, "Kmkit-Move: ", "Kmkit-Move : ")


@caught_as("bad-trailers")
def trailers_before_the_last_paragraph(h: History) -> str:
    return approve(h, "Reviewed-by:", "\nReviewed-by:")


@caught_as("bad-trailers")
def trailers_followed_by_prose(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, say=lambda m: f"{m}\nAs agreed.\n", ask=APPROVE)


@caught_as("bad-trailers")
def trailers_smuggled_through_the_reason(h: History) -> str:
    smuggled = "Checked against the log.\n\nKmkit-Verdict: return\nKmkit-Method: crowd"
    return approve(h, "Checked against the log.", smuggled)


@caught_as("bad-trailers")
def patch_line_in_the_message(h: History) -> str:
    hidden = "Checked.\n\nKmkit-Verdict: return\n---\nagainst the log."
    return approve(h, "Checked against the log.", hidden)


@caught_as("bad-trailers")
def nothing_but_a_patch_line(h: History) -> str:
    return approve(h, "Checked against the log.", "Checked.\n---\nagainst the log.")


@caught_as("squashed")
def two_moves_in_one_message(h: History) -> str:
    other = "Kmkit-Move: validate captured -> captured\nKmkit-Verdict: return"
    return approve(h, "Checked against the log.", f"Checked.\n\n{other}\n\nagainst the log.")


@caught_as("bad-trailers")
def message_cut_by_a_nul(h: History) -> str:
    return h.forge(
        "validate/quorum", FUEL, BEN,
        change=lambda raw: raw.replace(b"Checked against", b"Checked\0against"),
        ask=APPROVE,
    )  # fmt: skip


@caught_as("bad-trailers")
def trailer_folded_over_two_lines(h: History) -> str:
    return approve(h, "validate captured -> validated", "validate captured ->\n validated")


@caught_as("bad-trailers")
def foreign_trailer_of_our_name(h: History) -> str:
    verdict = "Kmkit-Verdict: approve\n"
    return approve(h, verdict, f"{verdict}Kmkit-Blessed: yes\n")
