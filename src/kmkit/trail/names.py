"""git's names of things, worked out without git."""


def blob_name(data: bytes, length: int) -> str:
    """git's name of a blob, in 40 or 64 digits."""
    return object_name("blob", data, length)


def object_name(kind: str, data: bytes, length: int) -> str:
    """git's name of an object, in 40 or 64 digits."""
    from hashlib import sha1, sha256

    made = (sha256 if length == 64 else sha1)(b"%s %d\0" % (kind.encode(), len(data)))
    made.update(data)
    return made.hexdigest()
