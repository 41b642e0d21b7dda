"""Word lists: what counts as a hit and what does not, where it stands, and how posts of accounts are read by them."""

import os
import random
from datetime import date
from pathlib import Path

import pytest

from checker.config import shipped
from checker.errors import RuleError
from checker.extract.wording import compiled, hits, masked
from checker.extract.wording.folding import fold, fold_with_places
from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import Order, run
from checker.model.facts import Address, GatherLog, Post, TermHit
from checker.model.lexicon import WordList
from checker.model.registry import Account, Registry
from checker.model.results import Outcome
from checker.rules import load_rules, rule_set
from checker.scan.post_wording import post_wording
from checker.sources import AccountReading, SourceResult, _texts
from checker.sources.feed import parse_feed
from checker.sources.texts import written
from tests.scanning import AS_OF, QUICK, assessment, national

SHARED = Path(os.environ.get("CHECKER_SHARED", Path(__file__).parents[2] / "shared"))
TODAY = date(2026, 11, 22)
BOOK = load_rules(shipped("rules"))
SHIPPED = compiled(BOOK.lexicons)


def words(**more: object) -> WordList:
    given = {"name": "t", "title": "试", "version": "1", "category": "serious", "source": "自拟"}
    return WordList.model_validate(given | more)


def found(text: str, on_day: date = TODAY) -> list[tuple[str, str]]:
    return [(hit.category, hit.found) for hit in hits(text, SHIPPED, on_day)]


S, C, H = "serious", "secret", "harmful"
CASES: tuple[tuple[str, list[tuple[str, str]]], ...] = (
    ("区攻府召开会议", [(S, "攻府")]),
    ("红军围攻府城，进攻府衙", []),
    ("围攻府城。区攻府召开会议", [(S, "攻府")]),
    ("区政府召开会议", []),
    ("中华人民共合国成立", [(S, "中华人民共合国")]),
    ("中华人民共和国成立", []),
    ("学习进平台经济新规", []),
    ("住房与城乡建设部印发通知", [(S, "住房与城乡建设部")]),
    ("各级住房与城乡建设部门", []),
    ("住房城乡建设部、人力资源社会保障部印发通知", []),
    ("内蒙古省际大通道通车", []),
    ("构建人类命运共同休戚与共的家园", []),
    ("为祖国万死不辞", []),
    ("日本、台湾等国家和地区", []),
    ("日本、台湾等国", [(S, "日本、台湾等国")]),
    # width, blanks and signs that nobody sees
    ("机密★１年", [(C, "机密★")]),
    ("机　密 ★ 长期", [(C, "机 密 ★".replace(" ", "　", 1))]),
    ("内部资料　注意保存", [(C, "内部资料　注意保存")]),
    ("内部资料，注意保存", [(C, "内部资料，注意保存")]),
    ("扫黑\u200b险恶", [(S, "扫黑\u200b险恶")]),
    ("ＢＥＴ３６５官网欢迎您", [(H, "ＢＥＴ３６５官网")]),
    ("alphabet365官网", []),
    # what is said of marks is no mark, and secrets of business are ordinary
    ("绝密★启用前 2026年中考语文", []),
    ("国家秘密的密级标志为“机密★1年”字样", []),
    ("依法保护商业秘密和国家秘密，宣传保密法", []),
    ("仅供内部使用，不得外传", [(C, "仅供内部使用，不得外传")]),
    # advertising, and what fights it
    ("澳门新葡京娱乐，注册送彩金", [(H, "澳门新葡京娱乐"), (H, "注册送彩金")]),
    ("警方捣毁一网络赌博团伙，涉案网站以注册送彩金诱人", []),
    ("扫黄打非：打击裸聊敲诈", []),
    ("在线观看直播，免费观看高清影片", []),
    ("棋牌平台六合彩", [(H, "棋牌平台"), (H, "六合彩")]),
    ("棋牌平台棋牌平台", []),
    ("免费观看亚运会", []),
    # of overlapping terms the longest
    ("台湾总统府", [(S, "台湾总统府")]),
    ("", []),
)


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text or "empty" for text, _ in CASES])
def test_what_is_a_hit_and_what_is_none(text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text) == expected


def test_a_hit_says_where_it_stands_in_the_original_and_what_it_should_read() -> None:
    text = "  通知：\n  联系人１３８１２３４５６７８，区　攻府（盖章）"
    (hit,) = hits(text, compiled((words(terms=[{"term": "攻府", "right": "政府"}]),)), TODAY)
    assert text[hit.start : hit.end] == hit.found == "攻府"
    assert (hit.term, hit.suggestion, hit.certainty, hit.lexicon) == ("攻府", "政府", "candidate", "t 1")
    assert hit.quote == "通知： 联系人１３８******７８，区 攻府（盖章）"


