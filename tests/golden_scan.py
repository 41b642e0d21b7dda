"""One scan made by hand, with every shape that a report must show: three sites, two accounts, hostile page text."""

from decimal import Decimal

from checker.model.results import (
    Assessment,
    Change,
    Decided,
    Evidence,
    Finding,
    Gone,
    KindSummary,
    Outcome,
    Past,
    RuleSetInfo,
    Sampled,
    Scan,
    Score,
    SubjectResult,
    SuppressionUse,
    UnitResult,
    Verdict,
)

SEEN = "2021-11-08T10:02:31+08:00"
SHA = "9f2c" * 16
HOSTILE = "通知\x1b]0;占线\x07\x1b[2J[bold red]公告[/]\u202e\u009b31m"


def finding(number: int, problem: str, detail: str, location: str, **more: object) -> Finding:
    values: dict[str, object] = {
        "fingerprint": f"{number:016x}", "clause": "main", "problem": problem, "item": location,
        "location": location, "detail": detail, "url": "", "certainty": "certain", "points": Decimal(0),
        "evidence": Evidence(SEEN), "first_seen": SEEN,
    }  # fmt: skip
    return Finding(**(values | more))  # type: ignore[arg-type]


BLANK = Assessment(
    "v4-columns-blank", "空白栏目", "veto", Outcome.FAIL, "空白栏目",
    advice="补充内容，或把不再使用的栏目从导航中撤下。",
    findings=(
        finding(1, "空白栏目", "栏目“统计公报”自开设以来没有内容，列表页显示“栏目建设中，敬请期待”",
                "http://www.xishui.gov.cn/tjgb/", url="http://www.xishui.gov.cn/tjgb/",
                evidence=Evidence(SEEN, "栏目建设中，敬请期待", "evidence.warc.gz", SHA)),
        finding(2, "空白栏目", f"栏目“{HOSTILE}”列表为空", "http://www.xishui.gov.cn/tzgg/",
                url="http://www.xishui.gov.cn/tzgg/", change=Change.UNCHANGED,
                first_seen="2021-08-09T10:00:00+08:00", notified_on="2021-08-20"),
        finding(3, "空白栏目", "栏目“人事信息”由脚本生成，没有读到列表", "http://www.xishui.gov.cn/rsxx/",
                url="http://www.xishui.gov.cn/rsxx/", certainty="unknown"),
    ),
)  # fmt: skip

LONG = "http://www.xishui.gov.cn/public/column/6596371?type=4&catId=7006931&action=list&nav=3&fileName=" + "x" * 60
LINKS = Assessment(
    "d3-links", "可用性", "deduct", Outcome.FAIL, "存在无法打开的链接",
    advice="更新或撤下失效链接。", points=Decimal("-0.5"), at_risk=Decimal("-0.5"), cap=Decimal(1),
    findings=(
        finding(10, "首页链接无法打开", "“省人民政府”返回 404，复核仍为 404", "http://www.xishui.gov.cn/",
                clause="home", item="http://old.example.cn/a.html", url="http://old.example.cn/a.html",
                points=Decimal("-0.2")),
        finding(11, "首页链接无法打开", "“在线访谈”连接超时", "http://www.xishui.gov.cn/", clause="home",
                item="http://ft.example.cn/", url="http://ft.example.cn/", points=Decimal("-0.2"),
                suppressed="等待上级平台恢复（负责人：张三，至2021-11-30）"),
        finding(12, "其他页面链接无法打开", "附件返回 404", LONG, clause="other",
                item="http://www.xishui.gov.cn/upload/附件1.doc",
                url="http://www.xishui.gov.cn/upload/%E9%99%84%E4%BB%B61.doc", points=Decimal("-0.1")),
        *(finding(20 + n, "其他页面链接无法打开", f"第{n}个外部链接返回 403，可能是拒绝自动访问",
                  f"http://www.xishui.gov.cn/yw/{n}.html", clause="other", item=f"http://e{n}.example.cn/",
                  url=f"http://e{n}.example.cn/", certainty="candidate") for n in range(1, 14)),
    ),
)  # fmt: skip

STALE = Assessment(
    "v4-columns-stale", "栏目不更新", "veto", Outcome.PASS, "",
    advice="按期更新动态要闻和通知公告。",
    findings=(finding(5, "应更新栏目即将到期", "“政务要闻”最新一条为 2021-10-27，已 12 天，14 天为限",
                      "http://www.xishui.gov.cn/zwyw/", clause="soon", url="http://www.xishui.gov.cn/zwyw/1.html",
                      notice=True),),
)  # fmt: skip

