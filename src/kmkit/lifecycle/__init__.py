"""The lifecycle, defined here only: states, moves, guards, rounds of validation, fingerprint."""
