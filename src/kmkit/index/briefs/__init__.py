"""The lessons that a project should not start without."""
