"""Facts: what was seen, one frozen class = one table of a subject's facts file.

Every field carries its sentence; together they are the data dictionary from which `docs/facts.md` is made.
Unknown is a missing row plus a `gather_log` line, never NULL. A field of type `Address` holds a URL in Python
and an integer id of the table `address` in the file, so that a URL is stored once.
"""

from dataclasses import dataclass
from typing import Annotated, NewType

Address = NewType("Address", str)
"""An absolute, normalised URL; the store interns it as an integer id."""

TemplateKey = NewType("TemplateKey", str)
"""Digest of a template's links; the store interns it as an integer id of the table `template`."""


@dataclass(frozen=True, slots=True)
class Clock:
    """The inspection clock: one row; every age is reckoned from here (design §1.9)."""

    __title__ = "检查时点"
    __table__ = "clock"
    as_of: Annotated[str, "The moment of inspection, ISO 8601 with +08:00."]
    today: Annotated[str, "Its calendar day in Asia/Shanghai, YYYY-MM-DD."]


@dataclass(frozen=True, slots=True)
class RegisteredSite:
    """The registry entry of a site, copied when its gathering starts."""

    __title__ = "网站登记"
    __table__ = "site"
    subject: Annotated[str, "Registry id of the subject."]
    code: Annotated[str, "网站标识码, empty where the site is not filed."]
    name: Annotated[str, "Registered name."]
    url: Annotated[Address, "Registered home address."]
    host: Annotated[str, "Host of the home address, punycode, lower case."]
    kind: Annotated[str, "portal, department or special."]
    organizer: Annotated[str, "主办单位."]
    unit: Annotated[str, "The unit as the circular prints it."]
    group_name: Annotated[str, "县区, 市直 … as the circular groups it."]
    parent: Annotated[str, "Id of the portal above, empty if none."]
    services: Annotated[int, "1 if the unit has outward services."]
    status: Annotated[str, "running or closed."]
    robots: Annotated[str, "obey or authorised."] = "obey"
    authorised_by: Annotated[str, "Who allowed more than robots.txt does, empty where it is obeyed."] = ""


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """The registry entry of an account, copied when its gathering starts."""

    __title__ = "账号登记"
    __table__ = "account"
    subject: Annotated[str, "Registry id of the subject."]
    code: Annotated[str, "政务新媒体标识码, empty where the account is not filed."]
    name: Annotated[str, "Registered name."]
    platform: Annotated[str, "wechat-subscription, weibo … as in accounts.yaml."]
    organizer: Annotated[str, "主办单位."]
    unit: Annotated[str, "The unit as the circular prints it."]
    group_name: Annotated[str, "县区, 市直 … as the circular groups it."]
    status: Annotated[str, "running, closing or closed."]


@dataclass(frozen=True, slots=True)
class SiteColumn:
    """A column (栏目) of a site: registered, or discovered in navigation, menus, breadcrumbs, site map or by its tag."""

    __title__ = "栏目"
    __table__ = "site_column"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "Address of the column's first list page; this is also its coverage scope."]
    name: Annotated[str, "Name as registered or as the navigation shows it."]
    type: Annotated[str, "news, notice, policy, interpretation … (design §6)."]
    level: Annotated[int, "1 = top-level column (一级栏目)."]
    should_update: Annotated[str, "yes, no, or unknown for a discovered column of no standard period."]
    update_days: Annotated[int, "Registered period in days; 0 = the standard period of the type."]
    registered: Annotated[int, "1 if sites.yaml lists it."]
    origin: Annotated[str, "registry, navigation, columntype, breadcrumb, map or menu: where we know it from."]
    reason: Annotated[str, "Why it has this type, for the person who doubts it."] = ""


