"""What was gathered and how completely: not gathered is not passed (design §1.3)."""

from collections.abc import Iterable
from dataclasses import dataclass

from checker.facts.query import FactsReader
from checker.facts.schema import Need, title_of

DONE = frozenset({"complete", "notApplicable"})
_PLACES = frozenset({"home", "navigation", "footer", "newest", "original", "site", "target"})
PLACES = {
    "": "",
    "home": "首页",
    "navigation": "导航",
    "footer": "页脚",
    "column": "各栏目",
    "original": "原创标志",
    "newest": "最新一条",
    "site": "全站导航和站点地图",
    "certificate": "证书",
    "ipv6": "IPv6",
    "closed": "已关停网站",
    "target": "链接目标",
    "app-download": "能否下载",
    "menu-link": "菜单链接",
    "post": "账号发布内容",
}
"""Chinese names of the places of coverage."""


@dataclass(frozen=True, slots=True)
class Gap:
    """A coverage that a rule needs and that is not complete."""

    fact: str
    scope: str
    state: str
    reason: str

    def __str__(self) -> str:
        where = PLACES.get(self.scope, self.scope)
        what = f"{title_of(self.fact)}（{where}）" if where else title_of(self.fact)
        word = {"partial": "采集不完整", "failed": "采集失败"}.get(self.state, "未采集")
        return f"{what}{word}：{self.reason}" if self.reason else f"{what}{word}"


class Coverage:
    """The gather_log of one subject. A line that is absent counts as `absent` (missing, or complete in cases)."""

    def __init__(
        self, lines: Iterable[tuple[str, str, str, str]], columns: Iterable[str], absent: str = "missing"
    ) -> None:
        """`lines` are (fact, scope, state, reason); the last line of a scope counts; `columns` their addresses."""
        self._lines = {(fact, scope): (state, reason) for fact, scope, state, reason in lines}
        self._columns = tuple(columns)
        self._absent = absent

    @classmethod
    def read(cls, facts: FactsReader, absent: str = "missing") -> "Coverage":
        """The coverage of the subject of a facts file."""
        log = facts.ask("SELECT fact, scope, state, reason FROM gather_log ORDER BY rowid")
        columns = facts.ask("SELECT a.url AS url FROM site_column c JOIN address a ON a.id = c.url")
        lines = ((g["fact"], g["scope"], g["state"], g["reason"]) for g in log)
        return cls(lines, (c["url"] for c in columns), absent)

    def gaps(self, needs: Iterable[Need], columns: bool) -> list[Gap]:
        """Everything incomplete of what is needed; single columns only if `columns` is set."""
        found = []
        for need in needs:
            if need.at != "column":
                found += self._gap(need.fact, need.at)
            elif columns:
                found += [gap for place in self._columns for gap in self._gap(need.fact, place)]
        return found

    def gaps_at(self, needs: tuple[Need, ...], scope: str) -> list[Gap]:
        """What is incomplete for a row that names its own scope: a column, a page, home, navigation or footer."""
        if scope in _PLACES:
            matching = [need.fact for need in needs if need.at == scope]
        else:
            matching = [n.fact for n in needs if n.at == "column" or (n.fact, scope) in self._lines]
        if not matching:
            return self.gaps(needs, columns=False)
        return [gap for fact in dict.fromkeys(matching) for gap in self._gap(fact, scope)]

    def gaps_on(self, facts: Iterable[str], page: str) -> list[Gap]:
        """What is said to be incomplete of a page itself (`page` or `page#kind`); a page without a line has no gap."""
        wanted, parts = set(facts), f"{page}#"
        return [
            Gap(fact, scope, state, reason)
            for (fact, scope), (state, reason) in self._lines.items()
            if fact in wanted and (scope == page or scope.startswith(parts)) and state not in DONE
        ]

    def _gap(self, fact: str, scope: str) -> list[Gap]:
        state, reason = self._lines.get((fact, scope), (self._absent, ""))
        return [] if state in DONE else [Gap(fact, scope, state, reason)]


def explain(gaps: Iterable[Gap], most: int = 3) -> str:
    """The gaps in words, equal reasons joined, the first few named."""
    words = list(dict.fromkeys(str(gap) for gap in gaps))
    more = f"；另有{len(words) - most}处" if len(words) > most else ""
    return "；".join(words[:most]) + more
