"""What of git's is under way in a repository, and the command that takes it back."""

from typing import NamedTuple

from kmkit.trail.git import Git


class UnderWay(NamedTuple):
    """Something that git has begun and that is not ended."""

    name: str
    """Such as ``merge``."""
    abort: str
    """The command that takes it back."""

    @property
    def what(self) -> str:
        """With its article, at the beginning of a sentence."""
        return f"{'An' if self.name[0] in 'aeiou' else 'A'} {self.name}"


_REBASE = UnderWay("rebase", "git rebase --abort")
_SIGNS = {  # a rebase leaves signs of the other two as well
    "rebase-merge": _REBASE,
    "rebase-apply/applying": UnderWay("application of patches", "git am --abort"),
    "rebase-apply": _REBASE,
    "MERGE_HEAD": UnderWay("merge", "git merge --abort"),
    "CHERRY_PICK_HEAD": UnderWay("cherry-pick", "git cherry-pick --abort"),
    "REVERT_HEAD": UnderWay("revert", "git revert --abort"),
}


def under_way(git: Git) -> UnderWay | None:
    """What is under way that a commit would disturb; None for nothing."""
    return next((one for name, one in _SIGNS.items() if (git.git_dir / name).exists()), None)
