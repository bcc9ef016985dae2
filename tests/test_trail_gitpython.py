"""Another reader of git, GitPython, reads what kmkit commits as it was meant."""

import git

from kmkit.kb import KnowledgeBase
from tests.conftest import APPROVE, BEN, at, captured


def test_a_move_reads_the_same_in_another_library(kb: KnowledgeBase) -> None:
    note = captured(kb, "اطلب الوقود مبكرًا")
    at(kb, BEN).move("validate", note, APPROVE)
    with git.Repo(kb.root) as repository:
        made = repository.head.commit
        assert not repository.is_dirty(untracked_files=True)
        assert [(item.a_path, item.change_type) for item in made.parents[0].diff(made)] == [
            (str(note.path), "M")
        ]
        assert (made.author.name, made.author.email) == (BEN.name, BEN.email)
        assert made.authored_datetime == kb.now
        assert made.summary == f"validate: {note.title}"
        event = kb.events()[-1]
        for key, value in event.trailers.items():
            assert made.trailers_dict[key] == [value]
        assert made.trailers_dict["Reviewed-by"] == [str(BEN)]
        blob = made.tree / str(note.path)
        assert blob.data_stream.read() == (kb.root / note.path).read_bytes()


def test_the_remote_is_the_one_that_git_has(kb: KnowledgeBase) -> None:
    assert kb.git.remote_url() == ""
    with git.Repo(kb.root) as repository:
        repository.create_remote("origin", "https://github.com/example/lessons.git")
    assert kb.git.remote_url() == "https://github.com/example/lessons.git"
