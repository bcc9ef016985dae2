"""People who do what is not theirs to do, and rules bent by those whom they bind."""

from dataclasses import replace

from kmkit.lifecycle.person import Person
from tests.conftest import ANA, BEN, CY, DEE
from tests.forgeries.base import BOATS, FUEL, MAL, ROADS
from tests.forgeries.builder import ASK, LINK, Entry, History
from tests.forgeries.corpus import APPROVE, CROWD, RETURN, WORDS, caught_as, reply, swap

# Roles


@caught_as("not-entitled")
def reviewer_without_the_role(h: History) -> str:
    return h.forge("validate/quorum", FUEL, MAL, ask=APPROVE)


@caught_as("not-entitled")
def editor_without_the_role(h: History) -> str:
    return h.forge("format", ROADS, BEN)


@caught_as("not-entitled")
def release_by_nobody(h: History) -> str:
    return h.forge("release", BOATS, CY, replace(ASK, level="domestic"))


@caught_as("not-entitled")
def expert_of_another_topic(h: History) -> str:
    ask = replace(APPROVE, method="expert-review", topic="logistics")
    return h.forge("validate/quorum", FUEL, BEN, ask)


@caught_as("not-entitled")
def retired_by_a_stranger(h: History) -> str:
    return h.forge("retire", BOATS, MAL)


@caught_as("not-entitled")
def stranger_captures(h: History) -> str:
    who = Person("Out Sider", "out@elsewhere.example")
    new = "lorries-eeee"
    made = h.imitate("capture", FUEL, who)
    message = made.message.replace(FUEL, new).replace("captured -> ", "-> ")
    data = made.data.replace(FUEL.encode(), new.encode())
    return h.commit(message, {f"notes/2026/20261121-{new}.md": data}, who=who)


@caught_as("not-entitled")
def role_given_afterwards(h: History) -> str:
    forged = h.forge("validate/quorum", FUEL, MAL, ask=APPROVE)
    h.rules(lambda text: text.replace('"ben@', '"mal@example.org", "ben@'), ANA)
    return forged


@caught_as("not-entitled")
def role_given_on_another_branch(h: History) -> str:
    h.fork("side")
    h.rules(lambda text: text.replace('"ben@', '"mal@example.org", "ben@'), ANA)
    forged = h.forge("validate/quorum", FUEL, MAL, on="side", ask=APPROVE)
    h.merge(ANA)
    return forged


@caught_as("not-entitled")
def role_taken_away_and_used(h: History) -> str:
    h.rules(reply('"ben@example.org", ', ""), ANA)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("not-entitled")
def owner_made_by_the_same_move(h: History) -> str:
    edit = swap("owner: cy@example.org", "owner: mal@example.org")
    made = h.imitate("retire", BOATS, MAL, data=edit(h.data(h.path(BOATS))))
    return h.commit(made.message, {h.path(BOATS): made.data}, who=MAL)


@caught_as("not-entitled")
def mailmap_makes_a_reviewer(h: History) -> str:
    mailmap = b"Ben Adu <ben@example.org> Mal Ory <mal@example.org>\n"
    h.commit("Names\n", {".mailmap": mailmap}, who=MAL)
    h.run("config", "log.mailmap", "true")
    return h.forge("validate/quorum", FUEL, MAL, ask=APPROVE)


@caught_as("not-entitled")
def same_meaning_by_somebody_else(h: History) -> str:
    made = h.imitate("reword", ROADS, ANA, data=WORDS(h.data(h.path(ROADS))))
    h.commit(made.message, {h.path(ROADS): made.data}, who=ANA)
    return h.forge("same-meaning", ROADS, DEE)


# Approving one's own


@caught_as("own-approval")
def approved_by_its_author(h: History) -> str:
    return h.forge("validate/quorum", FUEL, CY, ask=APPROVE)


@caught_as("own-approval")
def approved_by_its_author_in_capitals(h: History) -> str:
    return h.forge("validate/quorum", FUEL, Person("C. Y.", "CY@Example.ORG"), ask=APPROVE)


CY_ELSEWHERE = Person("Cy  YOUNG", "cy@home.example")
DEE_ELSEWHERE = Person("Dee Lim", "dee@home.example")