@dataclass(frozen=True, slots=True)
class Fetch:
    """One request and what became of it."""

    __title__ = "访问记录"
    __table__ = "fetch"
    subject: Annotated[str, "Id of the subject it was made for."]
    url: Annotated[Address, "Address asked for."]
    purpose: Annotated[str, "page, part (loaded by pages for header, footer or frames), render, made-up (a path that nobody made, to see what a missing page looks like), check, confirm, feed, account (any other source of an account; keys are cut from its address) or robots."]
    outcome: Annotated[str, "ok or a named failure from the closed list in `checker.model.results.FetchOutcome`."]
    status: Annotated[int, "HTTP status; 0 if there was no answer."]
    final_url: Annotated[Address, "Address after redirects."]
    hops: Annotated[int, "Number of redirects followed."]
    content_type: Annotated[str, "Content-Type header as sent."]
    size: Annotated[int, "Body size in bytes, after decompression, as far as it was read."]
    elapsed_ms: Annotated[int, "Milliseconds from the start of the request to the end of the body."]
    seen_at: Annotated[str, "Inspection time of the answer, ISO 8601."]
    sha256: Annotated[str, "SHA-256 of the body, empty if none was kept."] = ""
    tls: Annotated[str, "What is wrong with a secure connection over which it was read all the same: expired, wrong-host, untrusted, old; empty if nothing."] = ""
    unchanged: Annotated[int, "1 if the server said 304 (not modified) and the body is that of an earlier scan."] = 0
    chain: Annotated[str, "Addresses that redirects led to, joined by →; empty if none did."] = ""
    same_body: Annotated[int, "1 if the body was fetched anew and is the one that the scan before had."] = 0


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML page that was read."""

    __title__ = "页面"
    __table__ = "page"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "Address it was asked for under."]
    role: Annotated[str, "home, column, article, map (site map) or other."]
    title: Annotated[str, "Text of <title>."]
    charset: Annotated[str, "Charset that decoded the bytes."]
    declared_charset: Annotated[str, "Charset that header or meta declared, empty if none."]
    text_length: Annotated[int, "Characters of visible text."]
    main_length: Annotated[int, "Characters of visible text outside navigation, header and footer."]
    own_length: Annotated[
        int,
        "Characters of the main area's own text: without breadcrumb, headings, side lists and 'nothing here' phrases.",
    ]
    media: Annotated[
        int,
        "Pictures, frames, embedded files, players, fields of forms and in-scope links in the main area outside side "
        "lists; icons, spacers, search boxes and pagers left out.",
    ]
    links: Annotated[int, "Number of links on it."]
    depth: Annotated[int, "Clicks from the home page."]
    script_built: Annotated[int, "1 if the page shows next to nothing without its scripts."]
    seen_at: Annotated[str, "Inspection time, ISO 8601."]
    sha256: Annotated[str, "SHA-256 of the body."]
    browser: Annotated[str, "rendered if a browser ran its scripts, needed if it shows too little without one, else empty."] = ""


@dataclass(frozen=True, slots=True)
class PageTemplate:
    """A page carries a template: a block of links (navigation, header, footer) that many pages share."""

    __title__ = "页面模板"
    __table__ = "page_template"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "The page that carries it."]
    template: Annotated[TemplateKey, "Digest of the block's links."]
    region: Annotated[str, "navigation, header or footer."]


@dataclass(frozen=True, slots=True)
class Link:
    """A link; it stands either on one page or in a template that is stored once for all pages carrying it."""

    __title__ = "链接"
    __table__ = "link"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "Page it stands on; empty (id 0) for a link of a template."]
    template: Annotated[TemplateKey, "Digest of the template it stands in; empty (id 0) for a link of one page only."]
    url: Annotated[Address, "Target."]
    text: Annotated[str, "Link text, alt text or title."]
    tag: Annotated[str, "a, img, script, link, iframe, area, frame …; button: named like a channel, but only a script can follow it; friend: another site's, among friendly links."]
    region: Annotated[str, "navigation, header, footer or main."]


@dataclass(frozen=True, slots=True)
class LinkCheck:
    """The verdict on one link target: broken only after a second, later, slower request showed it dead too."""

    __title__ = "链接检验"
    __table__ = "link_check"
    subject: Annotated[str, "Id of the site that carries the link."]
    url: Annotated[Address, "Target."]
    verdict: Annotated[str, "ok, broken or unknown."]
    reason: Annotated[str, "Named outcome: http-404, soft-404, dns, blocked-403, end-of-list, host-vanished, not-confirmed, to-home, to-login, budget …"]
    status: Annotated[int, "HTTP status; 0 if there was no answer."]
    final_url: Annotated[Address, "Address after redirects."]
    checked_at: Annotated[str, "Inspection time of the first request."]
    confirmed_at: Annotated[str, "Inspection time of the confirming request, empty if none was needed."]
    first_reason: Annotated[str, "Named outcome of the first request where a confirming one was made, else empty."] = ""
    chain: Annotated[str, "Addresses that redirects led to in the last request, joined by →; empty if none did."] = ""
    tls: Annotated[str, "What is wrong with a secure connection over which it answered all the same, as in `fetch`; empty if nothing."] = ""


@dataclass(frozen=True, slots=True)
class ListItem:
    """One entry of the main list of a column page or of the home page."""

    __title__ = "列表条目"
    __table__ = "list_item"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "List page it stands on."]
    listed_in: Annotated[Address, "The column's address, or the home address."]
    url: Annotated[Address, "The article it leads to."]
    title: Annotated[str, "Link text."]
    position: Annotated[int, "0 = first on its page."]
    pinned: Annotated[int, "1 if it stands before newer entries or is marked 置顶."]


@dataclass(frozen=True, slots=True)
class Article:
    """A content page that was read."""

    __title__ = "文章"
    __table__ = "article"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "Its address."]
    title: Annotated[str, "Headline as shown."]
    listed_in: Annotated[Address, "Column it was found in; empty (id 0) if found elsewhere."]
    document_no: Annotated[str, "文号 as shown, empty if none."] = ""
    source: Annotated[str, "来源 as shown, empty if none."] = ""


@dataclass(frozen=True, slots=True)
class ArticleDate:
    """A publish date of an article, one row for each place that shows it; no row = none is shown."""

    __title__ = "发布日期"
    __table__ = "article_date"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "The article."]
    on_date: Annotated[str, "Calendar day, YYYY-MM-DD."]
    at: Annotated[str, "As exact as shown, ISO 8601."]
    source: Annotated[str, "list, label, meta, structure or address."]
    confidence: Annotated[float, "0 to 1; address dates are weak."]
    page: Annotated[Address, "Page on which it was read."]
    quote: Annotated[str, "The text it was read from."]


@dataclass(frozen=True, slots=True)
class Relation:
    """A directed link between two articles that belong together (解读 → 文件, 文件 → 解读)."""

    __title__ = "解读关联"
    __table__ = "relation"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "The article that carries the link."]
    kind: Annotated[str, "document (to the interpreted document) or interpretation (to its interpretation)."]
    target: Annotated[Address, "The article it leads to."]
    form: Annotated[str, "text, 图解, 音视频, 动漫, 新闻发布会: the form of an interpretation."]


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of a page: 党政机关标识, 标识码, ICP, 公安备案, 主办单位, 联系方式, 找错 entry, header name, 适老化 entry."""

    __title__ = "网站标识"
    __table__ = "mark"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "Page that carries it."]
    kind: Annotated[str, "party, code, icp, police, organizer, contact, error-report, header-name or accessibility."]
    value: Annotated[str, "The code, number or text as read; empty if present but unread."]
    form: Annotated[str, "text, image, link or script."]
    quote: Annotated[str, "The text or attribute it was read from."]


