"""Whether the place of a finding was examined again, by the kind of its rule: links, posts, columns, pages, samples.

A rule that holds something to be absent loses its row because that thing was seen. A rule that holds something to be
present loses it also because nobody looked, so the page where it stood must have been read. Every step says what became
of the finding, or nothing, and then the next is asked.
"""

from dataclasses import dataclass

from checker.address import same_place
from checker.evaluate.coverage import Coverage, Gap, explain
from checker.evaluate.looked import Looked, Sight
from checker.facts.schema import Need
from checker.model.context import KnownFinding
from checker.model.results import Assessment, Change
from checker.rules import LoadedRule

Said = tuple[Change, str]

_ON_PAGES = frozenset({
    "page", "link", "link_check", "site_column", "list_item", "article", "article_date", "relation", "mark", "tag",
    "account_mention", "message", "guide", "guide_element", "service_page", "term_hit", "leak", "hidden_link",
    "attachment",
})  # fmt: skip
"""Facts that are read off pages: of what stands on a page nothing is known until it was read again."""

_THINGS: tuple[tuple[frozenset[str], str, str], ...] = (
    (frozenset({"seen_article"}), "SELECT 1 WHERE 0", "只能与上次检查对照得出，需人工核实"),
    (frozenset({"overdue_message", "board_message"}),
     "SELECT 1 FROM board_message WHERE key IN (:item, :key)", "该留言本次未读到"),
    (frozenset({"guide_elements"}),
     "SELECT 1 FROM service_guide WHERE key = :key OR instr(:key, key || ' ') = 1 OR :key = :home",
     "该办事指南本次未读到"),
    (frozenset({"question"}), "SELECT 1 FROM question WHERE key = :item", "该次模拟咨询不在本次资料中"),
    (frozenset({"due_report"}), "SELECT 1 FROM due_report WHERE report = :item", "该年度报告不在本次资料中"),
    (frozenset({"repost_duty"}), "SELECT 1 FROM repost_duty WHERE title = :key", "该转载任务不在本次资料中"),
    (frozenset({"account_meta"}), "SELECT 1 FROM account_meta WHERE field = :item AND trim(value) <> ''",
     "平台资料本次未读到"),
)  # fmt: skip
"""What a finding is about must be there again: the tables and views of the rule, the query for it, else the reason."""

_DATED = "SELECT 1 FROM article_date d JOIN address a ON a.id = d.url WHERE a.url = :url"
_SAME_DATE = f"""
{_DATED} AND instr(:detail, d.on_date) > 0
UNION ALL SELECT 1 FROM account_post WHERE (url = :url AND url <> '' OR key = :key) AND instr(:detail, on_date) > 0
"""
_POSTED = "SELECT 1 FROM account_post WHERE url <> '' AND url IN (:url, :location) OR key <> '' AND key = :key"
_CUT_SOURCE = "SELECT 1 FROM account_meta WHERE field = 'complete-since'"

_ON_ONE_PAGE = "共1个页面引用"
"""How the rule of dead links words that no other page carries one."""


