"""What the audit can find about records; `kmkit.trail.audit.findings` has these among its rules."""

RECORDS = {
    "record-by-hand": ("A hand wrote what only commands write", """Where a record stands (planned,
        done, verified; accepted; answered; its scores), who did it and what came of it are written
        by kmkit, one commit a step. Here a commit without that step changed it, or brought it in as
        if it had been taken. Nobody answers for it, and no figure should rest on it. Mend: put the
        fields back as they were with a plain commit, or remove a record that is new; then take the
        step with kmkit."""),
    "changed-after-verification": ("An application was changed after it was verified", """Somebody
        saw that a change holds, and afterwards the record says something else: who did it, on which
        day, what was changed, what came of it, or of which note. What was verified is not what
        stands there. Mend: put the fields back as they were with a plain commit; another use of the
        note is another record: kmkit apply."""),
    "illegal-step": ("A record does not walk like that", """The commit takes a step that does not
        lead from where the record stood to where it stands: something planned was verified before
        it was done, or something dropped came back. Mend: put the fields back as they were with a
        plain commit, then take every step with kmkit."""),
    "step-mismatch": ("The commit of a record does not do what its trailers say", """The trailers
        name another record, another version of the file or other values than the commit wrote, or
        the step wrote fields that are not its own. It was not made by kmkit, or it was changed
        afterwards. Mend: put the fields back as they were with a plain commit, then take the step
        with kmkit."""),
    "step-without-change": ("A step that changed no record", """The commit carries the trailers of a
        step and touches no record. Whoever reads the history takes it for something that happened.
        Mend: none is needed where the record stands right; otherwise take the step with kmkit."""),
    "names-another": ("The record names somebody else than whoever made the commit", """Who did it
        or reported it, who verified it, who accepted or screened it is whoever made the commit:
        nobody sees, or decides, in another's name. Mend: put the fields back as they were with a
        plain commit; then that person takes the step."""),
    "own-verification": ("Somebody verified what they did or reported", """An application is
        verified by somebody else than whoever did it, reported it or is a co-author of that commit.
        A second address of the same person, known by the same full name, is no second person. Mend:
        put the record back to done with a plain commit, and ask somebody else: kmkit apply RECORD
        --verify."""),
    "evidence-before-change": ("The evidence is not from after the change", """What shows that a
        change holds has to be of a later day than the change. Mend: put the record back to done
        with a plain commit, and verify it by later evidence: kmkit apply RECORD --verify."""),
    "incomplete-record": ("A step without what it asks for", """A reason, an outcome, what was
        changed or the evidence is missing, or the record contradicts itself. kmkit would have
        refused the step. Mend: put the fields back as they were with a plain commit, then take the
        step with kmkit."""),
    "merged-record": ("A merge mixed two versions of a record", """A merge takes where a record
        stands, with all that belongs to it, from one side. Here it comes from both, or from
        neither: nobody ever recorded this. Mend: commit the fields as the side has them that went
        further."""),
    "merge-lost-step": ("A merge dropped a step of a record", """One side of the merge carries the
        record further than the other, and the merge took the older version, or left the record out.
        Mend: commit the file as the other side has it."""),
    "record-id-changed": ("The id of a record changed", """The id is what commits, notes and reports
        know a record by. Here a file got another id, or another record was put over it. Mend: put
        the file back, and give the other one its own name."""),
    "duplicate-record": ("Two files hold one record", """A second file with the id of a record would
        count twice, and share the proof of the first. Mend: delete the copy; if it is a record of
        its own, make it with kmkit."""),
    "record-not-a-file": ("A record that is no plain file", """A symbolic link or a submodule stands
        where a record should be. What it shows can change without any commit here. Mend: put the
        real file in its place."""),
    "unreadable-record": ("A record cannot be read", """The front matter has errors in this commit,
        so it cannot be told where the record stands. Mend: repair the line that kmkit check names,
        and commit that."""),
    "removed-record": ("A record was removed by somebody whose it is not", """A record disappeared
        in a commit of somebody whose it is not, or after somebody else had verified it. A manager
        or a steward may take it away. What did not help must not vanish. Mend: bring the
        file back with git."""),
}  # fmt: skip
"""Id -> title and paragraph."""
