"""Columns: what the home page's navigation offers, and pages that call themselves a column by their tags."""

import re

from checker.address import in_scope, normalise
from checker.extract.contract import Extracted, Extractor, PageContext
from checker.model.facts import Address, SiteColumn
from checker.page import HEADER, NAVIGATION, ParsedPage, RawLink

_NAMES = (
    ("statistics", r"办事统计|办件统计|办理统计"),
    ("report", r"年度报告|信息公开年报|工作年度报表|^年报"),
    ("application", r"依申请公开"),
    ("petition", r"网上信访|纪检举报|信访"),
    ("interpretation", r"政策解读|解读|政策图解|图解|政策问答|一图读懂|图说政策"),
    ("response", r"回应关切|关切回应|热点回应|舆情回应"),
    ("leaders", r"领导"),
    ("functions", r"机构职能|机构设置|机构概况|主要职责|内设机构|组织机构|机构信息|职能"),
    ("survey", r"征集|调查"),
    ("interview", r"访谈|新闻发布会|发布会"),
    ("consultation", r"互动|咨询|信箱|留言|问政|建言"),
    ("notice", r"通知公告|公示公告|公告公示|公告|公示|通知"),
    ("policy", r"政策文件|规范性文件|法规文件|政策法规|政府文件|公文|政府公报|法规|政策"),
    ("data", r"数据|统计"),
    ("news", r"动态|要闻|新闻|资讯|快讯|^今日"),
    ("disclosure", r"信息公开|政务公开|公开"),
    ("services", r"办事|服务"),
    ("special", r"专题|专栏"),
    ("profile", r"概况|概览|走进|简介"),
)
_COLUMN_TYPES = {
    "概况信息": "profile", "机构职能": "functions", "负责人信息": "leaders", "工作动态": "news", "通知公告": "notice",
    "政策文件": "policy", "信息公开指南": "disclosure", "信息公开目录": "disclosure", "信息公开年报": "report",
    "依申请公开": "application", "数据发布": "data", "数据开放": "data", "政策解读": "interpretation",
    "回应关切": "response", "办事服务": "services", "咨询投诉": "consultation", "征集调查": "survey",
    "在线访谈": "interview",
}  # fmt: skip
_HOME = re.compile(r"(?:网站|返回)?(?:首\s*页|主页)|home", re.IGNORECASE)
_NO_COLUMN = re.compile(
    r"登录|注册|无障碍|长者|适老|关怀版|繁[體体]|简体|english|移动版|手机版|邮箱|搜索|检索|ipv6|网站地图|关于我们|联系我们|设为|收藏"
    r"|客户端|公众号|微博|小程序|rss|更多|返回|\d{4}",
    re.IGNORECASE,
)
_ARTICLE = re.compile(
    r"/t\d{8}_\d+|/content_\d+|/post_\d+|/art_\d+_\d+|/art/\d{4}/|/20\d{4}/|\.(?:pdf|docx?|xlsx?|zip)$"
)
_LONGEST_NAME = 16


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """SiteColumn candidates: from the navigation of a home page, from the ColumnType tag of a column page."""
    if context.role == "home":
        return Extracted(tuple(_offered(page, context)))
    if context.role == "column":
        return Extracted(tuple(_self_named(page, context)))
    return Extracted()


def column_type(name: str) -> tuple[str, str]:
    """The type that a column's name stands for, and why; `other` if the name says nothing."""
    for kind, pattern in _NAMES:
        found = re.search(pattern, name)
        if found:
            return kind, f"栏目名称含“{found[0]}”"
    return "other", "栏目名称不能说明类型"


def _offered(page: ParsedPage, context: PageContext) -> list[SiteColumn]:
    rows: dict[str, SiteColumn] = {}
    for link in _navigation(page):
        name = re.sub(r"\s+", "", link.text)
        if not _is_column(link, name, page, context) or link.url in rows:
            continue
        kind, reason = column_type(name)
        rows[link.url] = SiteColumn(
            context.subject, Address(link.url), name, kind, 1, "unknown", 0, 0, "navigation", reason
        )
    return list(rows.values())


def _navigation(page: ParsedPage) -> list[RawLink]:
    anchors = [link for link in page.links if link.tag in {"a", "area"}]
    inside = [link for link in anchors if link.region == NAVIGATION]
    return inside or [link for link in anchors if link.region == HEADER]


def _is_column(link: RawLink, name: str, page: ParsedPage, context: PageContext) -> bool:
    if not 2 <= len(name) <= _LONGEST_NAME or _HOME.fullmatch(name) or _NO_COLUMN.search(name):
        return False
    home = {page.url, normalise(context.home) or context.home}
    if link.url in home or _ARTICLE.search(link.url):
        return False
    return in_scope(link.url, context.home, context.aliases)


def _self_named(page: ParsedPage, context: PageContext) -> list[SiteColumn]:
    """Only on a column's first page: later pages carry the same tags."""
    declared = "".join(page.meta("ColumnType").split())
    name = page.meta("ColumnName")
    known = any(hint.registered and hint.url == page.url for hint in context.columns)
    if not (declared or name) or known or context.listed_in not in {"", page.url}:
        return []
    if declared in _COLUMN_TYPES:
        kind, reason = _COLUMN_TYPES[declared], f"ColumnType 标签为“{declared}”"
    elif declared == "首页":
        return []
    else:
        kind, reason = column_type(declared or name)
    return [
        SiteColumn(context.subject, Address(page.url), name or declared, kind, 2, "unknown", 0, 0, "columntype", reason)
    ]


EXTRACTOR = Extractor("columns", ("site_column",), extract)