@dataclass(frozen=True, slots=True)
class Case:
    """A known finding that has no row today, with its rule and what that said."""

    known: KnownFinding
    loaded: LoadedRule
    today: Assessment

    @property
    def seeks(self) -> bool:
        """Whether the rule looks for something that proves itself once it is found."""
        return self.loaded.rule.proof == "existence"

    @property
    def present(self) -> bool:
        """Whether the rule holds something offending to be there."""
        return self.loaded.rule.proof == "presence"

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the rule needs."""
        return frozenset(need.fact for need in self.loaded.needs)

    @property
    def asked(self) -> dict[str, str]:
        """What queries may ask of the finding."""
        k = self.known
        return {"url": k.url, "key": k.key, "item": k.item, "detail": k.detail, "location": k.location}


@dataclass(frozen=True, slots=True)
class Examined:
    """What a facts file says of the places of findings."""

    looked: Looked
    coverage: Coverage

    def became(self, case: Case) -> Said:
        """What became of a finding of a rule with a query: rectified, removed or not seen, and why."""
        if case.loaded.reads & {"checked_link", "link_check"} and case.loaded.rule.sample is None:
            return self._link(case)
        before = self._thing(case) or self._elsewhere(case) or self._sampled(case)
        if before:
            return before
        if not self.looked.home:
            return self._account(case)
        if not case.present and "article_date" in case.facts and self.looked.dated_ahead(case.known.location):
            return not_seen("最新信息在发现问题时所标日期晚于当日，不能据此认定已整改")
        return self._column(case) or self._page(case) or self._covered(case)

    def _link(self, case: Case) -> Said:
        """A dead link: its target answers, or no page carries it any more."""
        target = case.known.url or case.known.item
        if any(same_place(f.url) == same_place(target) for f in case.today.findings):
            return not_seen("同一页面以其他网址形式仍然打不开")
        checked = self.looked.link(target)
        if checked is None:
            return self._unlinked(case, target)
        verdict, why = checked
        if verdict == "ok":
            return Change.RECTIFIED, "链接目标已能打开"
        return not_seen("链接目标仍打不开" if verdict == "broken" else f"链接目标本次不能判定（{why}）")

    def _unlinked(self, case: Case, target: str) -> Said:
        """Nobody asked for the target: the page that carried it must have been read without it."""
        if self.looked.carried(target):
            return not_seen("链接目标本次未核验")
        if any(self.looked.carried(url) and not self._answers(url) for url in self.looked.spellings(target)):
            return not_seen("链接目标以其他网址形式仍被引用，本次未能确认可以打开")
        sight, why = self.looked.page(case.known.location)
        if sight is not Sight.READ:
            return _unread(sight, why)
        gaps = self.coverage.gaps_on({"link", "page"}, case.known.location)
        if gaps:
            return not_seen(explain(gaps))
        if _ON_ONE_PAGE not in case.known.detail and self.coverage.gaps([Need("link", "")], columns=False):
            return not_seen("其他引用页面本次未读全，不能确认链接均已去除")
        return Change.RECTIFIED, "所在页面已重新读取，不再引用该链接"

    def _answers(self, target: str) -> bool:
        """Whether a link target was verified and is there."""
        checked = self.looked.link(target)
        return checked is not None and checked[0] == "ok"

    def _thing(self, case: Case) -> Said | None:
        """The thing itself (an article, a message, a report) must have been seen again, and not as it was."""
        reads = case.loaded.reads
        for names, sql, reason in _THINGS:
            if names & reads and not self.looked.any(sql, case.asked | {"home": self.looked.home}):
                return self._unless_gone(case, reason)
        if "future_article" in reads and self.looked.any(_SAME_DATE, case.asked):
            return not_seen("所标日期没有修改")
        if "future_article" in reads and self.looked.home and not self.looked.any(_DATED, case.asked):
            return self._unless_gone(case, "该信息的发布日期本次未读到")
        return None

    def _unless_gone(self, case: Case, reason: str) -> Said:
        """Not seen for this reason, unless the page itself is gone."""
        sight, why = self.looked.page(case.known.location) if self.looked.home else (Sight.UNREAD, "")
        return (Change.REMOVED, why) if sight is Sight.GONE else not_seen(reason)

    def _elsewhere(self, case: Case) -> Said | None:
        """A list is cut somewhere: what stands on other pages, or beyond the cut, is not rectified."""
        k = case.known
        if any(f.clause == k.clause and f.item == k.item != k.location for f in case.today.findings):
            return not_seen("同一问题在其他页面仍然存在")
        shown = case.loaded.rule.params.get("shown")
        if k.item == k.location and isinstance(shown, int) and len(case.today.findings) >= shown:
            return not_seen(f"问题较多，只列出前{shown}处")
        if not k.key.startswith(("http://", "https://")) and others(case):
            return not_seen("同一规则本次仍有其他问题，需人工核实")
        return None

    def _sampled(self, case: Case) -> Said | None:
        """A member of the sample must be in it again; what is said of the whole site needs no sample."""
        k = case.known
        if case.loaded.rule.sample is None or k.key == self.looked.home:
            return None
        for member in case.today.sample:
            parts = (f"{member.key} ", f"{member.key}#")
            if member.key in {k.key, k.item, k.location, k.url} or k.key.startswith(parts):
                return None
        return self._unless_gone(case, "抽样已变化，未再次检查")

    def _account(self, case: Case) -> Said:
        """An account is what its sources give; a finding in one post needs that post among them again."""
        gaps = self.coverage.gaps(case.loaded.needs, columns=True)
        if gaps:
            return not_seen(explain(gaps))
        of_a_post = case.present and case.facts & {"post", "term_hit"} and case.known.key != case.known.location
        if not of_a_post or self.looked.any(_POSTED, case.asked):
            return Change.RECTIFIED, "已重新检查，未再发现"
        whole = not self.coverage.gaps([Need("post", "")], columns=False)
        if whole and case.known.location.startswith("http") and not self.looked.any(_CUT_SOURCE, {}):
            return Change.REMOVED, "该条内容已不在账号发布列表中"
        return not_seen("该条内容不在本次读到的发布列表中")

    def _column(self, case: Case) -> Said | None:
        """A column must be there still, ask for updates still, and show something newer than before."""
        place = self._column_of(case)
        if not place:
            return None
        sight, why = self.looked.page(place)
        if sight is Sight.GONE:
            return Change.REMOVED, why.replace("所在页面", "栏目页面")
        column = self.looked.column(place)
        if column is None and (moved := self.looked.other_spelling(place)):
            return not_seen(f"栏目网址已变更为{moved}，需人工核实")
        if column is None:
            lost = self.coverage.gaps([Need("site_column", "navigation")], columns=False)
            if lost:
                return not_seen(f"栏目本次未找到；{explain(lost)}")
            return Change.REMOVED, "栏目已不在网站导航和登记中"
        same = self._same_column(
            case, place, should=str(column["should_update"]), registered=bool(column["registered"])
        )
        return not_seen(same) if same else None

    def _same_column(self, case: Case, place: str, *, should: str, registered: bool) -> str:
        """Why a column without a row is as it was all the same (the registry may have changed), else ''."""
        if case.present:
            return "" if registered else "栏目仍未登记"
        if should == "no":
            return "栏目已登记为不需要更新，是否整改需人工核实"
        newest = self.looked.newest_in(place) if case.known.key == place else ""
        if newest and newest in case.known.detail:
            return f"栏目最新信息仍为{newest}"
        still_blank = "blank_column" in case.loaded.reads and self.looked.blank(place)
        return "栏目仍然没有信息" if still_blank else ""

    def _column_of(self, case: Case) -> str:
        """Address of the column that a finding is about, '' if it is about none."""
        k = case.known
        if "site_column" not in case.facts:
            return ""
        if k.scope.startswith(("http://", "https://")):
            return k.scope
        alone = case.present and case.facts == {"site_column"}
        return k.location if alone and k.location != self.looked.home else ""

    def _page(self, case: Case) -> Said | None:
        """The page where it stood must have been read whole; where that proves nothing yet, coverage goes on."""
        k = case.known
        if not case.facts & _ON_PAGES or not k.location.startswith(("http://", "https://")):
            return None
        if not case.present and k.location in {k.scope, self.looked.home}:
            return None  # what was gathered of the column, or of the home page, says it better
        sight, why = self.looked.page(k.location)
        if sight is not Sight.READ:
            return _unread(sight, why)
        lists = {"list_item"} if "site_column" in case.facts else set()
        gaps = self.coverage.gaps_on(case.facts | lists, k.location) + self._amiss(case)
        if gaps:
            return not_seen(explain(gaps))
        return self._read_again(case) if case.present else None

    def _read_again(self, case: Case) -> Said:
        if "suspicious_target" in case.loaded.reads and not self._target_judged(case.known):
            return not_seen("链接仍在页面上，其目标本次未能核验")
        if "checked_link" in case.loaded.reads and self._linked_unproven(case.known):
            return not_seen("链接仍在页面上，本次未能确认可以打开")
        return Change.RECTIFIED, "所在页面已重新读取，未再发现"

    def _amiss(self, case: Case) -> list[Gap]:
        """What was not gathered at all; that other pages were left unread says nothing of the page in question."""
        if not case.present:
            return []
        needs = [need for need in case.loaded.needs if need.at not in {"column", "target"}]
        return [gap for gap in self.coverage.gaps(needs, columns=False) if gap.scope or gap.state != "partial"]

    def _target_judged(self, k: KnownFinding) -> bool:
        """Whether a doubted link is off its page, or its target was seen and found harmless."""
        if k.url == k.location or not self.looked.carried(k.url, k.location):
            return True
        checked = self.looked.link(k.url)
        return checked is not None and checked[0] == "ok" and not self.coverage.gaps_on({"hidden_link"}, k.url)

    def _linked_unproven(self, k: KnownFinding) -> bool:
        """Whether a link still stands on its page whose target nobody found to work now."""
        return k.url not in {"", k.location} and self.looked.carried(k.url, k.location) and not self._answers(k.url)

    def _covered(self, case: Case) -> Said:
        """Its scope, or all that the rule needs, must be completely gathered."""
        k, needs = case.known, case.loaded.needs
        gaps = self.coverage.gaps_at(needs, k.scope) if k.scope else self.coverage.gaps(needs, columns=case.present)
        return not_seen(explain(gaps)) if gaps else (Change.RECTIFIED, "已重新检查，未再发现")


def others(case: Case) -> bool:
    """Whether the rule has rows today that are more than a warning and that it found itself."""
    clauses = case.loaded.rule.clauses
    return any(not f.notice and f.clause in clauses and not clauses[f.clause].ask for f in case.today.findings)


def not_seen(reason: str) -> Said:
    """It could not be told."""
    return Change.NOT_SEEN, reason


def _unread(sight: Sight, why: str) -> Said:
    return (Change.REMOVED if sight is Sight.GONE else Change.NOT_SEEN), why
