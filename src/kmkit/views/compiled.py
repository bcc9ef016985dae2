"""Shipped templates as Python code, kept where Python keeps that of kmkit itself.

Whoever can write there can write kmkit's own code as well, so nothing is run that others could
have put there. Templates of a knowledge base are never kept: they are compiled each time, in the
process that renders them within limits.
"""

import sys
from contextlib import suppress
from importlib.util import cache_from_source
from pathlib import Path

import jinja2.compiler
from jinja2.bccache import Bucket, FileSystemBytecodeCache


class Compiled(FileSystemBytecodeCache):
    """What shipped templates were compiled to; anew once their text or Jinja has changed."""

    def __init__(self) -> None:
        super().__init__(str(Path(cache_from_source(__file__)).parent), "%s.template")
        files = (Path(jinja2.compiler.__file__), Path(__file__).with_name("environment.py"))
        self._ways = "".join(f" {s.st_size} {s.st_mtime_ns}" for s in map(Path.stat, files))

    def get_source_checksum(self, source: str) -> str:
        """What tells that a template would be compiled to the same."""
        return super().get_source_checksum(source) + self._ways

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is kept; where that is damaged, the template is compiled."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever pickle says of a file that was cut off
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, where that is allowed and can be."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            super().dump_bytecode(bucket)
            Path(self._get_cache_filename(bucket)).chmod(0o644)
