"""``kmkit disseminate``: what went out, where, and never wider than the note may go."""

import pytest

from kmkit.kb import KnowledgeBase
from tests.conftest import BEN, Run, disseminated, formatted, settle, validated
from tests.sitting import sitting


def channels(kb: KnowledgeBase) -> None:
    """A channel to the domestic circle, and one in Arabic."""
    path = kb.root / "kmkit.toml"
    more = '[channels.portal]\nlevel = "domestic"\n[channels."بوابة"]\nlevel = "internal"\n'
    settle(kb, f"{path.read_text('utf-8')}\n{more}")


def test_one_note_over_two_channels(kb: KnowledgeBase, run: Run) -> None:
    channels(kb)
    note = formatted(kb)
    ran = run(
        kb.root, "disseminate", note.short, "--channel", "weekly-digest", "--channel", "بوابة",
        "--audience", "all-staff", "--on", "2026-11-20", "--evidence", "list\nof readers",
    )  # fmt: skip
    assert ran.code == 0, ran.err
    after = kb.read(note.path)
    assert after.state == "disseminated"
    assert [entry.channel for entry in after.fields.disseminated] == ["weekly-digest", "بوابة"]
    assert {str(entry.on) for entry in after.fields.disseminated} == {"2026-11-20"}
    assert after.fields.disseminated[0].evidence == "list of readers"


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["NOTE"], 2, "--channel is missing"),
        (["NOTE", "--channel", "weekly-digst"], 2, "Did you mean weekly-digest?"),
        (["--all", "--channel", "nowhere"], 2, "In kmkit.toml: weekly-digest, portal"),
        (["NOTE", "--channel", "weekly-digest", "--on", "2027-01-01"], 3, "in the future"),
        (["NOTE", "--channel", "weekly-digest", "--audience", "al-staff"], 3, "all-staff"),
        (["NOTE", "--channel", "weekly-digest", "--channel", "portal"], 3, "kmkit release"),
        (["--channel", "weekly-digest"], 2, "Name a note, or give --all"),
        (["NOTE", "--all"], 2, "Name a note, or give --all"),
    ],
)
def test_nothing_is_recorded_where_anything_is_wrong(
    kb: KnowledgeBase, run: Run, args: list[str], code: int, said: str
) -> None:
    channels(kb)
    note = formatted(kb)
    ran = run(kb.root, "disseminate", *[note.short if part == "NOTE" else part for part in args])
    assert ran.code == code
    assert said in ran.err
    assert kb.read(note.path).data == note.data


def test_all_that_may_go_there(kb: KnowledgeBase, run: Run) -> None:
    channels(kb)
    narrow, wide = formatted(kb, "Narrow"), formatted(kb, "Wide", level="domestic")
    waiting = validated(kb, "Waiting")
    ran = run(kb.root, "disseminate", "--all", "--channel", "portal", "--channel", "weekly-digest")
    assert ran.code == 0, ran.err
    assert "Left out: Narrow" in ran.err
    went = {
        note.title: [entry.channel for entry in kb.read(note.path).fields.disseminated]
        for note in (narrow, wide, waiting)
    }
    assert went == {"Narrow": ["weekly-digest"], "Wide": ["portal", "weekly-digest"], "Waiting": []}
    again = run(kb.root, "disseminate", "--all", "--channel", "portal")
    assert (again.code, "No formatted note is waiting" in again.err) == (0, True)


def test_one_refusal_does_not_hold_up_the_others(kb: KnowledgeBase, run: Run) -> None:
    bad, good = formatted(kb, "Bad"), formatted(kb, "Good")
    (kb.root / bad.path).write_bytes(bad.data + b"\nBy hand.\n")
    ran = run(kb.root, "disseminate", "--all", "--channel", "weekly-digest")
    assert ran.code == 3
    assert f"Bad ({bad.short})" in ran.err
    assert kb.read(good.path).state == "disseminated"


def test_a_second_time_keeps_the_state_and_needs_an_editor(kb: KnowledgeBase, run: Run) -> None:
    channels(kb)
    note = disseminated(kb)
    assert run(kb.root, "disseminate", note.short, "--channel", "بوابة").code == 0
    assert len(kb.read(note.path).fields.disseminated) == 2
    refused = run(kb.root, "disseminate", note.short, "--channel", "بوابة", who=BEN)
    assert refused.code == 3
    assert "for the role editor" in refused.err


def test_the_channel_is_asked_at_the_terminal(kb: KnowledgeBase) -> None:
    note = formatted(kb)
    sat = sitting(kb.root, "disseminate", note.short, talk=[("By which", "weekly-digest\n")])
    assert sat.code == 0
    assert kb.read(note.path).state == "disseminated"


def test_a_dry_run_changes_nothing(kb: KnowledgeBase, run: Run) -> None:
    note = formatted(kb)
    ran = run(kb.root, "disseminate", note.short, "--channel", "weekly-digest", "--dry-run")
    assert ran.err.startswith("Would disseminate")
    assert kb.read(note.path).data == note.data


def test_settings_that_are_not_committed_are_named(kb: KnowledgeBase, run: Run) -> None:
    note = formatted(kb)
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as config:
        config.write('\n[channels.portal]\nlevel = "internal"\n')
    before = kb.git.tip()
    ran = run(kb.root, "disseminate", note.short, "--channel", "portal")
    assert ran.code == 3
    assert "There is no channel 'portal'" in ran.err
    assert "kmkit.toml has changes that are not committed" in ran.err
    assert "git add kmkit.toml && git commit" in ran.err
    assert kb.git.tip() == before
    settle(kb)
    assert run(kb.root, "disseminate", note.short, "--channel", "portal").code == 0
    audited = run(kb.root, "audit")
    assert (audited.code, "0 findings" in audited.out + audited.err) == (0, True)
