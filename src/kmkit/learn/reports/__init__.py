"""Reports: one page for each role."""
