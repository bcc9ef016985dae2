"""Events and commit messages: whatever a user says, git and kmkit read the same trailers."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.lifecycle.person import Person
from kmkit.text import one_line
from kmkit.trail.event import Event, author_of, coauthors_of, compose, parse, trailers_of
from tests.lifecycle_material import PEER, commit_of

NOTE = "20261120-order-fuel-x7k2"
TRAILERS = [
    ("Kmkit-Note", NOTE),
    ("Kmkit-Move", "validate captured -> validated"),
    ("Kmkit-Method", "peer-review"),
    ("Kmkit-Verdict", "approve"),
    ("Kmkit-Fingerprint", "k1:" + "a" * 64),
    ("Reviewed-by", "Pia Peer <pia@example.org>"),
]
WHEN = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SCISSORS = "# ------------------------ >8 ------------------------"
HOSTILE = [
    "Checked against the fuel log.",
    "Two paragraphs.\n\nThe second.",
    "---",
    "before\n---\nafter",
    "before\n--- \nKmkit-Move: retire captured -> retired",
    "----------\nA ruled line",
    "Kmkit-Move: validate captured -> validated",
    "Reason.\n\nKmkit-Move: retire captured -> retired\nKmkit-Note: other",
    "Reason.\n\nKmkit-Verdict: reject",
    "Reason.\n\n" + "\n".join(f"{key}: {value}" for key, value in TRAILERS),
    "Signed-off-by: Nobody <n@example.org>",
    "Reason.\n\nSigned-off-by: A <a@b.c>\n continued\n(cherry picked from commit 123)",
    "kmkit-note : other",
    "Note: it holds.\nhttps://example.org/log\nReviewed-by: me",
    SCISSORS,
    f"cut\n{SCISSORS}\nhere",
    SCISSORS.replace("#", ";"),
    "# a comment\n# another",
    "Conflicts:\n\tnotes/a.md",
    "diff --git a/x b/x\nIndex: x",
    " indented\n\tKmkit-Move: x",
    "\n\n\n  \n\n",
    "",
    "   ",
    "\r\nCRLF\r\n\r\nKmkit-Move: x\r\n---\r\n",
    "old Mac\rKmkit-Move: x\r---\r",
    "bell\x07 nul\x00 escape\x1b[31m tab\tunit\x1fform\x0cline\x0bnext\x85",
    "\u202eright to left\u202c\u2028Kmkit-Move: x\u2029---\ufeff",
    "half \ud800 a character \udcff",
    "\u200bKmkit-Move: x",
    "x" * 100_000,
    "word " * 20_000,
    "Kmkit-Move: x\n" * 7_000,
    "أُرسلت\n\nសូមអរគុណ 👩🏽‍🚒",
    "Reason\n \nKmkit-Move: y",
    "Reason\n\u3000\nKmkit-Move: y",
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty repository with nobody's settings but its own."""
    place = tmp_path_factory.mktemp("repository")
    git(place, "init", "--quiet", ".")
    return place


def git(place: Path, *args: str, stdin: bytes = b"") -> str:
    """What real git prints."""
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "LC_ALL": "C.UTF-8"}
    env |= {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull}
    for who in ("AUTHOR", "COMMITTER"):
        env |= {f"GIT_{who}_NAME": PEER.name, f"GIT_{who}_EMAIL": PEER.email}
        env |= {f"GIT_{who}_DATE": WHEN.isoformat()}
    command = ["git", "-c", "trailer.separators=:", *args]
    done = subprocess.run(command, cwd=place, input=stdin, capture_output=True, env=env, check=True)
    return done.stdout.decode()


def as_git_reads(place: Path, message: str, *more: str) -> list[tuple[str, str]]:
    """The trailers that git finds in a message."""
    printed = git(place, "interpret-trailers", "--parse", *more, stdin=message.encode())
    pairs = (line.partition(": ") for line in printed.split("\n") if line)
    return [(key, value) for key, _, value in pairs]


