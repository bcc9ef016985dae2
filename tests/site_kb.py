"""A knowledge base for looking at the portal: every state and mark, seven scripts, one year."""

from datetime import UTC, date, datetime
from pathlib import Path

from kmkit.kb import KnowledgeBase
from kmkit.kb.applying import apply
from kmkit.kb.laying import lay
from kmkit.lifecycle.context import Request
from kmkit.note.model import Note
from tests.conftest import ANA, APPROVE, BEN, at, settle

TODAY = date(2026, 11, 21)
SETTINGS = """
[topics]
flood-response = "What is done while the water is there"
logistics = "How things and people get to where they are needed"

[critical]
topics = ["flood-response"]

[channels.portal]
kind = "site"
level = "domestic"

[audiences.staff]
level = "internal"

[audiences.provinces]
level = "domestic"
language = "ar"
help = "رؤساء المناطق"
"""
PROFILE = """---
id: {key}
kind: person
name: {name}
email: {key}@example.org
unit: Flood operations
skills: [logistics]
---

Drives.
"""
SCRIPTS = {
    "km": ("កក់ប្រេងឥន្ធនៈមុនពេលទឹកជំនន់", "កិច្ចសន្យាប្រេងឥន្ធនៈបានមកដល់យឺតប្រាំបួនថ្ងៃ។"),
    "zh": ("洪水之前先订好燃料", "第一次预警之后签订的燃料合同晚了九天才到。"),
    "th": ("สั่งน้ำมันก่อนถนนถูกตัดขาด", "สัญญาน้ำมันมาถึงช้าเก้าวัน"),
    "ru": ("Закажите топливо до паводка", "Договоры на топливо исполнены на девять дней позже."),
    "fr": ("Enterrements dignes et sûrs", "Les familles ont accepté quand les aînés étaient là."),
}
"""A title and a summary in each language."""
PADDING = (
    "Inspect the pumps after each storm", "Count the blankets before winter", "Keep the radio on",
    "Mark the wells", "Paint numbers on the boats", "Write down who has the keys",
    "Ask the elders first", "Check the tyres on Monday", "Pay the drivers on time",
    "Store seeds above the line of 1998", "Train two operators for each crane",
)  # fmt: skip
WIDE = "\n\n| " + " | ".join(["Longer heading"] * 9) + " |\n|" + "---|" * 9
WIDE += "\n| " + " | ".join(["some words in a cell"] * 9) + " |\n"


def body(text: str = "The roads closed.", lessons: str = "") -> str:
    """A lesson with all of its sections."""
    lessons = lessons or "- Sign the contracts in May.\n- Keep two suppliers.\n"
    parts = {"Context and challenge": text, "Solution and actions": "We waited nine days."}
    parts |= {"Results": "The pumps stood still for two of them.", "Lessons": lessons}
    return "".join(f"## {name}\n\n{said}\n\n" for name, said in parts.items())


def write(kb: KnowledgeBase, title: str, text: str = "", **fields: object) -> Note:
    """A captured lesson of Ana's that has everything that further states ask for."""
    given: dict[str, object] = {
        "title": title,
        "summary": "Fuel contracts came nine days late; sign them before the first warning.",
        "topics": ["flood-response"],
        "matters_to": "Whoever runs a depot.",
        "sources": ["anonymous"],
        "level": "domestic",
    }
    return kb.capture(given | fields, text or body()).note


def bring_out(kb: KnowledgeBase, title: str, text: str = "", **fields: object) -> Note:
    """The same, validated by Ben, edited, and brought to people by the portal."""
    note = write(kb, title, text, **fields)
    note = at(kb, BEN).move("validate", note, APPROVE).note
    note = kb.move("format", note).note
    return kb.move("disseminate", note, Request(channel="portal")).note


def lay_out(root: Path) -> dict[str, Note]:
    """A knowledge base in ``root``; its most telling notes by name."""
    lay(root, name="Agency for Works", now=_on(2025, 9, 1), actor=ANA, first_note=False)
    config = (root / "kmkit.toml").read_text(encoding="utf-8").split("\n[topics]")[0]
    settle(KnowledgeBase(root), config + SETTINGS)
    for key, name in (("ana", "Ana Ruiz"), ("ben", "Ben Adu")):
        (root / "people").mkdir(exist_ok=True)
        text = PROFILE.format(key=key, name=name)
        (root / "people" / f"{key}.md").write_text(text, encoding="utf-8")
    old = at(KnowledgeBase(root), now=_on(2025, 9, 10))
    new = at(old, now=_on(2026, 11, 3))
    notes = {
        "full": bring_out(new, "Order fuel before the roads close", body("The roads closed." * 9)),
        "overdue": bring_out(old, "Test every siren with the village"),
        "wide": bring_out(new, "W" + "o" * 180 + "w", body("x" * 300 + WIDE), evidence=_LONG),
        "revised": bring_out(new, "Keep one boat in reserve"),
        "retired": bring_out(old, "Fax the forecast"),
        "hostile": write(new, "<img src=x onerror=alert(1)> & <b>bold</b>"),
    }
    notes["ar"] = bring_out(
        new,
        "اطلب الوقود قبل أن تُغلق الطرق",
        body("وصلت العقود متأخرة تسعة أيام."),
        summary="وصلت عقود الوقود متأخرة تسعة أيام.",
        language="ar",
        translation_of=notes["full"].id,
    )
    _go_on(at(new, now=_on(2026, 11, 10)), notes)
    for language, (title, summary) in SCRIPTS.items():
        notes[language] = write(new, title, body(summary), summary=summary, language=language)
    for title in PADDING:
        write(new, title, body(f"{title}."), summary=title, topics=["logistics"])
    return notes


_LONG = ["https://example.org/" + "a" * 200]


def _on(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, 9, tzinfo=UTC)


def _go_on(kb: KnowledgeBase, notes: dict[str, Note]) -> None:
    """What happens to the notes afterwards."""
    full = kb.move("confirm", notes["full"], Request(because="Compared with the 2026 rules.")).note
    for outcome in ("helped", "did-not-help"):
        apply(
            at(kb, BEN), full, where="Autumn drill", outcome=outcome, because="Two days were saved."
        )
    more = notes["revised"].data + b"\nThe new prices are not known yet.\n"
    kb.move("revise", notes["revised"], Request(because="New prices."), data=more)
    kb.move("retire", notes["retired"], Request(because="Nobody has a fax."))
    notes["full"] = full