def everybody_reviews(h: History) -> None:
    h.rules(reply('reviewer = ["', 'reviewer = ["*@home.example", "'), ANA)


@caught_as("own-approval")
def approved_by_its_author_from_another_address(h: History) -> str:
    everybody_reviews(h)
    return h.forge("validate/quorum", FUEL, CY_ELSEWHERE, ask=APPROVE)


@caught_as("own-approval")
def approved_by_a_co_author_from_another_address(h: History) -> str:
    everybody_reviews(h)
    text = "Better words\n\nCo-authored-by: Dee Lim <dee@example.org>\n"
    h.commit(text, {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=BEN)
    return h.forge("validate/quorum", FUEL, DEE_ELSEWHERE, ask=APPROVE)


@caught_as("own-approval")
def approved_from_another_address_by_who_typed_what_another_revised(h: History) -> str:
    everybody_reviews(h)
    h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)
    data = WORDS(h.data(h.path(FUEL)))
    made = h.imitate("revise", FUEL, DEE, data=data)
    h.commit(made.message, {h.path(FUEL): made.data}, who=DEE)
    return h.forge("validate/quorum", FUEL, CY_ELSEWHERE, ask=APPROVE)


@caught_as("own-approval")
def same_meaning_by_who_reworded_at_another_address(h: History) -> str:
    h.rules(lambda text: text.replace('editor = ["', 'editor = ["*@home.example", "'), ANA)
    who = Person(BEN.name, "ben@home.example")
    made = h.imitate("reword", ROADS, who, data=WORDS(h.data(h.path(ROADS))))
    h.commit(made.message, {h.path(ROADS): made.data}, who=who)
    return h.forge("same-meaning", ROADS, BEN)


@caught_as("own-approval")
def approved_by_a_co_author(h: History) -> str:
    data = WORDS(h.data(h.path(FUEL)))
    text = "Better words\n\nCo-authored-by: Ben Adu <Ben@Example.org>\n"
    h.commit(text, {h.path(FUEL): data}, who=CY)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("own-approval")