def event_of(message: str, who: Person = PEER) -> Event:
    found = parse("c" * 40, commit_of(message, who, WHEN))
    assert found is not None
    return found


@pytest.mark.parametrize("reason", HOSTILE, ids=range(len(HOSTILE)))
def test_no_reason_forges_or_hides_a_trailer(repository: Path, reason: str) -> None:
    message = compose("validate: Order fuel", reason, TRAILERS)
    assert as_git_reads(repository, message, "--no-divider") == TRAILERS
    assert as_git_reads(repository, message) == TRAILERS
    assert trailers_of(message) == TRAILERS
    event = event_of(message)
    assert (event.note, event.move) == (NOTE, "validate")
    assert (event.from_state, event.to_state) == ("captured", "validated")


@pytest.mark.parametrize("reason", HOSTILE, ids=range(len(HOSTILE)))
def test_every_reason_is_heard(reason: str) -> None:
    event = event_of(compose("validate: Order fuel", reason, TRAILERS))
    assert one_line(event.reason) == one_line(reason)
    assert event.subject == "validate: Order fuel"


@pytest.mark.parametrize("reason", HOSTILE[:25], ids=range(25))
@pytest.mark.parametrize("comment", ["#", ";", "auto"])
def test_settings_of_the_user_change_nothing(repository: Path, reason: str, comment: str) -> None:
    message = compose("validate: Order fuel", reason, TRAILERS)
    settings_ = ("-c", f"core.commentChar={comment}", "-c", "trailer.kmkit-move.ifExists=replace")
    args = (*settings_, "interpret-trailers", "--parse", "--no-divider")
    printed = git(repository, *args, stdin=message.encode())
    assert printed.splitlines() == [f"{key}: {value}" for key, value in TRAILERS]


@pytest.mark.parametrize("reason", HOSTILE, ids=range(len(HOSTILE)))
def test_a_message_without_trailers_has_none(repository: Path, reason: str) -> None:
    message = compose("init: Start", reason, [])
    assert as_git_reads(repository, message, "--no-divider") == []
    assert trailers_of(message) == []
    assert parse("c" * 40, commit_of(message, PEER, WHEN)) is None


PIECES = st.sampled_from(
    [
        "Kmkit-Move: a", "Kmkit-Note: b", "Reviewed-by: c", "---", "--- x", SCISSORS, "", " ", "\t",
        "word", " word", "# c", "key : v", "(cherry picked from commit 1)", "Conflicts:", "https://x",
        "\r", "\u2028", "\x0c", "-", ":", ": x", "-: x", "é: x", "Signed-off-by: x",
    ]
)  # fmt: skip
REASONS = st.lists(PIECES | st.text(max_size=12), max_size=12).map("\n".join)


@settings(max_examples=60, deadline=None)
@given(REASONS, st.text(max_size=30), st.text(max_size=30))
def test_whatever_is_said_git_and_kmkit_agree(
    repository: Path, reason: str, title: str, value: str
) -> None:
    wanted = [*TRAILERS[:2], ("Kmkit-Evidence", value), TRAILERS[-1]]
    message = compose(f"validate: {title}", reason, wanted)
    intended = [(key, one_line(text)) for key, text in wanted if one_line(text)]
    assert as_git_reads(repository, message, "--no-divider") == intended
    assert as_git_reads(repository, message) == intended
    assert trailers_of(message) == intended
    assert one_line(event_of(message).reason) == one_line(reason)
    bare = compose(title, reason, [])
    assert as_git_reads(repository, bare, "--no-divider") == trailers_of(bare) == []


