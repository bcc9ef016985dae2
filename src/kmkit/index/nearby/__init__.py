"""What lies near a note: links, likeness, what was captured again."""
