"""What a squash or a rebase lost of the trail is approved again, in real repositories."""

import subprocess

import pytest

from kmkit.errors import Refused
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.lifecycle.fingerprint import fingerprint
from kmkit.note.file import append_entry, write_fields
from kmkit.note.model import Note
from kmkit.trail.audit.audit import audit
from kmkit.trail.event import compose
from tests.conftest import ANA, APPROVE, BEN, CY, at, captured, formatted, validated


def git(kb: KnowledgeBase, *args: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(kb.root), *args], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def squashed(kb: KnowledgeBase, message: str = "Add a lesson") -> Note:
    """A note whose whole walk was squashed into one commit of Ana's."""
    git(kb, "checkout", "-q", "-b", "side")
    note = formatted(kb, topics=["fuel"])
    git(kb, "checkout", "-q", "-")
    git(kb, "merge", "-q", "--squash", "side")
    git(kb, "commit", "-qm", message)
    kb.forget()
    return kb.read(note.path)


def proof(kb: KnowledgeBase) -> tuple[list[str], str]:
    """The rules that the history breaks, and how the one note stands."""
    anchor = git(kb, "rev-list", "--max-parents=0", "HEAD")
    report = audit(kb.git, "", anchor=anchor, tip=kb.git.tip())
    return sorted({found.rule for found in report.findings}), report.standings[0].proof


def test_what_was_squashed_is_approved_again(kb: KnowledgeBase) -> None:
    note = squashed(kb)
    assert proof(kb) == (["unproved"], "unproved")
    with pytest.raises(Refused, match=r"No capture .* kmkit validate \w+ --renew"):
        kb.move("disseminate", note, Request(channel="weekly-digest"))
    renewed = at(kb, CY).move("renew", note, APPROVE)
    assert renewed.note.state == "formatted"
    assert [entry.by for entry in renewed.note.fields.verdicts] == [BEN.email, CY.email]
    assert "Kmkit-Move: renew formatted -> formatted" in renewed.message
    assert "Kmkit-Level: internal" in renewed.message
    assert f"Reviewed-by: {CY}" in renewed.message
    claim = kb.claim(renewed.note)
    assert (claim.state, claim.level, claim.owner) == ("formatted", "internal", ANA.email)
    assert claim.captured == claim.settled == renewed.commit
    assert proof(kb) == ([], "claimed")
    out = kb.move("disseminate", renewed.note, Request(channel="weekly-digest")).note
    assert out.state == "disseminated"
    assert proof(kb) == ([], "claimed")


def test_a_squash_that_quotes_the_moves_is_renewed_too(kb: KnowledgeBase) -> None:
    note = squashed(kb, "Add a lesson\n\n  Kmkit-Move: capture -> captured\n\n  Kmkit-Move: x")
    assert proof(kb) == (["squashed"], "unproved")
    at(kb, CY).move("renew", note, APPROVE)
    assert proof(kb) == ([], "claimed")


def test_a_moved_state_without_its_move_is_renewed(kb: KnowledgeBase) -> None:
    note = captured(kb)
    git(kb, "checkout", "-q", "-b", "side")
    at(kb, BEN).move("validate", note, APPROVE)
    git(kb, "checkout", "-q", "-")
    git(kb, "merge", "-q", "--squash", "side")
    git(kb, "commit", "-qm", "Approve a lesson")
    note = kb.read(note.path)
    with pytest.raises(Refused, match=r"its history state: captured.* --renew"):
        kb.move("reassign", note, Request(owner=CY.email))
    at(kb, CY).move("renew", note, APPROVE)
    assert proof(kb) == ([], "claimed")
    assert kb.claim(note).state == "validated"


def test_who_put_it_there_does_not_renew_it(kb: KnowledgeBase) -> None:
    note = squashed(kb)
    with pytest.raises(Refused, match=r"ana@example\.org wrote this substance"):
        kb.move("renew", note, APPROVE)


@pytest.mark.parametrize("because", ["", " "])
def test_a_renewal_has_a_reason(kb: KnowledgeBase, because: str) -> None:
    note = validated(kb)
    with pytest.raises(Refused, match="A reason is missing"):
        at(kb, CY).move("renew", note, Request(method="peer-review", because=because))


def test_a_renewed_note_is_whole_in_its_state(kb: KnowledgeBase) -> None:
    note = validated(kb)
    claimed = write_fields(note, {"state": "formatted"})
    (kb.root / note.path).write_bytes(claimed)
    git(kb, "commit", "-qam", "Say that it is formatted")
    with pytest.raises(Refused, match="'matters_to' is missing"):
        at(kb, CY).move("renew", kb.read(note.path), APPROVE)