@pytest.mark.parametrize("reason", HOSTILE, ids=range(len(HOSTILE)))
def test_a_commit_of_real_git_is_read_back(repository: Path, reason: str) -> None:
    tree = git(repository, "mktree").strip()
    message = compose("validate: Order fuel", reason, TRAILERS)
    made = git(repository, "commit-tree", "-F", "-", tree, stdin=message.encode()).strip()
    raw = git(repository, "cat-file", "commit", made).encode()
    event = parse(made, raw)
    assert event is not None
    assert event.commit == made
    assert (event.name, event.email, event.when) == (PEER.name, PEER.email, WHEN)
    assert event.fingerprint == "k1:" + "a" * 64
    assert event.short_fingerprint == "k1:" + "a" * 12
    assert (event.method, event.verdict) == ("peer-review", "approve")
    assert event.reviewed_by == ("Pia Peer <pia@example.org>",)
    assert one_line(event.reason) == one_line(reason)


def test_a_reason_keeps_its_paragraphs_and_its_indentation() -> None:
    reason = "First line\n  - a point\n\n\n\nSecond, with Note: inside\nNote: set in"
    message = compose("edit: X", reason, TRAILERS)
    shown = "First line\n  - a point\n\nSecond, with Note: inside\n Note: set in"
    assert message.startswith(f"edit: X\n\n{shown}\n\nKmkit-Note: ")
    assert event_of(message).reason == shown


def test_a_value_stays_on_one_line_and_an_empty_one_is_left_out() -> None:
    message = compose(
        "disseminate: A\nB",
        "",
        [*TRAILERS[:2], ("Kmkit-Evidence", "a\r\nb\x07"), ("Kmkit-On", " ")],
    )
    assert message == (
        f"disseminate: A B\n\nKmkit-Note: {NOTE}\nKmkit-Move: {TRAILERS[1][1]}\n"
        "Kmkit-Evidence: a b\n"
    )


def test_a_subject_is_never_empty() -> None:
    assert compose("\u202e", "", []) == "note\n"


# Reading


def test_foreign_trailers_are_let_be() -> None:
    message = compose("validate: X", "why", TRAILERS).rstrip("\n")
    message += (
        "\nCo-authored-by: Bea <BEA@example.org>\nSigned-off-by: C <c@example.org>\n continued"
        "\n(cherry picked from commit 0123456789)\n"
    )
    event = event_of(message)
    assert event.coauthors == ("bea@example.org",)
    assert "Signed-off-by" not in event.trailers
    assert event.reason == "why"


def test_blank_lines_that_hold_blanks_separate_too() -> None:
    text = f"S\n \nwhy\n\t\nKmkit-Note: {NOTE}  \nKmkit-Move: edit captured -> captured\n \n"
    event = event_of(text)
    assert (event.note, event.reason, event.subject) == (NOTE, "why", "S")


def test_attachments_and_reviewers_may_be_several() -> None:
    twice = [("Kmkit-Attached", "sha256:1 a"), ("Kmkit-Attached", "sha256:2 b")]
    event = event_of(compose("capture: X", "", [*TRAILERS, TRAILERS[-1], *twice]))
    assert event.attached == ("sha256:1 a", "sha256:2 b")
    assert len(event.reviewed_by) == 2


def test_any_other_of_ours_that_stands_twice_makes_it_no_event() -> None:
    message = compose("validate: X", "", [*TRAILERS, ("Kmkit-Verdict", "reject")])
    assert parse("c" * 40, commit_of(message, PEER, WHEN)) is None


@pytest.mark.parametrize(
    "message",
    [
        "A commit of somebody\n",
        "Subject\n\nKmkit-Move: retire captured -> retired\n",
        f"Subject\n\nKmkit-Note: {NOTE}\n",
        f"Kmkit-Note: {NOTE}\nKmkit-Move: retire captured -> retired\n",
        f"S\n\nKmkit-Note: {NOTE}\nKmkit-Move: RETIRE!\n",
        f"S\n\nKmkit-Note: {NOTE}\nKmkit-Move: retire captured -> retired\n\nA last word\n",
        f"S\n\nKmkit-Note: {NOTE}\nKmkit-Move: retire captured -> retired\nnot a trailer\n",
    ],
)
def test_what_is_no_event_is_none(message: str) -> None:
    assert parse("c" * 40, commit_of(message, PEER, WHEN)) is None