GUIDES = Assessment(
    "b4-guides", "办事指南", "deduct", Outcome.REVIEW, "要素存在表述含糊不清的情形",
    advice="把“其他材料”逐项写明。", points=Decimal(0), at_risk=Decimal(-2), cap=Decimal(8),
    reason="有候选问题，需人工确认",
    sample=(
        Sampled("1", "http://www.xishui.gov.cn/bszn/1.html", "食品经营许可"),
        Sampled("2", "http://www.xishui.gov.cn/bszn/2.html", "老年人优待证办理"),
    ),
    unasked=("办事指南是否与实际一致？",),
    findings=(finding(6, "要素存在表述含糊不清的情形", "办理材料写有“其他有关材料”", "http://www.xishui.gov.cn/bszn/1.html",
                      clause="vague", item="1", certainty="candidate",
                      evidence=Evidence(SEEN, "申请人身份证、营业执照以及其他有关材料", None, SHA)),),
)  # fmt: skip

BONUS = Assessment(
    "e2-interpretation-forms", "解读回应", "bonus", Outcome.PASS, "多种形式解读政策",
    points=Decimal(1), at_risk=Decimal(2), cap=Decimal(3),
    findings=(finding(7, "多种形式解读政策", "图解《关于促进就业的若干措施》", "http://www.xishui.gov.cn/jd/7.html",
                      url="http://www.xishui.gov.cn/jd/7.html", points=Decimal(1)),),
)  # fmt: skip

NOTICE = Assessment(
    "x-future-date", "发稿日期超前", "notice", Outcome.FAIL, "发稿日期超前",
    advice="更正发布日期。",
    findings=(finding(8, "发稿日期超前", "列表显示 2021-12-31，检查日为 2021-11-08", "http://www.xishui.gov.cn/zwyw/",
                      url="http://www.xishui.gov.cn/zwyw/8.html", change=Change.REOPENED,
                      evidence=Evidence(SEEN, "2021-12-31", None, SHA)),),
)  # fmt: skip


def gone(  # noqa: PLR0917
    number: int, rule: str, problem: str, detail: str, location: str, change: Change, reason: str, notified_on: str = ""
) -> Gone:
    return Gone(
        rule, f"{number:016x}", "main", problem, location, location, detail, location, "certain",
        "2021-08-09T10:00:00+08:00", "2021-08-09T10:00:00+08:00", notified_on, change, reason,
    )  # fmt: skip


def ungathered(rule: str, title: str, effect: str, reason: str, blocks: bool = False) -> Assessment:
    return Assessment(rule, title, effect, Outcome.OPEN, "", reason=reason, blocks=blocks)


ASKED = Assessment(
    "v1-public-opinion", "严重负面舆情", "veto", Outcome.OPEN, "", reason="需要人工判定",
    unasked=("是否因发布内容等引发严重负面舆情？",),
)  # fmt: skip
NOT_YET = "尚未采集：留言"
PORTAL = SubjectResult(
    "site", "4211250001", "浠水县人民政府", "http://www.xishui.gov.cn/", "", "浠水县人民政府办公室", "浠水县", "县区",
    "running", Verdict.UNQUALIFIED, "不合格", Decided(13, 11, ("v1-public-opinion", "v5-unanswered"), ()),
    Score(None, Decimal("91.50"), Decimal("3.0"), Decimal("88.0")),
    (
        BLANK, STALE, ASKED, ungathered("v5-unanswered", "留言不回复", "veto", NOT_YET), LINKS, GUIDES,
        ungathered("c3-messages-published", "留言公开", "deduct", NOT_YET),
        ungathered("c4-replies", "办理答复", "deduct", NOT_YET),
        ungathered("d10-ipv6", "IPv6改造", "deduct", "测试副本的解析不作数"), BONUS,
        Assessment("e9-user-space", "用户空间", "bonus", Outcome.NOT_EARNED, "", cap=Decimal(2)), NOTICE,
        Assessment("v6-no-services", "未提供办事服务", "veto", Outcome.NOT_APPLICABLE, "", reason="不适用"),
        Assessment("d2-marks", "网站标识", "deduct", Outcome.PASS, "", cap=Decimal(3)),
    ),
    {"pages": 412, "links": 20315, "columns": 37, "articles": 260, "messages": 0},
    ("10 点 02 分起站点连续 5 次无应答，已停止采集，其余页面未读",),
    gone=(
        gone(30, "v4-columns-blank", "空白栏目", "栏目“通知公告”列表为空", "http://www.xishui.gov.cn/gg/",
             Change.RECTIFIED, "本次重新检查了该栏目，已有内容", notified_on="2021-08-20"),
        gone(51, "d3-links", "其他页面链接无法打开", f"“{HOSTILE}”返回 404", "http://www.xishui.gov.cn/yw/31.html",
             Change.REMOVED, "页面已不存在（404），请人工确认"),
        gone(32, "x-typo", "错别字", "“按装”应为“安装”", "http://www.xishui.gov.cn/yw/32.html", Change.NOT_SEEN,
             "本次未读取该页面"),
    ),
)  # fmt: skip

