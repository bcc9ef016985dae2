"""Self-assessment: instruments, anonymous answers, rounds, what they tell."""
