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
        ("[quorum]\ncrowd = 0", "policy.toml:2: quorum.crowd: This number is too small."),
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
        ("[trust]\nsignatures = 'maybe'", "trust.signatures: Input should be 'optional' or 're"),
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
    ],
)
def test_a_damaged_configuration_is_told_with_its_line(text: str, expected: str) -> None:
    assert expected in refusal(text, Config)


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
