"""Articles are read from pages that try hard to hide them, and pages without one are known for what they are."""

# ruff: noqa: E501 - markup and running text stay in one piece

from __future__ import annotations

import base64
import time
import unicodedata
from random import Random

import pytest

from processor.model import Article, Page
from processor.reading.extract import NotArticle, NotArticleReason, read_page
from tests.dress_parts import menu, other_links, slug
from tests.dresses import FETCHED, dress, seed_articles

_TITLE = "Xã Tân Lập đưa bộ phận một cửa về gần dân hơn"
_TEXT = (
    "Sáng nay, UBND xã Tân Lập khai trương điểm tiếp nhận hồ sơ lưu động tại ấp Bình Hòa, giúp người dân không phải đi xa để nộp "
    "hồ sơ thủ tục hành chính.",
    "Theo lãnh đạo xã, điểm tiếp nhận làm việc hai buổi mỗi tuần, có công chức tư pháp, địa chính và văn hóa trực tiếp hướng dẫn.",
    "Trong tháng đầu thử nghiệm, điểm đã nhận 312 hồ sơ, trả kết quả trước hạn 298 hồ sơ, không có hồ sơ quá hạn.",
    "Xã dự kiến mở thêm hai điểm tương tự trong năm nay nếu được bố trí đủ máy quét và đường truyền.",
)
_URL = f"https://tanlap.example.gov.vn/tin/{slug(_TITLE)}.html"


def _page(html: str, *, url: str = _URL, link_text: str | None = None, content_type: str = "text/html") -> Page:
    return Page(url=url, body=html.encode(), fetched_at=FETCHED, content_type=content_type, link_text=link_text)


def _html(
    body: str, *, title: str = f"{_TITLE} | UBND xã Tân Lập", head: str = "", before: str = "", after: str = ""
) -> str:
    return (
        f"<html><head><title>{title}</title>{head}</head><body>{menu()}{before}<div class='main'>{body}</div>{after}"
        f"<div class='foot'>Bản quyền thuộc UBND xã Tân Lập</div></body></html>"
    )


def _paragraphs(lines: tuple[str, ...] = _TEXT) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def _article(html: str, *, url: str = _URL, link_text: str | None = None) -> Article:
    read = read_page(_page(html, url=url, link_text=link_text))
    assert isinstance(read, Article), read
    return read


def _reason(html: str) -> NotArticleReason:
    read = read_page(_page(html))
    assert isinstance(read, NotArticle), read
    return read.reason


# --- title ---------------------------------------------------------------------------------------------------------


def test_the_title_is_the_heading_and_not_the_name_of_the_site() -> None:
    site = "Trang thông tin điện tử xã Tân Lập - huyện Mỹ Hòa"
    html = _html(f"<h1>{site}</h1><div class='Title'>{_TITLE}</div>{_paragraphs()}", title=site)
    assert _article(html, url="https://tanlap.example.gov.vn/Pages/x.aspx?id=3").title == _TITLE


@pytest.mark.parametrize("separator", [" | ", " - ", " – ", " :: ", " » "])
def test_the_name_of_the_site_is_cut_off_a_declared_title(separator: str) -> None:
    declared = f"{_TITLE}{separator}Báo Miền Hạ"
    head = f'<meta property="og:title" content="{declared}"><meta property="og:site_name" content="Báo Miền Hạ">'
    assert _article(_html(_paragraphs(), title=declared, head=head)).title == _TITLE


def test_a_cut_link_text_confirms_the_title_on_the_page() -> None:
    body = f"<div><b>Chuyên mục tuyên truyền của xã</b></div><div><b>{_TITLE}</b></div>{_paragraphs()}"
    html = _html(body, title="Trang thông tin điện tử")
    assert _article(html, url="https://x.example/?id=1", link_text=_TITLE[:32] + "...").title == _TITLE


def test_a_wrong_link_text_does_not_become_the_title() -> None:
    assert _article(_html(f"<h1>{_TITLE}</h1>{_paragraphs()}"), link_text="Xem chi tiết tại đây").title == _TITLE


# --- text ----------------------------------------------------------------------------------------------------------


