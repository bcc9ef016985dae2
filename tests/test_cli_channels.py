"""``kmkit channels``: what went where, and bringing what is new to Slack, Teams, folders, feeds."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from kmkit.cli.channels import _left
from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from kmkit.reach.recording import Left
from tests.conftest import ANA, CY, NOW, Run, at, disseminated, formatted, settle
from tests.webhook_servers import Hook, hooked

ATOM = "{http://www.w3.org/2005/Atom}"
CHANNELS = """
[audiences.drivers]
level = "internal"
topics = ["logistics"]

[channels.chat]
kind = "slack"
level = "internal"
url = "env:CHAT"
help = "#lessons"

[channels.team]
kind = "teams"
level = "domestic"
url = "env:TEAM"

[channels.drivers-chat]
kind = "slack"
level = "internal"
audience = "drivers"
url = "env:CHAT"

[channels.drive]
kind = "folder"
level = "domestic"
folder = "{room}/drive"

[channels.news]
kind = "feed"
level = "domestic"
folder = "{room}/feed"

[channels.meeting]
kind = "meeting"
level = "internal"
"""


@pytest.fixture
def kb(kb: KnowledgeBase) -> KnowledgeBase:
    """A knowledge base with channels of every kind."""
    config = kb.root / "kmkit.toml"
    text = config.read_text(encoding="utf-8")
    text = text.replace('\nnote = ""', '\nnote = "https://kb.example.org/{path}"', 1)
    text = text.replace("[topics]", '[topics]\nlogistics = "x"\nhealth = "y"', 1)
    settle(kb, text + CHANNELS.replace("{room}", kb.root.parent.as_posix()))
    return at(kb)


@pytest.fixture
def hook() -> Iterator[Hook]:
    with hooked() as made:
        yield made


def wide(kb: KnowledgeBase, title: str) -> str:
    """A note that is ready for readers and may go beyond the house; its id."""
    note = formatted(kb, title)
    kb.move("release", note, Request(level="domestic", because="Nothing in it is ours alone."))
    return note.id


def channels_of(kb: KnowledgeBase, id: str) -> list[str]:
    return [entry.channel for entry in at(kb).resolve(id).fields.disseminated]


def test_the_channels_and_what_went_there(kb: KnowledgeBase, run: Run) -> None:
    disseminated(kb)
    shown = run(kb.root, "channels")
    assert shown.code == 0
    lines = [line.split("\t") for line in shown.out.splitlines()]
    assert lines[0] == ["channel", "kind", "level", "notes", "last", "help"]
    assert ["weekly-digest", "mail", "internal", "1", "2026-11-21", "the weekly letter"] in lines
    assert ["chat", "slack", "internal", "0", "", "#lessons"] in lines
    assert "1 note reached fewer than two channels" in shown.err


def test_notes_that_reached_too_few_are_findings(kb: KnowledgeBase, run: Run) -> None:
    assert run(kb.root, "channels", "--few").code == 0
    note = disseminated(kb)
    shown = run(kb.root, "channels", "--few")
    assert shown.code == 1
    row = shown.out.splitlines()[1].split("\t")
    assert row[:4] == [note.short, "internal", "weekly-digest", "chat drivers-chat meeting"]
    kb.move("disseminate", kb.resolve(note.id), Request(channel="meeting"))
    assert run(kb.root, "channels", "--few").code == 0


def test_as_json(kb: KnowledgeBase, run: Run) -> None:
    note = disseminated(kb)
    found = json.loads(run(kb.root, "channels", "--json").out)
    assert found["schema"] == "kmkit.channels/1"
    assert found["few"][0] == {
        "note": note.id,
        "title": "Order fuel early",
        "level": "internal",
        "owner": "ana@example.org",
        "channels": ["weekly-digest"],
        "could_go_to": ["chat", "drivers-chat", "meeting"],
    }
    one = json.loads(run(kb.root, "channels", "chat", "--json").out)
    assert one["schema"] == "kmkit.channel/1"
    assert one["waiting"][0]["link"] == f"https://kb.example.org/{note.path}"
    assert (one["went"], one["more"], one["older"]) == ([], 0, 0)


def test_nothing_goes_out_without_send(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    note = formatted(kb)
    dry = run(kb.root, "channels", "chat", "--send", "--dry-run", env={"CHAT": hook.url})
    shown = run(kb.root, "channels", "chat", env={"CHAT": hook.url})
    assert shown == dry
    assert shown.code == 0
    assert f"{note.short}  Order fuel early" in shown.out
    assert "Nothing was sent. To bring it there: kmkit channels chat --send." in shown.err
    assert not hook.bodies
    assert channels_of(kb, note.id) == []


def test_slack_is_told_once(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    note = formatted(kb, "Sign <early> & *often* <!channel>")
    sent = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert (sent.code, sent.err) == (0, "1 note went to chat.\n")
    (said,) = hook.said
    title, *_ = [block for block in said["blocks"] if block["type"] == "section"]
    assert title["text"] == {
        "type": "mrkdwn",
        "verbatim": True,
        "text": f"*<https://kb.example.org/{note.path}|"
        "Sign &lt;early&gt; &amp; *often* &lt;!channel&gt;>*",
    }
    assert said["blocks"][0]["text"]["text"] == "Test Agency: 1 new note"
    after = at(kb).resolve(note.id)
    (entry,) = after.fields.disseminated
    assert (entry.channel, entry.by, str(entry.on)) == ("chat", ANA.email, "2026-11-21")
    assert after.state == "disseminated"
    again = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert (again.code, again.err) == (0, "Nothing is new.\n")
    assert len(hook.bodies) == 1


def test_teams_gets_an_adaptive_card_for_its_circle_alone(
    kb: KnowledgeBase, run: Run, hook: Hook
) -> None:
    inner = formatted(kb, "For us alone")
    outer = wide(kb, "For the [province](javascript:x)")
    sent = run(kb.root, "channels", "team", "--send", env={"TEAM": hook.url})
    assert sent.code == 0, sent.err
    (said,) = hook.said
    card = said["attachments"][0]
    assert card["contentType"] == "application/vnd.microsoft.card.adaptive"
    body = card["content"]["body"]
    assert body[0]["text"] == "Test Agency: 1 new note"
    assert body[1]["items"][0]["text"] == r"For the \[province\](javascript:x)"
    assert body[1]["selectAction"]["url"].startswith("https://kb.example.org/notes/")
    assert "alone" not in hook.bodies[0].decode()
    assert channels_of(kb, outer) == ["team"]
    assert channels_of(kb, inner.id) == []


def test_only_so_many_in_a_message_the_longest_waiting_first(
    kb: KnowledgeBase, run: Run, hook: Hook
) -> None:
    config = kb.root / "kmkit.toml"
    settle(kb, config.read_text(encoding="utf-8").replace('help = "#lessons"', "max_notes = 2"))
    titles = ["First", "Second", "Third"]
    for day, title in enumerate(titles, 1):
        formatted(at(kb, now=NOW.replace(day=day)), title)
    first = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert "2 notes went to chat." in first.err
    assert "1 more note" in first.err
    run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    told = [body["text"] for body in hook.said]
    assert told == ["Test Agency: 2 new notes: First; Second", "Test Agency: 1 new note: Third"]


def test_old_notes_wait_until_they_are_asked_for(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    formatted(at(kb, now=NOW.replace(month=3)), "Of March")
    shown = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert "Nothing is new." in shown.err
    assert "1 older note never went there" in shown.err
    run(kb.root, "channels", "chat", "--since", "P1Y", "--send", env={"CHAT": hook.url})
    assert "Of March" in hook.bodies[0].decode()


def test_an_audience_chooses_by_its_topics(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    formatted(kb, "Fuel")
    formatted(kb, "Fever", topics=["health"])
    run(kb.root, "channels", "drivers-chat", "--send", env={"CHAT": hook.url})
    assert hook.said[0]["text"] == "Test Agency: 1 new note: Fuel"


@pytest.mark.parametrize(
    ("answer", "match"),
    [
        ((404, "no_service", {}), "chat does not take it: 404 no_service"),
        ("cut", "chat may have been told"),
    ],
)
def test_what_did_not_arrive_is_not_recorded(
    kb: KnowledgeBase, run: Run, answer: tuple[int, str, dict[str, str]] | str, match: str
) -> None:
    note = formatted(kb)
    with hooked(answer) as hook:
        failed = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert failed.code == 4
    assert match in failed.err
    assert "secret-token" not in failed.err
    assert channels_of(kb, note.id) == []


def test_whoever_may_not_record_it_sends_nothing(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    formatted(kb)
    shown = run(kb.root, "channels", "chat", "--send", who=CY, env={"CHAT": hook.url})
    assert "Left out: Order fuel early: " in shown.err
    assert "editor" in shown.err
    assert not hook.bodies


def test_a_note_that_was_changed_by_hand_stays(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    note = formatted(kb)
    path = kb.root / note.path
    path.write_text(path.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    shown = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert not hook.bodies
    assert channels_of(kb, note.id) == []
    assert (shown.code, "Nothing went to chat." in shown.err) == (1, True)


def test_where_the_address_is_missing_or_written_down(kb: KnowledgeBase, run: Run) -> None:
    formatted(kb)
    missing = run(kb.root, "channels", "chat", "--send")
    assert missing.code == 4
    assert "environment variable CHAT holds no secret" in missing.err
    config = kb.root / "kmkit.toml"
    text = config.read_text(encoding="utf-8").replace("env:CHAT", "https://hooks.x.org/secret")
    config.write_text(text, encoding="utf-8")
    literal = run(kb.root, "channels", "chat", "--send")
    assert literal.code == 4
    assert "channels.chat.url: Write here where the secret is" in literal.err
    assert "hooks.x.org" not in literal.err


def test_a_folder_holds_what_its_circle_may_see_and_nothing_else(
    kb: KnowledgeBase, run: Run
) -> None:
    inner, outer = formatted(kb, "For us alone"), wide(kb, "For the province")
    drive = kb.root.parent / "drive"
    run(kb.root, "channels", "drive")
    assert not drive.exists()
    sent = run(kb.root, "channels", "drive", "--send")
    assert sent.code == 0, sent.err
    names = {path.name for path in drive.iterdir()}
    assert names == {f"{outer}.html", "index.html", "feed.xml", ".kmkit-channel.json"}
    page = (drive / f"{outer}.html").read_text(encoding="utf-8")
    assert "<h1>For the province</h1>" in page
    assert "Text of lessons." in page
    assert channels_of(kb, outer) == ["drive"]
    assert channels_of(kb, inner.id) == []
    before = {path.name: path.stat().st_mtime_ns for path in drive.glob("*.html")}
    assert "0 files written, 0 removed" in run(kb.root, "channels", "drive", "--send").err
    assert before == {path.name: path.stat().st_mtime_ns for path in drive.glob("*.html")}
    kb.move("narrow", at(kb).resolve(outer), Request(level="internal", because="A mistake."))
    assert "1 removed" in run(kb.root, "channels", "drive", "--send").err
    assert {path.name for path in drive.iterdir()} == names - {f"{outer}.html"}
    assert "province" not in "".join(
        path.read_text(encoding="utf-8") for path in drive.iterdir() if path.is_file()
    )


def test_a_folder_keeps_the_files_of_others(kb: KnowledgeBase, run: Run) -> None:
    drive = kb.root.parent / "drive"
    drive.mkdir()
    (drive / "mine.txt").write_text("mine", encoding="utf-8")
    wide(kb, "For the province")
    assert run(kb.root, "channels", "drive", "--send").code == 0
    assert (drive / "mine.txt").read_text(encoding="utf-8") == "mine"
    (drive / ".kmkit-channel.json").unlink()
    taken = run(kb.root, "channels", "drive", "--send")
    assert taken.code == 4
    assert "was not written by kmkit" in taken.err


def test_a_folder_that_would_be_in_the_way(kb: KnowledgeBase, run: Run) -> None:
    config = kb.root / "kmkit.toml"
    text = config.read_text(encoding="utf-8")
    for folder in ("", ".", "..", "notes/x", "templates", "/"):
        settle(kb, text.replace(f'"{kb.root.parent.as_posix()}/drive"', f'"{folder}"'))
        refused = run(kb.root, "channels", "drive", "--send")
        assert refused.code == 4, folder
        assert "the knowledge base lies there" in refused.err


def test_a_feed_leads_to_the_notes(kb: KnowledgeBase, run: Run) -> None:
    outer = wide(kb, "Sûr & <sain>")
    assert run(kb.root, "channels", "news", "--send").code == 0
    feed = ElementTree.parse(kb.root.parent / "feed" / "feed.xml").getroot()
    space = {"a": "http://www.w3.org/2005/Atom"}
    (entry,) = feed.findall("a:entry", space)
    assert entry.findtext("a:title", namespaces=space) == "Sûr & <sain>"
    link = entry.find("a:link", space)
    assert link is not None
    assert link.get("href") == f"https://kb.example.org/{at(kb).resolve(outer).path}"
    assert channels_of(kb, outer) == ["news"]
    names = {path.name for path in (kb.root.parent / "feed").iterdir()}
    assert names == {".kmkit-channel.json", "feed.xml"}


def test_channels_that_people_bring_notes_to(kb: KnowledgeBase, run: Run) -> None:
    formatted(kb)
    mail = run(kb.root, "channels", "weekly-digest", "--send")
    assert (mail.code, "kmkit digest --send" in mail.err) == (2, True)
    meeting = run(kb.root, "channels", "meeting", "--send")
    assert (meeting.code, "kmkit disseminate NOTE --channel meeting" in meeting.err) == (2, True)
    shown = run(kb.root, "channels", "meeting")
    assert "Once it has gone there: kmkit disseminate" in shown.err


def test_what_is_asked_wrongly(kb: KnowledgeBase, run: Run) -> None:
    for args in (
        ["--send"],
        ["--since", "P1Y"],
        ["chat", "--few"],
        ["chad"],
        ["chat", "--since", "x"],
    ):
        assert run(kb.root, "channels", *args).code == 2, args
    assert "Did you mean chat?" in run(kb.root, "channels", "chad").err


def test_a_template_that_makes_no_message(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    formatted(kb)
    place = kb.root / "templates" / "channels"
    place.mkdir(parents=True)
    for text in ("{{ heading }}", "[1,", "{{ nothing.at.all | tojson }}", "{{ ''.__class__ }}"):
        (place / "slack.json.j2").write_text(text, encoding="utf-8")
        failed = run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
        assert failed.code == 4
        assert "templates/channels/slack.json.j2" in failed.err
    assert not hook.bodies


def test_a_template_of_its_own(kb: KnowledgeBase, run: Run, hook: Hook) -> None:
    formatted(kb)
    place = kb.root / "templates" / "channels"
    place.mkdir(parents=True)
    text = '{"text": {{ (notes[0].title ~ "!") | tojson }}}'
    (place / "slack.json.j2").write_text(text, encoding="utf-8")
    run(kb.root, "channels", "chat", "--send", env={"CHAT": hook.url})
    assert hook.said == [{"text": "Order fuel early!"}]


def test_a_level_is_never_taken_for_an_audience_of_that_name(
    kb: KnowledgeBase, run: Run, hook: Hook
) -> None:
    formatted(kb, "For us alone")
    with (kb.root / "kmkit.toml").open("a", encoding="utf-8") as config:
        config.write('\n[audiences.domestic]\nlevel = "internal"\n')
    settle(kb)
    run(kb.root, "channels", "team", "--send", env={"TEAM": hook.url})
    assert not hook.bodies
    config_path = kb.root / "kmkit.toml"
    text = config_path.read_text(encoding="utf-8").replace(
        'level = "domestic"\nurl', 'level = "x"\nurl'
    )
    config_path.write_text(text, encoding="utf-8")
    failed = run(kb.root, "channels", "team")
    assert (failed.code, "has the level 'x'" in failed.err) == (4, True)


@pytest.mark.parametrize(("kind", "said"), [("folder", "Not recorded"), ("slack", "Left out")])
def test_what_a_folder_holds_all_the_same_is_not_called_left_out(
    capsys: pytest.CaptureFixture[str], kind: str, said: str
) -> None:
    _left([Left("n", "Fuel", "no editor.")], kind=kind)
    assert capsys.readouterr().err == f"{said}: Fuel: no editor.\n"


def test_a_feed_says_where_it_is(kb: KnowledgeBase, run: Run) -> None:
    wide(kb, "Fuel")
    text = (kb.root / "kmkit.toml").read_text(encoding="utf-8")
    settle(kb, text.replace('/feed"\n', "/feed\"\naddress = 'https://kb.example.org/news'\n"))
    assert run(kb.root, "channels", "news", "--send").code == 0
    feed = ElementTree.parse(kb.root.parent / "feed" / "feed.xml").getroot()
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == "https://kb.example.org/news/feed.xml"
    settle(kb, text.replace('/feed"\n', "/feed\"\naddress = 'kb.example.org'\n"))
    refused = run(kb.root, "channels", "news", "--send")
    assert (refused.code, "no web address" in refused.err) == (4, True)


def test_settings_that_are_not_committed_send_nothing(
    kb: KnowledgeBase, run: Run, hook: Hook
) -> None:
    formatted(kb, "For the team", level="domestic")
    config = kb.root / "kmkit.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(f'{text}\n[channels.other]\nlevel = "internal"\n', encoding="utf-8")
    refused = run(kb.root, "channels", "team", "--send", env={"TEAM": hook.url})
    assert refused.code == 3
    assert "kmkit.toml has changes that are not committed" in refused.err
    assert not hook.bodies
    settle(kb)
    assert run(kb.root, "channels", "team", "--send", env={"TEAM": hook.url}).code == 0
    assert hook.bodies