@dataclass(frozen=True, slots=True)
class Tag:
    """A meta tag of the 47号 set, as written."""

    __title__ = "页面标签"
    __table__ = "tag"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "Page that carries it."]
    name: Annotated[str, "Name in the standard's spelling; that of a misspelt mandatory tag as written."]
    content: Annotated[str, "Content, trimmed; empty values and the word null are kept as they are."]


@dataclass(frozen=True, slots=True)
class AccountMention:
    """A new-media account that the site's home page offers: a link to its profile, a QR picture, its name in words."""

    __title__ = "页面展示的账号"
    __table__ = "account_mention"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "The home page."]
    platform: Annotated[str, "Platform family: wechat, weibo, toutiao, douyin, kuaishou, channels, app or miniprogram."]
    name: Annotated[str, "Name of the account as captioned; empty if only a generic word (官方微信) stands there."]
    handle: Annotated[str, "Id of the account or app as its address tells it; empty if none does."]
    url: Annotated[Address, "Where it leads; the page itself for a picture or words."]
    form: Annotated[str, "link, image or text."]
    quote: Annotated[str, "The words and the address or file name from which it was read."]


@dataclass(frozen=True, slots=True)
class Message:
    """A published message of a board: who wrote it is never stored."""

    __title__ = "留言"
    __table__ = "message"
    subject: Annotated[str, "Id of the site."]
    board: Annotated[Address, "The board's address."]
    key: Annotated[str, "信件编号, else the address."]
    url: Annotated[Address, "Page that shows it."]
    title: Annotated[str, "Subject line."]
    kind: Annotated[str, "consultation, petition, report, survey, interview or error-report."]
    asked_on: Annotated[str, "Day of the message, empty if not shown."]
    replied_on: Annotated[str, "Day of the reply, empty if not shown."]
    reply_unit: Annotated[str, "答复单位, empty if not shown."]
    has_reply: Annotated[int, "1 if a reply text is shown."]


