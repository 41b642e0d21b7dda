"""Captions beside QR pictures and links: which platform they speak of, and the account's name if they tell it."""

import re

from checker.extract.written import plain

LONGEST = 30
"""Characters up to which words are a caption and not a sentence."""

_WECHAT = (
    r"(?:官方|政务|手机)*微信(?:政务)?(?:公众平台|公众号|公众[账帐]号|公共[账帐]号|公共平台|订阅号|服务号|平台|号)?"
    r"|公众号|订阅号|服务号"
)
_FAMILIES = (
    ("channels", r"微信视频号|视频号"),
    ("miniprogram", r"(?:微信|支付宝|政务)?小程序"),
    ("wechat", _WECHAT),
    ("weibo", r"(?:官方|政务|新浪|腾讯|人民网|门户)*微博"),
    ("toutiao", r"(?:政务|今日)?头条号|今日头条"),
    ("douyin", r"(?:官方|政务)?抖音(?:短视频)?号?"),
    ("kuaishou", r"(?:官方|政务)?快手(?:短视频)?号?"),
    ("app", r"(?:官方|政务|手机|移动|安卓|苹果|Android|iOS|iPhone|政府)*(?:客户端|APP)"),
)
"""Platform families by the words that captions name them with; the longer words go first."""

_PHRASE = "|".join(f"(?P<{family}>{words})" for family, words in _FAMILIES)
_BEFORE = (
    r"(?:欢迎|请|敬请|点击|长按|打开|手机|用微信|微信)*(?:扫描?一?扫|扫码|扫描|识别)?(?:下方|上方|左侧|右侧)?(?:二维码)?"
    r"[,，]?(?:添加|加)?(?:关注|订阅|下载|访问|进入)?(?:我们的?|本站)?[·:：\-\s]*"
)
_AFTER = (
    r"(?:官方|平台|账号|帐号)?(?:下载|入口|关注|版)?(?:二维码)?(?:\((?:安卓|苹果|Android|iOS|新浪|腾讯|官方)(?:版)?\))?"
)
_NAME = r"[^,，。;；、!！?？:：|\"“”《》<>()（）]{0,20}?"
_QUOTED = r"[\"“”《》【】「」‘’]?"
_NAME_FIRST = re.compile(rf"(?:{_BEFORE})?{_QUOTED}(?P<name>{_NAME}){_QUOTED}的?(?:{_PHRASE}){_AFTER}", re.IGNORECASE)
_NAME_LAST = re.compile(
    rf"(?:{_BEFORE})?(?:{_PHRASE})(?:名称)?[:：\-—]?{_QUOTED}(?P<name>[\w·]{{2,20}}){_QUOTED}(?:二维码)?", re.IGNORECASE
)
_TOLD_APART = re.compile(r"[:：“\"「【《]")
_ANY_FAMILY = re.compile("|".join(words for _, words in _FAMILIES), re.IGNORECASE)
_GENERIC = re.compile(
    r"(?:官方|政务|政府|门户|网站|手机|移动|新浪|腾讯|扫码|扫一扫|关注|欢迎|下载|二维码|我们|本站|微信|微博|点击|公众|平台"
    r"|账号|帐号|新媒体|更多|查看|进入|的|[\s·|])+|微[\u4e00-\u9fff]{1,2}|.{0,2}官微"
)
_NO_CAPTION = re.compile(
    r"矩阵|分享|转发|登录|登陆|支付|缴费|好友|朋友圈|举报|无障碍|手机版|列表|专栏|汇总|集群|导航|大全|直达|返回|[和与及]$"
)
_IDEOGRAPH = re.compile(r"[\u4e00-\u9fff]")
_LONGEST_NAME = 20
_READ = 300


def label_of(text: str) -> tuple[str, str] | None:
    """Platform family and account name that a caption tells, None if it is none; the name is '' for generic words."""
    words = _tight(text).strip("|·>》»-—,，。.")
    if not words or len(words) > LONGEST or _NO_CAPTION.search(words):
        return None
    last = _NAME_LAST.fullmatch(words) if _TOLD_APART.search(words) else None
    match = last or _NAME_FIRST.fullmatch(words)
    if match is None:
        return None
    name = match["name"].strip("·-— ")
    if _GENERIC.fullmatch(name):
        name = ""
    if speaks_of_accounts(name):
        return None  # several platforms in one caption
    return next(family for family, _ in _FAMILIES if match[family]), name


def names_after(text: str) -> bool:
    """Whether words name the platform first and the account after a colon: 微信公众号：示例发布."""
    return bool(_NAME_LAST.fullmatch(_tight(text))) and bool(re.search("[:：]", text))


def speaks_of_accounts(text: str) -> bool:
    """Whether any platform is named."""
    return bool(_ANY_FAMILY.search(text))


def name_of(text: str) -> str:
    """The words of a link to a profile as the account's name, '' if they are generic, no name or a sentence."""
    told = label_of(text)
    if told is not None:
        return told[1]
    words = _tight(text)
    plausible = bool(_IDEOGRAPH.search(words)) and len(words) <= _LONGEST_NAME
    if not plausible or _GENERIC.fullmatch(words) or _NO_CAPTION.search(words) or speaks_of_accounts(words):
        return ""
    return words


def _tight(text: str) -> str:
    return re.sub(r"\s+", "", plain(text[:_READ]))
