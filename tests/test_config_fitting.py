"""Settings are read quickly where they fit, and then say what pydantic makes of them.

``KMKIT_SETTINGS=10000 pytest tests/test_config_fitting.py`` tries more files.
"""

import os
import subprocess
import sys
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.config import Config, Policy
from kmkit.config.fitting import fitting
from kmkit.config.strict import validated
from kmkit.config.table import Table
from kmkit.errors import Cannot
from kmkit.kb.settings import first_config, first_policy
from kmkit.lifecycle.person import Person
from kmkit.places import CONFIG, POLICY
from kmkit.resources import example_kb
from kmkit.tomlread import parse

ANA = Person("Ana Ruiz", "ana@example.org")
TEXTS: dict[type[Table], tuple[str, ...]] = {
    Config: ((example_kb() / CONFIG).read_text("utf-8"), first_config("X", ANA, "internal")),
    Policy: ((example_kb() / POLICY).read_text("utf-8"), first_policy(ANA)),
}
LINES = [line for texts in TEXTS.values() for text in texts for line in text.splitlines()]
TABLES = [line for line in LINES if line.startswith("[")]
TABLES += ["[channels.x]", "[audiences.y]", "[mail]", "[remind]", "[attachments]", "[targets]"]
TABLES += ["[protect]", "[links]", "[roles.expert]", "[no.such]"]
NAMES = [line.split("=")[0].strip(" #") for line in LINES if "=" in line]
NAMES += ["url", "folder", "address", "kind", "level", "every", "port", "security", "password"]
NAMES += ["one_click", "per_minute", "timeout", "within", "escalate", "weekend", "holidays"]
NAMES += ["unsearched", "expert.floods", "'ANA@example.org'", "max_notes", "template"]
VALUES = ['""', '"a"', '"P1Y"', '"2 weeks"', "3", "-1", "0", "1.5", "true", "[]", '["a"]']
VALUES += ['["a", "a"]', "[3]", "2026-01-02", '"2026-01-02"', '"\\u0000"', '["\\u0000"]', "{a = 1}"]
VALUES += ['"25"', '"env:X"', '"https://a.b/c"', '"slack"', '"tls"', '"yes"', "nan", "1e400"]
VALUES += ["9" * 20, '["owner"]', '["sunday"]', "[2026-01-02]", '["2026-01-02 "]', '"internal"']
VALUES += ["2026-01-02T00:00:00", '["ssh-ed25519 AAAA x"]', '["ssh-rsa"]', '["*@a.b"]']
MODELS = st.sampled_from(sorted(TEXTS, key=lambda model: model.__name__))


@st.composite
def files(draw: st.DrawFn) -> tuple[type[Table], str]:
    """A file of settings in which a few lines were changed."""
    model = draw(MODELS)
    lines = draw(st.sampled_from(TEXTS[model])).splitlines()
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(lines)))
        setting = f"{draw(st.sampled_from(NAMES))} = {draw(st.sampled_from(VALUES))}"
        match draw(st.sampled_from(("gone", "new", "table", "other"))):
            case "gone":
                del lines[at : at + 1]
            case "new":
                lines.insert(at, setting)
            case "table":
                lines.insert(at, f"{draw(st.sampled_from(TABLES))}\n{setting}")
            case "other":
                name = lines[at].lstrip("# ").split("=")[0] if at < len(lines) else "x "
                lines[at : at + 1] = [f"{name}= {draw(st.sampled_from(VALUES))}"]
    return model, "\n".join(lines)


@settings(max_examples=int(os.environ.get("KMKIT_SETTINGS", "150")), deadline=None)
@given(files())
def test_what_is_read_quickly_is_what_pydantic_reads(file: tuple[type[Table], str]) -> None:
    model, text = file
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    quickly = fitting(model, values)
    if quickly is not None:
        strictly = validated(model, values)
        assert repr(quickly) == repr(strictly)  # what is no number is not even itself
        assert repr(model.model_validate(quickly.model_dump())) == repr(quickly)
        return
    try:
        validated(model, values)
    except ValueError:
        with pytest.raises(Cannot):
            parse(text, model, "x.toml")


@pytest.mark.parametrize(("model", "number"), [(m, n) for m in TEXTS for n in (0, 1)])
def test_ordinary_settings_are_read_quickly(model: type[Table], number: int) -> None:
    assert fitting(model, tomllib.loads(TEXTS[model][number])) is not None


def test_settings_made_by_hand_are_checked_like_those_of_a_file() -> None:
    assert Policy(quorum={"crowd": 5}).quorum["peer-review"] == 1
    with pytest.raises(ValueError, match="stands once"):
        Policy(levels=("a", "a"))
    with pytest.raises(ValueError, match="Extra inputs"):
        Config.model_validate({"no_such_table": {}})
    with pytest.raises(AttributeError, match="does not change"):
        Config().topics = {}  # type: ignore[misc]


def test_a_digest_imports_nothing_that_only_misfits_need() -> None:
    heavy = ("pydantic", "yaml", "markdown_it", "jinja2", "zipfile")
    told = f"import sys, kmkit.reach.digests; print([n for n in {heavy} if n in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
