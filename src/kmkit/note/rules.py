"""Every rule that a file can break: what it says, why it is there, how to mend it.

`RULES` is the one definition; ``kmkit check --explain RULE``, SARIF and the documentation read it.
"""

_READING = {
    "not-utf-8": """The file holds bytes that are not UTF-8. Everything in a knowledge base is
        UTF-8, so that a name in any script reads the same on every machine. Mend: open the file
        in an editor, choose 'save with encoding' and take UTF-8.""",
    "bom": """The file begins with a byte order mark, three bytes that some Windows editors put in
        front. Many tools then no longer see the front matter and drop it without a word. Mend:
        save the file as 'UTF-8' and not as 'UTF-8 with BOM'.""",
    "no-front-matter": """The file does not begin with a line of three dashes, so it says neither
        what it is nor whose it is. Mend: put the front matter at the very top, between two lines
        of three dashes; or `kmkit capture --from PATH` makes a note of a plain file, which you
        then remove.""",
    "unclosed-fence": """The front matter begins with a line of three dashes but no second such
        line ends it, so nobody can tell where the text begins. Mend: add a line of three dashes
        after the last field.""",
    "merge-conflict": """git could not merge the file and left both sides in it, between lines of
        seven `<` and seven `>`. Mend: `kmkit resolve NOTE` merges the fields one by one, and says
        which lines of the text a person has to put in order first. Settings, people and records a
        person puts in order: in the file, then `git add`; or take the merge back with
        `git merge --abort`.""",
    "not-a-mapping": """The front matter, or a field in it, is not made of lines such as
        `name: value` where those are meant. Mend: write one field to a line, each with a colon
        and a space after its name.""",
    "yaml-syntax": """The front matter cannot be read as YAML from this place on. Usual causes are
        a colon inside plain text, a tab, or a quotation mark without its other half. Mend: put
        the text in double quotes.""",
    "duplicate-key": """A field stands there twice. Most tools take the last one silently, so two
        readers may see two different notes. Mend: keep one and delete the other.""",
    "anchor": """The front matter uses a YAML anchor (`&name`). Anchors make a value depend on
        another place and can blow up a small file. Mend: write the value out.""",
    "alias": """The front matter uses a YAML alias (`*name`). Mend: write the value out, or put
        text that begins with an asterisk in double quotes.""",
    "merge-key": """The front matter uses a YAML merge key (`<<`), which copies fields from
        somewhere else; a few hundred bytes of it can fill a machine's memory. Mend: write the
        fields out.""",
    "control-character": """There is an invisible control character in the front matter. YAML
        forbids it, and tools differ in what they make of it. Mend: delete it; inside double quotes
        it can be written as an escape such as `\\n`.""",
    "tag": """The front matter uses a YAML tag (`!name`), which asks the reader to run or convert
        something. Mend: take it away, or put text that begins with `!` in double quotes.""",
    "too-large": """The front matter is larger than 64 KiB. It is meant for fields; text belongs
        below it. Mend: move long text into a section.""",
    "too-deep": """The front matter is nested more deeply than eight levels; no field needs that.
        Mend: check the brackets and the indentation.""",
    "unknown-field": """There is no field of this name. A misspelt field would otherwise be lost
        without a word. Mend: correct the name; for a field of your own, begin its name
        with `x_`.""",
    "bad-value": """The value does not suit its field: text where a list is meant, a word that the
        field does not know, or a part missing. Mend: write it as the message shows; docs/format.md
        lists every field.""",
    "bad-date": """The value is no date. Dates are written year-month-day, such as 2026-11-21,
        because 03/04 is two different days in two countries. Mend: write the date so.""",
}

_FILES = {
    "unreadable-file": """The file cannot be opened: it is a broken link, or its permissions forbid
        it. Mend: see what it is and who may read it.""",
    "symbolic-link": """A symbolic link stands where the file of a note, a person, a record or the
        settings is meant. What it leads to can change without any commit, or be another file on
        another machine; so nothing is recorded there, and the audit finds it. Mend: put the real
        file in its place, and commit that.""",
    "bad-setting": """kmkit.toml or policy.toml holds something that kmkit does not understand, or
        that names a topic, level or role that is not there. Mend: each setting is explained in the
        comment above it; policy.toml is changed by a steward.""",
    "bad-template": """The template of a kind of note cannot be read, so notes of that kind can
        neither be captured nor checked. Mend: compare it with one of the shipped templates, or
        delete the knowledge base's own to fall back on the shipped one.""",
}