DATED = words(**{"from": "2020-01-01", "terms": [{"term": "甲乙", "until": "2021-12-31"}, {"term": "丙丁"}]})
DAYS: tuple[tuple[str, list[str]], ...] = (
    ("2019-12-31", []),
    ("2020-01-01", ["甲乙", "丙丁"]),
    ("2021-12-31", ["甲乙", "丙丁"]),
    ("2022-01-01", ["丙丁"]),
)


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_a_term_holds_for_texts_of_its_days(day: str, expected: list[str]) -> None:
    assert [h.found for h in hits("甲乙、丙丁", compiled((DATED,)), date.fromisoformat(day))] == expected


def test_lists_of_different_categories_do_not_hide_each_other() -> None:
    both = (words(terms=[{"term": "甲乙丙"}]), words(name="u", category="typo", terms=[{"term": "乙丙"}]))
    assert [(h.category, h.found) for h in hits("甲乙丙", compiled(both), TODAY)] == [
        ("serious", "甲乙丙"),
        ("typo", "乙丙"),
    ]


def test_a_guard_excuses_only_what_stands_near() -> None:
    lexicon = compiled((words(guards=["打击"], within=5, terms=[{"term": "赌场"}]),))
    assert [h.start for h in hits("打击赌场。赌场", lexicon, TODAY)] == []
    assert [h.start for h in hits("打击赌场。春暖花开大家好，赌场", lexicon, TODAY)] == [13]


def test_folding_keeps_the_way_back() -> None:
    dice = random.Random(7)
    letters = "攻府 \n　１ａ“”㈱★\u200b，。ﬁ…㎡ｱｶﾞİ"
    for _ in range(300):
        text = "".join(dice.choice(letters) for _ in range(dice.randrange(40)))
        folded, places = fold_with_places(text)
        assert folded == fold(text)
        assert len(places) == len(folded)
        assert places == sorted(places)


MASKED = (
    ("电话13812345678。", "电话138******78。"),
    ("身份证110101199001011237", "身份证110*************37"),
    ("11010119900101123X止", "110*************3X止"),
    ("138 1234 5678", "138********78"),
    ("文号〔2026〕12号，2026年11月22日", "文号〔2026〕12号，2026年11月22日"),
    ("0371-12345678", "0371-12345678"),
)


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_personal_data_are_masked(text: str, expected: str) -> None:
    assert masked(text) == expected


def test_a_number_that_the_quote_cuts_is_masked_too() -> None:
    text = "13812345678" + "一" * 25 + "攻府"
    (hit,) = hits(text, SHIPPED, TODAY)
    assert hit.quote == "…***78" + "一" * 25 + "攻府"


def test_a_text_of_nothing_but_hits_ends() -> None:
    assert len(hits("攻府围攻府城" * 20_000, SHIPPED, TODAY)) == 20_000


# --- files ---------------------------------------------------------------------------------------------------------

HEAD = "name: w\ntitle: 词\nversion: '1'\ncategory: serious\nsource: 自拟\n"
WRONG = (
    ("terms:\n  - {term: 攻府, unless: [政府]}", "7: terms[1]: 'unless' holds '政府', which does not contain the term"),
    ("terms:\n  - {term: 攻府}\n  - {term: [甲乙, 攻府]}", "8: terms[2]: '攻府' stands twice (first in line 7)"),
    ("terms:\n  - {term: 政府, right: 政府}", "7: terms[1]: '政府' is to be replaced by itself"),
    ("terms:\n  - {term: 攻府, rigth: 政府}", "7: terms[1].rigth: unknown key 'rigth'; did you mean 'right'?"),
    ("terms:\n  - {term: 攻府, form: 2021-01-01}", "7: terms[1].form: unknown key 'form'; did you mean 'from'?"),
    ("terms:\n  - {term: 攻府, from: 2026-02-01, until: 2026-01-01}", "7: terms[1]: 'until' lies before 'from'"),
    ("terms: []", "6: terms: "),
    ("category: veto\nterms: [{term: 攻府}]", "6: key 'category' stands twice (first in line 4)"),
)


@pytest.mark.parametrize(("body", "message"), WRONG)
def test_a_wrong_list_is_told_with_its_line(body: str, message: str, tmp_path: Path) -> None:
    rule = shipped("rules") / "national-2019" / "account" / "n1-wording.yaml"
    (tmp_path / "n1-wording.yaml").write_text(rule.read_text("utf-8"), "utf-8")
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "w.yaml").write_text(HEAD + body, "utf-8")
    with pytest.raises(RuleError) as caught:
        load_rules(tmp_path)
    assert f"w.yaml:{message}" in str(caught.value)


