"""Addresses: what must hold for any input, and the spellings met on real pages."""

from urllib.parse import urlsplit

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from checker.address import MAX_LENGTH, host_of, in_scope, normalise, politeness_host, same_place

HOSTS = st.sampled_from(["www.a.gov.cn", "WWW.A.gov.CN", "发改委.政务", "127.0.0.1", "[::1]", "a.gov.cn."])
PATHS = st.text(alphabet="ab/.政 %?=&\\#\t:", max_size=30)
SCHEMES = st.sampled_from(["http", "https", "HTTP"])
PORTS = st.sampled_from(["", ":80", ":8080"])
URLS = st.builds("{}://{}{}/{}".format, SCHEMES, HOSTS, PORTS, PATHS)


@pytest.mark.parametrize(
    ("url", "base", "expected"),
    [
        ("http://WWW.A.gov.cn", "", "http://www.a.gov.cn/"),
        ("http://a.gov.cn:80/x#top", "", "http://a.gov.cn/x"),
        ("https://a.gov.cn:443/x", "", "https://a.gov.cn/x"),
        ("index#123", "http://a.gov.cn/gkmlpt/", "http://a.gov.cn/gkmlpt/index#123"),
        ("http://a.gov.cn/gkmlpt/index#top", "", "http://a.gov.cn/gkmlpt/index"),
        ("http://a.gov.cn/gkmlpt/content/1/post_1.html#123", "", "http://a.gov.cn/gkmlpt/content/1/post_1.html"),
        ("http://a.gov.cn:8080/x", "", "http://a.gov.cn:8080/x"),
        ("http://a.gov.cn./", "", "http://a.gov.cn/"),
        ("http://发改委.政务/", "", "http://xn--ooru3l93k.xn--zfr164b/"),
        (
            "./202607/t20260731_1.html",
            "http://a.gov.cn/zwgk/index.html",
            "http://a.gov.cn/zwgk/202607/t20260731_1.html",
        ),
        ("../../../x/./y/../z.html", "http://a.gov.cn/b/c/d.html", "http://a.gov.cn/x/z.html"),
        ("//b.gov.cn/x", "https://a.gov.cn/", "https://b.gov.cn/x"),
        ("?page=2", "http://a.gov.cn/list.html?page=1", "http://a.gov.cn/list.html?page=2"),
        ("\\zwgk\\index.html", "http://a.gov.cn/x/", "http://a.gov.cn/zwgk/index.html"),
        (" /政策/文件 1.html\n", "http://a.gov.cn/", "http://a.gov.cn/%E6%94%BF%E7%AD%96/%E6%96%87%E4%BB%B6%201.html"),
        ("http://a.gov.cn/%E6%94%BF?q=%20", "", "http://a.gov.cn/%E6%94%BF?q=%20"),
        ("http://user:pw@a.gov.cn/x", "", "http://a.gov.cn/x"),
        ("http://[2001:DB8::1]:8080/x", "", "http://[2001:db8::1]:8080/x"),
        ("javascript:void(0)", "http://a.gov.cn/", None),
        ("mailto:a@b.cn", "http://a.gov.cn/", None),
        ("data:image/png;base64,AAAA", "http://a.gov.cn/", None),
        ("tel:12345", "http://a.gov.cn/", None),
        ("ftp://a.gov.cn/x", "", None),
        ("", "http://a.gov.cn/", None),
        ("http://", "", None),
        ("http://[::1/x", "", None),
        ("http://a b.gov.cn/", "", None),
        ("http://<%=host%>/", "", None),
        ("http://a..gov.cn/", "", None),
        ("http://a.gov.cn:99999/", "", None),
        ("http://a.gov.cn/" + "x" * MAX_LENGTH, "", None),
        ("http://a.gov.cn/" + "政" * 1000, "", None),
        ("http://a.gov.cn/\ud800", "", "http://a.gov.cn/%3F"),
    ],
)
def test_normalise(url: str, base: str, expected: str | None) -> None:
    assert normalise(url, base) == expected


