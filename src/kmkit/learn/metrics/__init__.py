"""Metrics: what came of the work, each figure with the notes behind it."""
