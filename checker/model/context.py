"""Context: what a subject is told from outside before its work starts, one class = one table.

The context is a small read-only file cut from registry and history (design §1.4). Rules read its tables as they
read facts. Where a need of a view names a table of the context, its coverage line stands in `gather_log` too.
"""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Sibling:
    """Another registered subject that stands in a relation to this one."""

    __title__ = "关联主体"
    __table__ = "sibling"
    subject: Annotated[str, "The subject whose context this is."]
    relation: Annotated[str, "unit (same unit) or child (this site is its parent)."]
    kind: Annotated[str, "site or account."]
    id: Annotated[str, "Its id."]
    name: Annotated[str, "Its name."]
    platform: Annotated[str, "Platform of an account, kind of a site."]
    organizer: Annotated[str, "Its 主办单位."]
    status: Annotated[str, "Its registered status."]


@dataclass(frozen=True, slots=True)
class FiledAccount:
    """A registered new-media account of the whole registry, whoever runs it: what a page offers is held to these."""

    __title__ = "备案账号名录"
    __table__ = "filed_account"
    subject: Annotated[str, "The site whose context this is."]
    id: Annotated[str, "Id of the account."]
    name: Annotated[str, "Its name."]
    platform: Annotated[str, "Platform family: wechat, weibo, toutiao, douyin, kuaishou, channels, app, miniprogram, other."]
    unit: Annotated[str, "Its unit as the circular prints it."]
    organizer: Annotated[str, "Its 主办单位."]
    status: Annotated[str, "running, closing or closed."]
    handle: Annotated[str, "Id on the platform as its sources name it (uid, number in the store); empty if none does."]


@dataclass(frozen=True, slots=True)
class Visit:
    """One availability visit (probe) that counts: blocked answers and our own outages are left out before."""

    __title__ = "访问监测"
    __table__ = "visit"
    subject: Annotated[str, "Id of the site."]
    at: Annotated[str, "Real time of the visit, ISO 8601 with +08:00."]
    on_date: Annotated[str, "Its day in Asia/Shanghai."]
    outcome: Annotated[str, "ok or a named failure."]
    elapsed_ms: Annotated[int, "Milliseconds until the home document was complete, redirects included."]


@dataclass(frozen=True, slots=True)
class KnownFinding:
    """A finding of earlier scans or of an imported circular, as it was last seen."""

    __title__ = "历史问题"
    __table__ = "known_finding"
    subject: Annotated[str, "Id of the subject."]
    fingerprint: Annotated[str, "Identity over scans."]
    rule: Annotated[str, "Rule id, empty for a free text."]
    problem: Annotated[str, "Problem wording."]
    first_seen: Annotated[str, "First seen, ISO 8601."]
    last_seen: Annotated[str, "Last seen, ISO 8601."]
    notified_on: Annotated[str, "Day it was notified, empty if it was not."]
    rectified_on: Annotated[str, "Day it was rectified, empty if it was not."]
    clause: Annotated[str, "Clause of the rule."] = ""
    item: Annotated[str, "What was counted once."] = ""
    location: Annotated[str, "The page where it stood."] = ""
    detail: Annotated[str, "What was wrong, in words."] = ""
    url: Annotated[str, "The address that it was about."] = ""
    key: Annotated[str, "Identity within rule and subject."] = ""
    scope: Annotated[str, "Scope whose coverage says whether it was examined; empty for the subject as a whole."] = ""
    certainty: Annotated[str, "certain or candidate."] = ""
    source: Annotated[str, "Where it comes from if not from our own scans, e.g. the name of a circular."] = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A person's answer to a question that a rule asks."""

    __title__ = "人工结论"
    __table__ = "answer"
    subject: Annotated[str, "Id of the subject."]
    rule: Annotated[str, "Rule id."]
    clause: Annotated[str, "Clause that asks."]
    item: Annotated[str, "What the answer is about; empty for the subject as a whole."]
    problem: Annotated[int, "1 = the problem (or the merit) exists, 0 = it does not."]
    detail: Annotated[str, "What the person saw."]
    by: Annotated[str, "Name of the person."]
    on_date: Annotated[str, "Day of the answer."]
    expires_on: Annotated[str, "Last day on which it counts."]


@dataclass(frozen=True, slots=True)
class SeenArticle:
    """An article that an earlier scan saw."""

    __title__ = "已见文章"
    __table__ = "seen_article"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[str, "Its address."]
    first_seen: Annotated[str, "First seen, ISO 8601."]


@dataclass(frozen=True, slots=True)
class Question:
    """A simulated question put to a site (模拟咨询) or an error report on the national platform (找错)."""

    __title__ = "模拟咨询"
    __table__ = "question"
    subject: Annotated[str, "Id of the site."]
    key: Annotated[str, "Number of the question."]
    kind: Annotated[str, "consultation or error-report."]
    asked_on: Annotated[str, "Day it was put."]
    replied_on: Annotated[str, "Day of the answer, empty if there is none."]
    working_days: Annotated[int, "Working days from question to answer, or to the inspection day if unanswered."]
    quality: Annotated[str, "good, poor or empty."]
    detail: Annotated[str, "What was asked and answered, in short."]


@dataclass(frozen=True, slots=True)
class RepostDuty:
    """An important item that sites had to repost in time."""

    __title__ = "转载任务"
    __table__ = "repost_duty"
    subject: Annotated[str, "Id of the site that owes it."]
    title: Annotated[str, "Title of the original."]
    published_at: Annotated[str, "When the original was published, ISO 8601."]
    origin: Annotated[str, "Where it was published."]
    hours: Annotated[int, "Hours allowed."]
    reposted_at: Annotated[str, "When this site carried it, empty if never seen."]


@dataclass(frozen=True, slots=True)
class DueReport:
    """A yearly report that a subject owes."""

    __title__ = "年度报告"
    __table__ = "due_report"
    subject: Annotated[str, "Id of the site."]
    report: Annotated[str, "信息公开年报 or 政府网站工作年度报表."]
    due_on: Annotated[str, "Last day in time."]
    published_on: Annotated[str, "Day it was found published, empty if not found."]
    url: Annotated[str, "Where it was found."]


@dataclass(frozen=True, slots=True)
class ContextLog:
    """How complete a table of the context is; copied into the subject's gather_log."""

    __title__ = "外部资料记录"
    __table__ = "context_log"
    fact: Annotated[str, "Name of the context table."]
    state: Annotated[str, "complete, partial, failed or notApplicable."]
    reason: Annotated[str, "Why it is not complete, in words for the reader of a report."]


CONTEXT: tuple[type, ...] = (
    ContextLog, Sibling, FiledAccount, Visit, KnownFinding, Answer, SeenArticle, Question, RepostDuty, DueReport,
)  # fmt: skip
"""Every table of the context, in the order of the data dictionary."""
