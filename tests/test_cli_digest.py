"""``kmkit digest`` as a person or a CI job runs it."""

import json
import os
import subprocess
import sys
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from tests.digest_kb import TODAY, Kb
from tests.digest_material import RINGS, WATER, example, note


@pytest.fixture
def kb(tmp_path: Path) -> Kb:
    """A week in which a domestic and an internal note went out."""
    made = Kb(tmp_path / "kb")
    made.step(example("say-what-the-water-will-do"), channel="portal")
    made.step(example("roll-out-updates-in-rings", level="internal"), on="2026-11-17")
    return made


def text(done: "subprocess.CompletedProcess[bytes]") -> str:
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_markdown_for_the_narrowest_circle_and_the_week_up_to_today(kb: Kb) -> None:
    done = kb.run("digest")
    out = text(done)
    assert out.startswith("# What we have learned\n\nNational Agency")
    assert "14 to 20 November 2026" in out
    assert "Roll out updates in rings" in out
    assert "For the circle internal." in out
    assert done.stderr == b""


def test_a_wider_circle_only_when_asked_for(kb: Kb) -> None:
    out = text(kb.run("digest", "--for", "domestic"))
    assert "Say what the water will do" in out
    assert "rings" not in out
    assert "Lena" not in out
    assert "Nothing new" in text(kb.run("digest", "--for", "international"))


def test_a_level_that_is_none_names_those_that_are(kb: Kb) -> None:
    done = kb.run("digest", "--for", "public")
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"internal, domestic, international" in done.stderr


@pytest.mark.parametrize(
    ("options", "days", "new"),
    [
        (["--since", "2026-11-17"], "17 to 20 November 2026", [RINGS]),
        (["--until", "2026-11-16"], "10 to 16 November 2026", [WATER]),
        (["--since", "P2W"], "7 to 20 November 2026", [WATER, RINGS]),
        (["--since", "1 month"], "21 October to 20 November 2026", [WATER, RINGS]),
        (["--since", "P1W", "--until", "2026-11-30"], "24 to 30 November 2026", []),
        (["--since", "P999Y"], "21 November 1027 to 20 November 2026", [WATER, RINGS]),
    ],
)
def test_the_period_is_asked_for(kb: Kb, options: list[str], days: str, new: list[str]) -> None:
    made = json.loads(text(kb.run("digest", "--format", "json", *options)))
    assert days in text(kb.run("digest", *options))
    assert sorted(item["id"] for item in made["items"]) == sorted(new)


@pytest.mark.parametrize(
    "options",
    [
        ["--since", "some day"],
        ["--since", "2026-11-21"],
        ["--until", "20.11.2026"],
        ["--format", "pdf"],
        ["--name", "reader"],
        ["-o", "."],
    ],
)
def test_what_makes_no_sense_is_refused(kb: Kb, options: list[str]) -> None:
    done = kb.run("digest", *options)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("week.md", "# What we have learned"),
        ("week.HTML", "<!DOCTYPE html>"),
        ("week.txt", "National Agency"),
        ("week.json", "{"),
        ("week.eml", "Subject: "),
        ("week", "# What we have learned"),
    ],
)
def test_a_file_is_written_in_the_format_that_its_name_says(
    kb: Kb, tmp_path: Path, name: str, begins: str
) -> None:
    done = kb.run("digest", "-o", name, folder=tmp_path)
    assert text(done) == ""
    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)
    assert f"{name}: Say what the water will do" in done.stderr.decode()
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(["kb", name])


def test_the_letter_is_read_by_a_mail_program(kb: Kb) -> None:
    done = kb.run("digest", "--format", "eml", "--from", "amina.diallo@example.org")
    assert done.returncode == 0
    letter = message_from_bytes(done.stdout, policy=default)
    assert letter["Subject"] == "Say what the water will do, street by street"
    assert letter["From"].addresses[0].addr_spec == "amina.diallo@example.org"
    assert letter["Date"] == "Fri, 20 Nov 2026 12:00:00 +0000"
    assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
    assert done.stdout == kb.run("digest", "--format", "eml").stdout


def test_a_sender_that_is_none_is_refused(kb: Kb) -> None:
    done = kb.run("digest", "--format", "eml", "--from", "nobody")
    assert done.returncode == 4
    assert b"no e-mail address" in done.stderr


def test_an_empty_week_says_so(kb: Kb) -> None:
    assert "Nothing new in these days" in text(kb.run("digest", "--until", "2026-12-24"))


def test_an_empty_week_can_be_quiet(kb: Kb, tmp_path: Path) -> None:
    done = kb.run("digest", "--until", "2026-12-24", "--skip-empty", "-o", str(tmp_path / "w.md"))
    assert text(done) == ""
    assert not (tmp_path / "w.md").exists()
    assert done.stderr.decode().splitlines() == [
        "Nothing to tell, 18 to 24 December 2026: nothing was written."
    ]
    assert text(kb.run("digest", "--skip-empty"))


def test_stewards_see_what_waits(kb: Kb) -> None:
    waiting = example("heathrow-terminal-5-communication", "captured")
    kb.step(waiting, "- captured", "2026-03-24", move="capture")
    out = text(kb.run("digest", "--name", "stewards"))
    assert "Heathrow Terminal 5" in out
    assert "kmkit validate n4c7 --ask EMAIL" in out