@dataclass(frozen=True, slots=True)
class Guide:
    """A service guide (办事指南)."""

    __title__ = "办事指南"
    __table__ = "guide"
    subject: Annotated[str, "Id of the site."]
    key: Annotated[str, "事项编码, else the address."]
    url: Annotated[Address, "Its page."]
    title: Annotated[str, "事项名称."]


@dataclass(frozen=True, slots=True)
class GuideElement:
    """One element of a guide with a value; an element that is missing or empty has no row."""

    __title__ = "办事指南要素"
    __table__ = "guide_element"
    subject: Annotated[str, "Id of the site."]
    guide: Annotated[str, "Key of the guide."]
    element: Annotated[str, "One of the ten 办事指南要素, or 政策文本, 材料形式, 表格样表."]
    value: Annotated[str, "Its text, at most 500 characters."]
    flaw: Annotated[str, "Empty, or vague, unclear-form, name-only, no-form, dead-phone."]


@dataclass(frozen=True, slots=True)
class ServicePage:
    """A page of the services area, as far as the rules ask about it."""

    __title__ = "办事服务页面"
    __table__ = "service_page"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "Its address."]
    kind: Annotated[str, "index, themed, rating, rating-result, statistics or basis."]
    classifications: Annotated[int, "Number of classifications (主题, 部门 …) offered."]
    title: Annotated[str, "Its title."]


@dataclass(frozen=True, slots=True)
class TermHit:
    """A lexicon term found in a text; made with the lexicon of the day."""

    __title__ = "文字表述"
    __table__ = "term_hit"
    subject: Annotated[str, "Id of the subject."]
    location: Annotated[Address, "Page, attachment or post."]
    category: Annotated[str, "serious, harmful, typo, secret, vague …"]
    term: Annotated[str, "The text as found, masked where it must be."]
    suggestion: Annotated[str, "What it should read, empty if unknown."]
    certainty: Annotated[str, "certain or candidate."]
    quote: Annotated[str, "Some characters around it."]
    lexicon: Annotated[str, "Name and version of the list."]


@dataclass(frozen=True, slots=True)
class Leak:
    """Personal data on a page: only the masked value and a keyed hash are kept."""

    __title__ = "个人信息"
    __table__ = "leak"
    subject: Annotated[str, "Id of the subject."]
    location: Annotated[Address, "Page, attachment or post."]
    kind: Annotated[str, "id-card, mobile, bank-card, address …"]
    masked: Annotated[str, "The value with its middle masked."]
    hmac: Annotated[str, "HMAC-SHA-256 with the store's key, to recognise it again."]
    certainty: Annotated[str, "certain or candidate."]
    quote: Annotated[str, "Masked context."]


