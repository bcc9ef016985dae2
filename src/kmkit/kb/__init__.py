"""The knowledge base: find, read, write, move. Everything a command does can be done from here."""

from kmkit.kb.base import KnowledgeBase

__all__ = ["KnowledgeBase"]
