"""kmkit.toml as a table; every setting carries its own help."""

from pathlib import Path
from typing import Annotated

from kmkit.config.leaving import Attachments, Audience, Channel, Mail, Remind
from kmkit.config.table import Between, Table
from kmkit.places import CONFIG
from kmkit.plain import said
from kmkit.tomlread import parse, read_text


class Organisation(Table):
    """Whose knowledge base this is."""

    name: str = said("shown in digests", default="Our organisation")
    language: str = said("language of notes that do not say theirs", default="en")
    contact: str = said("e-mail that readers' answers go to where a note has no owner", default="")


class Critical(Table):
    """What the organisation cannot afford to forget."""

    topics: tuple[str, ...] = said("topics that must be covered by validated notes", default=())


class Links(Table):
    """Where a reader finds a note."""

    note: str = said("address of a note; {path} and {id} are filled in", default="")


class Block(Table):
    """What a digest holds."""

    max_notes: Annotated[int, Between(0)] = said("newly disseminated notes at most", default=5)
    max_words: Annotated[int, Between(20)] = said("words of the notes' text at most", default=300)
    blocks: tuple[str, ...] = said(
        "the blocks of the readers' digest, in their order; there is 'why', too",
        default=(
            "greeting",
            "notes",
            "stop",
            "applied",
            "story",
            "question",
            "answered",
            "ask",
            "year_ago",
            "thanks",
        ),
    )
    steward_blocks: tuple[str, ...] = said(
        "the blocks of the stewards' digest, in their order",
        default=("waiting", "due", "overdue", "returned"),
    )
    subject: str = said("subject line; empty: the title of the top lesson", default="")


class Config(Table):
    """kmkit.toml."""

    organisation: Organisation = said("whose knowledge base this is", default=Organisation())
    topics: dict[str, str] = said("the vocabulary: topic = what belongs there", default={})
    critical: Critical = said("what must not be forgotten", default=Critical())
    links: Links = said("where a reader finds a note", default=Links())
    channels: dict[str, Channel] = said("ways by which notes leave", default={})
    audiences: dict[str, Audience] = said("groups of readers", default={})
    mail: Mail = said("how letters are sent", default=Mail())
    remind: Remind = said("how owners are asked whether notes still hold", default=Remind())
    protect: dict[str, str] = said(
        "names that must not leave a circle: name = the widest level it may reach", default={}
    )
    attachments: Attachments = said("which attached files go along", default=Attachments())
    digest: Block = said("what a digest holds", default=Block())
    targets: dict[str, float] = said(
        "what is aimed at: metric = value; a share from 0 to 1 (kmkit metrics)", default={}
    )
    filters: dict[str, str] = said("saved filters: name = words", default={})


def parse_config(text: str) -> Config:
    """The settings in the text of a kmkit.toml."""
    return parse(text, Config, CONFIG)


def load_config(root: Path) -> Config:
    """The settings of the knowledge base at ``root``, as its file stands."""
    return parse_config(read_text(root / CONFIG))
