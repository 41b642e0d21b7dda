import asyncio
import io
import json
import re
import struct
import zipfile
from typing import Any

import pytest

from checker.fetch.engine import Payload
from checker.model.facts import AccountMeta, Address, GatherLog, Probe
from checker.model.registry import AppStore
from checker.model.results import FetchOutcome
from checker.sources import SourceResult, gather_account
from checker.sources.app import parse_lookup, read
from checker.sources.package import Channel
from checker.sources.reading import Told
from tests.sources import NOTHING, Door, Said, account, at, data, real

AS_OF = at("2025-06-20T10:00:00")
LOOKUP = "https://itunes.apple.com/lookup?id=123&country=cn"
APK = "https://www.a.gov.cn/app.apk"
FOUND = {"resultCount": 1, "results": [{"trackName": "某县通", "version": "2.1", "sellerName": "某科技有限公司",
                                        "currentVersionReleaseDate": "2025-01-02T03:04:05Z"}]}  # fmt: skip
STORE_YES = "App Store：可以查到“某县通”，版本2.1，2025-01-02更新"
STORE_NO = "App Store：中国区应用商店查无此应用"


def package(*names: str, size: int = 400_000) -> bytes:
    """A zip file of about this size."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        for name in names:
            file.writestr(name, b"x" * (size // len(names)))
    return held.getvalue()


GOOD = package("AndroidManifest.xml", "classes.dex", "res/a.xml")


def serving(body: bytes, ranges: bool = True, kind: str = "application/octet-stream") -> Any:
    """A server of one file, with or without ranges."""

    def answer(url: str, payload: Payload) -> Said:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", payload.headers["range"])
        assert wanted
        start, end = int(wanted[1]), int(wanted[2]) + 1
        if not ranges:
            headers = {"content-length": str(len(body)), "content-type": kind}
            whole = len(body) <= end - start
            return Said(body[: end - start], FetchOutcome.OK if whole else FetchOutcome.TOO_LARGE, 200, headers=headers)
        part = body[start:end]
        headers = {"content-range": f"bytes {start}-{start + len(part) - 1}/{len(body)}", "content-type": kind}
        return Said(part, FetchOutcome.OK, 206, headers=headers)

    return answer


def reading(door: Door, **app: Any) -> SourceResult:
    return asyncio.run(read(account(platform="app"), AppStore.model_validate({"app": app}), door, AS_OF))


def probe(outcome: str, detail: str, url: str = APK, certainty: str = "certain") -> tuple[Probe, ...]:
    return (Probe("acc", "app-download", "", outcome, Address(url), detail, certainty),)


def test_the_store_and_the_package() -> None:
    door = Door({LOOKUP: data(FOUND)}, serving(GOOD))
    assert reading(door, itunes_id="123", apk=APK) == SourceResult(
        posts=(), functions=(),
        meta=(AccountMeta("acc", "name", "某县通", "app"), AccountMeta("acc", "organizer", "某科技有限公司", "app")),
        state="failed", reason="应用商店和安装包不含发布内容，无法判断更新", source="app",
        fetched="2025-06-20T10:00:00+08:00", told=(Told("probe", "app-download", "complete"),),
        probes=probe("yes", f"{STORE_YES}；安装包：安装包可以下载（0.4MB），结构完整", LOOKUP),
    )  # fmt: skip
    assert door.slow == [LOOKUP]


@pytest.mark.parametrize(
    ("body", "ranges", "outcome", "detail"),
    [
        (GOOD, True, "yes", "安装包可以下载（0.4MB），结构完整"),
        (
            package("AndroidManifest.xml", "classes2.dex", size=3_000_000),
            True,
            "yes",
            "安装包可以下载（3.0MB），结构完整",
        ),
        (GOOD, False, "yes", "安装包可以下载（0.4MB），服务器不支持分段读取，未核对内部目录"),
        (
            package("docs/a.txt", "b.txt"),
            False,
            "unclear",
            "安装包可以下载（0.4MB），服务器不支持分段读取，未核对内部目录",
        ),
        (
            package("base.apk", "manifest.json"),
            True,
            "unclear",
            "文件（0.4MB）是内含安装包的压缩文件，能否安装需人工查看",
        ),
        (package("a.txt", "b.txt"), True, "no", "文件（0.4MB）不是有效的安卓安装包（缺少清单或代码）"),
        (package("AndroidManifest.xml", "res/a"), True, "no", "文件（0.4MB）不是有效的安卓安装包（缺少清单或代码）"),
        (
            package("AndroidManifest.xml", "classes.dex", size=50_000),
            True,
            "unclear",
            "文件只有50234字节，不像完整的安装包",
        ),
        (GOOD[:200_000], True, "unclear", "文件（0.2MB）的内部目录无法读取，可能不完整"),
        (b"<!DOCTYPE html><html>download</html>" * 9000, True, "unclear", "地址返回网页，不是安装包"),
        (b"7z\xbc\xaf" * 90_000, True, "unclear", "返回的不是安装包"),
    ],
)
def test_packages(body: bytes, ranges: bool, outcome: str, detail: str) -> None:
    certainty = "certain" if outcome == "yes" else "candidate"
    result = reading(Door({}, serving(body, ranges)), apk=APK)
    assert result.probes == probe(outcome, f"安装包：{detail}", certainty=certainty)


@pytest.mark.parametrize(
    ("said", "outcome", "detail", "tries"),
    [
        (NOTHING, "no", "安装包无法读取（HTTP 404）", 2),
        (Said(b"", FetchOutcome.DNS, 0), "no", "安装包无法读取（域名无法解析）", 2),
        (Said(b"", FetchOutcome.HTTP_5XX, 502), "no", "安装包无法读取（HTTP 502）", 2),
        (Said(b"", FetchOutcome.BLOCKED, 403), "unclear", "安装包无法读取（被对方服务器拦截，HTTP 403）", 1),
        (Said(b"", FetchOutcome.HTTP_4XX, 418), "unclear", "安装包无法读取（HTTP 418）", 1),
        (Said(b"", FetchOutcome.ROBOTS, 0), "unclear", "安装包无法读取（robots协议不允许访问）", 1),
        (Said(b"", FetchOutcome.TLS_EXPIRED, 0), "unclear", "安装包无法读取（证书已过期）", 1),
        (Said(b"", FetchOutcome.OWN_OUTAGE, 0), "unclear", "安装包无法读取（本机网络中断）", 1),
    ],
)
def test_what_cannot_be_downloaded_is_tried_twice(said: Said, outcome: str, detail: str, tries: int) -> None:
    door = Door({APK: said})
    assert reading(door, apk=APK).probes == probe(outcome, f"安装包：{detail}", certainty="candidate")
    assert door.asked == [APK] * tries


def test_only_if_every_listed_channel_fails_it_is_certain() -> None:
    nowhere = Door({LOOKUP: data({"resultCount": 0, "results": []}), APK: NOTHING})
    both = f"{STORE_NO}；安装包：安装包无法读取（HTTP 404）"
    assert reading(nowhere, itunes_id="123", apk=APK).probes == probe("no", both, LOOKUP)
    assert nowhere.asked == [LOOKUP, LOOKUP, APK, APK]
    assert reading(nowhere, itunes_id="123").probes == probe("no", STORE_NO, LOOKUP, "candidate")
    gone = Door({LOOKUP: data({"resultCount": 0, "results": []})}, serving(GOOD))
    assert reading(gone, itunes_id="123", apk=APK).probes[0].outcome == "yes"
    unclear = Door({LOOKUP: data({"errorMessage": "x"}), APK: NOTHING})
    assert reading(unclear, itunes_id="123", apk=APK).probes[0].outcome == "unclear"


def test_a_server_that_breaks_the_directory_off_comes_back() -> None:
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 1, 1, 4_000_000_000, 4_000_000_000, 0)
    body = b"PK\x03\x04" + b"\0" * 200_000 + end
    assert reading(Door({}, serving(body)), apk=APK).probes[0].outcome == "unclear"


@pytest.mark.parametrize(
    ("name", "outcome", "detail", "meta"),
    [
        ("lookup_found_2014.json", "yes", "可以查到“Facebook”，版本15.0",
         (AccountMeta("acc", "name", "Facebook", "app"), AccountMeta("acc", "organizer", "Facebook, Inc.", "app"))),
        ("lookup_empty.json", "no", "中国区应用商店查无此应用", ()),
        ("lookup_error.json", "unclear", "应用商店没有给出查询结果", ()),
    ],
)  # fmt: skip
def test_real_lookups(name: str, outcome: str, detail: str, meta: tuple[AccountMeta, ...]) -> None:
    assert parse_lookup("acc", real(f"app_itunes/{name}"), LOOKUP) == (
        Channel("App Store", outcome, detail, LOOKUP), meta,
    )  # fmt: skip


def test_a_real_lookup_inside_a_page_of_2018() -> None:
    text = real("app_itunes/lookup_2018_readme.md").decode()
    found = json.dumps(json.loads(text[text.index("{") : text.rindex("}") + 1], strict=False))
    channel, meta = parse_lookup("acc", found.encode(), LOOKUP)
    assert channel.outcome == "yes"
    assert channel.detail.endswith("2018-05-04更新")
    assert [row.field for row in meta] == ["name", "organizer"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"resultCount": "x"}', b'{"resultCount": 1, "results": []}'])
def test_what_is_no_lookup(body: bytes) -> None:
    assert parse_lookup("acc", body, LOOKUP)[0].outcome == "unclear"


def test_an_app_without_its_channels_is_not_tested() -> None:
    _, log = asyncio.run(gather_account(account({"manual": True}, platform="app"), Door({}), AS_OF))
    assert [line for line in log if line.fact == "probe"] == [
        GatherLog("acc", "probe", "app-download", "failed", "未登记应用商店编号或安装包地址")
    ]
