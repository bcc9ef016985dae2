"""Books of notes: pages over pages tell the same as a copy for each commit would."""

from datetime import date
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmkit.note.model import Asked, Deferred, Dissemination, InForce, Reviewed, Verdict
from kmkit.trail.audit import book as booking
from kmkit.trail.audit.book import Book
from kmkit.trail.audit.known import Known
from kmkit.trail.audit.lines import DamagedError, line_of, value_of
from kmkit.trail.audit.packing import packed, proof_of, rules_in, unpacked
from kmkit.trail.audit.records_known import Filed
from kmkit.trail.audit.rules_of import Reader
from kmkit.trail.fold import Claim
from kmkit.trail.writers import Writing, Written

PATHS = ("notes/a.md", "notes/b.md", "notes/c.md")


def known(path: str, id: str, blob: str) -> Known:
    """A note of which nothing matters but where it is."""
    return Known(
        id=id,
        path=path,
        blob=blob,
        kind="lesson",
        fingerprint="",
        rest=b"",
        backup="",
        claim=Claim(),
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
            assert unlike == book.since(other) | other.since(book)


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


TEXTS = st.text(st.characters(), max_size=12)
for kind in (Asked, Deferred, Dissemination, InForce, Reviewed, Verdict):
    infos = kind.model_fields.items()
    needed = {name: st.from_type(info.annotation) for name, info in infos if info.is_required()}
    st.register_type_strategy(kind, st.builds(kind, **needed))
VERDICTS = st.builds(
    Verdict,
    on=st.dates(),
    by=TEXTS,
    method=TEXTS,
    verdict=st.sampled_from(("approve", "return", "reject")),
    fingerprint=TEXTS,
    because=TEXTS,
    same_as=TEXTS,
)
CLAIMS = st.builds(
    Claim,
    state=TEXTS,
    owner=TEXTS,
    verdicts=st.lists(VERDICTS, max_size=2).map(tuple),
    held=st.lists(VERDICTS, max_size=1).map(tuple),
    disseminated=st.lists(st.builds(Dissemination, on=st.dates(), channel=TEXTS), max_size=1).map(
        tuple
    ),
    in_force=st.none() | st.builds(InForce, blob=TEXTS, state=TEXTS, since=st.none() | st.dates()),
    captured=TEXTS,
)
WRITINGS = st.builds(
    Writing,
    commit=st.integers(0, 99),
    emails=st.frozensets(TEXTS, max_size=2),
    names=st.frozensets(TEXTS, max_size=2),
)
WRITTEN = st.builds(
    Written,
    since=st.frozensets(WRITINGS, max_size=2),
    before=st.frozensets(st.tuples(TEXTS, WRITINGS), max_size=2),
)
NOTES = st.builds(
    Known,
    id=TEXTS, path=TEXTS, blob=TEXTS, kind=TEXTS, fingerprint=TEXTS, rest=st.binary(max_size=3),
    backup=TEXTS, claim=CLAIMS, written=WRITTEN,
    trail=st.frozensets(st.tuples(st.integers(0, 99), TEXTS), max_size=3),
    faults=st.lists(st.integers(0, 9), max_size=2).map(tuple), before_anchor=st.booleans(),
    doubt=st.integers(0, 2), signed=st.booleans(),
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(NOTES, st.none() | NOTES)
def test_a_note_is_unpacked_as_it_was_packed(note: Known, sound: Known | None) -> None:
    note = note._replace(sound=sound)
    line = packed(note)
    assert unpacked(line) == note
    assert line.isascii()
    assert proof_of(line) == note.proof
    for at in range(1, len(line), 40):
        with pytest.raises(DamagedError):
            unpacked(line[:at] + line[at + 1 :])


ALONE = Writing(2, frozenset(["a@x"]), frozenset(["Ana"]))
BOTH = Writing(1, frozenset(("b@x", "a@x")), frozenset(("Ben", "Ana")))
DAY = date(2026, 11, 21)
VERDICT = Verdict(
    on=DAY, by="b@x", method="crowd", verdict="approve", fingerprint="k1:", because="x"
)
FULL = Claim(
    state="disseminated",
    verdicts=(VERDICT,),
    held=(VERDICT,),
    asked=(Asked(on=DAY, to="b@x", by="a@x"),),
    disseminated=(Dissemination(on=DAY, channel="mail"),),
    reviewed=Reviewed(on=DAY, by="a@x", because="x"),
    deferred=Deferred(on=DAY, by="a@x", until=DAY, because="x"),
    in_force=InForce(blob="b" * 40, state="validated"),
    captured="c" * 40,
    former=("internal", "a@x"),
)


@pytest.mark.parametrize("proof", ["proved", "claimed", "unproved", "before-anchor"])
def test_a_note_of_every_field_is_kept_as_it_is(proof: str) -> None:
    note = known("notes/a.md", "a", "1")._replace(
        claim=FULL,
        rest=b"\x00\xff",
        written=Written(since=frozenset([ALONE]), before=frozenset([("k1:1", BOTH), ("", ALONE)])),
        trail=frozenset(((3, "capture"), (2, "edit"))),
        faults=(4, 1),
        before_anchor=proof == "before-anchor",
        doubt=2 if proof == "unproved" else 0,
        signed=proof == "proved",
        sound=known("notes/a.md", "a", "2"),
    )
    line = packed(note)
    assert unpacked(line) == note
    assert proof_of(line) == proof_of(note) == note.proof == proof


@settings(max_examples=30, deadline=None)
@given(st.lists(NOTES, max_size=5, unique_by=lambda note: note.path))
def test_a_packed_book_tells_the_same(notes: list[Known]) -> None:
    book = Book()
    for note in notes:
        book.put(note)
    under = book.over()
    before, proofs = [*book.all()], book.proofs()
    book.pack()
    assert [*book.all()] == [*under.all()] == before
    assert book.proofs() == under.proofs() == proofs
    assert book.since(under) == under.since(book) == set()
    assert [*under.apart(Book()).all()] == before
    assert not under.apart(under).notes


def test_a_value_that_is_no_note_is_damaged() -> None:
    odd: list[object] = [*"abcde", "00", "f", None]  # of which only the claim is none
    values: list[object] = [[], {}, None, "x", [1] * 20, [None] * 20, odd]
    for value in values:
        with pytest.raises(DamagedError):
            unpacked("c" + line_of(value))


@pytest.mark.parametrize("text", ["{", "nonsense", ""])
def test_a_whole_line_that_holds_no_value_is_damaged(text: str) -> None:
    with pytest.raises(DamagedError):
        value_of(f"{crc32(text.encode()):08x}{text}")


@pytest.mark.parametrize("values", [None, [], {}, {"taken": {"policy.toml": "b"}}])
def test_values_that_are_no_rules_are_damaged(values: object) -> None:
    with pytest.raises(DamagedError):
        rules_in(values, Reader(), lambda blob: b"nonsense")


def test_a_line_of_nothing_that_is_known_is_unproved() -> None:
    assert proof_of("x") == "unproved"


def test_after_so_many_notes_all_are_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booking, "_LOOSE", 2)
    book = Book()
    filed = Filed("r", "records/application/r.md", "4", "application", "done", "n", "{}")
    notes = [known(path, path, "1") for path in PATHS]
    each: list[Known | Filed] = [notes[0], filed, notes[1], notes[2], filed, notes[0]]
    for number, one in enumerate(each, 1):
        book.put(one)
        loose = [held for held in book.notes.values() if not isinstance(held, str)]
        assert len(loose) == number % 3
    book.take(PATHS[0])
    book.pack()
    assert {one.path for one in book.all()} == {*PATHS[1:]}
    assert [*book.records()] == [filed]
    assert book.removed(PATHS[0]) == notes[0]


def test_what_is_apart_is_only_what_came_since() -> None:
    book = Book()
    book.put(known("notes/a.md", "a", "1"))
    later = book.over()
    new = known("notes/b.md", "b", "1")
    later.put(new)
    assert [*later.apart(book).all()] == [new]
