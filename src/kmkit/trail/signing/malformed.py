"""What is wrong with a signature or a key, as one sentence."""


class MalformedError(ValueError):
    """A signature or a key that cannot be read; the message is a whole sentence."""
