"""Results: what the rules and the arithmetic say, frozen; reports see nothing else."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class FetchOutcome(StrEnum):
    """What became of a request: a closed list, shared by pages, links, feeds and visits."""

    OK = "ok"
    HTTP_4XX = "http-4xx"
    HTTP_5XX = "http-5xx"
    BLOCKED = "blocked"
    CHALLENGE = "challenge"
    SOFT_404 = "soft-404"
    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RESET = "reset"
    CONNECT_TIMEOUT = "connect-timeout"
    READ_TIMEOUT = "read-timeout"
    TOTAL_TIMEOUT = "total-timeout"
    TLS_EXPIRED = "tls-expired"
    TLS_WRONG_HOST = "tls-wrong-host"
    TLS_UNTRUSTED = "tls-untrusted"
    TLS = "tls-protocol"
    PROTOCOL = "protocol-error"
    TOO_LARGE = "too-large"
    DECOMPRESSION = "decompression-error"
    TOO_MANY_REDIRECTS = "too-many-redirects"
    REDIRECT_LOOP = "redirect-loop"
    BAD_ADDRESS = "bad-address"
    ROBOTS = "robots"
    PRIVATE = "private-address"
    OWN_OUTAGE = "own-outage"
    HOST_DOWN = "host-down"
    BUDGET = "budget"


class Outcome(StrEnum):
    """Outcome of one rule on one subject."""

    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    OPEN = "open"
    REVIEW = "review"
    NOT_APPLICABLE = "notApplicable"
    NOT_EARNED = "notEarned"


class Verdict(StrEnum):
    """Verdict of a subject (design §5)."""

    UNQUALIFIED = "unqualified"
    PENDING = "pending"
    QUALIFIED = "qualified"


class Change(StrEnum):
    """What became of a finding since it was known: the first four of findings that are there, the others of gone ones.

    Rectified only where its place was examined again; a page or column that is no more is `removed`, for a person to
    accept; whatever could not be looked at again is `notSeen` (design §2).
    """

    NEW = "new"
    UNCHANGED = "unchanged"
    UPDATED = "updated"
    REOPENED = "reopened"
    RECTIFIED = "rectified"
    NOT_SEEN = "notSeen"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why anyone should believe a finding."""

    seen_at: str
    quote: str = ""
    archive: str | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One offending (or earning) row. `location` is the page where it stands, `url` what it is about.

    `certainty` is certain, candidate (a person must confirm) or unknown (its place was not gathered completely).
    `points` are those that count, within the cap; `price` is what its item costs or earns by itself. `key` is its
    identity within rule and subject, `scope` where it must be looked for again. `suppressed` is the reason why it does
    not count, `baseline` whether a gate's baseline knows it (known, new; None = there was none). `rechecked` is what a
    recheck says of a row that stays: notRectified, unknown (`gone` says why), '' if it was not looked at again.
    """

    fingerprint: str
    clause: str
    problem: str
    item: str
    location: str
    detail: str
    url: str
    certainty: str
    points: Decimal
    evidence: Evidence
    notice: bool = False
    change: Change = Change.NEW
    first_seen: str = ""
    suppressed: str | None = None
    key: str = ""
    scope: str = ""
    price: Decimal = Decimal(0)
    notified_on: str = ""
    baseline: str | None = None
    rechecked: str = ""


@dataclass(frozen=True, slots=True)
class Gone:
    """A finding that was known before this inspection and is not among its rows; `reason` says why it is taken so."""

    rule: str
    fingerprint: str
    clause: str
    problem: str
    item: str
    location: str
    detail: str
    url: str
    certainty: str
    first_seen: str
    last_seen: str
    notified_on: str
    change: Change
    reason: str


@dataclass(frozen=True, slots=True)
class Sampled:
    """One member of a rule's sample, named even when the rule passes."""

    key: str
    url: str
    title: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """One rule on one subject; `blocks` = open or in review, and the verdict must wait for it.

    `need`: how many distinct items reach the effect (of a veto or notice). `of_others`: its findings speak of findings
    that were known before, which have rows of their own; whoever counts problems leaves them out.
    """

    rule: str
    title: str
    effect: str
    outcome: Outcome
    problem: str
    advice: str = ""
    points: Decimal = Decimal(0)
    at_risk: Decimal = Decimal(0)
    cap: Decimal = Decimal(0)
    reason: str | None = None
    blocks: bool = False
    sample: tuple[Sampled, ...] = ()
    unasked: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    need: int = 1
    of_others: bool = False


@dataclass(frozen=True, slots=True)
class Decided:
    """How much of the vetoes was decided: 合格（13项中12项已判定）."""

    of: int
    decided: int
    open: tuple[str, ...]
    review: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Points of a subject; None where the profile does not score that kind."""

    total: Decimal | None = None
    part2: Decimal | None = None
    bonus: Decimal | None = None
    lowest: Decimal | None = None


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """Everything said of one subject; `verdict` is None for a closed one.

    `authorised_by` is who allowed us more than the site's robots.txt does, '' where that was obeyed. `gone` are the
    findings known before that are not here now. `rectification` is the 整改情况 that a recheck found, else ''.
    """

    kind: str
    id: str
    name: str
    url: str
    platform: str
    organizer: str
    unit: str
    group: str
    status: str
    verdict: Verdict | None
    grade: str | None
    decided: Decided
    score: Score
    assessments: tuple[Assessment, ...]
    statistics: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    authorised_by: str = ""
    gone: tuple[Gone, ...] = ()
    rectification: str = ""


@dataclass(frozen=True, slots=True)
class KindSummary:
    """Counts over all sites or all accounts; rates are None where nothing was inspected."""

    registered: int
    inspected: int
    closed: int
    qualified: int
    pending: int
    unqualified: int
    pass_rate: float | None
    pass_rate_if_pending_fail: float | None


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The subjects of one unit together."""

    unit: str
    group: str
    score: Decimal | None
    verdict: Verdict | None
    subjects: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RuleSetInfo:
    """Which rules judged: profile, version and a hash over everything that can change a verdict."""

    profile: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier inspection of the same registry, for the trend: its counts over sites and accounts."""

    id: str
    as_of: str
    sites: KindSummary
    accounts: KindSummary


@dataclass(frozen=True, slots=True)
class SuppressionUse:
    """A suppression as it stood on the inspection day: active, expired or future, and how many rows it hid.

    `place` is the file and line where it is written; `scope` what it covers, in words.
    """

    rule: str
    scope: str
    reason: str
    owner: str
    created: str
    expires: str
    place: str
    state: str
    hidden: int


@dataclass(frozen=True, slots=True)
class Scan:
    """The one result object that reports render.

    `kind` is scan or recheck; a recheck is `based_on` the scan whose findings it looked at again. `trend` are earlier
    scans, oldest first.
    """

    id: str
    started_at: str
    finished_at: str
    as_of: str
    tool_version: str
    rules: RuleSetInfo
    subjects: tuple[SubjectResult, ...]
    units: tuple[UnitResult, ...]
    sites: KindSummary
    accounts: KindSummary
    complete: bool = True
    kind: str = "scan"
    based_on: str = ""
    suppressions: tuple[SuppressionUse, ...] = ()
    trend: tuple[Past, ...] = ()
