"""How the index is kept: its tables, and how they are brought up to the files."""
