"""Who belongs to an audience, and what is no address."""

from datetime import date
from pathlib import Path

import pytest

from kmkit.audience.audiences import Audience
from kmkit.audience.recipients import Recipient, recipients_of
from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase


def person(kb: KnowledgeBase, name: str, **more: str) -> None:
    fields = {"name": name, "email": f"{name.split()[0].lower()}@example.org", **more}
    place = kb.root / "people" / f"{name.split()[0].lower()}.md"
    place.parent.mkdir(exist_ok=True)
    text = "".join(f"{key}: {value}\n" for key, value in fields.items())
    place.write_text(f"---\n{text}---\n", encoding="utf-8")


def of(kb: KnowledgeBase, *recipients: str, language: str = "") -> tuple[Recipient, ...]:
    kb.forget()
    named = Audience("internal", "all", recipients=recipients, language=language)
    return recipients_of(kb, named)


def emails(kb: KnowledgeBase, *recipients: str) -> list[str]:
    return [one.email for one in of(kb, *recipients)]


def refused(kb: KnowledgeBase, *recipients: str) -> str:
    with pytest.raises(Cannot) as caught:
        of(kb, *recipients)
    return caught.value.message


def test_addresses_each_once_whatever_their_case(kb: KnowledgeBase) -> None:
    found = of(kb, "a@x.org", "Ben Adu <b@x.org>", "A@X.org", '"Cy, Jr." <c@x.org>')
    assert found == (
        Recipient("a@x.org"),
        Recipient("b@x.org", "Ben Adu"),
        Recipient("c@x.org", "Cy, Jr."),
    )
    assert of(kb) == ()


def test_people_by_what_their_files_say(kb: KnowledgeBase) -> None:
    person(kb, "Ana Ruiz", unit="Logístics", skills="[water, roads]", languages="[fr, en]")
    person(kb, "Bo Lim", unit="logistics", languages="[en]")
    person(kb, "Cy Young", unit="Logistics", until="2026-11-20")
    person(kb, "Dee Wu", unit="Health", until="2026-11-21")
    assert emails(kb, "people:unit=LOGISTICS") == ["ana@example.org", "bo@example.org"]
    assert emails(kb, "people:skills=Water", "people: skill = roads") == ["ana@example.org"]
    assert emails(kb, "people:language=en") == ["ana@example.org", "bo@example.org"]
    assert emails(kb, "people:unit=Health") == ["dee@example.org"]
    assert emails(kb, "people:unit=Nobody's") == []
    assert of(kb, "people:unit=Health")[0].name == "Dee Wu"


def test_the_language_is_the_audiences_or_the_persons(kb: KnowledgeBase) -> None:
    person(kb, "Ana Ruiz", unit="x", languages="[fr, en]")
    assert of(kb, "people:unit=x")[0].language == "fr"
    assert of(kb, "people:unit=x", language="ar")[0].language == "ar"
    assert of(kb, "ana@example.org", "b@x.org") == (
        Recipient("ana@example.org", "Ana Ruiz", "fr"),
        Recipient("b@x.org"),
    )


def test_whoever_has_left_gets_nothing_however_they_are_named(kb: KnowledgeBase) -> None:
    person(kb, "Cy Young", unit="x", until="2026-11-20")
    (kb.root / "list.txt").write_text("CY@example.org\n", encoding="utf-8")
    assert kb.today > date(2026, 11, 20)
    assert emails(kb, "Cy@example.org", "file:list.txt", "people:unit=x") == []


def test_a_file_with_an_address_a_line(kb: KnowledgeBase, tmp_path: Path) -> None:
    text = "\ufeff# Friends\r\n\r\na@x.org\r\nBo <b@x.org>  # who asked\r\nA@x.org\r\n"
    (kb.root / "lists").mkdir()
    (kb.root / "lists" / "friends.txt").write_bytes(text.encode())
    (tmp_path / "far.txt").write_text("c@x.org\n", encoding="utf-8")
    assert emails(kb, "file:lists/friends.txt") == ["a@x.org", "b@x.org"]
    assert emails(kb, f"file:{tmp_path / 'far.txt'}") == ["c@x.org"]


@pytest.mark.parametrize(
    "text",
    [
        "a@x, b@y", "a@x.org b@y.org", "a", "@x.org", "a@", "a@x.org\nBcc: b@y.org", "", "a@@x.org",
        "=?utf-8?q?a=0aBcc:_b?= <a@x.org>", "a..b@x.org", "a@x..org", "<a@x.org", "A <a@x.org> b",
        "a@x.org;b@y.org", "a@" + "x" * 260, "ä\u202e@x.org", "a@-x.org",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_named(kb: KnowledgeBase, text: str) -> None:
    assert refused(kb, text).startswith("kmkit.toml: audiences.all.recipients: '")
    (kb.root / "list.txt").write_text(f"# one\nok@x.org\n{text.partition(chr(10))[0]}\n")
    if text.strip() and "\n" not in text:
        assert refused(kb, "file:list.txt").startswith("list.txt:3: '")


def test_a_file_that_cannot_be_taken_is_refused(kb: KnowledgeBase, tmp_path: Path) -> None:
    (tmp_path / "far.txt").write_text("c@x.org\n", encoding="utf-8")
    (kb.root / "link.txt").symlink_to(tmp_path / "far.txt")
    (kb.root / "latin.txt").write_bytes(b"a@x.org\n# caf\xe9\n")
    assert "lies outside of the knowledge base" in refused(kb, "file:link.txt")
    assert "lies outside of the knowledge base" in refused(kb, "file:../far.txt")
    assert refused(kb, "file:latin.txt") == "latin.txt:2: this is not UTF-8."
    assert "there is no file gone.txt" in refused(kb, "file:gone.txt")
    assert "there is no file notes" in refused(kb, "file:notes")
    assert "names no file" in refused(kb, "file:")
    assert "a\0b" not in refused(kb, "file:a\0b")


def test_people_chosen_by_what_they_do_not_have_are_refused(kb: KnowledgeBase) -> None:
    with pytest.raises(Cannot) as caught:
        of(kb, "people:unti=Logistics")
    assert caught.value.mend == "Did you mean unit?"
    assert "says nothing" in refused(kb, "people:")
    assert "says nothing" in refused(kb, "people:unit=")
