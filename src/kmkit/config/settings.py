"""kmkit.toml as a model; every setting carries its own help."""

from pathlib import Path

from pydantic import Field

from kmkit.config.leaving import Attachments, Audience, Channel, Mail, Remind
from kmkit.config.table import Table
from kmkit.places import CONFIG
from kmkit.tomlread import parse, read_text


class Organisation(Table):
    """Whose knowledge base this is."""

    name: str = Field("Our organisation", description="shown in digests")
    language: str = Field("en", description="language of notes that do not say theirs")
    contact: str = Field(
        "", description="e-mail that readers' answers go to where a note has no owner"
    )


class Critical(Table):
    """What the organisation cannot afford to forget."""

    topics: tuple[str, ...] = Field(
        (), description="topics that must be covered by validated notes"
    )


class Links(Table):
    """Where a reader finds a note."""

    note: str = Field("", description="address of a note; {path} and {id} are filled in")


class Block(Table):
    """What a digest holds."""

    max_notes: int = Field(5, ge=0, description="newly disseminated notes at most")
    max_words: int = Field(300, ge=20, description="words of the notes' text at most")
    blocks: tuple[str, ...] = Field(
        (
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
        description="the blocks of the readers' digest, in their order; there is 'why', too",
    )
    steward_blocks: tuple[str, ...] = Field(
        ("waiting", "due", "overdue", "returned"),
        description="the blocks of the stewards' digest, in their order",
    )
    subject: str = Field("", description="subject line; empty: the title of the top lesson")


class Config(Table):
    """kmkit.toml."""

    organisation: Organisation = Field(Organisation(), description="whose knowledge base this is")
    topics: dict[str, str] = Field({}, description="the vocabulary: topic = what belongs there")
    critical: Critical = Field(Critical(), description="what must not be forgotten")
    links: Links = Field(Links(), description="where a reader finds a note")
    channels: dict[str, Channel] = Field({}, description="ways by which notes leave")
    audiences: dict[str, Audience] = Field({}, description="groups of readers")
    mail: Mail = Field(Mail(), description="how letters are sent")
    remind: Remind = Field(Remind(), description="how owners are asked whether notes still hold")
    protect: dict[str, str] = Field(
        {}, description="names that must not leave a circle: name = the widest level it may reach"
    )
    attachments: Attachments = Field(Attachments(), description="which attached files go along")
    digest: Block = Field(Block(), description="what a digest holds")
    targets: dict[str, float] = Field(
        {}, description="what is aimed at: metric = value; a share from 0 to 1 (kmkit metrics)"
    )
    filters: dict[str, str] = Field({}, description="saved filters: name = words")


def parse_config(text: str) -> Config:
    """The settings in the text of a kmkit.toml."""
    return parse(text, Config, CONFIG)


def load_config(root: Path) -> Config:
    """The settings of the knowledge base at ``root``, as its file stands."""
    return parse_config(read_text(root / CONFIG))
