"""How the national reporting systems and exports call what the registry calls otherwise; unknown words stay unknown."""

import re
from collections.abc import Mapping

from checker.sheets import plain

_PLATFORMS: Mapping[str, tuple[str, ...]] = {
    "wechat-subscription": (
        "微信订阅号",
        "订阅号",
        "微信公众号",
        "公众号",
        "微信",
        "微信公众账号",
        "微信公众平台",
        "wechat",
    ),
    "wechat-service": ("微信服务号", "服务号"),
    "weibo": ("微博", "新浪微博", "政务微博", "weibo"),
    "toutiao": ("今日头条", "头条", "头条号", "今日头条号", "toutiao"),
    "douyin": ("抖音", "抖音号", "抖音短视频", "douyin"),
    "kuaishou": ("快手", "快手号", "快手短视频", "kuaishou"),
    "channels": ("视频号", "微信视频号"),
    "app": ("移动客户端", "客户端", "app", "手机客户端", "移动客户端app", "政务客户端", "移动应用"),
    "miniprogram": ("小程序", "微信小程序", "支付宝小程序", "百度小程序"),
    "other": ("其他", "其它", "其他平台"),
}
_UNSURE = ("微信公众号", "公众号", "微信", "微信公众账号", "微信公众平台", "wechat")
"""Words for both kinds of WeChat account; most are subscriptions, and the platform calls these 公众号 today."""

_KINDS: Mapping[str, tuple[str, ...]] = {
    "portal": ("政府门户网站", "门户网站", "政府门户", "门户", "portal"),
    "department": ("部门网站", "政府部门网站", "部门", "部门门户网站", "department"),
    "special": ("专项网站", "专题网站", "政府专项网站", "专项", "专题", "special"),
}
_STATUS: Mapping[str, tuple[str, ...]] = {
    "running": (
        "正常运行",
        "正常",
        "运行",
        "运行中",
        "在运行",
        "在用",
        "正常使用",
        "开通",
        "已开通",
        "运营中",
        "running",
    ),
    "closing": ("关停中", "注销中", "正在注销", "正在关停", "申请注销", "申请关停", "拟注销", "拟关停", "closing"),
    "closed": (
        "关停",
        "已关停",
        "关闭",
        "已关闭",
        "注销",
        "已注销",
        "永久关停",
        "永久下线",
        "已下线",
        "停用",
        "已停用",
        "closed",
    ),
}

PLATFORM_LETTERS: Mapping[str, tuple[str, ...]] = {
    "WX": ("wechat-subscription", "wechat-service"), "XL": ("weibo",), "YD": ("app",),
}  # fmt: skip
"""Letters 11 and 12 of a 政务新媒体标识码 as far as they were seen, and the platforms that they stand for."""

_SITE_CODE = re.compile(r"\d{10}|bm\d{8}", re.IGNORECASE)
_ACCOUNT_CODE = re.compile(r"\d{6}M\d{3}([A-Z]{2})\d{4}", re.IGNORECASE)


def platform_name(platform: str) -> str:
    """How a platform of the registry is called in Chinese; an unknown one as it is written."""
    return _PLATFORMS.get(platform, (platform,))[0]


def _meaning(word: str, words: Mapping[str, tuple[str, ...]]) -> str:
    same = plain(word)
    return next((key for key, names in words.items() if same in names), "")


def platform_of(word: str) -> str:
    """The platform that a word names, '' if none is known by it."""
    return _meaning(word, _PLATFORMS)


def either_wechat(word: str) -> bool:
    """Whether a word leaves open which kind of WeChat account it is."""
    return plain(word) in _UNSURE


def kind_of(word: str) -> str:
    """The kind of site that a word names, '' if none is known by it."""
    return _meaning(word, _KINDS)


def status_of(word: str) -> str:
    """running, closing or closed; '' if the word is not known."""
    return _meaning(word, _STATUS)


def doubtful_site_code(code: str) -> str:
    """What is unusual about a 网站标识码 of 10 letters and digits, '' if nothing (standard: 10 digits, or bm and 8)."""
    return "" if _SITE_CODE.fullmatch(code) else "网站标识码不是10位数字，也不是bm加8位数字"


def doubtful_account_code(code: str, platform: str) -> str:
    """What is unusual about a 政务新媒体标识码 of 16 letters and digits, '' if nothing."""
    match = _ACCOUNT_CODE.fullmatch(code)
    if match is None:
        return "政务新媒体标识码不是“6位数字+M+3位数字+2位字母+4位数字”的形式"
    meant = PLATFORM_LETTERS.get(match[1].upper())
    if meant is None:
        return f"政务新媒体标识码中的平台字母{match[1].upper()}不认识"
    return "" if platform in meant else f"政务新媒体标识码中的平台字母{match[1].upper()}与平台{platform}不一致"