@dataclass(frozen=True, slots=True)
class HiddenLink:
    """A sign of tampering: a hidden link, a hijacked title, content shown only to search engines."""

    __title__ = "暗链"
    __table__ = "hidden_link"
    subject: Annotated[str, "Id of the site."]
    page: Annotated[Address, "Page that carries it."]
    kind: Annotated[str, "hidden, hijacked-title, cloaked; where a link leads: harmful-target (gambling, pornography …), wrong-target (domain for sale, another site than the text says, an address inside a network)."]
    url: Annotated[Address, "Target; the page itself where there is none."]
    text: Annotated[str, "Link text or title."]
    first_seen_on: Annotated[str, "Day it was first seen in any scan."]
    quote: Annotated[str, "The markup that hides it; of a target its title or words."]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file offered for download."""

    __title__ = "附件"
    __table__ = "attachment"
    subject: Annotated[str, "Id of the site."]
    url: Annotated[Address, "Its address."]
    page: Annotated[Address, "A page that offers it."]
    title: Annotated[str, "Link text."]
    extension: Annotated[str, "Lower case, without the dot."]


@dataclass(frozen=True, slots=True)
class Probe:
    """One active test of a subject and its plain outcome (a certificate, a search, IPv6, a form, an app …)."""

    __title__ = "专项检测"
    __table__ = "probe"
    subject: Annotated[str, "Id of the subject."]
    probe: Annotated[str, "certificate, ipv6, search-known-title, search-classed, login, browser, app-download …"]
    item: Annotated[str, "What was tested: a host, a title, a browser class; empty if there is but one."]
    outcome: Annotated[str, "yes, no or unclear."]
    url: Annotated[Address, "Address tested."]
    detail: Annotated[str, "What was seen."]
    certainty: Annotated[str, "certain or candidate."] = "certain"


@dataclass(frozen=True, slots=True)
class Post:
    """A post of an account."""

    __title__ = "发布内容"
    __table__ = "post"
    subject: Annotated[str, "Id of the account."]
    key: Annotated[str, "The platform's id, else the address."]
    url: Annotated[Address, "Its address; empty (id 0) if the source gives none."]
    title: Annotated[str, "Title, or the first 60 characters."]
    on_date: Annotated[str, "Calendar day in Asia/Shanghai."]
    at: Annotated[str, "As exact as known, ISO 8601."]
    original: Annotated[str, "yes, no or unknown."]
    source: Annotated[str, "The source it came from: feed, sheet, wechat_api …"]


@dataclass(frozen=True, slots=True)
class AccountFunction:
    """A function of an account: a menu entry, comments, automatic replies."""

    __title__ = "账号功能"
    __table__ = "account_function"
    subject: Annotated[str, "Id of the account."]
    kind: Annotated[str, "menu, comment, reply or message."]
    name: Annotated[str, "Name of the menu entry, or what was seen."]
    interaction: Annotated[int, "1 if it is an entry of interaction by the list in the rules."]
    url: Annotated[Address, "Where it leads; empty (id 0) if nowhere."]


@dataclass(frozen=True, slots=True)
class AccountMeta:
    """What a platform says of an account, to be compared with the registry."""

    __title__ = "账号资料"
    __table__ = "account_meta"
    subject: Annotated[str, "Id of the account."]
    field: Annotated[str, "name, organizer, status, verified or unfiled; complete-since (day from which a complete source lists all), synced (when the source was last filled)."]
    value: Annotated[str, "As the platform gives it."]
    source: Annotated[str, "The source it came from."]


@dataclass(frozen=True, slots=True)
class GatherLog:
    """What was tried for a subject and how complete it is: not gathered is not passed."""

    __title__ = "采集记录"
    __table__ = "gather_log"
    subject: Annotated[str, "Id of the subject."]
    fact: Annotated[str, "Name of the table it is about."]
    scope: Annotated[str, "Address of a column or page (address#kind: one kind of mark), post source, home, navigation, footer; '' = all."]
    state: Annotated[str, "complete, partial, failed or notApplicable."]
    reason: Annotated[str, "Why it is not complete, in words for the reader of a report; empty if it is."]


@dataclass(frozen=True, slots=True)
class Workday:
    """A calendar day with the State Council's holidays and 调休; a year without a notice has no rows."""

    __title__ = "工作日历"
    __table__ = "workday"
    day: Annotated[str, "YYYY-MM-DD."]
    working: Annotated[int, "1 = working day."]


FACTS: tuple[type, ...] = (
    Clock, RegisteredSite, RegisteredAccount, SiteColumn, Fetch, Page, PageTemplate, Link, LinkCheck, ListItem, Article,
    ArticleDate, Relation, Mark, Tag, AccountMention, Message, Guide, GuideElement, ServicePage, TermHit, Leak, HiddenLink,
    Attachment, Probe, Post, AccountFunction, AccountMeta, GatherLog, Workday,
)  # fmt: skip
"""Every fact, in the order of the data dictionary; a test fails when a class is missing."""

ACCOUNT_FACTS: tuple[type, ...] = (Post, AccountFunction, AccountMeta)
"""Facts that only accounts have; for a site they do not apply."""

SITE_FACTS: tuple[type, ...] = (
    SiteColumn, Page, PageTemplate, Link, LinkCheck, ListItem, Article, ArticleDate, Relation, Mark, Tag, AccountMention, Message,
    Guide, GuideElement, ServicePage, HiddenLink, Attachment,
)  # fmt: skip
"""Facts that only sites have; for an account they do not apply."""
