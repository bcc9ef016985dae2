"""What a signature that is not the author's leads to, by SSH and by OpenPGP, and the ways out."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kmkit.trail.audit.findings import RULES
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import FUEL, MAL
from tests.forgeries.builder import ASK, History, key_of
from tests.forgeries.conftest import New, audited
from tests.forgeries.corpus import APPROVE, WORDS
from tests.signing_keys import GpgKey, gpg_key, gpg_sign, gpg_stop, with_signature

NEW = "lorries-eeee"
Way = Callable[[History, str], object]


def judged(h: History) -> None:
    h.forge("validate/quorum", FUEL, BEN, APPROVE, key=key_of(MAL))


def edited(h: History) -> None:
    made = h.imitate("edit", FUEL, CY, data=WORDS(h.data(h.path(FUEL))))
    h.commit(made.message, {h.path(FUEL): made.data}, who=CY, key=key_of(MAL))


def captured(h: History) -> None:
    made = h.imitate("capture", FUEL, CY)
    message = made.message.replace(FUEL, NEW).replace("captured -> ", "-> ")
    path = f"notes/2026/20261121-{NEW}.md"
    data = made.data.replace(FUEL.encode(), NEW.encode())
    h.commit(message, {path: data}, who=CY, key=key_of(MAL))


def renewed(h: History, name: str) -> None:
    """Somebody entitled approves what stands; what is only captured is validated first."""
    if h.note(name).state == "captured":
        h.move("validate", name, DEE, APPROVE)
    h.move("renew", name, DEE, APPROVE)


def undone(h: History, name: str) -> None:
    """A colleague undoes it."""
    before = h.tip("main~1")
    h.write(
        "Undo it\n", {h.path(name): h.git.run("cat-file", "blob", f"{before}:{h.path(name)}")}, CY
    )


def made_again(h: History, name: str) -> None:
    """Undone, and made again with the right key."""
    undone(h, name)
    h.move("validate", name, BEN, APPROVE)


def retired(h: History, name: str) -> None:
    """Approved as it stands, and then retired."""
    renewed(h, name)
    h.move("retire", name, ANA, ASK)


@pytest.mark.parametrize(
    ("forge", "name", "way"),
    [
        (judged, FUEL, renewed),
        (judged, FUEL, undone),
        (judged, FUEL, made_again),
        (edited, FUEL, renewed),
        (edited, FUEL, undone),
        (edited, FUEL, made_again),
        (captured, NEW, renewed),
        (captured, NEW, retired),
    ],
)
def test_the_ways_that_the_rule_names_lead_out(
    new: New, forge: Callable[[History], None], name: str, way: Way
) -> None:
    history = new(True)
    anchor = history.anchor()
    forge(history)
    assert [found.rule for found in audited(history, anchor).findings] == ["wrong-key"]
    history.checkout()
    way(history, name)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved"}


def test_a_manager_takes_a_new_note_away(new: New) -> None:
    history = new(True)
    anchor = history.anchor()
    captured(history)
    history.write("Undo it\n", {history.path(NEW): None}, ANA)
    report = audited(history, anchor)
    assert (report.findings, report.mended) == ((), 1)


@pytest.mark.parametrize("rule", ["unsigned-move", "wrong-key"])
def test_nobody_is_told_to_trust_a_key_before_they_asked(rule: str) -> None:
    said = RULES[rule].mend("")
    steps = (
        "Ask whom it names",
        "it is forged: undo it with git revert",
        "If they did,",
        "--renew",
    )
    places = [said.find(step) for step in steps]
    assert places == sorted(places)
    assert places[0] == 0


# OpenPGP

with_gpg = pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg is not installed")


@pytest.fixture(scope="module")
def keys() -> Iterator[dict[str, GpgKey]]:
    found = {who: gpg_key(f"{who}@example.org") for who in ("ben", "mal")}
    yield found
    for key in found.values():
        gpg_stop(key.home)


def by_openpgp(key: GpgKey) -> Callable[[bytes], bytes]:
    return lambda payload: with_signature(payload, gpg_sign(payload, key))


def with_openpgp(new: New, key: GpgKey) -> tuple[History, str]:
    """A history in which Ben has an OpenPGP key, and the anchor."""
    history = new(True)
    old = f'"{key_of(BEN).line}"'
    history.rules(lambda text: text.replace(old, f'"""{key.armour}"""'), ANA)
    return history, history.anchor()


@with_gpg
def test_openpgp_proves_as_ssh_does(new: New, keys: dict[str, GpgKey]) -> None:
    history, anchor = with_openpgp(new, keys["ben"])
    change = by_openpgp(keys["ben"])
    history.forge("validate/quorum", FUEL, BEN, APPROVE, sign=False, change=change)
    report = audited(history, anchor)
    assert report.findings == ()
    assert {standing.proof for standing in report.standings} == {"proved"}


@with_gpg
def test_a_foreign_openpgp_key_is_the_wrong_one(new: New, keys: dict[str, GpgKey]) -> None:
    history, anchor = with_openpgp(new, keys["ben"])
    change = by_openpgp(keys["mal"])
    history.forge("validate/quorum", FUEL, BEN, APPROVE, sign=False, change=change)
    history.commit(
        "Words\n",
        {history.path(FUEL): WORDS(history.data(history.path(FUEL)))},
        who=CY,
        sign=False,
        change=change,
    )
    found = [one for one in audited(history, anchor).findings if one.rule == "wrong-key"]
    assert [re.findall("[0-9A-F]{40}|OpenPGP", one.message) for one in found] == [
        [keys["mal"].fingerprint],
        ["OpenPGP"],
    ]


@with_gpg
def test_an_openpgp_key_that_was_removed_signs_no_more(new: New, keys: dict[str, GpgKey]) -> None:
    history, anchor = with_openpgp(new, keys["ben"])
    change = by_openpgp(keys["ben"])
    history.forge(
        "validate/return", FUEL, BEN, replace(APPROVE, verdict="return"), sign=False, change=change
    )
    history.rules(lambda text: text.replace(keys["ben"].armour, keys["mal"].armour), ANA)
    assert audited(history, anchor).findings == ()
    forged = history.forge(
        "validate/return", FUEL, BEN, replace(APPROVE, verdict="return"), sign=False, change=change
    )
    assert [(f.rule, f.commit) for f in audited(history, anchor).findings] == [
        ("wrong-key", forged)
    ]


@with_gpg
def test_a_commit_that_was_changed_after_it_was_signed_by_openpgp(
    new: New, keys: dict[str, GpgKey]
) -> None:
    history, anchor = with_openpgp(new, keys["ben"])

    def change(payload: bytes) -> bytes:
        return by_openpgp(keys["ben"])(payload).replace(b"against the log", b"against the map")

    forged = history.forge("validate/quorum", FUEL, BEN, APPROVE, sign=False, change=change)
    found = [(one.rule, one.commit) for one in audited(history, anchor).findings]
    assert ("unsigned-move", forged) in found
    assert "wrong-key" not in dict(found)