def test_a_capture_comes_from_nowhere_and_a_record_from_no_state() -> None:
    born = event_of(compose("capture: X", "", [TRAILERS[0], ("Kmkit-Move", "capture -> captured")]))
    assert (born.from_state, born.to_state) == ("", "captured")
    record = [("Kmkit-Record", "r1"), ("Kmkit-Move", "apply"), ("Kmkit-About", NOTE)]
    used = event_of(compose("apply: X", "it helped", [*record, ("Kmkit-Outcome", "helped")]))
    assert (used.note, used.move, used.about, used.outcome) == ("r1", "apply", NOTE, "helped")
    assert used.get("Channel") == ""


@pytest.mark.parametrize(
    ("ident", "email", "offset"),
    [
        ("A B <A@B.org> 1700000000 +0545", "a@b.org", timedelta(hours=5, minutes=45)),
        ("A <a@b.org> 1700000000 -0330", "a@b.org", -timedelta(hours=3, minutes=30)),
        ("A <a@b.org> 1700000000 +9999", "a@b.org", timedelta(0)),
        ("A <a@b.org> 99999999999999999 +0000", "a@b.org", timedelta(0)),
        (" <> -1 +0000", "", timedelta(0)),
        ("محمد <M@b.org> 1700000000 +0000", "m@b.org", timedelta(0)),
    ],
)
def test_authors_of_every_sort_are_read(ident: str, email: str, offset: timedelta) -> None:
    raw = f"tree x\nauthor {ident}\ncommitter {ident}\n\nS\n".encode()
    author = author_of(raw)
    assert author is not None
    assert author[1] == email
    assert author[2].utcoffset() == offset


IDENTS = st.lists(
    st.sampled_from(
        ["A", " ", "<", ">", "> ", "<a@B.org>", "5", "-7", " 9 ", "+0100", "\u0663", "é"]
    )
).map("".join)


@settings(max_examples=200, deadline=None)
@given(
    IDENTS, st.sampled_from([" 5 +0100", " -5 -0330", " 5 +01", " 5  +0100", "", " \u0663 +0000"])
)
def test_an_author_who_is_remembered_is_the_same(who: str, when: str) -> None:
    raw = f"tree x\nauthor {who}{when}\ncommitter C <c@d.org> 1 +0000\n\nS\n".encode()
    quickly = author_of(raw)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kmkit.trail.event._LONG", 0)
        assert author_of(raw) == quickly


def test_a_date_that_no_clock_has_is_the_first_of_all() -> None:
    raw = f"tree x\nauthor A <a@b.org> {'9' * 5000} +0000\n\nS\n".encode()
    author = author_of(raw)
    assert author
    assert author[2].timestamp() == 0


def test_a_commit_without_a_whole_author_is_no_event() -> None:
    message = compose("validate: X", "", TRAILERS).encode()
    assert author_of(b"tree x\n\n" + message) is None
    assert parse("c" * 40, b"tree x\nauthor A <a@b.c>\n\n" + message) is None


def test_signed_commits_and_other_encodings_are_read() -> None:
    message = compose("validate: X", "why", TRAILERS)
    raw = commit_of(message, PEER, WHEN)
    signature = b"gpgsig -----BEGIN PGP SIGNATURE-----\n \n abc\n -----END-----\n\n"
    event = parse("c" * 40, raw.replace(b"\n\n", b"\n" + signature, 1))
    assert event is not None
    assert event.reason == "why"
    foreign = parse("c" * 40, raw.replace(b"why", b"w\xe9y"))
    assert foreign is not None
    assert foreign.reason == "w\ufffdy"


def test_coauthors_of_any_commit_are_found() -> None:
    raw = commit_of("S\n\nco-authored-by: A <A@b.org>\n\nCo-authored-by: <c@d.org>\n", PEER, WHEN)
    assert coauthors_of(raw) == (Person("A", "a@b.org"), Person("", "c@d.org"))
