"""Links: main links stand on their page, shared blocks become templates."""

from checker.extract.links import extract, template_key
from checker.model.facts import Address, Link, PageTemplate, TemplateKey
from tests.pages import HOME, context, page

SUBJECT = "3400000001"
NAV = '<ul class="nav"><li><a href="/zwgk/">公开</a></li><li><a href="/hd/">互动</a></li></ul>'
MAIN = "<div>" + "正文文字，足够多的正文文字。" * 5 + '<a href="/1.html">一</a><img src="/p.jpg" alt="图">'


def test_templates_and_main_links() -> None:
    found = extract(page(NAV + MAIN + '<a href="/1.html">一</a></div>'), context("home"))
    key = template_key((("http://www.a.gov.cn/zwgk/", "公开", "a"), ("http://www.a.gov.cn/hd/", "互动", "a")))
    own, none = Address(HOME), TemplateKey("")
    assert found.rows == (
        PageTemplate(SUBJECT, own, key, "navigation"),
        Link(SUBJECT, own, none, Address("http://www.a.gov.cn/1.html"), "一", "a", "main"),
        Link(SUBJECT, own, none, Address("http://www.a.gov.cn/p.jpg"), "图", "img", "main"),
    )
    assert found.templates == {
        key: (
            Link(SUBJECT, Address(""), key, Address("http://www.a.gov.cn/zwgk/"), "公开", "a", "navigation"),
            Link(SUBJECT, Address(""), key, Address("http://www.a.gov.cn/hd/"), "互动", "a", "navigation"),
        )
    }


def test_two_pages_with_one_navigation_share_its_template() -> None:
    one = extract(page(NAV + MAIN + "</div>"), context("home"))
    other = extract(page(NAV + "<p>" + "另一页的正文。" * 9 + "</p>", "http://www.a.gov.cn/x.html"), context("other"))
    assert one.templates == other.templates