_FIELDS = {
    "missing-field": """A field that the note's state asks for is missing or empty. Which state
        asks for what stands in policy.toml under [required]. Mend: fill it in with
        `kmkit edit NOTE`, or make the move that writes it.""",
    "missing-section": """A section that the note's kind asks for in this state is missing. The
        sections of a kind are the headings of its template in templates/notes. Mend: add the
        heading, in English or in one of the template's languages, and write below it.""",
    "unfilled-section": """A section that the note's kind asks for in this state holds nothing but
        its guidance. Mend: answer the question that stands there.""",
    "unknown-state": """The state is none of captured, validated, formatted, disseminated,
        maintained and retired. A state that nobody knows is a problem, never a default. Mend: put
        back the state that the trail gives (`kmkit log NOTE`).""",
    "unknown-kind": """There is no template for this kind of note, so nobody can say which sections
        it needs. Mend: use one of the known kinds, or let a steward add templates/notes/KIND.md.j2
        to the knowledge base.""",
    "unknown-level": """The level is not one of policy.toml. It counts as the narrowest, so the note
        reaches nobody outside. Mend: use one of the levels that the message names.""",
    "unknown-method": """The way in which the knowledge was gathered or validated is not one that
        kmkit knows, so it cannot be counted or compared. Mend: use one that the message names.""",
    "unknown-topic": """A topic is not in the vocabulary of kmkit.toml, so people who look under
        the usual word miss the note. Mend: use a topic that is there, or add it under [topics].""",
    "unknown-channel": """The note says that it went out over a channel that kmkit.toml does not
        have, so it cannot be told how far it reached. Mend: correct the name, or add the channel
        under [channels].""",
    "bad-id": """An id is eight digits of a date, a slug of small letters and digits, and four
        characters, joined by hyphens. Everything that points to a note does so by its id. Mend: put
        back the id that the note was captured with; never invent one by hand.""",
    "id-mismatch": """The file is named like one note and holds the id of another, as happens when
        a file is copied to begin a new note. Mend: capture a new note with `kmkit capture`, or
        give the file the name of its id.""",
    "duplicate-id": """Two files hold the same id, so nothing that points to it is certain. Mend:
        keep one; if the other is a note in its own right, capture it anew.""",
    "bad-email": """This person is not named by an e-mail address. Addresses are what people are
        compared by, so that nobody approves their own note under two names. Mend: write the
        address, such as name@example.org.""",
    "unknown-owner": """The owner has no file in people/, although this knowledge base keeps its
        people there; nobody may be asked to review the note. Mend: `kmkit reassign NOTE`, or add
        a file for the person.""",
    "owner-left": """The owner's file in people/ says that the person has left. Mend: give the note
        to somebody else with `kmkit reassign NOTE`.""",
    "duplicate-person": """Two files in people/ hold the same e-mail address, so it is not certain
        what is known of that person. Mend: keep one of the two.""",
    "bad-review-interval": """A review is asked for after no time at all or after more than ten
        years, which nobody means. Mend: write a duration such as P6M or P1Y.""",
    "future-date": """Something is said to have happened on a day that has not come yet; a review
        dated ahead would keep a note from ever coming due. Mend: write the day on which it
        happened.""",
}

_TRUST = {
    "bad-verdict": """A verdict lacks what makes it one: the fingerprint of what was judged, a
        reason where the note was returned or rejected, or the topic of an expert review. Verdicts
        are written by `kmkit validate`, not by hand. Mend: take the entry away and run
        `kmkit validate NOTE`.""",
    "own-verdict": """Somebody approved a note that they gave, typed or gathered themselves. From
        peer review on, those who gave the knowledge cannot approve it. Mend: ask somebody else
        with `kmkit validate NOTE --ask EMAIL`.""",
    "unproved-state": """The note claims a state that needs an approval, and no approval in it fits
        the substance that stands: the substance changed since it was approved. Mend: where
        `kmkit edit NOTE --reword` changed it and the meaning is the same, an approver runs
        `kmkit validate NOTE --same-meaning`; otherwise put the approved text back, or
        `kmkit reopen NOTE` and validate it again. `kmkit log NOTE` tells which text each approval
        was about.""",
    "bad-in-force": """`in_force` names the approved version that stands while a note is being
        revised: a captured note, git's name of a version and the state it had. Mend: put back what
        the trail gives (`kmkit log NOTE`); no hand writes this field.""",
    "protected-name": """A name stands in a note whose level is wider than the name may reach: one
        that the note lists under `protect`, which must not leave the narrowest circle, or one under
        [protect] in kmkit.toml. Every output keeps the note back from the wider circles. As that of
        an owner, a source or somebody who judged a name is no finding: outputs leave these people
        out. Mend: write a role instead of the name, or narrow the note. Git keeps the earlier text;
        docs/removal.md says what to do about it.""",
    "broken-link": """The note points to a note or file that is not there. Mend: correct the id or
        the path, or take the link away.""",
    "cut-by-comment": """In YAML a hash after a blank begins a comment: of `summary: order #5
        now` only `order` is read. Mend: put the whole text in double quotes; a comment that is
        meant belongs on a line of its own.""",
    "hidden-character": """There is a control or bidirectional character that nobody sees and that
        can make text look different from what it is. Mend: delete it; retyping the words around it
        is the surest way.""",
}

_RECORDS = {
    "wrong-folder": """A record says that it is of another kind than the folder it lies in, so it
        counts among neither. Mend: move it to the folder of its kind, people/ or records/KIND/,
        or correct `kind`.""",
    "verified-by-doer": """An application is verified by whoever did it or reported it. A change is
        verified by somebody else, as a lesson is approved by somebody else; it does not count as
        learned. Mend: put `status: done` back, take `verified` away, and ask somebody else:
        `kmkit apply APPLICATION --verify`.""",
    "early-evidence": """An application is verified by evidence that is no later than the change
        itself, which cannot show that the change holds. Mend: name evidence from after the
        change, and its day.""",
    "overdue-action": """A lesson was to be used somewhere by a day that has passed, and nobody has
        reported that it was. Mend: `kmkit apply APPLICATION --done`; give it another day with
        `--replan`, or drop it with a reason.""",
    "planned-action": """A lesson is to be used somewhere, and its day has not come yet. `kmkit
        actions` lists what is owed.""",
}

RULES: dict[str, str] = {
    rule: " ".join(text.split())
    for rule, text in (_READING | _FILES | _FIELDS | _RECORDS | _TRUST).items()
}
"""Rule id -> a paragraph: what, why, how to mend."""
