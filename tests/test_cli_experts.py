import json

from kmkit.kb import KnowledgeBase
from kmkit.lifecycle.context import Request
from tests.conftest import ANA, BEN, Run, formatted, validated
from tests.terminal import CONTROLS, on_terminal


def a_person(kb: KnowledgeBase, name: str, email: str, more: str = "") -> None:
    folder = kb.root / "people"
    folder.mkdir(exist_ok=True)
    text = f"---\nname: {name}\nemail: {email}\n{more}---\n"
    (folder / f"{email.split('@')[0]}.md").write_text(text, encoding="utf-8")


def rows(text: str) -> list[dict[str, str]]:
    head, *lines = [line.split("\t") for line in text.splitlines()]
    return [dict(zip(head, line, strict=True)) for line in lines]


def test_who_knows_about_a_topic_and_why(kb: KnowledgeBase, run: Run) -> None:
    a_person(kb, "Ana Ruiz", ANA.email, "unit: Stores\nskills: [logistics]\n")
    formatted(kb)
    ran = run(kb.root, "experts", "logistics")
    assert ran.code == 0
    first, second = rows(ran.out)
    assert (first["name"], first["unit"], first["left"]) == ("Ana Ruiz", "Stores", "no")
    assert first["why"] == "skill: logistics; owns 1 approved note"
    assert (second["email"], second["why"]) == (BEN.email, "judged 1 as colleague")
    assert ran.err == "2 people are known to know about logistics.\n"


def test_who_knows_about_a_note(kb: KnowledgeBase, run: Run) -> None:
    note = formatted(kb)
    found = json.loads(run(kb.root, "experts", note.short, "--json").out)
    assert found["schema"] == "kmkit.experts/1"
    assert (found["note"], found["topics"]) == (note.id, ["logistics"])
    ana, ben = found["people"]
    assert [known["words"] for known in ana["of_the_note"]] == ["owns it"]
    assert [known["fact"] for known in ben["of_the_note"]] == ["peer"]
    assert ana["listed"] is False
    assert not [value for value in ana.values() if isinstance(value, float)]


def test_who_knows_about_words(kb: KnowledgeBase, run: Run) -> None:
    validated(kb, "Check the harbour lights")
    ran = run(kb.root, "experts", "harbour", "lights")
    assert [row["email"] for row in rows(ran.out)] == [ANA.email, BEN.email]


def test_a_skill_that_is_no_topic(kb: KnowledgeBase, run: Run) -> None:
    a_person(kb, "Ben Adu", BEN.email, "skills: [sign language]\n")
    assert [row["name"] for row in rows(run(kb.root, "experts", "sign language").out)] == [
        "Ben Adu"
    ]


def test_what_nobody_ever_said(kb: KnowledgeBase, run: Run) -> None:
    formatted(kb)
    ran = run(kb.root, "experts", "logistcs")
    assert (ran.code, ran.err) == (
        2,
        "There is no topic, note, skill or word 'logistcs'.\nDid you mean logistics?\n",
    )
    assert run(kb.root, "experts").code == 2
    assert run(kb.root, "experts", "logistics", "--at-risk").code == 2


def test_nobody_knows_about_a_topic_of_the_vocabulary(kb: KnowledgeBase, run: Run) -> None:
    settings = kb.root / "kmkit.toml"
    text = settings.read_text(encoding="utf-8").replace(
        "[topics]", '[topics]\nsea-rescue = "Boats"'
    )
    settings.write_text(text, encoding="utf-8")
    ran = run(kb.root, "experts", "Sea Rescue")
    assert (ran.code, ran.err) == (0, "Nobody is known to know about sea-rescue.\n")


def test_those_who_left_are_marked_and_last(kb: KnowledgeBase, run: Run) -> None:
    formatted(kb)
    a_person(kb, "Ana Ruiz", ANA.email, "until: 2026-01-31\nskills: [logistics]\n")
    shown = on_terminal(kb.root, "experts", "logistics")
    assert shown.index(BEN.email) < shown.index("Ana Ruiz")
    assert "left on 2026-01-31" in shown
    assert "not among the people" in shown


def test_knowledge_at_risk(kb: KnowledgeBase, run: Run) -> None:
    a_person(kb, "Ana Ruiz", ANA.email, "until: 2026-12-31\n")
    note = formatted(kb)
    ran = run(kb.root, "experts", "--at-risk")
    assert ran.code == 1
    found = rows(ran.out)
    assert [(row["risk"], row["topic"], row["note"]) for row in found] == [
        ("leaving", "logistics", ""),
        ("leaving", "", note.id),
    ]
    assert found[0]["what"] == "logistics: everybody who holds it leaves: Ana Ruiz (2026-12-31)."
    assert f"kmkit reassign {note.short} --to EMAIL" in found[1]["mend"]
    assert ran.err == "1 topic and 1 note could be lost.\n"
    again = json.loads(run(kb.root, "experts", "--at-risk", "--json").out)
    assert again["schema"] == "kmkit.risks/1"
    assert again["risks"][0]["held_by"][0]["until"] == "2026-12-31"
    assert "leaves: Ana Ruiz (2026-12-31)" in on_terminal(kb.root, "experts", "--at-risk")


def test_within_says_how_near_a_departure_is(kb: KnowledgeBase, run: Run) -> None:
    a_person(kb, "Ana Ruiz", ANA.email, "until: 2026-12-31\n")
    formatted(kb)
    (row,) = rows(run(kb.root, "experts", "--at-risk", "--within", "P1W").out)
    assert (row["risk"], row["topic"]) == ("one-person", "logistics")
    assert run(kb.root, "experts", "--at-risk", "--within", "soon").code == 2


def test_nothing_is_at_risk_in_an_empty_knowledge_base(kb: KnowledgeBase, run: Run) -> None:
    ran = run(kb.root, "experts", "--at-risk")
    assert (ran.code, len(ran.out.splitlines())) == (0, 1)
    assert ran.err == "No knowledge is held by one person alone or by people who leave.\n"


def test_names_act_on_no_terminal(kb: KnowledgeBase) -> None:
    a_person(kb, '"Ana \\e[31m[red]Ruiz"', ANA.email, "skills: [logistics]\n")
    shown = on_terminal(kb.root, "experts", "logistics")
    assert "[red]Ruiz" in shown
    assert not set(CONTROLS) & set(shown)


def test_a_retired_note_has_no_owner_who_answers(kb: KnowledgeBase, run: Run) -> None:
    note = formatted(kb)
    kb.move("retire", note, Request(because="Done."))
    why = {row["email"]: row["why"] for row in rows(run(kb.root, "experts", "logistics").out)}
    assert "owns" not in why[ANA.email]
