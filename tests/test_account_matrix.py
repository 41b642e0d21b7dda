"""What each source settles: kind of source × age of the newest post × a person's word → outcome of n2 and n3."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from checker.evaluate import evaluate
from checker.fetch.engine import Payload
from checker.model.context import Answer
from checker.sources import gather_account
from tests.engine_data import account as registered
from tests.engine_data import clock, fact, reading
from tests.scanning import national
from tests.sources import Door, Said, account, at, data

AS_OF = at("2025-06-20T10:00:00")
TODAY = AS_OF.date()
RULES = national()
FEED, SYNCED, ARTICLE = "https://f.cn/1.xml", "https://f.cn/sync", "https://mp.weixin.qq.com/s/1"
WEIBO = "https://m.weibo.cn/api/container/getIndex?type=uid&value=1"
LETTER = {"pass": "P", "fail": "F", "review": "R", "open": "O", "notApplicable": "-"}
Given = tuple[dict[str, Any], Door, str]


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AN_ID", "wx1")
    monkeypatch.setenv("A_SECRET", "s")


def moment(ago: int) -> Any:
    return AS_OF - timedelta(days=ago)


def feed(ago: int | None, _: Path, **more: Any) -> Given:
    item = "" if ago is None else f"<item><title>a</title><pubDate>{format_datetime(moment(ago))}</pubDate></item>"
    body = f'<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>{item}</channel></rss>'
    answers = {FEED: Said(body.encode()), SYNCED: data({"syncTime": AS_OF.isoformat()})}
    return {"feed": FEED, **more}, Door(answers), "wechat-subscription"


def vouched(ago: int | None, folder: Path) -> Given:
    return feed(ago, folder, complete=True, synced=SYNCED)


def frozen(ago: int | None, folder: Path) -> Given:
    source, door, platform = feed(ago, folder, complete=True, synced=SYNCED)
    door.answers[SYNCED] = data({"syncTime": moment(3).isoformat()})
    return source, door, platform


def sheet(ago: int | None, folder: Path, complete: bool = False) -> Given:
    rows = "" if ago is None else f"a,{moment(ago).date()}\n"
    path = folder / f"posts_{TODAY:%Y%m%d}.csv"
    path.write_text(f"标题,发布时间\n{rows}")
    return {"sheet": str(path), "complete": complete}, Door({}), "channels"


def whole_sheet(ago: int | None, folder: Path) -> Given:
    return sheet(ago, folder, complete=True)


def articles(ago: int | None, _: Path) -> Given:
    body = "链接已过期" if ago is None else f"<script>var ct = '{int(moment(ago).timestamp())}'</script>"
    return {"articles": [ARTICLE]}, Door({ARTICLE: Said(body.encode())}), "wechat-subscription"


def captcha(_: int | None, __: Path) -> Given:
    return {"articles": [ARTICLE]}, Door({ARTICLE: Said("<p>环境异常</p>".encode())}), "wechat-subscription"


def owner(ago: int | None, _: Path) -> Given:
    item = {"article_id": "a", "content": {"news_item": [{"title": "a"}]}}
    items = [] if ago is None else [item | {"update_time": int(moment(ago).timestamp())}]

    def answer(url: str, _: Payload) -> Said:
        if "stable_token" in url:
            return data({"access_token": "t"})
        return data({"item": items} if "batchget" in url else {"errcode": 48001})

    keys = {"appid_env": "AN_ID", "secret_env": "A_SECRET"}
    return {"wechat_api": keys}, Door({}, answer), "wechat-subscription"


def weibo(ago: int | None, _: Path) -> Given:
    blog = {"card_type": 9, "mblog": {"id": "1", "created_at": "" if ago is None else str(moment(ago).date())}}
    page = {"ok": 1, "data": {"cards": [] if ago is None else [blog]}}
    answers = {WEIBO: data({"ok": 1, "data": {}}), f"{WEIBO}&containerid=1076031": data(page)}
    return {"weibo": {"uid": 1, "public": True}}, Door(answers), "weibo"


def refused(_: int | None, __: Path) -> Given:
    return {"weibo": {"uid": 1, "public": True}}, Door({WEIBO: data({"ok": -100})}), "weibo"


def app(_: int | None, __: Path) -> Given:
    found = {"resultCount": 1, "results": [{"trackName": "a", "currentVersionReleaseDate": "2025-06-19T00:00:00Z"}]}
    url = "https://itunes.apple.com/lookup?id=1&country=cn"
    return {"app": {"itunes_id": 1}}, Door({url: data(found)}), "app"


def manual(_: int | None, __: Path) -> Given:
    return {"manual": True}, Door({}), "channels"


def judged(given: Given, *more: Any) -> dict[str, str]:
    """Outcomes of all rules for an account with one source, from the reading to the rule."""
    source, door, platform = given
    rows, log = asyncio.run(gather_account(account(source, id="s1", platform=platform), door, AS_OF))
    entry = registered(platform=platform, status="running")
    with reading(clock(TODAY.isoformat()), entry, *rows, *log, *more) as opened:
        return {a.rule: LETTER[a.outcome.value] for a in evaluate(opened, RULES)}


def answer(problem: int, on: int, expires: int = 0) -> tuple[Answer, ...]:
    day, last = moment(on).date().isoformat(), moment(-expires).date().isoformat()
    values = {"clause": "main", "problem": problem, "by": "张三", "on_date": day, "expires_on": last, "detail": "看过"}
    return tuple(fact(Answer, rule=rule, **values) for rule in ("n2-stale", "n2-zombie"))


AGES = (3, 14, 15, 90, 91, None, -3)
"""Days before the inspection of the newest (and only) post; None = no post at all; -3 = dated ahead."""

LISTED = "PP PP RP RP RR"
HITS = "PP PP OP OP OO"
NOBODY = ("OO " * 7).strip()
MATRIX: list[tuple[Callable[[int | None, Path], Given], dict[str, str]]] = [
    # n2-stale and n2-zombie for each age; without an answer, seen in time today, a problem named today or long ago
    (vouched, {"none": "PP PP FP FP FF RR RR", "fine": "PP PP FP FP FF PP PP", "fault": "RR RR FR FR FF FF FF",
               "expired": "PP PP FP FP FF RR RR"}),
    (frozen, {"none": f"{LISTED} OO RR", "fine": ("PP " * 7).strip(), "fault": "RR RR FR FR FF FF FF"}),
    (feed, {"none": f"{LISTED} OO RR", "fine": ("PP " * 7).strip(), "fault": "RR RR FR FR FF FF FF"}),
    (whole_sheet, {"none": "PP PP FP FP FF OO RR", "fine": "PP PP FP FP FF PP PP"}),
    (sheet, {"none": f"{LISTED} OO RR", "fine": ("PP " * 7).strip()}),
    (articles, {"none": f"{HITS} OO OO", "fine": ("PP " * 7).strip(), "fault": "RR RR FR FR FF FF FF"}),
    (owner, {"none": f"{HITS} OO OO", "fine": ("PP " * 7).strip()}),
    (weibo, {"none": f"{LISTED} OO RR", "fine": ("PP " * 7).strip()}),
    (captcha, {"none": NOBODY, "fine": ("PP " * 7).strip(), "fault": ("FF " * 7).strip()}),
    (refused, {"none": NOBODY}),
    (app, {"none": NOBODY}),
    (manual, {"none": NOBODY, "fine": ("PP " * 7).strip(), "fault": ("FF " * 7).strip(), "expired": NOBODY}),
]  # fmt: skip
SAID: dict[str, tuple[Answer, ...]] = {
    "none": (), "fine": answer(0, 0), "fault": answer(1, 0), "expired": answer(1, 20, expires=-1),
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "said", "wanted"),
    [pytest.param(s, said, row, id=f"{s.__name__}-{said}") for s, rows in MATRIX for said, row in rows.items()],
)
def test_what_a_source_settles_about_updates(
    tmp_path: Path, source: Callable[[int | None, Path], Given], said: str, wanted: str
) -> None:
    found = [judged(source(ago, tmp_path), *SAID[said]) for ago in AGES]
    assert " ".join(f"{one['n2-stale']}{one['n2-zombie']}" for one in found) == wanted


MENU, REPLIES = "get_current_selfmenu_info", "get_current_autoreply_info"
BUTTONS = {"is_menu_open": 1, "selfmenu_info": {"button": [{"type": "click", "name": "我要咨询", "key": "k"}]}}
EMPTY = {"is_menu_open": 0}
COMMENTS_OFF = {"errcode": 88000}


@pytest.mark.parametrize(
    ("menu", "replies", "comments", "said", "wanted"),
    [
        (BUTTONS, {"errcode": 48001}, {"errcode": 45009}, None, "P"),
        ({"errcode": 48001}, EMPTY, {"total": 3}, None, "P"),
        (EMPTY, {}, COMMENTS_OFF, None, "R"),
        (EMPTY, {}, {"total": 0}, None, "R"),
        (
            EMPTY,
            {"is_autoreply_open": 1, "message_default_autoreply_info": {"content": "留言"}},
            COMMENTS_OFF,
            None,
            "R",
        ),
        ({"errcode": 48001}, {}, COMMENTS_OFF, None, "O"),
        (EMPTY, {"errcode": 42001}, COMMENTS_OFF, None, "O"),
        (EMPTY, {}, {"errcode": 45009}, None, "O"),
        (EMPTY, {}, COMMENTS_OFF, 1, "F"),
        (EMPTY, {}, COMMENTS_OFF, 0, "P"),
        ({"errcode": 48001}, {}, COMMENTS_OFF, 1, "F"),
        ({"errcode": 48001}, {}, COMMENTS_OFF, 0, "P"),
        (BUTTONS, {}, COMMENTS_OFF, 1, "R"),  # an entry that was found since somebody said that there is none
    ],
)
def test_what_the_owners_interface_settles_about_interaction(
    menu: dict[str, Any], replies: dict[str, Any], comments: dict[str, Any], said: int | None, wanted: str
) -> None:
    item = {"article_id": "a", "update_time": int(moment(3).timestamp()), "msg_data_id": 7,
            "content": {"news_item": [{"title": "a", "need_open_comment": 0}]}}  # fmt: skip
    told = {"stable_token": {"access_token": "t"}, "batchget": {"item": [item]}, MENU: menu, REPLIES: replies,
            "comment/list": comments}  # fmt: skip

    def answered(url: str, _: Payload) -> Said:
        return Said(json.dumps(next(v for k, v in told.items() if k in url)).encode())

    keys = {"appid_env": "AN_ID", "secret_env": "A_SECRET"}
    given = {"wechat_api": keys}, Door({}, answered), "wechat-subscription"
    values = {"rule": "n3-no-interaction", "clause": "main", "by": "张三", "on_date": "2025-06-01"}
    more = [] if said is None else [fact(Answer, problem=said, expires_on="2025-08-30", **values)]
    assert judged(given, *more)["n3-no-interaction"] == wanted


@pytest.mark.parametrize(
    ("source", "wanted"),
    [(vouched, "O"), (articles, "O"), (captcha, "O"), (weibo, "O"), (app, "O"), (manual, "O")],
)
def test_what_says_nothing_about_interaction_leaves_it_open(
    tmp_path: Path, source: Callable[[int | None, Path], Given], wanted: str
) -> None:
    assert judged(source(3, tmp_path))["n3-no-interaction"] == wanted
