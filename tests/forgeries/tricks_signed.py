"""Tricks on a knowledge base whose rules ask for signatures."""

from datetime import UTC, datetime
from typing import Unpack

from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import History, Options, key_of
from tests.forgeries.corpus import APPROVE, WORDS, caught_as, reply, swap
from tests.signing_keys import ssh_key, ssh_sign, with_signature


def approve(h: History, **options: Unpack[Options]) -> str:
    """Ben's approval of the note on fuel."""
    return h.forge("validate/quorum", FUEL, BEN, APPROVE, **options)


# No signature, or none that holds


@caught_as("unsigned-move", signed=True)
def unsigned_move(h: History) -> str:
    return approve(h, sign=False)


@caught_as("unsigned-move", signed=True)
def unsigned_edit_that_hides_its_author(h: History) -> str:
    return h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY, sign=False)


@caught_as("unsigned-move", signed=True)
def unsigned_rules(h: History) -> str:
    change = reply('signatures = "required"', 'signatures = "optional"')
    return h.rules(change, ANA, sign=False)


@caught_as("unsigned-move", signed=True)
def unsigned_merge_that_writes(h: History) -> str:
    h.fork("side")
    h.forge("format", ROADS, ANA)
    h.forge("validate/quorum", FUEL, BEN, on="side", ask=APPROVE)
    data = h.data(h.path(FUEL), "side").replace(b"language: en", b"language: fr")
    return h.merge(ANA, {h.path(FUEL): data}, sign=False)


@caught_as("unsigned-move", signed=True)
def unsigned_merge_that_chooses(h: History) -> str:
    h.fork("side")
    h.move("reopen", ROADS, CY)
    h.forge("format", ROADS, ANA, on="side")
    return h.merge(ANA, tree="side", sign=False)


@caught_as("unsigned-move", signed=True)
def unsigned_removal(h: History) -> str:
    return h.commit("Tidy up\n", {h.path(ROADS): None}, who=CY, sign=False)


@caught_as("unsigned-move", signed=True)
def signature_lost_by_a_rebase(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, on="side", ask=APPROVE)
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    h.checkout("side")
    who = ("-c", "user.name=Mal", "-c", "user.email=mal@example.org")
    h.run(*who, "-c", "commit.gpgsign=false", "rebase", "-q", "main")
    h.run("update-ref", "refs/heads/main", h.tip("side"))
    return h.tip()


@caught_as("unsigned-move", signed=True)
def tampered_message(h: History) -> str:
    return approve(h, change=swap("Checked against the log.", "Checked against the map."))


@caught_as("unsigned-move", signed=True)
def tampered_tree(h: History) -> str:
    h.fork("side")
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY, on="side")
    other = h.run("rev-parse", "side^{tree}").encode()
    return h.commit("Elsewhere\n", {}, who=CY, change=lambda raw: raw[:5] + other + raw[45:])


@caught_as("unsigned-move", signed=True)
def tampered_parent(h: History) -> str:
    h.commit("Elsewhere\n", {"README.md": b"x\n"}, who=CY)
    before, now = (h.run("rev-parse", name).encode() for name in ("main^", "main"))
    return approve(h, parents=[before.decode()], change=lambda raw: raw.replace(before, now))


@caught_as("unsigned-move", signed=True)
def signature_of_another_commit(h: History) -> str:
    raw = h.git.run("cat-file", "commit", h.run("log", "--format=%H", "--author=ben@", "-1"))
    armour = raw.partition(b"gpgsig ")[2].partition(b"\n\n")[0].replace(b"\n ", b"\n").decode()
    return approve(h, sign=False, change=lambda payload: with_signature(payload, armour))


@caught_as("unsigned-move", signed=True)
def signature_for_files(h: History) -> str:
    def change(payload: bytes) -> bytes:
        return with_signature(payload, ssh_sign(payload, key_of(BEN), namespace="file"))

    return approve(h, sign=False, change=change)


@caught_as("unsigned-move", signed=True)
def signature_in_the_message(h: History) -> str:
    armour = ssh_sign(b"x", key_of(BEN)).replace("\n", "\n ")
    say = reply("Checked against the log.", f"gpgsig {armour}")
    return h.forge("validate/quorum", FUEL, BEN, say=say, sign=False, ask=APPROVE)


@caught_as("unsigned-move", signed=True)
def two_signatures(h: History) -> str:
    def change(signed: bytes) -> bytes:
        return with_signature(signed, ssh_sign(b"other", key_of(BEN)))

    return approve(h, change=change)


@caught_as("unsigned-move", signed=True)
def signature_that_is_garbage(h: History) -> str:
    armour = "-----BEGIN SSH SIGNATURE-----\nU1NIU0lH\n-----END SSH SIGNATURE-----\n"
    return approve(h, sign=False, change=lambda payload: with_signature(payload, armour))


@caught_as("unsigned-move", signed=True)
def replaced_by_a_signed_one(h: History) -> str:
    h.fork("other")
    honest = h.forge("validate/quorum", FUEL, BEN, on="other", ask=APPROVE)
    h.day -= 1
    forged = approve(h, sign=False)
    h.run("replace", forged, honest)
    return forged


# Somebody else's key


@caught_as("wrong-key", signed=True)
def signed_by_a_stranger(h: History) -> str:
    return approve(h, key=key_of(MAL))


@caught_as("wrong-key", signed=True)
def signed_by_a_colleague(h: History) -> str:
    return approve(h, key=key_of(CY))


@caught_as("wrong-key", signed=True)
def rules_signed_by_a_colleague(h: History) -> str:
    return h.rules(reply('steward = ["', 'steward = ["cy@example.org", "'), ANA, key=key_of(CY))