def test_paragraphs_stay_paragraphs_and_furniture_goes() -> None:
    body = (
        f"<h1>{_TITLE}</h1><div>Cỡ chữ: A+ A A-</div><div>Lượt xem: 1.204</div>{_paragraphs()}"
        "<div>Chia sẻ bài viết này</div><div>In bài viết</div><div>Số lượt xem: 55</div><h3>Tin cùng chuyên mục</h3>"
        f"{other_links(teasers=True)}"
    )
    assert _article(_html(body)).text.split("\n") == list(_TEXT)


def test_related_items_inside_the_text_are_taken_out_and_the_text_goes_on() -> None:
    box = f"<div><b>Tin liên quan</b>{other_links(dates=False, count=3)}</div>"
    body = f"<h1>{_TITLE}</h1><div>{_paragraphs(_TEXT[:2])}{box}{_paragraphs(_TEXT[2:])}</div>"
    assert _article(_html(body)).text.split("\n") == list(_TEXT)


def test_two_boxes_of_links_inside_a_text_do_not_end_it() -> None:
    box = "<div><b>Tin liên quan</b></div>" + "".join(
        f"<p><a href='/{number}'>Một tin khác của huyện trong tuần qua, số {number}</a></p>" for number in range(2)
    )
    lines = [_long(number) for number in range(10)]
    parts = [_paragraphs(tuple(lines[:2])), box, _paragraphs(tuple(lines[2:6])), box, _paragraphs(tuple(lines[6:]))]
    assert _article(_html(f"<h1>{_TITLE}</h1>{''.join(parts)}")).text.split("\n") == lines


def test_captions_in_every_form_are_no_text() -> None:
    captions = (
        "<figure><img src='1.jpg'><figcaption>Người dân nộp hồ sơ tại điểm lưu động.</figcaption></figure>",
        "<p><img src='2.jpg'></p><p style='text-align:center'><em>Công chức hướng dẫn người dân điền tờ khai</em></p>",
        "<p><img src='3.jpg'></p><p>Quang cảnh lễ khai trương</p>",
        "<table><tr><td><img src='4.jpg'></td></tr><tr><td>Lãnh đạo xã phát biểu. Ảnh: Minh Anh</td></tr></table>",
    )
    mixed = "".join(f"<p>{line}</p>{caption}" for line, caption in zip(_TEXT, captions, strict=True))
    last = "<p>Buổi lễ kết thúc lúc 11 giờ cùng ngày với sự tham dự của hơn 200 người dân.</p>"
    body = f"<h1>{_TITLE}</h1><div>{mixed}{last}</div>"
    assert len(_article(_html(body)).text.split("\n")) == len(_TEXT) + 1


def _long(number: int) -> str:
    return f"Đợt {number}: " + _TEXT[number % 4] + " " + _TEXT[(number + 1) % 4]


def test_a_text_served_in_several_pieces_is_read_to_its_end() -> None:
    pieces = [_paragraphs(tuple(_long(number) for number in range(first, first + 3))) for first in range(0, 12, 3)]
    body = "".join(
        f"<section><div><div class='row'><div class='content-body'>{piece}</div></div></div><div class='ad'>Quảng cáo</div></section>"
        for piece in pieces
    )
    article = _article(_html(f"<h1>{_TITLE}</h1>{body}"))
    assert article.text.split("\n") == [_long(number) for number in range(12)]


def test_a_text_in_pieces_of_slightly_different_classes_is_read_from_its_first() -> None:
    pieces = [_paragraphs(tuple(_long(number) for number in range(first, first + 2))) for first in range(0, 6, 2)]
    body = "".join(
        f"<div class='block'><div class='{name}'>{piece}</div></div>"
        for name, piece in zip(("noi-dung chu-dau", "noi-dung", "noi-dung"), pieces, strict=True)
    )
    article = _article(_html(f"<h1>{_TITLE}</h1><div>{body}</div>"))
    assert article.text.split("\n") == [_long(number) for number in range(6)]


