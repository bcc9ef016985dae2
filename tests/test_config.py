"""kmkit.toml and policy.toml: what they say, and what is wrong with them."""

from pathlib import Path

import pytest

from kmkit.config import QUORUM, REQUIRED, Config, Policy, load_config, load_policy, parse_policy
from kmkit.errors import Cannot
from kmkit.kb.settings import first_policy
from kmkit.lifecycle.person import Person
from kmkit.period import Period
from kmkit.places import CONFIG, POLICY
from kmkit.plain import Plain
from kmkit.resources import example_kb
from kmkit.tomlread import parse


def refusal(text: str, model: type[Plain] = Policy) -> str:
    with pytest.raises(Cannot) as refused:
        parse(text, model, POLICY if model is Policy else CONFIG)
    return str(refused.value)


def test_no_setting_holds_a_null() -> None:
    text = '[channels.a]\nkind = "folder"\nlevel = "b"\nfolder = "a\\u0000b"\n'
    assert "kmkit.toml:4: channels.a.folder: A null character" in refusal(text, Config)


def test_empty_files_are_the_defaults() -> None:
    assert parse("", Config, CONFIG) == Config()
    assert parse_policy("\ufeff\r\n") == Policy()
    assert Policy().quorum == QUORUM
    assert Policy().required == REQUIRED


def test_the_example_is_read() -> None:
    config, policy = load_config(example_kb()), load_policy(example_kb())
    assert config.topics
    assert set(config.critical.topics) <= set(config.topics)
    assert {c.level for c in config.channels.values()} <= set(policy.levels)
    assert policy.holders("steward")


