"""The foot of what counts and lists: for whom it is, and of what it was made."""


def foot(circle: str, *, wide: bool, of: str = "notes of all levels count") -> str:
    """For whom it is: ``circle``, or people of the house where that is ''.

    ``wide``: that circle reaches beyond the narrowest. ``of``: what the house is told besides.
    """
    if not circle:
        return f"For people of the house: {of}. Please do not pass it on."
    if not wide:
        return f"For the circle {circle}."
    return f"For the circle {circle}: it tells only what may reach that, and of no person."
