"""A profile learned from a few pages of a source reads its other pages as the general way does, or not at all."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from processor.model import Page
from processor.reading.extract import ReadingRules, read_page
from processor.reading.layout import learn_profile
from processor.reading.profiles import SiteProfile, read_excerpt, read_whole, read_with_profile
from tests.dresses import DRESSES, FETCHED, dress, seed_articles

_RULES = ReadingRules.load()
_SEEDS = list(seed_articles().values())


def _learned(name: str, left_out: int = 0) -> SiteProfile:
    pages = [dress(worn, name) for number, worn in enumerate(_SEEDS) if number != left_out]
    profile = learn_profile(pages, rules=_RULES)
    assert profile is not None
    return profile


@pytest.mark.parametrize("name", DRESSES)
@pytest.mark.parametrize("left_out", range(len(_SEEDS)))
def test_a_page_that_was_not_learned_from_is_read_as_in_the_general_way(name: str, left_out: int) -> None:
    page, profile = dress(_SEEDS[left_out], name), _learned(name, left_out)
    article = read_page(page, rules=_RULES)
    assert read_excerpt(page, profile, rules=_RULES) == article
    assert read_whole(page, profile, rules=_RULES) == article


_JUNK = (
    "</div> <div> <!-- --> </td> </tr> </table> <table> <tr> <td> <script> </script> <p < > \" ' </form> <form> </p> "
    "</article> </body> </html> <style> </style> <textarea> </textarea> <a> </a> <ul> <li> <title> </head> <iframe> "
    "<noscript> </section> </center> <select> <h1>"
)


@pytest.mark.parametrize("name", ["stamped", "table_portal"])
def test_what_is_cut_out_of_a_damaged_page_is_read_as_on_the_whole_page(name: str) -> None:
    page, profile = dress(_SEEDS[0], name), _learned(name)
    compared = 0
    for junk in _JUNK.split():
        for step in range(1, 8):
            at = page.body.find(b"<", len(page.body) * step // 8)
            damaged = replace(page, body=page.body[:at] + junk.encode() + page.body[at:])
            part, whole = (read(damaged, profile, rules=_RULES) for read in (read_excerpt, read_whole))
            if part is not None and whole is not None:
                assert part == whole, (junk, step)
                compared += 1
    assert compared > 50


def _with_body_end(page: Page, markup: str) -> Page:
    return replace(page, body=page.body.replace(b"</body>", f"{markup}</body>".encode()))


def test_what_a_page_declares_behind_its_text_is_read_with_what_is_cut_out_of_it() -> None:
    declared = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-03-0%dT10:11:00"}</script>'
    )
    pages = [
        _with_body_end(dress(replace(worn, published=None), "breaks_only"), declared % number)
        for number, worn in enumerate(_SEEDS, 1)
    ]
    profile = learn_profile(pages[1:], rules=_RULES)
    assert profile is not None
    article = read_excerpt(pages[0], profile, rules=_RULES)
    assert article is not None
    assert article.published is not None
    assert article.published.at.isoformat() == "2024-03-01T10:11:00+07:00"


@pytest.mark.parametrize("sign", ["<input type=Password>", "<script>CryptoJS.AES</script>"])
def test_a_page_with_little_text_that_may_be_no_article_is_read_whole(sign: str) -> None:
    brief = dress(replace(_SEEDS[0], paragraphs=_SEEDS[0].paragraphs[:1]), "month_paper")
    profile = _learned("month_paper")
    article = read_page(brief, rules=_RULES)
    assert read_excerpt(brief, profile, rules=_RULES) == article
    doubtful = _with_body_end(brief, sign)
    assert read_excerpt(doubtful, profile, rules=_RULES) is None
    assert read_with_profile(doubtful, profile, rules=_RULES) == article


@pytest.mark.parametrize("name", ["news_cms", "bare_portal"])
def test_a_profile_survives_being_stored(name: str) -> None:
    profile = _learned(name)
    assert profile.cut is not None
    assert SiteProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile


@pytest.mark.parametrize("cut", [[], "div", {"opening": "<div>", "nth": "1", "around": "", "told_elsewhere": True}])
def test_a_profile_of_another_shape_is_refused(cut: object) -> None:
    with pytest.raises(TypeError):
        SiteProfile.from_json(_learned("liferay").to_json() | {"cut": cut})


def test_another_version_of_profiles_is_refused() -> None:
    with pytest.raises(ValueError, match="version 99"):
        SiteProfile.from_json(_learned("news_cms").to_json() | {"version": 99})


@pytest.mark.parametrize("name", DRESSES)
def test_pages_of_another_source_are_left_to_the_general_way(name: str) -> None:
    profile = _learned("liferay")
    if name != "liferay":
        assert read_with_profile(dress(_SEEDS[0], name), profile, rules=_RULES) is None


def test_a_title_that_contradicts_the_link_is_left_to_the_general_way() -> None:
    page = dress(_SEEDS[0], "sharepoint")
    profile = _learned("sharepoint")
    assert read_with_profile(replace(page, link_text=_SEEDS[0].title[:30] + "..."), profile, rules=_RULES) is not None
    assert read_with_profile(replace(page, link_text="Thông báo lịch cúp điện tuần tới"), profile, rules=_RULES) is None


def test_a_page_whose_body_is_empty_or_full_of_links_is_left_to_the_general_way() -> None:
    profile = _learned("news_cms")
    links = "".join(
        f'<p><a href="/{number}">Một tin khác với tiêu đề khá dài số {number}</a></p>' for number in range(20)
    )
    for content in ("", links):
        html = (
            '<html><head><title>Tin</title></head><body><article class="detail"><h1 class="detail-title">Tin</h1>'
            f'<div class="detail-content">{content}</div></article></body></html>'
        )
        page = Page(url="https://x.example/a.html", body=html.encode(), fetched_at=FETCHED)
        assert read_with_profile(page, profile, rules=_RULES) is None


def test_too_few_or_disagreeing_pages_teach_nothing() -> None:
    assert learn_profile([dress(_SEEDS[0], "liferay"), dress(_SEEDS[1], "liferay")], rules=_RULES) is None
    mixed = [dress(worn, name) for worn, name in zip(_SEEDS, DRESSES, strict=False)]
    assert learn_profile(mixed, rules=_RULES) is None


def test_lines_that_stand_on_every_page_are_learned_as_furniture() -> None:
    line = "Mọi ý kiến đóng góp xin gửi về hộp thư của Ban biên tập, chúng tôi luôn lắng nghe quý vị."
    pages = []
    for worn in _SEEDS:
        page = dress(replace(worn, paragraphs=(*worn.paragraphs, line), author=None, outlet=None), "month_paper")
        pages.append(page)
    profile = learn_profile(pages[1:], rules=_RULES)
    assert profile is not None
    assert profile.repeated == (line,)
    article = read_with_profile(pages[0], profile, rules=_RULES)
    assert article is not None
    assert line not in article.text


def test_selectors_written_by_hand_read_what_they_name_although_the_title_stands_outside_of_the_body() -> None:
    profile = SiteProfile.from_selectors("div.head > h2", "#chi-tiet, .bai-viet")
    assert profile.hand_written
    assert SiteProfile.from_json(json.loads(json.dumps(profile.to_json()))) == profile
    wanted, other = _SEEDS[0].paragraphs, _SEEDS[1].paragraphs
    html = (
        "<html><head><title>Cổng thông tin</title></head><body><h1>Cổng thông tin điện tử</h1>"
        f'<div class="head"><h2>{_SEEDS[0].title}</h2></div>'
        f'<div class="khac">{"".join(f"<p>{text}</p>" for text in other)}</div>'
        f'<div class="bai-viet">{"".join(f"<p>{text}</p>" for text in wanted)}</div></body></html>'
    )
    page = Page(url="https://x.example/a.html", body=html.encode(), fetched_at=FETCHED)
    article = read_with_profile(page, profile, rules=_RULES)
    assert article is not None
    assert article.title == _SEEDS[0].title
    assert wanted[1] in article.text
    assert not any(text in article.text for text in other)
    without = replace(page, body=html.replace("bai-viet", "bai").encode())
    assert read_with_profile(without, profile, rules=_RULES) is None


@pytest.mark.parametrize("selector", ["[", "div::text", "p:perhaps", ""])
def test_what_is_no_selector_is_refused(selector: str) -> None:
    with pytest.raises(ValueError, match="CSS selector"):
        SiteProfile.from_selectors("h1", selector)