BUREAU = SubjectResult(
    "site", "4211250023", "浠水县教育局", "http://jyj.xishui.gov.cn/", "", "浠水县教育局", "浠水县教育局", "市直",
    "running", Verdict.PENDING, None, Decided(13, 12, (), ("v3-home-stale",)), Score(),
    (
        Assessment(
            "v3-home-stale", "首页不更新", "veto", Outcome.REVIEW, "首页超过2周未更新",
            advice="及时更新首页信息。", reason="有候选问题，需人工确认", blocks=True,
            findings=(finding(9, "首页超过2周未更新", "首页只有导航，二级页面最新一条为 2021-10-20（19 天前）",
                              "http://jyj.xishui.gov.cn/", certainty="candidate"),),
        ),
    ),
    {"pages": 55, "links": 1893, "columns": 9, "articles": 31, "messages": 0},
)  # fmt: skip

CLOSED = SubjectResult(
    "site", "4211250031", "浠水县农机网", "http://nj.xishui.gov.cn/", "", "浠水县农业农村局", "浠水县农业农村局",
    "专项", "closed", None, None, Decided(0, 0, (), ()), Score(),
    (
        Assessment(
            "x-closed-site-answers", "已关停网站仍可访问", "notice", Outcome.FAIL, "已关停网站仍可访问",
            advice="停止解析，并在登记系统中注销。",
            findings=(finding(13, "已关停网站仍可访问", "首页返回 200", "http://nj.xishui.gov.cn/"),),
        ),
    ),
)  # fmt: skip

WEIBO = SubjectResult(
    "account", "421125M003XL0001", "平安浠水", "", "weibo", "浠水县公安局", "浠水县公安局", "浠水县",
    "running", Verdict.UNQUALIFIED, None, Decided(7, 5, ("n1-harmful", "n1-secret"), ()), Score(),
    (
        Assessment(
            "n2-stale", "2周内未更新", "veto", Outcome.FAIL, "2周内未更新", advice="恢复更新，或按程序注销。",
            findings=(finding(14, "2周内未更新", "最新一条发布于 2021-10-12（27 天前）", "account:421125M003XL0001",
                              url="https://weibo.com/1234567/AbCdEf"),),
        ),
        ungathered("n1-harmful", "发布有害内容", "veto", "尚未采集：正文"),
        ungathered("n1-secret", "泄露国家秘密", "veto", "尚未采集：正文"),
    ),
    {"posts": 118},
)  # fmt: skip

WECHAT = SubjectResult(
    "account", "421125M001WX0001", "浠水发布", "", "wechat-subscription", "浠水县委宣传部", "浠水县委宣传部", "浠水县",
    "running", Verdict.QUALIFIED, None, Decided(7, 7, (), ()), Score(),
    (Assessment("n2-stale", "2周内未更新", "veto", Outcome.PASS, ""),),
    {"posts": 640},
)  # fmt: skip

SCAN = Scan(
    "20211108-100000-7c1f", "2021-11-08T10:00:00+08:00", "2021-11-08T10:03:12+08:00", "2021-11-08T10:00:00+08:00",
    "0.1.0", RuleSetInfo("national", "2019.1", "4f2a91c0" * 8), (PORTAL, BUREAU, CLOSED, WEIBO, WECHAT),
    (
        UnitResult("浠水县", "县区", Decimal("91.5"), Verdict.UNQUALIFIED, ("4211250001",)),
        UnitResult("浠水县教育局", "市直", None, Verdict.PENDING, ("4211250023",)),
    ),
    KindSummary(3, 2, 1, 0, 1, 1, 0.0, 0.0), KindSummary(2, 2, 0, 1, 0, 1, 0.5, 0.5),
    suppressions=(
        SuppressionUse("d3-links", "网址 http://ft.example.cn/*", "等待上级平台恢复", "张三", "2021-11-05",
                       "2021-11-30", "suppressions.yaml:3", "active", 1),
        SuppressionUse("x-typo", "网站 4211250023", "人名用字", "李四", "2021-07-01", "2021-09-30",
                       "suppressions.yaml:9", "expired", 0),
    ),
    trend=(
        Past("20210809-100000", "2021-08-09T10:00:00+08:00", KindSummary(3, 2, 1, 2, 0, 0, 1.0, 1.0),
             KindSummary(2, 2, 0, 2, 0, 0, 1.0, 1.0)),
        Past("20211008-100000", "2021-10-08T10:00:00+08:00", KindSummary(3, 2, 1, 1, 0, 1, 0.5, 0.5),
             KindSummary(2, 2, 0, 1, 1, 0, 1.0, 0.5)),
    ),
)  # fmt: skip
