"""Derived from the notes, and disposable: what is stale, what matches, what belongs together."""
