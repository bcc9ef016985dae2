"""What a digest that is sent would bring to whom: gathered, composed and checked beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from email.message import EmailMessage

from kmkit.audience.audiences import Audience, audience_of
from kmkit.audience.recipients import Recipient, recipients_of
from kmkit.config.leaving import Channel
from kmkit.errors import Cannot, Refused, UsageError
from kmkit.kb import KnowledgeBase
from kmkit.natural import since as since_day
from kmkit.note.problem import Problem
from kmkit.reach.addresses import address_of
from kmkit.reach.digests import digest_of
from kmkit.reach.going import Going, commits_after, going_since
from kmkit.reach.headers import list_headers
from kmkit.reach.ledger_runs import Run, What
from kmkit.reach.letters import LARGEST_TEXT, letter_of, message_id
from kmkit.text import one_line
from kmkit.views.digest_render import render
from kmkit.views.digest_values import Digest


@dataclass(frozen=True)
class Plan:
    """A digest that is about to be sent."""

    what: What
    audience: Audience
    channel: str
    """The channel that it is recorded under."""
    base: str
    """The commit up to which the last one told; '' for the first."""
    tip: str
    since: date
    until: date
    recipients: tuple[Recipient, ...]
    digests: Mapping[str, Digest]
    """By the language in which recipients are written to."""
    problems: tuple[Problem, ...] = ()
    broken: tuple[str, ...] = ()

    @property
    def first(self) -> Digest:
        """The digest in one of its languages."""
        return next(iter(self.digests.values()))

    @property
    def notes(self) -> tuple[str, ...]:
        """The ids of the notes that it brings."""
        return tuple(item.id for item in self.first.items)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to tell."""
        return self.first.empty


def planned(
    kb: KnowledgeBase,
    name: str,
    to: str,
    earlier: Sequence[Run],
    run: Run | None = None,
) -> Plan:
    """The digest ``name`` to the audience ``to``.

    It tells of what no run of ``earlier``, the newest first, has told. ``run``: one that was begun
    before, to go on with; it tells of the commits that it told of then, as far as the audience may
    see that today. Refused where there is nobody to send it to, or no channel to record it under;
    Cannot where an address or the digest itself is no good.
    """
    audience = audience_named(kb, to)
    recipients = recipients_of(kb, audience)
    if not recipients:
        raise Refused(
            f"The audience {to} has no recipients: there is nobody to send this to.",
            f"Write them into kmkit.toml: recipients under [audiences.{to}].",
        )
    tips = [one.intent.tip for one in earlier]
    head = kb.git.tip()
    tip = run.intent.tip if run else head
    since, until = _days(kb, audience, earlier, run)
    going = Going(
        commits=going_since(kb.git, tips, tip),
        later=frozenset(commits_after(kb.git, tip, head)) if tip != head else frozenset(),
        told=frozenset(note for one in earlier for note in one.intent.notes),
        again=run.intent.notes if run else (),
    )
    spoken = dict.fromkeys(one.language for one in recipients)
    gathered = {
        language: digest_of(
            kb, to=to, since=since, until=until, name=name, going=going, language=language
        )
        for language in spoken
    }
    one = next(iter(gathered.values()))
    return Plan(
        what=What("digest", name, to),
        audience=audience,
        channel=channel_of(kb, audience),
        base=run.intent.base if run else tips[0] if tips else "",
        tip=tip,
        since=since,
        until=until,
        recipients=recipients,
        digests={language: found.digest for language, found in gathered.items()},
        problems=one.problems,
        broken=one.broken,
    )


def audience_named(kb: KnowledgeBase, name: str) -> Audience:
    """The audience ``name`` of kmkit.toml; UsageError where it is none, or a level alone."""
    if name and name not in kb.config.audiences and name in kb.policy.levels:
        known = [n for n, a in kb.config.audiences.items() if a.level == name]
        raise UsageError(
            f"'{name}' is a circle: letters are sent to an audience.",
            f"Name one: {', '.join(known or kb.config.audiences)}."
            if kb.config.audiences
            else "Write one into kmkit.toml: [audiences.NAME] with level and recipients.",
        )
    return audience_of(kb.config, kb.policy, name)