def test_one_broken_note_is_named_and_stops_nothing(kb: Kb) -> None:
    kb.write("notes/2026/broken.md", b"---\ntitle: [unclosed\n---\n")
    kb.write("notes/2026/bytes.md", b"\xff\xfe\x00")
    done = kb.run("digest")
    assert "Roll out updates in rings" in text(done)
    assert "2 files have problems (notes/2026/broken.md, notes/2026/bytes.md)" in (
        done.stderr.decode()
    )


def test_a_version_in_force_that_git_lacks_stops_nothing(kb: Kb) -> None:
    lost = note("x", state="captured", in_force=f"{{blob: {'0' * 40}, state: disseminated}}")
    kb.write(lost.path, lost.data)
    done = kb.run("digest")
    assert "Roll out updates in rings" in text(done)
    assert str(lost.path) in done.stderr.decode()


def test_a_note_being_revised_is_shown_as_it_was_approved(kb: Kb) -> None:
    water = example("say-what-the-water-will-do")
    blob = kb.git("rev-parse", f"HEAD:{water.path}").strip()
    revised = example(
        "say-what-the-water-will-do",
        "captured",
        title="A draft nobody approved",
        in_force=f"{{blob: {blob}, state: disseminated, since: 2026-11-18}}",
    )
    kb.step(revised, "disseminated captured", "2026-11-18", move="edit")
    for level in ("internal", "domestic"):
        out = text(kb.run("digest", "--for", level))
        assert "Say what the water will do, street by street" in out
        assert "being revised" in out
        assert "nobody approved" not in out


def test_a_revision_that_was_narrowed_hides_the_version_in_force(kb: Kb) -> None:
    water = example("say-what-the-water-will-do")
    blob = kb.git("rev-parse", f"HEAD:{water.path}").strip()
    in_force = f"{{blob: {blob}, state: disseminated}}"
    revised = example("say-what-the-water-will-do", "captured", level="internal", in_force=in_force)
    kb.step(revised, "captured captured", "2026-11-18", move="narrow")
    assert "water" not in text(kb.run("digest", "--for", "domestic"))


def test_a_shallow_clone_is_refused(kb: Kb, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    kb.git("clone", "-q", "--depth", "1", f"file://{kb.root}", str(clone))
    done = subprocess.run(
        [sys.executable, "-m", "kmkit", "-C", str(clone), "digest"],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 4
    assert b"fetch-depth: 0" in done.stderr


def test_links_lead_to_the_remote(kb: Kb) -> None:
    kb.git("remote", "add", "origin", "https://user:token@gitlab.example.org/a/kb.git")
    out = text(kb.run("digest", "--format", "text"))
    address = "https://gitlab.example.org/a/kb/-/blob/main/notes/2025/say-what-the-water-will-do.md"
    assert address in out
    assert "token" not in out
    assert "THE NOTES IN FULL" not in out


def test_without_links_the_text_follows(kb: Kb) -> None:
    assert "## The notes in full" in text(kb.run("digest"))


def test_the_templates_of_the_knowledge_base_are_used(kb: Kb) -> None:
    kb.write("templates/digest/readers.md.j2", b"Ours: {{ digest.subject }}\n")
    assert text(kb.run("digest")) == "Ours: Say what the water will do, street by street\n"
    kb.write("templates/digest/readers.md.j2", b"{{ digest.sujet }}")
    done = kb.run("digest")
    assert done.returncode == 4
    assert b"templates/digest/readers.md.j2" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pty")
def test_on_a_terminal_plain_text_is_shown(kb: Kb) -> None:
    import pty

    ours, theirs = pty.openpty()
    env = {**os.environ, "KMKIT_TODAY": TODAY}
    command = [sys.executable, "-m", "kmkit", "-C", str(kb.root), "digest"]
    with subprocess.Popen(command, stdout=theirs, env=env) as running:
        os.close(theirs)
        out = b""
        try:
            while chunk := os.read(ours, 65536):
                out += chunk
        except OSError:
            pass  # Linux says so that the other end is closed
        assert running.wait() == 0
    os.close(ours)
    assert b"NEW FOR YOU" in out
    assert b"mailto:" not in out


def test_an_existing_file_is_replaced_whole_or_not_at_all(kb: Kb, tmp_path: Path) -> None:
    target = tmp_path / "week.md"
    target.write_text("old", encoding="utf-8")
    assert kb.run("digest", "--for", "nowhere", "-o", str(target)).returncode == 2
    assert target.read_text(encoding="utf-8") == "old"
    assert kb.run("digest", "-o", str(target)).returncode == 0
    assert target.read_text(encoding="utf-8").startswith("# What we have learned")


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no /dev/null here")
def test_a_device_is_not_replaced(kb: Kb) -> None:
    assert kb.run("digest", "-o", os.devnull).returncode == 0
    assert Path(os.devnull).is_char_device()


def test_it_runs_without_any_note(tmp_path: Path) -> None:
    assert "Nothing new in these days" in text(Kb(tmp_path / "kb").run("digest"))
