"""The knowledge base that every forged history begins with, without and with signatures."""

from dataclasses import replace
from pathlib import Path

from kmkit.kb.laying import lay
from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE, NOW
from tests.forgeries.builder import ASK, History, key_of

MAL = Person("Mal Ory", "mal@example.org")
"""May write notes down, and nothing else."""

FUEL, ROADS, WELLS, BOATS = "fuel-aaaa", "roads-bbbb", "wells-cccc", "boats-dddd"
"""Parts of the ids: captured; validated; validated, not fit to be formatted; disseminated."""

ROLES = """[roles]
steward = ["ana@example.org"]
manager = ["ana@example.org"]
editor = ["ana@example.org"]
reviewer = ["ben@example.org", "cy@example.org", "dee@example.org"]
committee = ["ana@example.org"]
"expert.logistics" = ["dee@example.org"]
contributor = ["*@example.org"]
"""
CHANNELS = """
[channels.website]
kind = "site"
level = "international"
"""


def lay_base(root: Path, *, signed: bool = False) -> History:
    """Four notes, captured by Cy, approved by Ben; the rules are Ana's."""
    lay(root, name="Test Agency", now=NOW, actor=ANA, first_note=False)
    history = History(root, signed=signed)
    text = history.data("policy.toml").decode()
    before, _, after = text.partition("[roles]\n")
    rules = before + ROLES + "\n" + after[after.index("# Approvals") :]
    history.write("Name the people\n", {"policy.toml": rules.encode()}, ANA)
    if signed:
        history.write("Ask for signatures\n", {"policy.toml": with_keys(rules).encode()}, ANA)
        for name, value in {"gpg.format": "ssh", "commit.gpgsign": "true"}.items():
            history.run("config", name, value)
    config = history.data("kmkit.toml") + CHANNELS.encode()
    history.write("Name the website\n", {"kmkit.toml": config}, ANA)
    for name in (FUEL, ROADS, WELLS, BOATS):
        capture(history, name)
    approve = replace(ASK, method="peer-review", verdict="approve")
    for name in (ROADS, WELLS, BOATS):
        history.move("validate", name, BEN, approve)
    history.move("format", BOATS, ANA)
    history.move("disseminate", BOATS, ANA, replace(ASK, channel="weekly-digest"))
    return history


def capture(history: History, name: str, **more: object) -> str:
    """A lesson by Cy, ready for all that follows; the one about wells lacks what readers need."""
    fields: dict[str, object] = {
        "id": f"20261121-{name}",
        "title": f"The lesson of the {name[:-5]}",
        "summary": "Sign early.",
        "sources": ["anonymous"],
        "topics": ["logistics"],
        "evidence": ["annex/log.csv"],
        **({} if name == WELLS else {"matters_to": "Anybody who drives."}),
        **more,
    }
    headings = ("Context and challenge", "Solution and actions", "Results", "Lessons")
    body = "".join(f"## {head}\n\nText of {head.lower()}.\n\n" for head in headings)
    return history.kb(CY).capture(fields, body).commit


def with_keys(rules: str) -> str:
    """The rules, asking for signatures, with the keys of everybody but Mal."""
    keys = "".join(f'"{who.email}" = ["{key_of(who).line}"]\n' for who in (ANA, BEN, CY, DEE))
    asked = rules.replace('signatures = "optional"', 'signatures = "required"')
    return asked.replace("[keys]\n", f"[keys]\n{keys}")