def test_a_list_enters_the_hash_of_the_rules(tmp_path: Path) -> None:
    for path in shipped("rules").rglob("*.yaml"):
        copy = tmp_path / path.relative_to(shipped("rules"))
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    before = rule_set(load_rules(tmp_path), "national")
    assert [one.label for one in before.lexicons] == [one.label for one in BOOK.lexicons]
    listed = tmp_path / "lexicon" / "wording.yaml"
    listed.write_text("\n".join(line for line in listed.read_text("utf-8").splitlines() if "攻府" not in line), "utf-8")
    after = rule_set(load_rules(tmp_path), "national")
    assert before.sha256 != after.sha256
    assert hits("区攻府", compiled(after.lexicons), TODAY) == ()


# --- posts of accounts ---------------------------------------------------------------------------------------------

ID = "349900M001WX0001"


def reading(
    *posts: Post, texts: dict[str, str] | None = None, cut: str = "", state: str = "complete"
) -> AccountReading:
    log = (GatherLog(ID, "post", "", state, "" if state == "complete" else "来源不能证明完整"),)
    return AccountReading(posts, log, texts or {}, frozenset(cut.split()))


def post(key: str, title: str, url: str = "") -> Post:
    return Post(ID, key, Address(url), title, "2026-11-20", "2026-11-20", "unknown", "feed")


def wording(given: AccountReading, lists: tuple[WordList, ...] = BOOK.lexicons) -> tuple[list[TermHit], str, str]:
    rows, line = post_wording(ID, given, lists, TODAY)
    assert (line.subject, line.fact, line.scope) == (ID, "term_hit", "post")
    return list(rows), line.state, line.reason


WHERE = "http://weixin.a.cn/s/1"
SLIP = TermHit(ID, Address(WHERE), S, "攻府", "政府", "candidate", "区攻府开会", "wording 2026.11")


def test_title_and_text_are_read_and_a_term_counts_once_a_post() -> None:
    given = reading(post("1", "区攻府开会", WHERE), texts={"1": "昨日，区攻府开会。区攻府要求"})
    assert wording(given) == ([SLIP], "complete", "")


def test_a_title_that_begins_the_text_is_read_once_and_a_post_without_address_is_the_accounts() -> None:
    given = reading(post("1", "攻府"), texts={"1": "攻府开会"})
    hit = TermHit(ID, Address(f"account:{ID}"), S, "攻府", "政府", "candidate", "攻府开会", "wording 2026.11")
    assert wording(given) == ([hit], "complete", "")


COVERED = (
    (reading(), "complete", ""),
    (reading(post("1", "甲"), texts={"1": "乙"}), "complete", ""),
    (reading(post("1", "甲")), "partial", "1条只读到标题"),
    (reading(post("1", "甲"), post("2", "乙"), texts={"2": "丙…"}, cut="2"), "partial",
     "1条只读到标题；1条只读到摘要或开头"),
    (reading(post("1", "甲"), texts={"1": "乙"}, state="partial"), "partial", "来源不能证明完整"),
    (reading(post("1", "甲", WHERE), texts={WHERE: "乙"}), "complete", ""),
    (reading(state="failed"), "failed", "来源不能证明完整"),
)  # fmt: skip


@pytest.mark.parametrize(("given", "state", "reason"), COVERED)
def test_what_was_not_read_is_not_passed(given: AccountReading, state: str, reason: str) -> None:
    assert wording(given) == ([], state, reason)


def test_without_lists_nothing_was_read() -> None:
    given = reading(post("1", "区攻府开会", WHERE), texts={"1": "文"})
    assert wording(given, ()) == ([], "failed", "规则文件夹中没有词表")
    only = tuple(one for one in BOOK.lexicons if one.category == "serious")
    title = TermHit(ID, Address(WHERE), S, "攻府", "政府", "candidate", "区攻府开会", "wording 2026.11")
    assert wording(given, only) == ([title], "partial", "缺少词表：密级标志、有害内容")


MARKUP = (
    ("<p>区攻<b>府</b>召开&nbsp;会议</p><script>var 甲</script><p>完</p>", "区攻府召开 会议 完"),
    ("<!-- 注 -->甲<br>乙<style>丙", "甲 乙"),
    ("a < b", "a < b"),
)


@pytest.mark.parametrize(("markup", "expected"), MARKUP)
def test_the_words_of_a_post(markup: str, expected: str) -> None:
    assert written(markup) == expected


RSS = (
    '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>甲</title>'
    "<description>摘要</description><content:encoded>&lt;p&gt;全文&lt;/p&gt;</content:encoded></item>"
    "<item><title>乙</title><description>摘要</description></item><item><title>丙</title></item></channel></rss>"
)
JSON_FEED = (
    '{"items": [{"title": "甲", "content_html": "<p>全文</p>", "summary": "摘要"}, {"title": "乙", "summary": "摘要"}]}'
)