def approved_by_who_changed_it_by_hand(h: History) -> str:
    h.commit("Typo\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=BEN)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("own-approval")
def approved_by_who_changed_it_under_another_name_of_the_file(h: History) -> str:
    old, new = h.path(FUEL), "notes/elsewhere/fuel-aaaa.md"
    h.commit("Move it\n", {old: None, new: WORDS(h.data(old))}, who=BEN)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("own-approval")
def approved_by_its_source(h: History) -> str:
    data = swap("anonymous", "Ben Adu <ben@example.org>")(h.data(h.path(FUEL)))
    h.commit("Name the source\n", {h.path(FUEL): data}, who=CY)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("own-approval")
def approved_by_who_gathered_it(h: History) -> str:
    data = swap("by: cy@example.org}", "by: ben@example.org}")(h.data(h.path(FUEL)))
    h.commit("Name who gathered it\n", {h.path(FUEL): data}, who=CY)
    return h.forge("validate/quorum", FUEL, BEN, ask=APPROVE)


@caught_as("own-approval")
def decided_by_its_author(h: History) -> str:
    names = "Dee Lim, cy@example.org"
    ask = replace(APPROVE, method="committee", decided_by=names, minutes="2026-11")
    return h.forge("validate/quorum", FUEL, ANA, ask)


@caught_as("own-approval")
def same_meaning_by_who_reworded(h: History) -> str:
    h.rules(lambda text: text.replace('editor = ["', 'editor = ["ben@example.org", "'), ANA)
    made = h.imitate("reword", ROADS, BEN, data=WORDS(h.data(h.path(ROADS))))
    h.commit(made.message, {h.path(ROADS): made.data}, who=BEN)
    return h.forge("same-meaning", ROADS, BEN)


@caught_as("own-approval")
def author_of_the_first_text_approves_after_a_detour(h: History) -> str:
    before = h.data(h.path(FUEL))
    h.commit("Try\n", {h.path(FUEL): WORDS(before)}, who=DEE)
    h.commit("Back again\n", {h.path(FUEL): before}, who=DEE)
    return h.forge("validate/quorum", FUEL, CY, ask=APPROVE)


# Quorums


@caught_as("quorum-not-reached")
def crowd_of_one(h: History) -> str:
    return h.forge("validate/quorum", FUEL, BEN, ask=CROWD)


@caught_as("quorum-not-reached")
def crowd_of_one_in_three_spellings(h: History) -> str:
    h.forge("validate", FUEL, BEN, ask=CROWD)
    h.forge("validate", FUEL, Person("Benedict", "Ben@Example.org"), ask=CROWD)
    return h.forge("validate/quorum", FUEL, Person("B.", "BEN@EXAMPLE.ORG"), ask=CROWD)


@caught_as("quorum-not-reached")
def return_that_stands(h: History) -> str:
    h.forge("validate/return", FUEL, BEN, RETURN)
    return h.forge("validate/quorum", FUEL, DEE, ask=APPROVE)


@caught_as("quorum-not-reached")
def crowd_that_saw_other_words(h: History) -> str:
    h.rules(lambda text: text.replace('"dee@', '"ana@example.org", "dee@'), ANA)
    h.forge("validate", FUEL, BEN, ask=CROWD)
    h.forge("validate", FUEL, DEE, ask=CROWD)
    h.commit("Better words\n", {h.path(FUEL): WORDS(h.data(h.path(FUEL)))}, who=CY)
    return h.forge("validate/quorum", FUEL, ANA, ask=CROWD)


@caught_as("quorum-not-reached")
def quorum_lowered_afterwards(h: History) -> str:
    forged = h.forge("validate/quorum", FUEL, BEN, ask=CROWD)
    h.rules(reply("crowd = 3", "crowd = 1"), ANA)
    return forged


# Rules


@caught_as("rules-by-other")
def role_widened_by_its_holder(h: History) -> str:
    return h.rules(reply('steward = ["', 'steward = ["ben@example.org", "'), BEN)


@caught_as("rules-by-other")
def role_widened_and_used(h: History) -> str:
    forged = h.rules(lambda text: text.replace('"ben@', '"mal@example.org", "ben@'), MAL)
    h.forge("validate/quorum", FUEL, MAL, ask=APPROVE)
    return forged


@caught_as("rules-by-other")
def quorum_lowered_by_a_reviewer(h: History) -> str:
    return h.rules(reply("crowd = 3", "crowd = 1"), BEN)


@caught_as("rules-by-other")
def rules_taken_away(h: History) -> str:
    return h.commit("Tidy up\n", {"policy.toml": None}, who=MAL)


@caught_as("rules-by-other")
def rules_become_a_link(h: History) -> str:
    return h.commit("Tidy up\n", {"policy.toml": Entry(LINK, b"notes/mine.toml")}, who=MAL)


@caught_as("rules-by-other")
def own_template_that_allows_self_review(h: History) -> str:
    template = b"---\nkind: lesson\nhelp: x\nvalidate_by: [self-review]\n---\n## Lessons\n"
    return h.commit("Template\n", {"templates/notes/lesson.md.j2": template}, who=CY)


@caught_as("rules-by-other")
def rules_slipped_into_a_capture(h: History) -> str:
    rules = swap("crowd = 3", "crowd = 1")(h.data("policy.toml"))
    new = "lorries-eeee"
    made = h.imitate("capture", FUEL, CY)
    message = made.message.replace(FUEL, new).replace("captured -> ", "-> ")
    data = made.data.replace(FUEL.encode(), new.encode())
    files = {f"notes/2026/20261121-{new}.md": data, "policy.toml": rules}
    return h.commit(message, files, who=CY)


@caught_as("rules-by-other")
def steward_by_mailmap(h: History) -> str:
    mailmap = b"Ana Ruiz <ana@example.org> Mal Ory <mal@example.org>\n"
    return h.commit(
        "Names\n",
        {".mailmap": mailmap, "policy.toml": h.data("policy.toml") + b"# x\n"},
        who=MAL,
    )


@caught_as("rules-unreadable")
def rules_broken_by_the_steward(h: History) -> str:
    return h.rules(lambda text: text + "\n[roles\n", ANA)


@caught_as("rules-unreadable")
def rules_removed_by_the_steward(h: History) -> str:
    return h.commit("Tidy up\n", {"policy.toml": None}, who=ANA)
