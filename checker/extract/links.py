"""Links: those of the main part belong to their page, blocks that many pages share are templates, stored once."""

from hashlib import sha256

from checker.extract.contract import Extracted, Extractor, PageContext
from checker.model.facts import Address, Link, PageTemplate, TemplateKey
from checker.page import FOOTER, HEADER, MAIN, NAVIGATION, ParsedPage, RawLink

_NO_TEMPLATE = TemplateKey("")
_NO_PAGE = Address("")


def extract(page: ParsedPage, context: PageContext) -> Extracted:
    """Link rows of the main part, a PageTemplate row for each of navigation, header and footer, and their links."""
    parts: dict[str, dict[tuple[str, str, str], None]] = {NAVIGATION: {}, HEADER: {}, FOOTER: {}, MAIN: {}}
    for link in page.links:
        parts[link.region][_identity(link)] = None
    own = Address(page.url)
    rows: list[PageTemplate | Link] = []
    templates: dict[TemplateKey, tuple[Link, ...]] = {}
    for region in (NAVIGATION, HEADER, FOOTER):
        if parts[region]:
            key = template_key(tuple(parts[region]))
            rows.append(PageTemplate(context.subject, own, key, region))
            templates[key] = tuple(
                Link(context.subject, _NO_PAGE, key, Address(url), text, tag, region)
                for url, text, tag in parts[region]
            )
    rows += [Link(context.subject, own, _NO_TEMPLATE, Address(url), text, tag, MAIN) for url, text, tag in parts[MAIN]]
    return Extracted(tuple(rows), templates=templates)


def template_key(block: tuple[tuple[str, str, str], ...]) -> TemplateKey:
    """Digest of a block's links (target, text, tag) in order."""
    lines = "\n".join("\t".join(link) for link in block)
    return TemplateKey(sha256(lines.encode("utf-8", "surrogatepass")).hexdigest()[:16])


def _identity(link: RawLink) -> tuple[str, str, str]:
    return link.url, link.text[:200], link.tag


EXTRACTOR = Extractor("links", ("link", "page_template"), extract)