def test_lines_under_images_are_text_where_all_the_text_is_centred() -> None:
    lines = [_long(number)[:148].strip() for number in range(8)]
    body = "".join(
        f"<p style='text-align:center'><img src='{number}.jpg'></p><p style='text-align:center'>{line}</p>"
        if number % 2
        else f"<p style='text-align:center'>{line}</p>"
        for number, line in enumerate(lines)
    )
    assert _article(_html(f"<h1>{_TITLE}</h1>{body}")).text.split("\n") == lines


def test_an_article_that_declares_its_date_is_no_listing_however_many_links_it_has() -> None:
    link = "<p><a href='/x'>Danh mục thủ tục hành chính thuộc thẩm quyền giải quyết</a></p>"
    body = "".join(f"<p>{_long(number)}</p>{link}{link}" for number in range(6))
    declared = '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "%s", "datePublished": "2024-05-06"}</script>'
    html = _html(f"<h1>{_TITLE}</h1>{body}", head=declared % _TITLE)
    assert _long(3) in _article(html).text.split("\n")
    assert _reason(html.replace("datePublished", "dateOfNothing")) is NotArticleReason.LISTING


def test_headings_of_parts_do_not_become_the_title_that_nothing_names() -> None:
    part = "Những kết quả bước đầu sau một năm thực hiện mô hình mới ở cơ sở"
    lines = tuple(_long(number) for number in range(8))
    body = f"<h1>Một cửa lưu động</h1>{_paragraphs(lines[:5])}<h1>{part}</h1>{_paragraphs(lines[5:])}"
    article = _article(_html(body, title="UBND xã Tân Lập"), url="https://tanlap.example.gov.vn/?id=4")
    assert article.title == "Một cửa lưu động"
    assert article.text.split("\n") == [*lines[:5], part, *lines[5:]]


def test_a_page_of_a_portal_in_chinese_has_a_text_too() -> None:
    lines = (
        "河内市政府今天上午召开行政改革工作会议，总结今年取得的工作成果，表彰先进单位。",
        "市领导要求各部门缩短办理时间，提高服务质量和透明度，方便居民和企业办理手续。",
    ) * 4
    menu_links = "".join(
        f"<li><a href='/{n}'>Liên kết đến trang thông tin của sở ngành thứ {n}</a></li>" for n in range(12)
    )
    page = f"<html><body><ul>{menu_links}</ul><div class='content-body'>{_paragraphs(lines)}</div></body></html>"
    assert isinstance(read_page(_page(page)), Article)


def test_a_sentence_broken_over_lines_is_put_together() -> None:
    broken = _TEXT[0].replace("khai trương ", "khai trương<br>")
    body = f"<h1>{_TITLE}</h1><div><p>{broken}</p>{_paragraphs(_TEXT[1:])}</div>"
    assert _article(_html(body)).text.split("\n") == list(_TEXT)


def test_rows_of_a_table_of_figures_stay_rows() -> None:
    rows = (("Chỉ số", "Điểm", "Xếp hạng"), ("PAR Index", "87,42", "8/63"), ("SIPAS", "84,10%", "21/63"))
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    body = (
        f"<h1>{_TITLE}</h1><div>{_paragraphs(_TEXT[:3])}<table border=1>{table}</table>{_paragraphs(_TEXT[3:])}</div>"
    )
    lines = _article(_html(body)).text.split("\n")
    assert lines[3:6] == [" | ".join(row) for row in rows]


def test_marks_written_apart_from_their_letters_are_composed() -> None:
    body = f"<h1>{_TITLE}</h1><div>{_paragraphs()}</div>"
    assert _article(unicodedata.normalize("NFD", _html(body))).text.split("\n") == list(_TEXT)
    entities = _html(body).replace("ồ", "&ocirc;&#768;").replace("Đ", "\u00d0")
    assert _article(entities).text.split("\n") == list(_TEXT)


def test_a_root_that_closes_before_the_head_loses_nothing() -> None:
    html = _html(f"<h1>{_TITLE}</h1>{_paragraphs()}").replace(
        "<html>", "<!DOCTYPE html>\n<html lang='vi' />\n</html>\n", 1
    )
    assert _article(html).text.split("\n") == list(_TEXT)