def test_a_table_that_names_some_settings_leaves_the_others_as_they_are() -> None:
    policy = parse_policy("[quorum]\npeer-review = 2\n[required]\nformatted = []\n")
    assert policy.quorum == QUORUM | {"peer-review": 2}
    assert policy.required == REQUIRED | {"formatted": ()}
    assert parse_policy("[waiting]\ncaptured = '3 days'").waiting.validated == Period(days=14)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "# rules\n[roles]\nstewrd = ['a']",
            "policy.toml:3: roles.stewrd: There is no role 'stewrd'. Did you mean steward?"
            " Mend it in policy.toml.",
        ),
        ("[quorum]\npeer-reveiw = 1", "policy.toml:2: quorum.peer-reveiw: There is no method"),
        ("[quorum]\ncrowd = 0", "policy.toml:2: quorum.crowd: This number is too small: 1 is"),
        ("[quorum]\ncrowd = '3x'", "quorum.crowd: This must be a whole number."),
        ("[required]\nvalidted = []", "There is no state 'validted'. Did you mean validated?"),
        ("levls = ['a']", "policy.toml:1: levls: There is no such setting. Did you mean levels"),
        ("levels = ['a', 'b', 'a']", "levels: Each level stands once, and none is empty."),
        ("levels = []", "levels: This list must not be empty."),
        ("roles = 3", "roles: This must be a table of its own"),
        ("[roles]\nsteward = 'a@b.c'", 'steward: This must be a list: ["one", "another"].'),
        ("[roles]\nsteward = [3]", "policy.toml:2: roles.steward.0: This must be text"),
        ("[waiting]\ncaptured = 14", "A duration is written P1Y, P6M"),
        ("[waiting]\nretired = 'P1D'", "waiting.retired: There is no such setting."),
        (
            "[trust]\nsignatures = 'maybe'",
            "trust.signatures: This must be one of: optional, required.",
        ),
        ("[keys]\n'*@b.c' = []", "'*@b.c' is not the e-mail address of one person."),
        ("[keys]\nana = []", "'ana' is not the e-mail address of one person."),
        ("[keys]\n'a@b.c' = ['ssh-dss AAAA']", "keys.a@b.c.0: This is no public key. Known: ssh-e"),
        ("[keys]\n'a@b.c' = ['ssh-rsa']", "This is no public key."),
        (
            "[keys]\n'a@b.c' = ['-----BEGIN OPENSSH PRIVATE KEY-----']",
            "This is a private key. Make a new one",
        ),
        (
            "[keys]\n'a@b.c' = ['ssh-rsa AAAA a']\n'c@b.c' = ['ssh-rsa  AAAA c']",
            "The key of c@b.c is a@b.c's. Each needs their own.",
        ),
        (
            "[keys]\n'a@b.c' = ['ssh-rsa AAAA']\n'A@b.c' = ['ssh-rsa BBBB']",
            "policy.toml:1: keys: An address stands there twice. Write all its keys into one list.",
        ),
        ("x =", "policy.toml is not valid TOML"),
        (
            "a = 1\na = 2\n",
            "policy.toml is not valid TOML: this setting stands there twice (at line 2",
        ),
        ("[a.b]\n[a.b]", r"the table [a.b] stands there twice; join the two (at line 2"),
        ("a = " + "[" * 50_000, "policy.toml is not valid TOML"),
    ],
)
def test_a_damaged_policy_is_told_with_its_line(text: str, expected: str) -> None:
    assert expected in refusal(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[organization]\nname = 'x'", "kmkit.toml:1: organization: There is no such setting. Did"),
        ("\n[digest]\nmaxnotes = 1", "kmkit.toml:3: digest.maxnotes: There is no such setting."),
        ("[channels.weekly]\nkind = 'mail'", "channels.weekly.level: This setting is missing."),
        (
            "[channels.'a b']\nlevel = 'a'\nlvl = 'b'",
            "kmkit.toml:3: channels.a b.lvl: There is no such setting. Did you mean level?",
        ),
        ("topics = ['a']", "topics: This must be a table of its own"),
        (
            "[mail]\nport = 65536",
            "kmkit.toml:2: mail.port: This number is too large: 65535 is the mo",
        ),
        ("mail.port = 65536", "kmkit.toml:1: mail.port: This number is too large"),
        ("\n[mail]\nport = 2.5", "kmkit.toml:3: mail.port: This must be a whole number."),
        ("[mail]\nport = inf", "mail.port: This must be a whole number."),
        ("[mail]\nport = " + "9" * 4301, "kmkit.toml is not valid TOML"),
        ("[mail]\nport = " + "9" * 4300, "mail.port: This number is too large"),
        ("[mail]\none_click = 'maybe'", "mail.one_click: This must be true or false, without quot"),
        ("[mail]\nsecurity = 'startls'", "none. Did you mean starttls or tls?"),
        ("[mail]\nsecurity = 3", "mail.security: This must be one of: starttls, tls, none."),
        ("[targets]\nx = 'much'", "kmkit.toml:2: targets.x: This must be a number."),
        ("[remind]\nholidays = ['25.12.2026']", "remind.holidays.0: A date is written 2026-11-21."),
        ("[remind]\nholidays = [20261225]", "remind.holidays.0: A date is written 2026-11-21."),
        (
            "[remind]\nholidays = [\n  2026-12-25,\n  2026-12-26T10:00:00,\n]",
            "kmkit.toml:2: remind.holidays.1: A date is written 2026-11-21.",
        ),
        ("[remind]\nescalate = ['boss']", "remind.escalate.0: This must be one of: owner, backup"),
        (
            "[audiences.a]\nlevel = 'a'\ntopics = [\"b\\u0000\"]",
            "topics.0: A null character stands",
        ),
        ("[topics]\n\"a\\u0000\" = 'b'", "A null character stands in it."),
    ],
)
def test_a_damaged_configuration_is_told_with_its_line(text: str, expected: str) -> None:
    assert expected in refusal(text, Config)


def test_all_that_does_not_fit_is_told_at_once_in_the_order_of_the_file() -> None:
    text = (
        "[digest]\nmax_notes = -1\n[mail]\nhots = 'x'\nport = 70000\n[channels.a]\nkind = 'mail'\n"
    )
    assert refusal(text, Config).split("\n") == [
        "kmkit.toml:2: digest.max_notes: This number is too small: 0 is the least.",
        "kmkit.toml:4: mail.hots: There is no such setting. Did you mean host?",
        "kmkit.toml:5: mail.port: This number is too large: 65535 is the most.",
        "kmkit.toml:6: channels.a.level: This setting is missing. Mend them in kmkit.toml.",
    ]


