"""Notes: one Markdown file with front matter, read without loss and checked without mercy."""
