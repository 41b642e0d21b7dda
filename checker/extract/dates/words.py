"""The words that stand before a date on a page, and what they make of it: its publish date, or some other day."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["strong", "weak", "near", "other"]
"""A publish label; a label of an update or record; 时间 and 日期 alone; the label of some other day."""

WINDOW = 24
"""Characters before a date that are read."""

_DAY = ("日期", "时间")
_PUBLISHING = (
    "信息发布",
    "发布",
    "发表",
    "公开",
    "公告",
    "上网",
    "录入",
    "发稿",
    "上传",
    "刊发",
    "刊登",
    "推送",
    "信息",
    "添加",
    "挂网",
    "发送",
    "发帖",
)
_STRONG = (*(stem + day for stem in _PUBLISHING for day in _DAY), "时间发布", "日期发布", "发布于", "发表于", "刊发于")
_WEAK = (
    *(stem + day for stem in ("最后更新", "更新", "生成", "公布", "创建", "编辑", "提供") for day in _DAY),
    "更新于",
    "最后更新于",
)
_EVENTS = (
    "活动", "征集", "征求意见", "报名", "考试", "面试", "笔试", "举办", "召开", "开幕", "投票", "调查", "招聘", "培训",
    "展会", "开标", "会议", "听证", "公示",
)  # fmt: skip
_PARTS = ("", "起止", "开始", "结束", "截止")
_OTHER = (
    *(stem + "日期" for stem in ("实施", "施行", "失效", "废止", "落款", "印发", "签发")),
    *(stem + day for stem in ("生效", "成文", "截止", "开始", "结束", "当前", "页面生成", "数据更新") for day in _DAY),
    *(stem + day for stem in ("留言", "来信", "答复", "回复", "评论") for day in _DAY),
    *(stem + day for stem in ("首次公告", "原公告", "原发布", "首次发布公告") for day in _DAY),
    *(event + part + day for event in _EVENTS for part in _PARTS for day in (*_DAY, "期限")),
    *("起止" + day for day in _DAY),
    "有效期", "有效期至", "公示期", "截止", "截止到", "截止于", "截至", "今天", "今天是", "今日", "今日是",
    "现在是", "现在时间", "出生", "出生于",
)  # fmt: skip
_BEFORE_A_LABEL = re.compile(
    r"(?:信息|文章|新闻|最新|首次|更正|重新|稿件|网站|内容|本文|本篇|政策|文件|公文|来源|作者|浏览|点击|阅读|访问|字体|字号|编辑|审核)\S{0,16}$"
)
"""What may stand right before a publish label in the same piece of text; 成绩 or 预警 make another day of it."""

_TRADITIONAL = str.maketrans("發佈時間開來瀏覽點擊閱讀責編輯體號實廢錄網報會議動簽結當現復傳後數據頁統務",
                             "发布时间开来浏览点击阅读责编辑体号实废录网报会议动签结当现复传后数据页统务")  # fmt: skip
_SOME_TRADITIONAL = re.compile(f"[{''.join(map(chr, _TRADITIONAL))}]")
_GAP = r"(?:\s?/?\s?(?:date|time))?[\s:\[\]【】〖〗()|>→]{0,8}(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s)?"
"""What may stand between a label and its date: signs, and an English day of the week."""


def _spaced(words: tuple[str, ...], blank: str = r"\s*") -> str:
    """The words, longest first, with blanks allowed between their characters: 发 布 日 期."""
    return "|".join(blank.join(word) for word in sorted(words, key=len, reverse=True))


_ENGLISH_STRONG = (
    r"\b(?:publish|release|post)(?:ed)?(?:\s*(?:date|time))?(?:\s*(?:on|at))?|\bpub\s?date|\bdate\s+published"
)
_ENGLISH_WEAK = r"\b(?:last\s+)?(?:updated?|modified)(?:\s*(?:date|time))?(?:\s*(?:on|at))?"
_BARE = r"(?<![\u4e00-\u9fff])发\s?布(?=\s?:)"
_NEAR = r"(?<![\u4e00-\u9fff])(?:时\s*间|日\s*期)(?=\s*:)|(?<!\w)(?:date|time)(?=\s*:)"
_LABEL = re.compile(
    rf"(?:(?P<other>{_spaced(_OTHER, '')}|{_spaced(_OTHER, ' ')})"
    rf"|(?P<strong>{_spaced(_STRONG)}|{_BARE}|{_ENGLISH_STRONG})|(?P<weak>{_spaced(_WEAK)}|{_ENGLISH_WEAK})|(?P<near>{_NEAR})){_GAP}$",
    re.IGNORECASE,
)
_SOME_LABEL = re.compile(rf"(?:[\u4e00-\u9fff](?:\s?[\u4e00-\u9fff]){{0,9}}?\s?(?:时\s?间|日\s?期)){_GAP}$")
_DAY_WORD = re.compile(r"日\s*期|时\s*间")
_HAN = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, slots=True)
class Label:
    """What stands before a date: its kind, and where it starts in the text that was read."""

    kind: Kind
    start: int


def simplified(text: str) -> str:
    """`text` with the traditional characters of labels made simple; positions stay."""
    return text.translate(_TRADITIONAL) if _SOME_TRADITIONAL.search(text) else text


def label(text: str, starts: frozenset[int] = frozenset({0})) -> Label | None:
    """The label that `text` (plain, simplified, what stands before a date) ends with; None if it ends with none.

    `starts` are the places in `text` at which a new piece of the page begins: a label begins there, behind a blank or a
    sign, or it is part of a longer word (成绩发布时间) and thus the label of some other day.
    """
    match = _LABEL.search(text)
    if match is None:
        other = _SOME_LABEL.search(text)
        return Label("other", other.start()) if other else None
    day = _DAY_WORD.search(match[0])
    if day and match.start() + day.start() in starts and day.start() and match.start() not in starts:
        # the headline ends with 公告, and the next piece of the page begins with 日期
        return Label("near", match.start() + day.start()) if ":" in match[0] else None
    kind = next(name for name in ("other", "strong", "weak", "near") if match[name])
    part_of_a_word = match.start() not in starts and _HAN.match(text[match.start() - 1 : match.start()])
    if kind in {"strong", "weak"} and part_of_a_word and not _BEFORE_A_LABEL.search(text[: match.start()]):
        return Label("other", match.start())
    return Label(kind, match.start())  # type: ignore[arg-type]


def labelled_otherwise(before: str) -> bool:
    """Whether the words right before a date (plain) name another day for certain: 截止时间, 成文日期, 留言时间 …"""
    match = _LABEL.search(simplified(before[-WINDOW:]))
    return match is not None and match["other"] is not None
