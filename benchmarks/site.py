"""How long a portal takes, beside what other programs make of the same notes.

hugo makes pages, lists by topic, kind and person in parts of 100, five related notes on each page,
a feed and one JSON file with all texts; once more without the related notes. mkdocs makes pages and
its own search data. All work in memory where the machine has a file system there, into an empty
folder, in turns.

    python -m benchmarks.site [--notes N] [--runs N] [--kb DIR] [--mkdocs PROGRAM]
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from benchmarks.clock import KMKIT, Taken, in_turns, megabytes, taken
from kmkit.kb import KnowledgeBase
from kmkit.note.model import Note

MEMORY = Path("/dev/shm")
"""A file system in memory."""
_HUGO = """\
baseURL = "https://example.org/"
title = "Notes"
timeout = "600s"
paginate = 100
[taxonomies]
topic = "topics"
kind = "kinds"
owner = "owners"
[outputs]
home = ["HTML", "RSS", "JSON"]
section = ["HTML"]
taxonomy = ["HTML"]
term = ["HTML"]
[related]
threshold = 20
includeNewer = true
[[related.indices]]
name = "topics"
weight = 100
[[related.indices]]
name = "kinds"
weight = 20
"""
_BASE = """<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">
<title>{{ .Title }}</title></head><body>
<header><a href="/">{{ site.Title }}</a><nav><a href="/topics/">Topics</a>
<a href="/kinds/">Kinds</a> <a href="/owners/">People</a></nav></header>
<main>{{ block "main" . }}{{ end }}</main></body></html>"""
_ROW = """<li><h2><a href="{{ .RelPermalink }}">{{ .Title }}</a></h2><p>{{ .Params.summary }}</p>
<p>{{ range .Params.kinds }}<a href="/kinds/{{ . | urlize }}/">{{ . }}</a> {{ end }}
{{ range .Params.topics }}<a href="/topics/{{ . | urlize }}/">{{ . }}</a> {{ end }}
<time>{{ .Date.Format "2 January 2006" }}</time></p></li>"""
_NOTE = """{{ define "main" }}<article><h1>{{ .Title }}</h1><p>{{ .Params.summary }}</p>
{{ range .Params.verdicts }}<p>Validated by {{ .method }} by {{ .by }} on {{ .on }}.</p>{{ end }}
{{ with .Params.reviewed }}<p>Confirmed on {{ .on }}: {{ .because }}</p>{{ end }}
<h2>Why it matters</h2><p>{{ .Params.matters_to }}</p>{{ .Content }}RELATED
<dl><dt>State</dt><dd>{{ .Params.state }}</dd><dt>Unit</dt><dd>{{ .Params.unit }}</dd>
{{ range .Params.owners }}<dt>Owner</dt><dd><a href="/owners/{{ . | urlize }}/">{{ . }}</a></dd>
{{ end }}</dl></article>{{ end }}"""
_RELATED = """{{ with .Site.RegularPages.Related . | first 5 }}<h2>Related</h2>
<ul>{{ range . }}<li><a href="{{ .RelPermalink }}">{{ .Title }}</a></li>{{ end }}</ul>{{ end }}"""
_LIST = """{{ define "main" }}<h1>{{ .Title }}</h1><ul>
{{ range .Paginator.Pages }}{{ partial "row.html" . }}{{ end }}</ul>{{ with .Paginator }}
<p>{{ .PageNumber }} of {{ .TotalPages }}{{ if .HasPrev }} <a href="{{ .Prev.URL }}">Newer</a>
{{ end }}{{ if .HasNext }} <a href="{{ .Next.URL }}">Older</a>{{ end }}</p>{{ end }}{{ end }}"""
_TERMS = """{{ define "main" }}<h1>{{ .Title }}</h1><ul>{{ range .Pages }}
<li><a href="{{ .RelPermalink }}">{{ .Title }}</a> {{ len .Pages }}</li>{{ end }}</ul>{{ end }}"""
_HOME = """{{ define "main" }}<h1>{{ .Title }}</h1><ul>
{{ range first 8 site.RegularPages }}{{ partial "row.html" . }}{{ end }}</ul>{{ end }}"""
_JSON = """[{{ range $i, $p := site.RegularPages }}{{ if $i }},{{ end }}{{ dict "href"
$p.RelPermalink "title" $p.Title "summary" $p.Params.summary "text" $p.Plain
| jsonify }}{{ end }}]"""


class Way(NamedTuple):
    """One program that makes a site."""

    command: tuple[str, ...]
    folder: Path
    """Where it works."""
    out: Path
    """What it makes; taken away before each run."""


def hugo(folder: Path, notes: list[Note], *, related: bool) -> Way:
    """The same notes for hugo."""
    layouts = {
        "_default/baseof.html": _BASE,
        "_default/single.html": _NOTE.replace("RELATED", _RELATED if related else ""),
        "_default/list.html": _LIST,
        "_default/taxonomy.html": _TERMS,
        "partials/row.html": _ROW,
        "index.html": _HOME,
        "index.json": _JSON,
    }
    for name, text in layouts.items():
        _write(folder / "layouts" / name, text)
    _write(folder / "hugo.toml", _HUGO)
    for note in notes:
        fields = note.fields
        gathered = fields.gathered
        head = {
            "title": note.title,
            "date": str(gathered.on if gathered else "2026-01-01"),
            "slug": note.id,
            "summary": fields.summary or "",
            "topics": fields.topics,
            "kinds": [note.kind],
            "owners": [note.owner],
            "state": note.state,
            "unit": fields.unit or "",
            "matters_to": fields.matters_to or "",
            "verdicts": [
                {"method": v.method, "by": v.by, "on": str(v.on)} for v in fields.verdicts
            ],
            "reviewed": {"on": str(fields.reviewed.on), "because": fields.reviewed.because}
            if fields.reviewed
            else None,
        }
        _write(
            folder / "content" / "notes" / f"{note.id}.md", f"{json.dumps(head)}\n\n{_body(note)}"
        )
    return Way(("hugo", "--quiet"), folder, folder / "public")


def mkdocs(folder: Path, notes: list[Note], program: str) -> Way:
    """The same notes for mkdocs."""
    _write(folder / "mkdocs.yml", "site_name: Notes\nuse_directory_urls: false\n")
    _write(folder / "docs" / "index.md", "# Notes\n")
    for note in notes:
        text = f"# {note.title}\n\n{note.fields.summary or ''}\n\n{_body(note)}"
        _write(folder / "docs" / f"{note.id}.md", text)
    return Way((program, "build", "--quiet"), folder, folder / "site")


def kmkit(root: Path, out: Path) -> Way:
    """The portal of the narrowest circle, which has all notes and people."""
    return Way((*KMKIT, "site", str(out)), root, out)


def _body(note: Note) -> str:
    return note.text.split("\n---\n", 1)[-1]


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _timed(way: Way) -> Callable[[], Taken]:
    """One run of ``way``, from nothing."""

    def run() -> Taken:
        """Take away what there is, and make it."""
        shutil.rmtree(way.out, ignore_errors=True)
        return taken(way.command, cwd=way.folder)

    return run


def ways_of(root: Path, scratch: Path, program: str) -> dict[str, Way]:
    """Every way to make a site of the notes of ``root`` that this machine has."""
    notes = list(KnowledgeBase(root).notes())
    ways = {"kmkit site": kmkit(root, scratch / "portal")}
    if shutil.which("hugo"):
        ways["hugo, related notes"] = hugo(scratch / "hugo", notes, related=True)
        ways["hugo, none"] = hugo(scratch / "hugo-none", notes, related=False)
    if shutil.which(program):
        ways["mkdocs"] = mkdocs(scratch / "mkdocs", notes, program)
    return ways


def table(took: dict[str, Taken]) -> str:
    """The times, and each as a multiple of hugo's with related notes."""
    floor = took.get("hugo, related notes", took["kmkit site"])
    lines = [f"{'what':<24}{'s':>8}{'ratio':>8}{'cpu s':>8}{'ratio':>8}"]
    for name, one in took.items():
        wall, cpu = one.wall / floor.wall, one.cpu / floor.cpu
        lines.append(f"{name:<24}{one.wall:>8.2f}{wall:>8.2f}{one.cpu:>8.2f}{cpu:>8.2f}")
    return "\n".join(lines)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure how long a portal takes.")
    parser.add_argument("--notes", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--kb", type=Path, help="measure on this knowledge base instead")
    parser.add_argument("--mkdocs", default="mkdocs", help="the program, where it is not in PATH")
    options = parser.parse_args()
    place = MEMORY if MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(dir=place) as folder:
        scratch = Path(folder)
        root = options.kb
        if root is None:  # written by another process, so that this one stays small
            root = scratch / "kb"
            write = ("-m", "benchmarks.histories", str(root), "--notes", str(options.notes))
            subprocess.run((sys.executable, *write), check=True)
        ways = ways_of(root, scratch, options.mkdocs)
        taken(ways["kmkit site"].command, cwd=root)  # the index is there, as it is for a user
        took = in_turns({n: _timed(w) for n, w in ways.items()}, options.runs, warm_up=False)
        took["kmkit site, again"] = taken(ways["kmkit site"].command, cwd=root)
        print(table(took), flush=True)
        print(f"\n{'what':<24}{'MB':>8}")
        for name, way in ways.items():
            shutil.rmtree(way.out, ignore_errors=True)
            print(f"{name:<24}{megabytes(way.command, cwd=way.folder):>8.0f}", flush=True)


if __name__ == "__main__":
    main()