def test_a_page_too_deep_to_be_parsed_whole_is_marked() -> None:
    html = _html(f"<h1>{_TITLE}</h1>{_paragraphs()}" + "<div>" * 400 + "<p>tail</p>" + "</div>" * 400)
    assert _article(html).truncated
    assert not _article(_html(f"<h1>{_TITLE}</h1>{_paragraphs()}")).truncated


def test_hidden_text_is_not_read() -> None:
    hidden = f"<div style='display: none'><p>{'Văn bản ẩn không ai đọc được trên trang này. ' * 30}</p></div>"
    assert "ẩn không ai" not in _article(_html(f"<h1>{_TITLE}</h1>{hidden}{_paragraphs()}")).text


# --- byline --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "author", "outlet"),
    [
        ("<p style='text-align:right'><b>T.H</b></p>", "T.H", None),
        ("<p><strong>KIẾN VĂN</strong></p>", "KIẾN VĂN", None),
        ("<p>Ngọc Thảo</p>", "Ngọc Thảo", None),
        ("<p align='right'>Minh Anh - Trần Nam</p>", "Minh Anh - Trần Nam", None),
        ("<p>Bài, ảnh: Đức Hùng</p>", "Đức Hùng", None),
        ("<p>Tác giả: Lê Thị Hoa</p>", "Lê Thị Hoa", None),
        ("<p><i>Theo Cổng Thông tin điện tử Miền Hạ</i></p>", None, "Cổng Thông tin điện tử Miền Hạ"),
        ("<p align='right'>Theo (TTXVN/Vietnam+)</p>", None, "TTXVN/Vietnam+"),
        ("<p align='right'>(Nguồn: baomienha.vn)</p>", None, "baomienha.vn"),
        ("<p align='right'>Hoàng Thanh</p><p align='right'>Theo Báo Miền Hạ</p>", "Hoàng Thanh", "Báo Miền Hạ"),
    ],
)
def test_bylines_are_read_and_leave_the_text(line: str, author: str | None, outlet: str | None) -> None:
    read = _article(_html(f"<h1>{_TITLE}</h1><div class='text'>{_paragraphs()}{line}</div>"))
    assert (read.author, read.outlet) == (author, outlet)
    assert read.text.split("\n") == list(_TEXT)


def test_the_site_is_not_the_author() -> None:
    head = '<meta name="author" content="Cổng thông tin điện tử xã Tân Lập"><meta property="og:site_name" content="Miền Hạ">'
    assert _article(_html(f"<h1>{_TITLE}</h1>{_paragraphs()}", head=head)).author is None


# --- pages without an article --------------------------------------------------------------------------------------


def test_a_list_of_articles_is_a_listing() -> None:
    html = _html(f"<h1>Cải cách hành chính</h1>{other_links(teasers=True, count=8)}", title="Cải cách hành chính")
    assert _reason(html) is NotArticleReason.LISTING
    assert _reason(_html(other_links(count=8) + other_links(count=8), title="Tin tức")) is NotArticleReason.LISTING


def test_a_post_without_text_is_empty_whatever_stands_around_it() -> None:
    body = f"<div class='Title'>05 08 2020</div><div class='text'></div><div>Số lượt xem: 12</div><div>TIN ĐÃ ĐƯA</div>{other_links()}"
    banner = "<div>Nhiệt liệt chào mừng kỷ niệm ngày thành lập và hưởng ứng tháng hành động vì môi trường năm nay của huyện!</div>"
    assert isinstance(read_page(_page(_html(body, title="Trang thông tin điện tử", before=banner))), NotArticle)
    side = f"<div class='side'><h3>Tin khác</h3>{other_links(teasers=True)}</div>"
    html = _html(f"<h1>{_TITLE}</h1><div class='text'></div>", after=side)
    assert _reason(html) in {NotArticleReason.EMPTY_POST, NotArticleReason.LISTING}


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        (
            "<html><body><h1>Thông báo từ chối truy cập</h1><p>Truy cập của bạn đã bị từ chối. Mã: 8812.</p></body></html>",
            "blocked",
        ),
        (
            "<html><head><title>Just a moment...</title></head><body><p>Checking your browser</p></body></html>",
            "blocked",
        ),
        ("<html><body><script>document.cookie='D1N=1';location.reload();</script></body></html>", "blocked"),
        (
            "<html><body><h2>Hệ thống đang bảo trì</h2><p>Quý khách vui lòng quay lại sau.</p></body></html>",
            "maintenance",
        ),
        (
            "<html><body><h1>404</h1><p>Không tìm thấy trang bạn yêu cầu.</p><a href='/'>Trang chủ</a></body></html>",
            "not_found",
        ),
        (
            "<html><body><h1>Đăng nhập hệ thống</h1><form><input name=u>Tên đăng nhập<input type=password name=p>Mật khẩu"
            "</form></body></html>",
            "login",
        ),
        (
            "<html><head><meta http-equiv=refresh content='0; url=/vi/'></head><body>Đang chuyển trang</body></html>",
            "redirect",
        ),
        ("<html><body><p>Ngắn.</p></body></html>", "no_text"),
        ("", "unreadable"),
    ],
)
def test_pages_that_only_look_like_success_are_known(html: str, reason: str) -> None:
    assert _reason(html) == reason


