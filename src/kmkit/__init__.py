"""kmkit keeps an organisation's lessons learned in git, as Markdown, and keeps them true."""

__version__ = "0.1.0"
