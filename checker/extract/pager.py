"""The next page of a list: from the pager scripts of the usual CMS and from 下一页 links."""

import re

from checker.address import normalise
from checker.page import ParsedPage

_CALL = re.compile(
    r"createPageHTML\(\s*(?:['\"]([\w-]+)['\"]\s*,\s*)?(\d+)\s*,\s*(\d+)\s*,\s*[\"']([\w-]+)[\"']\s*,\s*[\"'](s?html?)[\"']"
    r"\s*(?:,\s*[\"']?(\d+)[\"']?)?\s*\)"
)
_COUNT = re.compile(r"var\s+countPage\s*=\s*(\d+)")
_CURRENT = re.compile(r"var\s+currentPage\s*=\s*(\d+)")
_FILE = re.compile(r"/([\w-]+?)(?:_\d+)?\.(s?html?)$")
_NEXT = re.compile(r"[\s\[【(（]*(?:下一页|下页|后一页|下一頁)[\s>»›\])】）]*")


def next_page(page: ParsedPage) -> str:
    """Address of the next page of the list that `page` shows; '' if there is none or only a script knows it."""
    for _, script in page.outline.scripts:
        if "createPageHTML" in script or "countPage" in script:
            target = _from_call(page, script) or _from_variables(page, script)
            if target:
                return target
    for link in page.links:
        if link.tag == "a" and link.url != page.url and _NEXT.fullmatch(link.text):
            return link.url
    return ""


def _from_call(page: ParsedPage, script: str) -> str:
    """With a container argument pages count from 1 (stem_2 follows 1), without it from 0 (stem_1 follows 0)."""
    bare = _without_comments(script)
    for match in _CALL.finditer(bare):
        line = bare[bare.rfind("\n", 0, match.start()) + 1 : match.start()]
        if re.search(r"(?<!:)//", line):
            continue
        container, count, current, stem, suffix, _ = match.groups()
        following = int(current) + 1
        if following < int(count) or (container and following == int(count)):
            return normalise(f"{stem}_{following}.{suffix}", page.base_url) or ""
    return ""


def _without_comments(script: str) -> str:
    """`script` without /* … */; what stands behind an unclosed one is a comment too."""
    first, *others = script.split("/*")
    return first + "".join(part.partition("*/")[2] for part in others)


def _from_variables(page: ParsedPage, script: str) -> str:
    count, current = _COUNT.search(script), _CURRENT.search(script)
    if not count or not current or int(current[1]) + 1 >= int(count[1]):
        return ""
    name = _FILE.search(page.base_url)
    stem, suffix = (name[1], name[2]) if name else ("index", "html")
    return normalise(f"{stem}_{int(current[1]) + 1}.{suffix}", page.base_url) or ""
