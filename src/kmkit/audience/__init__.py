"""Who may see what: audiences, their circles, and the one function that decides."""
