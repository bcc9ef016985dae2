"""Views: plain values in, text out. Nothing here reads a file of notes, the clock or git."""
