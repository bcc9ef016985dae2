"""Lessons as somebody else would capture them again: the same every time it is run."""

import re
from random import Random

from benchmarks.relevance.lessons import Lesson
from kmkit.index.nearby.alike import Said

WAYS = ("shortened", "reworded", "reordered", "in brief", "retold")

_SAID_OTHERWISE = dict(
    pair.split("=")
    for pair in """
must=should|shall=must|should=ought to|ensure=make sure|ensured=made sure|personnel=staff
employee=worker|employees=workers|failure=fault|failures=faults|failed=broke down|prior to=before
during=while|inspection=check|inspections=checks|inspected=checked|verify=check|verified=confirmed
verification=confirmation|damage=harm|damaged=broken|incident=event|accident=mishap|mishap=accident
procedure=instruction|procedures=instructions|require=need|required=needed|requirement=need
requirements=needs|equipment=gear|utilize=use|utilized=used|provide=give|provided=given|perform=do
performed=done|result in=lead to|resulted in=led to|resulting in=leading to|caused=brought about
cause=reason|determine=find out|determined=found|investigation=inquiry|inadequate=poor
adequate=sufficient|approximately=about|additional=further|however=but|therefore=so|operations=work
operation=run|operator=driver|hazard=danger|hazards=dangers|hazardous=dangerous|injury=harm
injuries=harm|training=teaching|design=layout|develop=draw up|developed=drawn up|review=look over
reviewed=looked over|management=leadership|manager=lead|effective=useful|identify=find
identified=found|implement=put in place|implemented=put in place|process=way of working
processes=ways of working|contractor=supplier|contractors=suppliers|recommend=advise
recommended=advised|maintain=keep|maintained=kept|maintenance=upkeep|install=fit|installed=fitted
installation=fitting|test=trial|tests=trials|tested=tried|testing=trials|potential=possible
large=big|small=little|proper=right|properly=rightly|improper=wrong|reduce=lower|increase=raise
increased=raised|significant=major|assure=make sure|component=part|components=parts
consider=think of|considered=thought of|problem=trouble|problems=troubles|system=installation
systems=installations""".replace("\n", "|")
    .strip("|")
    .split("|")
)
_WORDS = re.compile(
    rf"\b({'|'.join(sorted(map(re.escape, _SAID_OTHERWISE), key=len, reverse=True))})\b",
    re.IGNORECASE,
)


def again(lesson: Lesson, way: str) -> Said:
    """``lesson`` captured again in one of WAYS.

    shortened: nearly half of the sentences are left out. reworded: other words where there are
    any, one word in eight left out. reordered: sentences in any order, a fifth of them left out,
    some words changed. in brief: a title and three sentences. retold: half of the sentences in
    any order, all words changed that can be, one in four left out.
    """
    rng = Random(f"{lesson.number} {way}")
    parts = [_sentences(part) for part in (lesson.event, lesson.lesson, lesson.recommendation)]
    every = [sentence for part in parts for sentence in part]
    if way == "shortened":
        return Said(lesson.title, "", _some(every, 0.55, rng))
    if way == "reworded":
        return Said(_other(lesson.title, rng), "", _other(" ".join(every), rng))
    if way == "in brief":
        chosen = (parts[1] or parts[0])[:2] + parts[2][:1]
        return Said(_other(lesson.title, rng), "", _other(" ".join(chosen), rng, 0.5))
    rng.shuffle(every)
    if way == "reordered":
        return Said(_other(lesson.title, rng, 0.5), "", _other(_some(every, 0.8, rng), rng, 0.3))
    told = _other(_some(every, 0.5, rng), rng, 1.0, left_out=0.25)
    return Said(_other(lesson.title, rng, 1.0, left_out=0.25), "", told)


def _sentences(text: str) -> list[str]:
    return [part for part in re.split(r"(?<=[.!?])\s+", " ".join(text.split())) if part]


def _some(sentences: list[str], share: float, rng: Random) -> str:
    """About ``share`` of the sentences; one at least."""
    return " ".join([one for one in sentences if rng.random() < share] or sentences[:1])


def _other(text: str, rng: Random, share: float = 0.8, *, left_out: float = 0.12) -> str:
    """``text`` with about ``share`` of the words changed that can be, and some left out."""
    changed = _WORDS.sub(
        lambda found: _SAID_OTHERWISE[found[0].lower()] if rng.random() < share else found[0], text
    )
    return " ".join(word for word in changed.split() if rng.random() >= left_out)