def test_a_file_that_is_all_wrong_is_told_soon_and_in_part() -> None:
    said = refusal("\n".join(f"x{number} = 1" for number in range(9000)), Config).split("\n")
    assert said[49] == "kmkit.toml:50: x49: There is no such setting."
    assert said[50:] == ["kmkit.toml:51: 8950 more do not fit. Mend them in kmkit.toml."]


def test_roles_are_patterns_of_addresses_in_any_case() -> None:
    policy = parse_policy(
        """
[roles]
steward = ["Ana@Example.org"]
reviewer = ["*@example.org"]
contributor = ["*"]
expert.floods = ["ben@example.org"]
"expert.early-warning" = ["c?n@example.org"]
"""
    )
    assert policy.has_role("ana@example.org ", "steward")
    assert not policy.has_role("ben@example.org", "steward")
    assert policy.has_role("BEN@EXAMPLE.ORG", "reviewer")
    assert not policy.has_role("ben@example.org.evil", "reviewer")
    assert policy.has_role("ben@example.org", "expert.floods")
    assert policy.has_role("can@example.org", "expert")
    assert not policy.has_role("dan@example.org", "expert")
    assert not policy.has_role("ben@example.org", "expert.early-warning")
    assert not policy.has_role("ana@example.org", "editor")
    assert policy.roles_of("ben@example.org") == ("reviewer", "contributor", "expert.floods")
    assert policy.holders("steward") == ("Ana@Example.org",)
    assert policy.holders("reviewer") == policy.holders("editor") == ()


def test_keys_belong_to_one_address_in_any_case() -> None:
    armour = "-----BEGIN PGP PUBLIC KEY BLOCK-----\nx\n"
    text = f'[keys]\n"Ana@Example.org" = [" ssh-ed25519 AAAA ana", """{armour}"""]\n'
    policy = parse_policy(text)
    assert policy.keys_of("ana@example.ORG ") == ("ssh-ed25519 AAAA ana", armour.strip())
    assert policy.keys_of("ben@example.org") == ()
    assert Policy().trust.signatures == "optional"


def test_the_rules_of_a_new_knowledge_base_say_how_to_ask_for_signatures() -> None:
    text = first_policy(Person("Ana Ruiz", "ana@example.org"))
    assert parse_policy(text).trust.signatures == "optional"
    assert "\n[keys]\n" in text
    asking = text.replace('"optional"', '"required"').replace('# "name@', '"name@')
    policy = parse_policy(asking.replace("AAAA…", "AAAA"))
    assert policy.trust.signatures == "required"
    assert policy.keys_of("name@example.org") == ("ssh-ed25519 AAAA",)
    first, last = text.index('# "other@'), text.index('# """]') + len('# """]')
    block = text[first:last].replace("# ", "")
    (key,) = parse_policy(f"[keys]\n{block}\n").keys_of("other@example.org")
    assert key.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----\n")
    assert key.endswith("-----END PGP PUBLIC KEY BLOCK-----")


def test_an_unknown_level_is_the_narrowest() -> None:
    policy = Policy(levels=("unit", "agency", "world"))
    assert [policy.width(level) for level in ("unit", "world", "", "internal")] == [0, 2, 0, 0]


def test_fields_required_are_those_of_all_the_states_named() -> None:
    policy = Policy(required={"captured": ("id", "title"), "validated": ("summary", "id")})
    assert policy.required_by(("captured", "validated")) == ("id", "title", "summary")
    assert policy.required_by(("retired",)) == ()


def test_every_setting_has_a_help() -> None:
    def look(model: type[Plain]) -> None:
        for name, info in model.model_fields.items():
            assert info.description, f"{model.__name__}.{name}"
            for part in (info.annotation, *getattr(info.annotation, "__args__", ())):
                if isinstance(part, type) and issubclass(part, Plain):
                    look(part)

    look(Config)
    look(Policy)


def test_files_that_cannot_be_read_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Cannot, match=r"kmkit\.toml does not exist.*kmkit init"):
        load_config(tmp_path)
    (tmp_path / POLICY).write_bytes(b"# caf\xe9\n")
    with pytest.raises(Cannot, match=r"policy\.toml is not UTF-8"):
        load_policy(tmp_path)
    (tmp_path / CONFIG).mkdir()
    with pytest.raises(Cannot, match=r"kmkit\.toml cannot be read: Is a directory|Permission"):
        load_config(tmp_path)
