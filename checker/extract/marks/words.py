"""Words among the marks: 主办单位 and 联系方式 of the footer."""

import re
from collections.abc import Iterator

from checker.extract.marks.ground import Ground, Seen

_UNTIL = r"(?=[\s|:。;,，]|承办|协办|联系|地址|电话|邮编|版权|网站|技术|维护|ICP|$)"
_NAME = r"[^\s|:。;,]"
_SHORT_UNTIL = r"(?=[\s|:。;,，]|主管|承办|协办|联系|地址|电话|邮编|版权|网站(?:标识|地图)|政府网站|技术支持|ICP|$)"
_SHORT_BODY = r"[\u4e00-\u9fff]{1,2}[部局厅委办院省市县区州盟旗]"
_ORGANIZER = (
    re.compile(r"主办(?:单位|方)?\s*:\s*(中共[\u4e00-\u9fff]{2,20}委(?:员会)?\s+[\u4e00-\u9fff]{2,20}政府)(?=[\s|]|$)"),
    re.compile(rf"主办(?:单位|方)?\s*:\s*({_NAME}{{4,40}}?){_UNTIL}"),
    # behind the label a short name is one too; tried after the long names, which may hold 网站 and the like
    re.compile(rf"主办(?:单位|方)?\s*:\s*([\u4e00-\u9fff]{{2,3}}){_SHORT_UNTIL}"),
    re.compile(r"主办单位\s+([\u4e00-\u9fff()]{3,40})(?=[\s|]|$)"),
    re.compile(r"(?:^|[\s|])([\u4e00-\u9fff、]{3,40}?)\s?主办(?=[\s|]|$)"),
    re.compile(rf"版权(?:所有|归属)\s*[:@©]?\s*({_NAME}{{4,40}})"),
    re.compile(rf"版权(?:所有|归属)\s*[:@©]?\s*({_SHORT_BODY}){_SHORT_UNTIL}"),
    re.compile(r"(?:^|[\s|])([\u4e00-\u9fff]{3,40})\s*版权所有"),
    re.compile(rf"(?:主管|承办)(?:单位)?\s*:\s*({_NAME}{{4,40}}?){_UNTIL}"),
    re.compile(rf"(?:主管|承办)(?:单位)?\s*:\s*([\u4e00-\u9fff]{{2,3}}){_SHORT_UNTIL}"),
    re.compile(r"(?:^|[\s|])([\u4e00-\u9fff、]{3,40}?)\s?(?:主管|承办)(?=[\s|]|$)"),
    re.compile(rf"Copyright[^\u4e00-\u9fff|]{{0,40}}([\u4e00-\u9fff]{{4,40}}|{_SHORT_BODY})", re.IGNORECASE),
)
_NO_ORGANIZER = re.compile(r"主办|承办|关于|联系|地图|技术支持|声明|保留|未经|所有|标识码|备案")
_CONTACT = re.compile(r"联系(?:电话|方式|我们)|电话|热线|传真|邮箱|E-?mail|\bTel\b|邮编|地址", re.IGNORECASE)
_PLACE = re.compile("邮编|地址")
_PHONE = re.compile(
    r"[A-Za-z0-9._+-]+[@#][A-Za-z0-9-]+\.[A-Za-z0-9.]+|(?<![0-9A-Za-z_-])400[- ]?\d{3}[- ]?\d{4}(?!\d)"
    r"|(?<![0-9A-Za-z_-])(?:(?:\(0\d{2,3}\)|0\d{2,3})[\s—-]{0,2})?[2-9]\d{6,7}(?!\d)|(?<![0-9A-Za-z_-])(?:0\d{2,3}-)?1(?:[23]\d{3}|[3-9]\d{9})(?!\d)"
)
_HOTLINE = re.compile(r"(?<![0-9A-Za-z_.-])12345(?![\d.-])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z_-])(?:\(0\d{2,3}\)|0\d{2,3}[\s—-]{1,2})[2-9]\d{6,7}(?!\d)")
_REACH, _LONGEST, _GAP = 30, 50, 3
_OTHER_NUMBER = re.compile(r"[备码号]")


def read(ground: Ground) -> Iterator[Seen]:
    """The one 主办单位 and every 联系方式 of the footer."""
    yield from _organizer(ground.footer)
    yield from _contact(ground.footer)


def _organizer(text: str) -> Iterator[Seen]:
    for pattern in _ORGANIZER:
        match = next((m for m in pattern.finditer(text) if not _NO_ORGANIZER.search(m[1])), None)
        if match:
            yield Seen("organizer", match[1], "text", match[0].strip())
            return


def _contact(text: str) -> Iterator[Seen]:
    """Every number and address behind a word such as 电话; else a hotline; else the words alone."""
    words = list(_CONTACT.finditer(text))
    found = {seen.value: seen for word in words for seen in _behind(text, word)}
    if found:
        yield from found.values()
        return
    hotline = _HOTLINE.search(text) or _LANDLINE.search(text)
    told = next((word for word in words if not _PLACE.fullmatch(word[0])), None)
    if hotline:
        yield Seen("contact", hotline[0], "text", text[max(0, hotline.start() - 10) : hotline.end() + 10])
    elif told:
        yield Seen("contact", "", "link", told[0])


def _behind(text: str, word: re.Match[str]) -> Iterator[Seen]:
    """The numbers and mail addresses right behind a word, one after the other."""
    at, reach = word.end(), word.end() + _REACH
    while (number := _PHONE.search(text, at, reach + _LONGEST)) and number.start() <= reach:
        if _OTHER_NUMBER.search(text, at, number.start()):
            return
        yield Seen("contact", number[0].strip(), "text", text[word.start() : number.end()])
        at, reach = number.end(), number.end() + _GAP


def only_place(ground: Ground) -> bool:
    """Whether the footer gives an address or a postcode; whether that is a 联系方式 is for a person to say."""
    return any(_PLACE.fullmatch(word[0]) for word in _CONTACT.finditer(ground.footer))