@caught_as("wrong-key", signed=True)
def merge_signed_by_a_stranger(h: History) -> str:
    h.fork("side")
    h.move("reopen", ROADS, CY)
    h.forge("format", ROADS, ANA, on="side")
    return h.merge(ANA, tree="side", key=key_of(MAL))


@caught_as("wrong-key", signed=True)
def revoked_key_back_dated(h: History) -> str:
    h.rules(lambda text: text.replace(key_of(BEN).line, ssh_key("ben-new").line), ANA)
    return approve(h, when=datetime(2026, 11, 22, tzinfo=UTC))


@caught_as("wrong-key", signed=True)
def key_used_before_it_was_given(h: History) -> str:
    new = ssh_key("ben-new")
    forged = approve(h, key=new)
    h.rules(lambda text: text.replace(key_of(BEN).line, new.line), ANA)
    return forged


@caught_as("wrong-key", signed=True)
def key_added_in_the_same_commit(h: History) -> str:
    key = key_of(MAL)
    line = f'"ana@example.org" = ["{key.line}", '
    return h.rules(reply('"ana@example.org" = [', line), ANA, key=key)


@caught_as("rules-by-other", signed=True)
def key_added_by_somebody_else(h: History) -> str:
    line = f'"ben@example.org" = ["{key_of(MAL).line}", '
    return h.rules(reply('"ben@example.org" = [', line), DEE)


@caught_as("wrong-key", signed=True)
def key_given_on_another_branch(h: History) -> str:
    new = ssh_key("ben-new")
    h.fork("side")
    h.rules(lambda text: text.replace(key_of(BEN).line, new.line), ANA)
    forged = h.forge("validate/quorum", FUEL, BEN, on="side", key=new, ask=APPROVE)
    h.merge(ANA)
    return forged


@caught_as("wrong-key", signed=True)
def key_of_one_parent_signs_the_merge(h: History) -> str:
    new = ssh_key("ana-new")
    h.fork("side")
    h.rules(lambda text: text.replace(key_of(ANA).line, new.line), ANA)
    h.forge("validate/quorum", FUEL, BEN, on="side", ask=APPROVE)
    h.rules(lambda text: text + "# later\n", ANA, on="side")
    both = h.data("policy.toml") + b"# later\n"
    return h.merge(ANA, {"policy.toml": both}, tree="side", key=new)


@caught_as("wrong-key", signed=True)
def person_without_any_key(h: History) -> str:
    return h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=MAL)


@caught_as("rules-unreadable", signed=True)
def one_key_for_two_people(h: History) -> str:
    return h.rules(reply(key_of(CY).line, key_of(BEN).line), ANA)


# A clone that lies


def hostile(h: History) -> None:
    """Configuration of the clone by which git itself would call Mal's signature Ben's."""
    signers = h.root / ".git" / "signers"
    people = ("ana", "ben", "cy", "dee", "mal")
    lines = (f"{who}@example.org {key_of(MAL).line}\n" for who in people)
    signers.write_text("".join(lines), encoding="utf-8")
    program = h.root / ".git" / "always-good"
    program.write_text("#!/bin/sh\necho 'Good \"git\" signature for ben@example.org'\nexit 0\n")
    program.chmod(0o755)
    for name, value in {
        "gpg.ssh.allowedSignersFile": str(signers),
        "gpg.ssh.program": str(program),
        "gpg.program": str(program),
        "gpg.minTrustLevel": "undefined",
        "log.showSignature": "true",
        "log.mailmap": "true",
        "log.decorate": "full",
        "log.diffMerges": "off",
        "log.follow": "true",
        "log.date": "relative",
        "format.pretty": "oneline",
        "diff.renames": "copies",
        "diff.noprefix": "true",
        "diff.external": str(program),
        "diff.ignoreSubmodules": "all",
        "diff.orderFile": str(signers),
        "i18n.logOutputEncoding": "UTF-16",
        "core.quotePath": "true",
        "core.abbrev": "4",
        "color.ui": "always",
        "trailer.separators": "#",
    }.items():
        h.run("config", name, value)


@caught_as("wrong-key", signed=True)
def hostile_configuration_and_a_foreign_key(h: History) -> str:
    forged = approve(h, key=key_of(MAL))
    hostile(h)
    return forged


@caught_as("unsigned-move", signed=True)
def hostile_configuration_and_no_key(h: History) -> str:
    forged = approve(h, sign=False)
    hostile(h)
    return forged


@caught_as("wrong-key", signed=True)
def mailmap_and_the_key_of_another(h: History) -> str:
    mailmap = b"Mal Ory <mal@example.org> <ben@example.org>\n"
    h.commit("Names\n", {".mailmap": mailmap}, who=CY)
    h.run("config", "log.mailmap", "true")
    return approve(h, key=key_of(MAL))


@caught_as("mixed-merge", signed=True)
def hostile_configuration_and_a_clean_merge(h: History) -> str:
    h.fork("side")
    h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)
    h.commit("Words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL), "side"))}, who=CY, on="side")
    forged = h.merge(ANA)
    hostile(h)
    return forged


@caught_as("own-approval", signed=True)
def signed_and_still_ones_own(h: History) -> str:
    return h.forge("validate/quorum", FUEL, CY, ask=APPROVE)


@caught_as("changed-after-approval", signed=True)
def signed_and_still_changed(h: History) -> str:
    return h.commit("Typo\n", {h.path(BOATS): WORDS(h.data(h.path(BOATS)))}, who=CY)