def test_what_was_retired_is_not_renewed(kb: KnowledgeBase) -> None:
    note = validated(kb)
    kb.move("retire", note, Request(because="Nobody drives."))
    (kb.root / note.path).write_bytes(note.data)
    git(kb, "commit", "-qam", "Bring it back")
    with pytest.raises(Refused, match="by its history it was retired"):
        at(kb, CY).move("renew", kb.read(note.path), APPROVE)


def test_only_what_was_approved_is_renewed(kb: KnowledgeBase) -> None:
    with pytest.raises(Refused, match="'renew' needs a note that is validated or"):
        at(kb, BEN).move("renew", captured(kb), APPROVE)


def test_what_somebody_returned_is_not_renewed_by_others(kb: KnowledgeBase) -> None:
    note = captured(kb)
    returned = Request(method="peer-review", verdict="return", because="Which contracts?")
    at(kb, BEN).move("validate", note, returned)
    data = write_fields(kb.read(note.path), {"state": "validated"})
    (kb.root / note.path).write_bytes(data)
    git(kb, "commit", "-qam", "Say that it is validated")
    with pytest.raises(Refused, match="returned this text, so nobody else renews it"):
        at(kb, CY).move("renew", kb.read(note.path), APPROVE)


@pytest.mark.parametrize("words", ["Sign contracts early.", "Sign contracts late."])
def test_a_hand_leads_no_note_back(kb: KnowledgeBase, words: str) -> None:
    note = validated(kb)
    data = write_fields(note, {"state": "captured"})
    (kb.root / note.path).write_bytes(data.replace(b"Sign contracts early.", words.encode()))
    git(kb, "commit", "-qam", "Say that it is captured")
    with pytest.raises(Refused, match="says state: captured, its history state: validated"):
        at(kb, CY).move("validate", kb.read(note.path), APPROVE)


def forged(kb: KnowledgeBase, data: bytes, message: str) -> None:
    """A commit of Ana's with the words of a move, which no guard has looked at."""
    (kb.root / next(kb.note_paths())).write_bytes(data)
    git(kb, "commit", "-qam", message)


def test_a_renewal_of_ones_own_is_found(kb: KnowledgeBase) -> None:
    note = squashed(kb)
    trying = KnowledgeBase(kb.root, now=kb.now, actor=CY, dry_run=True)
    made = trying.move("renew", note, APPROVE)
    mine = made.note.data.replace(CY.email.encode(), ANA.email.encode())
    forged(kb, mine, made.message.replace(str(CY), str(ANA)))
    assert proof(kb) == (["own-approval", "unproved"], "unproved")


def test_a_quorum_that_is_none_is_found(kb: KnowledgeBase) -> None:
    crowd = Request(method="crowd", verdict="approve", because="I saw it.")
    note = at(kb, BEN).move("validate", captured(kb), crowd).note
    text = fingerprint(note, kb.guidance(note))
    lines = [
        ("Kmkit-Note", note.id),
        ("Kmkit-Move", "settle captured -> validated"),
        ("Kmkit-Fingerprint", text),
    ]
    forged(kb, write_fields(note, {"state": "validated"}), compose("settle: it", "", lines))
    assert proof(kb) == (["quorum-not-reached"], "unproved")


def test_what_was_retired_is_not_proved_by_a_renewal(kb: KnowledgeBase) -> None:
    note = validated(kb)
    kb.move("retire", note, Request(because="Nobody drives."))
    forged(kb, note.data, "Bring it back")
    entry = note.fields.verdicts[0].model_copy(update={"by": CY.email})
    told = [
        ("Kmkit-Note", note.id),
        ("Kmkit-Move", "renew validated -> validated"),
        ("Kmkit-Method", "peer-review"),
        ("Kmkit-Verdict", "approve"),
        ("Kmkit-Fingerprint", entry.fingerprint),
        ("Kmkit-Level", note.level),
        ("Kmkit-Owner", note.fields.owner or ""),
    ]
    (kb.root / note.path).write_bytes(append_entry(note, "verdicts", entry))
    message = compose("renew: it", entry.because, told)
    git(kb, "-c", f"user.name={CY.name}", "-c", f"user.email={CY.email}", "commit", "-qam",
        message)  # fmt: skip
    rules, proved = proof(kb)
    assert "state-without-move" in rules
    assert proved == "unproved"
    assert kb.claim(kb.read(note.path)).state == "retired"


def test_a_renewal_gives_no_level_unless_a_manager_makes_it(kb: KnowledgeBase) -> None:
    note = validated(at(kb, CY))
    (kb.root / note.path).write_bytes(write_fields(note, {"level": "domestic"}))
    git(kb, "commit", "-qam", "By hand")
    kb.forget()
    note = kb.read(note.path)
    with pytest.raises(Refused, match="level: domestic, its history level: internal: a renewal by"):
        at(kb, BEN).move("renew", note, APPROVE)
    assert kb.move("renew", note, APPROVE).note.level == "domestic"
    assert proof(kb) == ([], "claimed")
