"""The trail: every move is a git commit that says who did what, on which evidence."""
