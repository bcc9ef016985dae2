"""What the audit of a whole history finds."""

from kmkit.kb import KnowledgeBase
from kmkit.trail.audit.audit import audit
from kmkit.trail.audit.findings import Finding


def audited(kb: KnowledgeBase) -> tuple[Finding, ...]:
    """What is found in the history from its first commit on."""
    anchor = kb.git.text("rev-list", "--max-parents=0", "HEAD")
    return audit(kb.git, "", anchor=anchor, tip=kb.git.tip()).findings
