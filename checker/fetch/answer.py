"""What a caller gets: one request, redirects and retries included, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from checker.fetch.engine import RawAnswer
from checker.model.results import FetchOutcome

_STATUS_WORDS = {
    400: "服务器认为请求有误", 401: "需要登录", 403: "拒绝访问", 404: "页面不存在", 405: "不允许这种访问方式",
    408: "服务器等待超时", 410: "页面已删除", 412: "被安全防护系统拦截", 429: "访问过于频繁，被限制",
    500: "服务器内部错误", 502: "网关错误", 503: "服务暂不可用", 504: "网关超时", 521: "被安全防护系统拦截",
}  # fmt: skip

_WORDS = {
    FetchOutcome.OK: "",
    FetchOutcome.CHALLENGE: "返回的是浏览器校验脚本，不是网页内容，无法判断",
    FetchOutcome.SOFT_404: "页面提示内容不存在",
    FetchOutcome.DNS: "域名无法解析",
    FetchOutcome.REFUSED: "服务器拒绝连接",
    FetchOutcome.UNREACHABLE: "从本机没有到达该服务器的网络路径",
    FetchOutcome.RESET: "连接被中断",
    FetchOutcome.CONNECT_TIMEOUT: "连接服务器超时",
    FetchOutcome.READ_TIMEOUT: "等待服务器数据超时",
    FetchOutcome.TOTAL_TIMEOUT: "超过总时限仍未收完",
    FetchOutcome.TLS_EXPIRED: "HTTPS 证书已过期或尚未生效",
    FetchOutcome.TLS_WRONG_HOST: "HTTPS 证书与域名不符",
    FetchOutcome.TLS_UNTRUSTED: "HTTPS 证书的颁发机构不受信任",
    FetchOutcome.TLS: "HTTPS 安全连接失败",
    FetchOutcome.PROTOCOL: "服务器的应答不符合 HTTP 协议",
    FetchOutcome.TOO_LARGE: "内容超过读取上限，只读取了开头部分",
    FetchOutcome.DECOMPRESSION: "压缩内容无法解开",
    FetchOutcome.TOO_MANY_REDIRECTS: "跳转次数过多",
    FetchOutcome.REDIRECT_LOOP: "循环跳转",
    FetchOutcome.BAD_ADDRESS: "地址无效",
    FetchOutcome.ROBOTS: "robots.txt 不允许访问",
    FetchOutcome.PRIVATE: "指向内网地址，未访问",
    FetchOutcome.OWN_OUTAGE: "本机网络中断，未能访问",
    FetchOutcome.HOST_DOWN: "该主机已连续无法访问，暂不再访问",
    FetchOutcome.BUDGET: "超出本次检查的额度，未访问",
}

_TLS_WORDS = (
    ("legacy renegotiation", "服务器只支持过时的重新协商方式"),
    ("UNSUPPORTED_PROTOCOL", "服务器只支持过时的协议版本"),
    ("WRONG_VERSION_NUMBER", "该端口没有提供 HTTPS 服务"),
)


@dataclass(frozen=True, slots=True)
class Fetched:
    """One request of a caller and its end.

    `hops` are the addresses that redirects led to, in order; the last one is `final_url`. `status` is 0 without an
    answer. `headers` have lower-case names. `body` is kept as far as it was read and decompressed; `sha256` is over
    that, '' if it is empty. `elapsed_ms` is the time spent with servers in the last attempt, redirects included,
    waiting for our own politeness left out. `detail` says the failure in plain Chinese, '' for ok.
    `seen_elapsed` is the time of the end in seconds since the Fetcher was made: inspection time = as_of + this.
    `tls` names what is wrong with a secure connection over which the page was read all the same: expired, wrong-host,
    untrusted or old (TLS 1.0/1.1, CBC, legacy renegotiation); several are joined by commas, '' if nothing is.
    `address` is the IP address that answered, '' if unknown. `unchanged`: the server said 304 and the body is the one
    that an earlier scan kept. `conditions` are the request headers by which it was asked for only if it has changed.
    """

    url: str
    final_url: str
    hops: tuple[str, ...]
    outcome: FetchOutcome
    status: int
    content_type: str
    headers: Mapping[str, str]
    body: bytes
    elapsed_ms: int
    sha256: str
    detail: str
    seen_elapsed: float
    tls: str = ""
    address: str = ""
    unchanged: bool = False
    conditions: Mapping[str, str] = field(default_factory=dict)


def outcome_words(outcome: FetchOutcome) -> str:
    """An outcome without an answer in plain Chinese words."""
    return _WORDS.get(outcome, "访问出错")


def explain(outcome: FetchOutcome, raw: RawAnswer) -> str:
    """The outcome in plain Chinese words for a report."""
    if outcome in {FetchOutcome.HTTP_4XX, FetchOutcome.HTTP_5XX, FetchOutcome.BLOCKED}:
        words = _STATUS_WORDS.get(raw.status, "被安全防护系统拦截" if outcome is FetchOutcome.BLOCKED else "访问出错")
        return f"{words}（HTTP {raw.status}）"
    if outcome is FetchOutcome.TLS:
        reason = next((words for text, words in _TLS_WORDS if text in raw.detail), "")
        return f"{_WORDS[outcome]}：{reason}" if reason else _WORDS[outcome]
    if outcome is FetchOutcome.ROBOTS and raw.detail:
        unread = raw.detail.startswith("robots.txt")
        return f"{raw.detail}，按规范视为不允许访问" if unread else f"{_WORDS[outcome]}（{raw.detail}）"
    if outcome is FetchOutcome.RESET and raw.status:
        return "内容未传完，连接被中断"
    return _WORDS[outcome]