@pytest.mark.parametrize(("body", "texts"), [(RSS, ["全文", "摘要", ""]), (JSON_FEED, ["全文", "摘要"])])
def test_feeds_hand_over_their_texts(body: str, texts: list[str]) -> None:
    assert [item.text for item in parse_feed(body.encode(), "http://a.cn/").items] == texts


def test_the_longest_text_of_a_post_counts_whatever_a_source_calls_it() -> None:
    def said(key: str, text: str, *cut: str) -> SourceResult:
        posts = (post(key, "甲", WHERE),)
        return SourceResult(posts, (), (), "partial", "", "feed", "", texts={key: text}, cut=frozenset(cut))

    texts, cut = _texts([said("a", "摘要", "a"), said("b", "这是全文")])
    assert texts == {"a": "摘要", "b": "这是全文", WHERE: "这是全文"}
    assert cut == {"a"}


# --- real texts ----------------------------------------------------------------------------------------------------

CORRECT = (("clean_rmrb.tsv", 0), ("clean_xxqg.tsv", 0), ("policy_titles.tsv", 0), ("gov_web_typos.tsv", 1),
           ("cscd_ns_test.tsv", 1), ("ecspell_odw.tsv", 1), ("ecspell_law.tsv", 1))  # fmt: skip


def cells(name: str, column: int) -> list[str]:
    path = SHARED / "real_text" / name
    if not path.is_file():
        pytest.skip(f"{path} is not there: correct real texts are not read")
    rows = (row.split("\t") for row in path.read_text("utf-8").split("\n")[1:])
    return [row[column] for row in rows if len(row) > column]


@pytest.mark.parametrize(("name", "column"), CORRECT)
def test_correct_texts_hold_no_hit(name: str, column: int) -> None:
    texts = cells(name, column)
    assert len(texts) > 700
    assert [hit.quote for text in texts for hit in hits(text, SHIPPED, TODAY)] == []


def test_real_slips_are_found() -> None:
    slips = [hit for name in ("gov_web_typos.tsv", "ecspell_odw.tsv", "ecspell_law.tsv") for text in cells(name, 0)
             for hit in hits(text, SHIPPED, TODAY)]  # fmt: skip
    assert [hit.found for hit in slips] == [
        "中国人名警察", "中华入民共和国", "工业和言息化", "厂西壮族自治区", "广西壮族自冶区", "新江生产建设兵团",
        "全国人民戴表大会", "全国人民戴表大会",
    ]  # fmt: skip


# --- from end to end -----------------------------------------------------------------------------------------------


def account(number: int, path: Path) -> Account:
    given = {"id": f"a{number}", "code": None, "name": "某发布", "platform": "wechat-subscription", "organizer": "某办"}
    return Account.model_validate({**given, "sources": [{"sheet": str(path), "complete": True}]})


def test_posts_of_a_sheet_are_judged_by_their_wording_and_their_texts_are_not_kept(tmp_path: Path) -> None:
    texts = (
        "昨日区攻府召开会议，联系人13812345678。此后另有一段不应保存的文字，" + "一" * 60 + "全文至此",
        "节日放假安排",
    )
    for number, text in enumerate(texts):
        rows = f"标题,内容,发布时间,链接\n工作动态,{text},2021-11-08,{WHERE}\n"
        (tmp_path / f"export{number}_20211108.csv").write_text(rows, "utf-8")
    both = [account(n, tmp_path / f"export{n}_20211108.csv") for n in range(2)]
    settings = FetchSettings(connect_to=(ConnectTo.parse("::127.0.0.1:9"),))
    order = Order(Registry(accounts=tuple(both)), national(), tmp_path / "store", AS_OF, settings, QUICK)
    done = run(order, lambda _: None)
    rules = ("n1-wording", "n1-secret", "n1-harmful")
    assert [assessment(done, "a1", rule).outcome for rule in rules] == [Outcome.PASS] * 3
    slip = assessment(done, "a0", "n1-wording")
    assert (slip.outcome, [(f.location, f.certainty, f.detail) for f in slip.findings]) == (
        Outcome.REVIEW,
        [(WHERE, "candidate", "出现“攻府”，应为“政府”（词表：wording 2026.11），须人工确认")],
    )
    assert slip.findings[0].evidence.quote.startswith("昨日区攻府召开会议，联系人138******78。")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "store").rglob("*") if path.is_file())
    assert ("全文至此".encode() in kept, b"13812345678" in kept, "区攻府".encode() in kept) == (False, False, True)
