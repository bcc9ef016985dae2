"""Reach: bringing what was composed to the people who need it."""
