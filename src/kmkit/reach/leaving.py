"""What is wrong with the settings of what leaves: recipients, channels, their templates, folders.

What these settings name lies in files and in people/, so it is not looked at when they are read.
"""

import os
from collections.abc import Iterator
from pathlib import PurePath, PurePosixPath

from kmkit.audience.recipients import misfits
from kmkit.config.leaving import WEBHOOKS, Channel
from kmkit.errors import Cannot
from kmkit.kb import KnowledgeBase
from kmkit.note.problem import Problem
from kmkit.places import CONFIG
from kmkit.reach.channels import FOLDERS
from kmkit.reach.folder import place_of
from kmkit.resources import templates_dir
from kmkit.text import did_you_mean, one_line
from kmkit.tomlread import line_of, read_text


def leaving_problems(kb: KnowledgeBase) -> Iterator[Problem]:
    """What is wrong with the audiences and channels of kmkit.toml, and in lists that they name."""
    text = read_text(kb.root / CONFIG)
    for name in kb.config.audiences:
        yield from _audience(kb, text, name)
    for name, channel in kb.config.channels.items():
        yield from _channel(kb, text, name, channel)


def _audience(kb: KnowledgeBase, text: str, name: str) -> Iterator[Problem]:
    keys = ["audiences", name, "recipients"]
    for one in misfits(kb, name):
        path, line, message = one.path, one.line, one.message
        if not path or PurePath(path).is_absolute():
            message = f"{path}:{line}: {message}" if path else message
            path, line = CONFIG, _entry(text, keys, one.entry)
        yield Problem(path, line, 1, "bad-setting", message, one.mend, one.severity)
    audience = kb.config.audiences[name]
    if audience.channel and not audience.recipients:
        message = f"audiences.{name} names a channel for its letters, and has no recipients."
        mend = "Write recipients, or take the channel out."
        line = line_of(text, ["audiences", name, "channel"])
        yield Problem(CONFIG, line, 1, "bad-setting", message, mend, "warning")


def _channel(kb: KnowledgeBase, text: str, name: str, channel: Channel) -> Iterator[Problem]:
    def wrong(setting: str, message: str, mend: str) -> Problem:
        line = line_of(text, ["channels", name, setting])
        return Problem(CONFIG, line, 1, "bad-setting", f"channels.{name}: {message}", mend)

    known = kb.config.audiences
    if channel.audience and channel.audience not in known:
        mend = did_you_mean(channel.audience, known) or "Add it under [audiences]."
        yield wrong("audience", f"there is no audience '{one_line(channel.audience)}'.", mend)
    if channel.kind in WEBHOOKS and not channel.url:
        mend = 'Write url = "env:NAME", and the address into that variable.'
        yield wrong("kind", f"a channel of kind {channel.kind} needs a url.", mend)
    if channel.kind in FOLDERS:
        try:
            place_of(kb.root, channel.folder)
        except Cannot as error:
            yield wrong("folder", error.message, error.mend)
    if channel.template:
        try:
            template_of(kb, channel.template)
        except Cannot as error:
            yield wrong("template", error.message, error.mend)


def template_of(kb: KnowledgeBase, name: str) -> None:
    """Cannot where no template of channels has that name, or its file is none that may be read."""
    path = PurePosixPath(name)
    shown = f"templates/channels/{one_line(name)}"
    if path.is_absolute() or ".." in path.parts or "\\" in name or not name.endswith(".j2"):
        raise Cannot(
            f"'{one_line(name)}' is no template of templates/channels.",
            "Name a file there, such as slack.json.j2.",
        )
    own = kb.root / "templates" / "channels" / path
    if not os.path.lexists(own):
        if not (templates_dir() / "channels" / path).is_file():
            raise Cannot(f"There is no {shown}.", "Write it, or leave the setting out.")
        return
    try:
        real = own.resolve(strict=True)
    except (OSError, RuntimeError):
        raise Cannot(f"{shown} leads nowhere.", "Put a copy of the file there.") from None
    if not real.is_relative_to((kb.root / "templates").resolve()):
        raise Cannot(f"{shown} is a link out of its folder.", "Put a copy of the file there.")
    if not real.is_file():
        raise Cannot(f"{shown} is not a plain file.", "Put a plain file there, or remove it.")


def _entry(text: str, keys: list[str], entry: str) -> int:
    """The line of an entry in the list of a setting; that of the setting where it is not found."""
    first = line_of(text, keys)
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if n >= first and entry in line), first)