def test_an_encrypted_body_is_not_replaced_by_the_teasers_beside_it() -> None:
    cipher = base64.b64encode(Random(7).randbytes(3000)).decode()
    script = (
        f"<script>var c='{cipher}';document.getElementById('dcontent').innerHTML=CryptoJS.AES.decrypt(c,k);</script>"
    )
    side = f"<div class='list'>{other_links(teasers=True)}</div>"
    html = _html(f"<h1>{_TITLE}</h1><div id='dcontent'></div>{script}", after=side)
    assert _reason(html) is NotArticleReason.ENCRYPTED_BODY


def test_an_article_about_refusals_is_an_article() -> None:
    text = (
        *_TEXT,
        "Trước đó, nhiều người dân phản ánh bị từ chối truy cập cổng dịch vụ công do hệ thống đang bảo trì.",
    )
    assert _article(_html(f"<h1>{_TITLE}</h1>{_paragraphs(text)}")).text.split("\n") == list(text)


# --- cost ----------------------------------------------------------------------------------------------------------

_NASTY = (
    "a", "Ảnh: ", "1/2/", "12:", "Theo ", "A. ", "| ", "ngày 1 tháng ", "tỉnh a ", "áº", "http://", "A", "Thứ 2, ", "\u0301",
)  # fmt: skip
_NASTY_SIZE = 300_000


@pytest.mark.parametrize("unit", _NASTY)
def test_a_long_text_of_anything_is_read_quickly(unit: str) -> None:
    nasty = unit * (_NASTY_SIZE // len(unit))
    body = f"<h1>{nasty[:5000]}</h1><div class='date author'>{nasty}</div>{_paragraphs()}<p>{nasty}</p>"
    page = _page(_html(body, title=nasty[:3000]), url="https://x.example/" + "1" * 2000, link_text=nasty[:2000])
    started = time.process_time()
    read_page(page)
    assert time.process_time() - started < 2.0


def test_reading_the_same_page_twice_gives_the_same_article() -> None:
    page = dress(seed_articles()["001"], "news_cms")
    assert read_page(page) == read_page(page)


def test_damaged_pages_never_make_reading_fail() -> None:
    random = Random(20260105)
    pages = [
        dress(worn, name).body
        for worn in seed_articles().values()
        for name in ("sharepoint", "news_cms", "table_portal")
    ]
    inserts = (
        b"<div>" * 300,
        b"</div>" * 9,
        b"<table><tr><td>",
        b"<!--",
        b"&#0;&#x10ffff;",
        b"\x00\xff",
        b"</html>",
        b"<h1>",
    )
    for _ in range(150):
        body = bytearray(random.choice(pages))
        for _ in range(random.randint(1, 12)):
            start = random.randrange(len(body) + 1)
            if random.random() < 0.5:
                del body[start : start + random.randint(1, 3000)]
            else:
                body[start:start] = random.choice(inserts)
        read = read_page(
            Page(url=_URL, body=bytes(body), fetched_at=None, charset=random.choice((None, "utf-8", "foo")))
        )
        assert isinstance(read, NotArticle) or read.text
