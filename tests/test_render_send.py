"""Calls that a page's own script makes, with headers and a body, through the one door."""

from dataclasses import replace

import httpx
import pytest

from checker.fetch import Fetcher, FetchOutcome
from checker.fetch.engine import Payload
from checker.fetch.settings import USER_AGENT
from tests.fetching import PATIENT, no_wait, run
from tests.hostile import Hostile
from tests.rendering import HOME, Asked, Body, Pages

JSON = {"content-type": "application/json", "x-requested-with": "XMLHttpRequest"}
CALL = Payload("POST", JSON, b'{"page":1}')


async def echo(request: Asked) -> str:
    carried = [request.headers.get(name, "") for name in (*JSON, "accept", "user-agent", "cookie")]
    return "|".join([request.method, *carried, request.body.decode()])


async def sent(path: str, payload: Payload = CALL, robots: str = "", pages: dict[str, Body] | None = None) -> object:
    """Outcome, final address, hops, text and detail of one call, and what reached the server."""
    async with Pages({"/echo": echo, **(pages or {})}, robots) as server, server.fetcher() as fetch:
        got = await fetch.send(f"{HOME}{path}", payload)
        return got.outcome, got.final_url, len(got.hops), got.body.decode(), got.detail, server.came()


ACCEPT = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
POSTED = f"POST|application/json|XMLHttpRequest|{ACCEPT}|{USER_AGENT}||" + '{"page":1}'
PLAIN = f"GET|||{ACCEPT}|{USER_AGENT}||"
OURS = "www.sample.gov.cn"


def test_a_body_and_the_headers_of_a_script_arrive() -> None:
    assert run(sent("/echo")) == (FetchOutcome.OK, f"{HOME}/echo", 0, POSTED, "", [f"POST {OURS}/echo"])


def test_a_get_carries_headers_and_no_body_and_what_we_say_of_ourselves_stays() -> None:
    payload = Payload("GET", {"accept": "application/json", "user-agent": "Mozilla/5.0", "cookie": "a=1"}, b"ignored")

    echoed = f"GET|||application/json|{USER_AGENT}|a=1|"
    assert run(sent("/echo", payload)) == (FetchOutcome.OK, f"{HOME}/echo", 0, echoed, "", [f"GET {OURS}/echo"])


@pytest.mark.parametrize("status", [301, 302, 303])
def test_these_redirects_make_a_get_of_it(status: int) -> None:
    came = [f"POST {OURS}/old", f"GET {OURS}/echo"]
    found = run(sent("/old", pages={"/old": f"{status} /echo"}))

    assert found == (FetchOutcome.OK, f"{HOME}/echo", 1, PLAIN, "", came)


@pytest.mark.parametrize("status", [307, 308])
def test_these_take_the_body_along_on_the_same_host_only(status: int) -> None:
    away = "http://elsewhere.example/echo"
    pages: dict[str, Body] = {"/old": f"{status} /echo", "/away": f"{status} {away}"}

    same = (FetchOutcome.OK, f"{HOME}/echo", 1, POSTED, "", [f"POST {OURS}/old", f"POST {OURS}/echo"])
    other = (FetchOutcome.BAD_ADDRESS, away, 1, "", "跳转要求把数据提交给其他网站，未跟随", [f"POST {OURS}/away"])
    assert (run(sent("/old", pages=pages)), run(sent("/away", pages=pages))) == (same, other)


def test_headers_of_a_script_do_not_go_to_another_host() -> None:
    away = "http://elsewhere.example/echo"
    found = run(sent("/away", Payload("GET", {"x-requested-with": "x"}), pages={"/away": f"302 {away}"}))

    assert found == (FetchOutcome.OK, away, 1, PLAIN, "", [f"GET {OURS}/away", "GET elsewhere.example/echo"])


def test_a_post_to_the_page_that_answers_by_a_get_of_itself_is_no_loop() -> None:
    async def once(request: Asked) -> str:
        return "303 /self" if request.method == "POST" else "列表"

    came = [f"POST {OURS}/self", f"GET {OURS}/self"]
    assert run(sent("/self", pages={"/self": once})) == (FetchOutcome.OK, f"{HOME}/self", 1, "列表", "", came)


def test_robots_txt_holds_for_calls_too() -> None:
    found = run(sent("/echo", robots="User-agent: *\nDisallow: /echo"))

    assert found == (FetchOutcome.ROBOTS, f"{HOME}/echo", 0, "", "robots.txt 不允许访问（Disallow: /echo）", [])


@pytest.mark.parametrize(("method", "attempts"), [("POST", 1), ("GET", 3)])
def test_a_post_is_not_tried_again(method: str, attempts: int) -> None:
    async def main() -> tuple[FetchOutcome, int]:
        async with Hostile() as server:
            async with Fetcher(replace(PATIENT, retries=2), sleep=no_wait) as fetch:
                got = await fetch.send(server.url("/reset"), Payload(method))  # type: ignore[arg-type]
            return got.outcome, server.asked["/reset"]

    assert run(main()) == (FetchOutcome.RESET, attempts)


def test_a_call_to_no_address_is_not_made() -> None:
    async def main() -> FetchOutcome:
        async with Fetcher(PATIENT, httpx.MockTransport(lambda _: httpx.Response(200))) as fetch:
            return (await fetch.send("javascript:void(0)", CALL)).outcome

    assert run(main()) is FetchOutcome.BAD_ADDRESS
