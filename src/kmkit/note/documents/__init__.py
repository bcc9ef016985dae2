"""Other people's documents: read, placed under the headings of a kind, split into lessons."""

from kmkit.note.documents.placing import Placed, place
from kmkit.note.documents.reading import Document, read_document
from kmkit.note.documents.splitting import Proposal, action_items, merged, propose
from kmkit.note.documents.wording import suggest_title

__all__ = [
    "Document",
    "Placed",
    "Proposal",
    "action_items",
    "merged",
    "place",
    "propose",
    "read_document",
    "suggest_title",
]
