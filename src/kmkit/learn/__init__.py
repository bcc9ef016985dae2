"""What an organisation can learn from its notes: what was applied, and whether it helped."""
