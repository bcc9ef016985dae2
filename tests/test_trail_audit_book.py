"""Books of notes: pages over pages tell the same as a copy for each commit would."""

from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.trail.audit.book import Book, Known
from kmkit.trail.fold import Claim

PATHS = ("notes/a.md", "notes/b.md", "notes/c.md")


def known(path: str, id: str, blob: str) -> Known:
    """A note of which nothing matters but where it is."""
    return Known(
        id=id, path=path, blob=blob, kind="lesson", fingerprint="", rest=0, backup="", claim=Claim()
    )


STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.sampled_from(("put", "take", "fork")),
        st.sampled_from(PATHS),
        st.integers(0, 9),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(STEPS, st.integers(0, 40))
def test_a_book_tells_what_a_copy_would(steps: list[tuple[int, str, str, int]], deep: int) -> None:
    first = Book()
    for _ in range(deep):
        first = first.over()
    books: list[tuple[Book, dict[str, str]]] = [(first, {})]
    for at, step, path, number in steps:
        book, plain = books[at % len(books)]
        if step == "fork":
            # what is shared is left alone from now on: both sides go on over it
            books[at % len(books)] = (book.over(), dict(plain))
            books.append((book.over(), dict(plain)))
        elif step == "take":
            book.take(path)
            plain.pop(path, None)
        else:
            book.put(known(path, f"id-{path}", str(number)))
            plain[path] = str(number)
    for book, plain in books:
        assert {one.path: one.blob for one in book.all()} == plain
        for path in PATHS:
            here = book.get(path)
            assert (here.blob if here else None) == plain.get(path)
            assert book.path_of(f"id-{path}") == (path if path in plain else "")
        for other, others in books:
            unlike = {path for path in PATHS if plain.get(path) != others.get(path)}
            assert unlike <= book.since(other) | other.since(book)


def test_a_note_that_was_removed_is_remembered() -> None:
    book = Book()
    book.put(known("notes/a.md", "a", "1"))
    later = book.over()
    later.take("notes/a.md")
    gone = later.removed("a")
    assert gone
    assert gone.blob == "1"
    assert book.removed("a") is None
    assert book.get("notes/a.md")
