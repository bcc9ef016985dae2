"""Choosing notes: the language of filters, conditions on the tables, lines of a listing, search."""
