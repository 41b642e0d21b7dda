"""What a cell for 整改情况 says: rectified, not rectified, or words that nobody can tell."""

import re

from checker.history.days import is_empty

_ENDS = re.compile(r"[\s。.！!；;，,]+")
_DONE = re.compile(
    r"(?:已?整改后?|复查|复核|抽查)?合格|已整改(?:完成|到位|完毕|完)?|(?:已经?|均已|全部|已全部)?整改(?:完成|到位|完毕)|"
    r"(?:已|全部)?完成(?:整改)?(?:任务|工作)?|(?:全部|均)已整改|已改正|是"
)
_NOT_DONE = re.compile(
    r"未整改|整改中|正在整改|未完成|不合格|未通过|部分(?:已)?整改|整改不到位|未到位|待整改|限期整改|持续整改|未改正|^否$"
)
_OURS = re.compile(r"未能复核|未复查|无法判定|待核|待(?:人工)?确认|再次出现|仍存在|有变化|已撤下|新增")
"""Words of our own reports for what nobody has settled: a day filled in beside them does not contradict them."""


def is_done(text: str) -> bool:
    """Whether the words say that the problem is rectified: 整改后合格, 已整改。, 合格, 是."""
    return _DONE.fullmatch(_bare(text)) is not None


def is_not_done(text: str) -> bool:
    """Whether the words say that it is not, or not wholly: 未整改, 部分整改, 否, 不合格."""
    return not is_done(text) and _NOT_DONE.search(_bare(text)) is not None


def is_unclear(text: str) -> bool:
    """Whether a cell says something that is neither, nor a word of our own reports."""
    return not (is_empty(text) or is_done(text) or is_not_done(text) or _OURS.search(text))


def _bare(text: str) -> str:
    return _ENDS.sub("", text)
