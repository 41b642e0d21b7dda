"""The choices over the table of all findings."""

from checker.model.results import Change
from checker.report._rows import CERTAINTY_WORDS, EARLY, GONE_WORDS, NOT_RECHECKED
from checker.report._wording import EFFECTS
from checker.report.html._units import Unit

_CHANGES = ["新增", "再次出现", "仍未整改", "有变化", "仍存在", NOT_RECHECKED, GONE_WORDS[Change.NOT_SEEN]]
_VERDICTS = ["不合格", "待核", "合格", "合格（未判定完）", "不作判定"]

_STANDINGS = [
    "否决", "计分", "存在问题", "待核", "待人工确认", "无法判定", "未达否决标准", "未达提示标准", "未达标准", "未计分",
    "已豁免",
]  # fmt: skip


def filters_of(units: list[Unit]) -> list[tuple[int, str, list[str]]]:
    """Each filter: the column that it looks at, its name, and the values that occur, in official order."""
    rows = [row for unit in units for row in unit.rows]
    rules = {(list(EFFECTS).index(r.rule.effect), r.rule.rule): f"{r.rule.title} {r.rule.rule}" for r in rows}
    return [
        (0, "单位", [unit.name for unit in units if unit.rows]),
        (2, "结论", _present(_VERDICTS, {s.word for u in units for s in u.subjects if s.rows})),
        (3, "指标", [rules[key] for key in sorted(rules)]),
        (4, "类别", _present([*EFFECTS.values(), EARLY], {r.kind for r in rows})),
        (6, "确定性", _present(list(CERTAINTY_WORDS.values()), {r.certainty for r in rows})),
        (7, "变化", _present(_CHANGES, {r.change for r in rows})),
        (10, "认定", _present(_STANDINGS, {r.standing for r in rows})),
    ]


def _present(order: list[str], found: set[str]) -> list[str]:
    return [word for word in order if word in found] + sorted(word for word in found - {*order} if word)