@given(URLS)
@example("http://a.gov.cn//b/..//c")
@settings(max_examples=300, deadline=None)
def test_a_normalised_address_stays_as_it_is(url: str) -> None:
    once = normalise(url)
    assert once is None or normalise(once) == once


@given(st.text(max_size=60), st.text(max_size=30))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_an_address_or_none(url: str, base: str) -> None:
    for result in (normalise(url), normalise(url, base), normalise(url, "http://a.gov.cn/b/")):
        if result is not None:
            parts = urlsplit(result)
            assert parts.scheme in {"http", "https"}
            assert parts.path.startswith("/")
            assert result.isascii()
            assert not set(result) & set(" \t\r\n#")
            assert len(result) <= MAX_LENGTH
            assert parts.hostname == host_of(result) != ""
            assert politeness_host(result) == parts.netloc


@pytest.mark.parametrize(
    ("url", "home", "aliases", "expected"),
    [
        ("http://a.gov.cn/x", "http://a.gov.cn/", (), True),
        ("https://a.gov.cn/x", "http://a.gov.cn/", (), True),
        ("http://b.a.gov.cn/x", "http://a.gov.cn/", (), False),
        ("http://www.a.gov.cn/", "http://a.gov.cn/", ("www.a.gov.cn",), True),
        ("http://www.a.gov.cn/x", "http://a.gov.cn/", (), True),
        ("http://a.gov.cn/x", "http://www.a.gov.cn/", (), True),
        ("http://wwwa.gov.cn/x", "http://a.gov.cn/", (), False),
        ("http://c.gov.cn/fgw/x", "http://a.gov.cn/", ("c.gov.cn/fgw",), True),
        ("http://c.gov.cn/other/x", "http://a.gov.cn/", ("c.gov.cn/fgw",), False),
        ("http://a.gov.cn/fgw/x", "http://a.gov.cn/fgw/index.html", (), True),
        ("http://a.gov.cn/fgw/x", "http://a.gov.cn/fgw", (), True),
        ("http://a.gov.cn/fgw", "http://a.gov.cn/fgw/", (), True),
        ("http://a.gov.cn/other/", "http://a.gov.cn/fgw", (), False),
        ("http://a.gov.cn/fgwx/", "http://a.gov.cn/fgw", (), False),
        ("http://a.gov.cn/x", "http://a.gov.cn/index.html", (), True),
        ("http://a.gov.cn:8080/x", "http://a.gov.cn/", (), False),
        ("http://[broken/x", "http://a.gov.cn/", (), False),
        ("", "http://a.gov.cn/", (), False),
    ],
)
def test_in_scope(url: str, home: str, aliases: tuple[str, ...], expected: bool) -> None:
    assert in_scope(url, home, aliases) is expected


@given(URLS)
@settings(max_examples=200, deadline=None)
def test_a_home_page_is_in_its_own_scope(url: str) -> None:
    home = normalise(url)
    assert home is None or in_scope(home, home)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.gov.cn/zwyw/", "https://a.gov.cn/zwyw/index.html"),
        ("http://a.gov.cn/", "http://a.gov.cn/index.shtml"),
        ("http://www.a.gov.cn/zwyw", "http://a.gov.cn/zwyw//"),
        ("http://a.gov.cn/list.jsp?id=3", "https://a.gov.cn/list.jsp?id=3"),
    ],
)
def test_two_spellings_of_one_place(one: str, other: str) -> None:
    assert same_place(one) == same_place(other)


def test_different_places_differ() -> None:
    assert same_place("http://a.gov.cn/index_1.html") != same_place("http://a.gov.cn/")
    assert same_place("http://a.gov.cn/a/index.html?c=1") != same_place("http://a.gov.cn/a/index.html?c=2")
