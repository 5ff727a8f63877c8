"""One page, one canonical URL."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.canonical import InvalidUrl, canonical_url, host_of, within_domains

PAGE = "https://bao.vn/tin/cai-cach-12.html"


@pytest.mark.parametrize(
    "spelling",
    [
        "https://bao.vn/tin/cai-cach-12.html?utm_source=zalo&utm_medium=social",
        "https://bao.vn/tin/cai-cach-12.html?fbclid=IwAR0x",
        "https://bao.vn/tin/cai-cach-12.html?gclid=1&zarsrc=30&FBCLID=2",
        "https://bao.vn/tin/cai-cach-12.html;jsessionid=0A1B2C",
        "https://bao.vn/tin/cai-cach-12.html?PHPSESSID=0a1b2c",
        "https://bao.vn/tin/cai-cach-12.html#binh-luan",
        "HTTPS://BAO.VN:443/tin/cai-cach-12.html",
        "https://bao.vn./tin/cai-cach-12.html",
        "https://bao.vn/muc/../tin/./cai-cach-12.html",
        "https://bao.vn/tin/c%61i-cach-12.html",
        "  https://bao.vn/tin/cai-\ncach-12.html ",
        "https://bao.vn/tin/cai-cach-12.html?",
    ],
)
def test_spellings_of_one_page_are_one_url(spelling: str) -> None:
    assert canonical_url(spelling) == PAGE


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://a.vn/View_Detail.aspx?ItemID=158", "http://a.vn/View_Detail.aspx?ItemID=159"),
        ("http://a.vn/Thoi-su", "http://a.vn/thoi-su"),
        ("http://a.vn/tin", "http://a.vn/tin/"),
        ("http://a.vn/?id=1&id=2", "http://a.vn/?id=2&id=1"),
        ("http://a.vn:8080/", "http://a.vn/"),
    ],
)
def test_what_a_server_may_tell_apart_stays_apart(one: str, other: str) -> None:
    assert canonical_url(one) != canonical_url(other)


def test_the_order_of_parameters_does_not_matter() -> None:
    assert canonical_url("http://a.vn/x?b=2&a=1&utm_id=9") == canonical_url("http://a.vn/x?a=1&b=2")


def test_vietnamese_letters_and_their_escapes_are_the_same_path_and_host() -> None:
    assert canonical_url("http://báo.vn/Tin-tức") == canonical_url("http://xn--bo-mia.vn/Tin-t%e1%bb%a9c")


@pytest.mark.parametrize(
    "url",
    [
        "javascript:void(0)",
        "mailto:toasoan@bao.vn",
        "/tin/relative.html",
        "file:///etc/passwd",
        "http://",
        "http://user@127.0.0.1/",
        "http://bao.vn:99999/",
        "http://[::1/",
        "http://bao vn/",
        "http://\u3002./",
        "http://bao.vn/" + "a" * 3000,
    ],
)
def test_what_is_no_page_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(InvalidUrl):
        canonical_url(url)


def test_domains_cover_their_subdomains_and_nothing_that_only_ends_alike() -> None:
    assert within_domains(host_of("https://en.bao.vn/x"), ("bao.vn",))
    assert not within_domains(host_of("https://toubao.vn/x"), ("bao.vn",))
    assert not within_domains(host_of("https://bao.vn.evil.example/x"), ("bao.vn",))


urls = st.builds(
    "{}://{}{}{}{}".format,
    st.sampled_from(["http", "https", "HTTP"]),
    st.sampled_from(["bao.vn", "BAO.vn:80", "báo.vn", "[::1]:8080", "127.0.0.1", "x.vn."]),
    st.text(alphabet="aZ/.%;é ~'\"<>\\+0:@", max_size=30).map(lambda text: f"/{text}"),
    st.one_of(st.just(""), st.text(alphabet="aZ&=%+é0;utm_?", max_size=30).map(lambda text: f"?{text}")),
    st.one_of(st.just(""), st.text(alphabet="a#/%", max_size=8).map(lambda text: f"#{text}")),
)


@given(urls)
def test_the_canonical_url_is_its_own_canonical_url(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


nasty = st.text(alphabet=" \t\n\x00\x0bh.:/@[]\\#?%aA1é\u3002\uff0e\u200b", max_size=30)


@given(st.one_of(st.text(max_size=80), nasty))
def test_any_text_is_a_canonical_ascii_url_or_refused(text: str) -> None:
    for candidate in (text, f"http:{text}", f"http://{text}", f"http://a{text}", f"https://bao.vn/{text}"):
        try:
            result = canonical_url(candidate)
        except InvalidUrl:
            continue
        assert result.isascii()
        # What is fetched is the spelling that was found: its host must be the one that was judged.
        assert host_of(candidate) == host_of(result)
        assert canonical_url(result) == result