def channel_of(kb: KnowledgeBase, audience: Audience) -> str:
    """The channel that a digest to ``audience`` is recorded under; Refused where none is clear."""
    channels = kb.config.channels
    named = kb.config.audiences[audience.name].channel
    where = f"[audiences.{audience.name}]"
    if named:
        if named not in channels:
            raise Refused(
                f"kmkit.toml: {where} names the channel '{one_line(named)}', and there is none.",
                f"Channels: {', '.join(channels)}.",
            )
        if kb.policy.width(channels[named].level) > kb.policy.width(audience.level):
            raise Refused(
                f"The channel {named} reaches {channels[named].level}, and {audience.name} is "
                f"{audience.level}: what goes to them would be recorded as going further.",
                f"Name another channel under {where} in kmkit.toml.",
            )
        return named
    fitting = [name for name, one in channels.items() if _fits(one, audience)]
    if len(fitting) == 1:
        return fitting[0]
    several = f"There are several mail channels for {audience.level} ({', '.join(fitting)})"
    none = f"There is no mail channel for {audience.level}"
    raise Refused(
        f"{several if fitting else none}: it is not clear under which this is recorded.",
        f'Write channel = "NAME" under {where} in kmkit.toml.',
    )


def _fits(channel: Channel, audience: Audience) -> bool:
    return channel.kind == "mail" and channel.level == audience.level


def _days(
    kb: KnowledgeBase, audience: Audience, earlier: Sequence[Run], run: Run | None
) -> tuple[date, date]:
    """The days that label the digest."""
    if run and run.intent.since and run.intent.until:
        return run.intent.since, run.intent.until
    today = kb.today
    if earlier and (last := earlier[0].intent.until):
        return min(last + timedelta(days=1), today), today
    return since_day(str(audience.every), today, until=today), today


@dataclass
class Letters:
    """The letters of a plan: rendered once in each language, one for each recipient."""

    kb: KnowledgeBase
    plan: Plan
    kb_id: str
    _texts: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check all that can be wrong before any goes out."""
        mail = self.kb.config.mail
        self._sender = mail.sender or self.kb.config.organisation.contact
        if not self._sender:
            raise Cannot(
                "Nobody sends this letter.",
                'Write sender = "name@example.org" under [mail] in kmkit.toml.',
            )
        organisation = one_line(self.kb.config.organisation.name)
        self._headers = list_headers(
            mail,
            name=f"{self.plan.audience.name}-{self.plan.what.name}",
            sender=self._sender,
            title=f"{organisation}: {self.plan.audience.help or self.plan.audience.name}",
        )
        _not_too_large(self.plan.first)
        self._people = {one.email: one for one in self.plan.recipients}
        for language in self.plan.digests:
            self(next(one.email for one in self.plan.recipients if one.language == language))
        for one in self.plan.recipients:
            address_of(one.email)

    def __call__(self, email: str) -> EmailMessage:
        """The letter to one of the recipients."""
        language = self._people[email].language
        digest, mail, what = self.plan.digests[language], self.kb.config.mail, self.plan.what
        text, html = self._text(language, digest)
        return letter_of(
            subject=digest.subject,
            text=text,
            html=html,
            sender=self._sender,
            sender_name=digest.organisation,
            sent=self.kb.now,
            to=email,
            reply_to=mail.reply_to,
            message_id=message_id(
                self.kb_id, *what, self.plan.base, self.plan.tip, self.plan.until.isoformat(),
                email.casefold(), domain=self._sender,
            ),
            language=digest.language,
            headers=self._headers,
        )  # fmt: skip

    def _text(self, language: str, digest: Digest) -> tuple[str, str]:
        if language not in self._texts:
            root = self.kb.root
            self._texts[language] = render(digest, "text", root), render(digest, "html", root)
        return self._texts[language]


def _not_too_large(digest: Digest) -> None:
    """Cannot where notes follow in full that no letter holds; told before they are laid out."""
    size = sum(len(part.text.encode()) for item in digest.annex for part in item.full)
    if size > LARGEST_TEXT:
        raise Cannot(
            f"The notes that the letter would hold in full have {size / (1 << 20):.1f} MB; more "
            "than 1 MB is not sent.",
            "Say where readers find notes, so that a link goes instead: note under [links] in "
            "kmkit.toml.",
        )
