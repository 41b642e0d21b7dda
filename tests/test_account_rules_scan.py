"""Accounts from their sources to their rules, over a local server that stands for the platforms."""

import json
import shutil
import sqlite3
import ssl
import subprocess
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from checker.fetch import ConnectTo, FetchSettings
from checker.fleet import Order, run
from checker.model.registry import Account, Registry
from checker.model.results import Scan
from checker.scan.accounts import without_keys
from tests.scanning import AS_OF as SCAN_AS_OF
from tests.scanning import QUICK, assessment, national
from tests.sources import SHARED, at

HOSTS = ("api.weixin.qq.com", "m.weibo.cn", "api.weibo.com", "itunes.apple.com", "mp.weixin.qq.com", "feeds.example.cn",
         "www.a.gov.cn")  # fmt: skip
TOKEN, SECRET = "TOKEN-never-kept", "SECRET-never-kept"
Answers = dict[str, tuple[int, str | bytes]]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and certificate for the platforms' names, made for these tests."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: the platforms' interfaces are not tested")
    folder = tmp_path_factory.mktemp("tls")
    names = ",".join(f"DNS:{host}" for host in HOSTS)
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=platforms",
         "-addext", f"subjectAltName={names}", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


class Platforms:
    """HTTPS (and HTTP, on its own port) on loopback: answers by host and path; keeps what was asked."""

    def __init__(self, folder: Path, answers: Answers) -> None:
        self.asked: list[str] = []
        self.answers = answers
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                place = f"{self.headers['Host']}{self.path}"
                length = int(self.headers.get("Content-Length") or 0)
                sent = self.rfile.read(length).decode()
                owner.asked.append(f"{self.command} {place} {sent}".strip())
                known = owner.answers
                status, body = known.get(place) or known.get(place.partition("?")[0]) or (404, "")
                content = body.encode() if isinstance(body, str) else body
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self.plain, self.secure = (ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(2))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
        self.secure.socket = context.wrap_socket(self.secure.socket, server_side=True)
        self.cacert = folder / "cert.pem"
        self.threads = [threading.Thread(target=s.serve_forever, args=(0.02,)) for s in (self.plain, self.secure)]

    def __enter__(self) -> "Platforms":
        for server, thread in zip((self.plain, self.secure), self.threads, strict=True):
            server.daemon_threads = True
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        for server, thread in zip((self.plain, self.secure), self.threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()

    def settings(self) -> FetchSettings:
        rules = [f":80:127.0.0.1:{self.plain.server_address[1]}", f":443:127.0.0.1:{self.secure.server_address[1]}"]
        return FetchSettings(
            connect_to=tuple(ConnectTo.parse(rule) for rule in rules), interval=0.001, platform_interval=0.001,
            connect_seconds=5, read_seconds=5, total_seconds=10, cacert=self.cacert,
        )  # fmt: skip


def scan(platforms: Platforms, store: Path, *accounts: Account, as_of: Any = SCAN_AS_OF) -> Scan:
    wanted = Order(registry=Registry(accounts=accounts), rules=national(), store=store, as_of=as_of,
                   fetch=platforms.settings(), budget=replace(QUICK, confirm_after=0.0))  # fmt: skip
    return run(wanted, lambda _: None)


def entry(name: str, *sources: dict[str, Any], **more: Any) -> Account:
    given = {"id": name, "code": None, "name": name, "platform": "wechat-subscription", "organizer": "某办"}
    return Account.model_validate({**given, "sources": list(sources), **more})


def outcomes(found: Scan, subject: str, *rules: str) -> dict[str, str]:
    return {rule: assessment(found, subject, rule).outcome.value for rule in rules}


def stored(store: Path) -> str:
    """Everything in every database of the store, as text."""
    text = ""
    for path in store.rglob("*"):
        if path.is_file():
            text += path.read_bytes().decode("latin-1")
            if path.suffix == ".sqlite":
                with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as db:
                    text += "\n".join(db.iterdump())
    return text


API_HOST = "api.weixin.qq.com/cgi-bin"
MENU = [
    {"type": "view", "name": "我要咨询", "url": "http://www.a.gov.cn/zx"},
    {"type": "view", "name": "法律援助", "url": "http://www.a.gov.cn/gone"},
]


def published(time: int, **more: int) -> tuple[int, str]:
    item = {"article_id": "A", "update_time": time, "content": {"news_item": [{"title": "节日提示", "url": ""}]}}
    return 200, json.dumps({"item": [item | more]})


WECHAT: Answers = {
    f"{API_HOST}/stable_token": (200, json.dumps({"access_token": TOKEN, "expires_in": 7200})),
    f"{API_HOST}/freepublish/batchget": published(1636300000),
    f"{API_HOST}/get_current_selfmenu_info": (200, json.dumps({"is_menu_open": 1, "selfmenu_info": {"button": MENU}})),
    f"{API_HOST}/get_current_autoreply_info": (200, json.dumps({"is_add_friend_reply_open": 0})),
    "www.a.gov.cn/zx": (200, "<html><title>咨询</title><body>" + "我要咨询" * 50 + "</body></html>"),
}
API = {"wechat_api": {"appid_env": "FABU_APPID", "secret_env": "FABU_SECRET"}}


def test_the_owners_api_proves_an_update_and_interaction_and_tells_dead_links(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FABU_APPID", "wx1")
    monkeypatch.setenv("FABU_SECRET", SECRET)
    with Platforms(certificate, WECHAT) as platforms:
        found = scan(platforms, tmp_path, entry("fabu", API))
    assert outcomes(found, "fabu", "n2-stale", "n2-zombie", "n3-no-interaction", "x-account-menu-link",
                    "x-account-original-share", "x-account-registry", "n2-app-unusable") == {
        "n2-stale": "pass", "n2-zombie": "pass", "n3-no-interaction": "pass", "x-account-menu-link": "fail",
        "x-account-original-share": "open", "x-account-registry": "open", "n2-app-unusable": "notApplicable",
    }  # fmt: skip
    (finding,) = assessment(found, "fabu", "x-account-menu-link").findings
    assert (finding.detail, finding.certainty) == ("菜单“法律援助”打不开：HTTP 404，经二次确认", "certain")
    calls = [call for call in platforms.asked if call.startswith(("GET api.", "POST api."))]
    assert [call.partition("?")[0].partition(" {")[0] for call in calls] == [
        "POST api.weixin.qq.com/cgi-bin/stable_token",
        "POST api.weixin.qq.com/cgi-bin/freepublish/batchget",
        "GET api.weixin.qq.com/cgi-bin/get_current_selfmenu_info",
        "GET api.weixin.qq.com/cgi-bin/get_current_autoreply_info",
    ]
    kept = stored(tmp_path)
    assert "cgi-bin/freepublish/batchget" in kept
    assert TOKEN not in kept and SECRET not in kept


def test_what_the_api_does_not_show_is_no_silence(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FABU_APPID", "wx1")
    monkeypatch.setenv("FABU_SECRET", SECRET)
    refused = (200, json.dumps({"errcode": 48001, "errmsg": "api unauthorized"}))
    for number, answer in enumerate((published(1600000000), refused)):
        with Platforms(certificate, WECHAT | {f"{API_HOST}/freepublish/batchget": answer}) as platforms:
            found = scan(platforms, tmp_path / str(number), entry("fabu", API))
        assert outcomes(found, "fabu", "n2-stale", "n2-zombie") == {"n2-stale": "open", "n2-zombie": "open"}


def test_a_menu_without_interaction_waits_for_the_comments(
    certificate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FABU_APPID", "wx1")
    monkeypatch.setenv("FABU_SECRET", SECRET)
    menu: Answers = {f"{API_HOST}/get_current_selfmenu_info": (200, json.dumps({"is_menu_open": 0}))}
    told: Answers = {
        f"{API_HOST}/freepublish/batchget": published(1636300000, msg_data_id=7),
        f"{API_HOST}/comment/list": (200, json.dumps({"errcode": 88000})),
    }
    for number, (answers, outcome) in enumerate([(WECHAT | menu, "open"), (WECHAT | menu | told, "review")]):
        with Platforms(certificate, answers) as platforms:
            found = scan(platforms, tmp_path / str(number), entry("fabu", API))
        assert assessment(found, "fabu", "n3-no-interaction").outcome.value == outcome


def test_weibo_app_and_articles(certificate: Path, tmp_path: Path) -> None:
    uid = "1234567890"
    own = {"text": "x", "user": {"id": int(uid)}, "retweeted_status": {"id": "0"}, "comments_count": 1}
    days = [{"id": str(n), "created_at": f"2021-11-0{n}"} for n in range(1, 8)]
    cards = [{"card_type": 9, "mblog": day | own} for day in days]
    article = (
        "<script>var ct = \"1636300000\";var nickname = '改了名';var user_name='gh_1';var msg_title='标题'</script>"
    )
    answers: Answers = {
        f"m.weibo.cn/api/container/getIndex?type=uid&value={uid}": (200, json.dumps(
            {"ok": 1, "data": {"userInfo": {"screen_name": "weibo"}}})),
        f"m.weibo.cn/api/container/getIndex?type=uid&value={uid}&containerid=107603{uid}": (200, json.dumps(
            {"ok": 1, "data": {"cards": cards}})),
        "itunes.apple.com/lookup": (200, json.dumps({"resultCount": 0, "results": []})),
        "mp.weixin.qq.com/s/1": (200, article), "mp.weixin.qq.com/s/2": (200, "<p>链接已过期</p>"),
    }  # fmt: skip
    with Platforms(certificate, answers) as platforms:
        found = scan(
            platforms, tmp_path,
            entry("weibo", {"weibo": {"uid": uid, "public": True}}, platform="weibo"),
            entry("app", {"app": {"itunes_id": "1", "apk": "http://www.a.gov.cn/a.apk"}}, platform="app"),
            entry("links", {"articles": ["https://mp.weixin.qq.com/s/1", "https://mp.weixin.qq.com/s/2"]}),
            entry("expired", {"articles": ["https://mp.weixin.qq.com/s/2"]}),
        )  # fmt: skip
    assert outcomes(found, "weibo", "n2-stale", "n3-no-interaction", "x-account-registry") == {
        "n2-stale": "pass", "n3-no-interaction": "pass", "x-account-registry": "pass",
    }  # fmt: skip
    assert outcomes(found, "app", "n2-app-unusable", "n2-stale") == {"n2-app-unusable": "fail", "n2-stale": "open"}
    assert outcomes(found, "links", "n2-stale", "x-account-registry") == {
        "n2-stale": "pass",
        "x-account-registry": "fail",
    }
    assert outcomes(found, "expired", "n2-stale") == {"n2-stale": "open"}


def test_a_captcha_is_the_end_of_a_platform_for_all_accounts(certificate: Path, tmp_path: Path) -> None:
    answers: Answers = {f"mp.weixin.qq.com/s/{n}": (200, "<p>环境异常，完成验证后即可继续访问</p>") for n in range(6)}
    accounts = [entry(f"a{n}", {"articles": [f"https://mp.weixin.qq.com/s/{n}"]}) for n in range(6)]
    with Platforms(certificate, answers) as platforms:
        found = scan(platforms, tmp_path, *accounts)
    assert sum("/s/" in call for call in platforms.asked) == 1
    assert {assessment(found, account.id, "n2-stale").outcome.value for account in accounts} == {"open"}


def test_real_feeds_as_of_their_day(certificate: Path, tmp_path: Path) -> None:
    names = {"haidian": "haidian_gongan", "shanxi": "shanxi_gongan", "anhui": "zombie_anhui_zfw",
             "datong": "zombie_datong_gongan"}  # fmt: skip
    folder = SHARED / "real_newmedia" / "wechat_rss"
    if not folder.exists():
        pytest.skip(f"{folder} is absent (set CHECKER_SHARED to the folder with the real samples)")
    answers: Answers = {
        f"feeds.example.cn/{key}": (200, (folder / f"{file}.xml").read_bytes()) for key, file in names.items()
    }
    accounts = [entry(key, {"feed": f"http://feeds.example.cn/{key}", "complete": True}) for key in names]
    with Platforms(certificate, answers) as platforms:
        found = scan(platforms, tmp_path, *accounts, as_of=at("2021-06-19T12:00:00"))
    assert {key: tuple(outcomes(found, key, "n2-stale", "n2-zombie").values()) for key in names} == {
        "haidian": ("pass", "pass"), "shanxi": ("fail", "pass"), "anhui": ("fail", "fail"), "datong": ("fail", "fail"),
    }  # fmt: skip
    (late,) = assessment(found, "shanxi", "n2-stale").findings
    assert late.detail == (
        "最近一次发布为2021-06-02《【我为群众办实事】山西公安推出涉及治安、出入境、交管业务系列便民利民措施》，"
        "距监测时间点17天（要求不超过14天）"
    )


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://api.weixin.qq.com/cgi-bin/x?access_token=a", "https://api.weixin.qq.com/cgi-bin/x"),
        ("https://feeds.a.cn/1.rss?limit=20&Key=b", "https://feeds.a.cn/1.rss"),
        ("https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=1&sn=2", "https://mp.weixin.qq.com/s?__biz=a&mid=1&idx=1&sn=2"),
        ("https://a.cn/?token", "https://a.cn/"),
        ("https://rsshub.a.cn/x?limit=9&code=c", "https://rsshub.a.cn/x"),
    ],
)
def test_addresses_are_stored_without_keys(url: str, shown: str) -> None:
    assert without_keys(url) == shown
