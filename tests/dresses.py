"""Renders an article as the content-management systems of Vietnamese portals and newspapers would serve it.

Every dress is our own markup with the traits that make such pages hard to read: menus before the text, the site's name
where the title should be, today's clock in the header, dates of other articles, captions, counters, forms. What an article
says (`Worn`) is known, so what is read from the page can be compared with it.
"""

# ruff: noqa: E501, E731 - markup stays as such systems write it; a picture is one expression

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from html import escape

from processor.model import DatePrecision, Page
from tests.dress_parts import (
    FETCHED,
    MENU,
    Worn,
    menu,
    other_links,
    seed_articles,
    slug,
    view_state,
    whole_page,
    with_captions,
)

__all__ = ["DRESSES", "FETCHED", "Worn", "dress", "seed_articles", "shown"]


def _list_form() -> str:
    """The labels of the list's own form, which the view page shows to everyone."""
    labels = (
        "Tiêu đề",
        "Hình ảnh",
        "Hình ảnh mô tả",
        "Tóm tắt",
        "Nội dung",
        "Ngày xuất bản",
        "Tác giả",
        "Phân loại",
        "Approval Status",
    )
    return "".join(
        f'<tr><td class="ms-formlabel"><h3 class="ms-standardheader">{name}</h3></td><td></td></tr>' for name in labels
    )


def sharepoint(worn: Worn) -> tuple[str, str]:
    """A SharePoint view page: everything in one form, tables, the site's name as title, the list form's labels."""
    caption = lambda text: (
        '<table align="center"><tbody><tr><td><img alt="" src="/anh/1.jpg" /></td></tr><tr><td>'
        f'<p style="text-align:center"><span style="color:#03f">{escape(text)}</span></p></td></tr></tbody></table>'
    )
    text = with_captions(
        worn, lambda p: f"<p>{escape(p)}</p>\n<p>&nbsp;</p>", caption, lambda p: f"<p><strong>{p}</strong></p>"
    )
    date = ""
    if worn.published:
        names = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")
        time = worn.published.strftime(", %H:%M") if worn.precision is DatePrecision.MINUTE else ""
        date = f"{names[worn.published.weekday()]}, Ngày {worn.published:%d/%m/%Y}{time}"
    signed = f'<p style="text-align:right"><strong>{escape(worn.author)}</strong></p>' if worn.author else ""
    source = f'<p style="text-align:right"><em>Theo {escape(worn.outlet)}</em></p>' if worn.outlet else ""
    body = f"""
<form method="post" action="ViewDetail.aspx" id="aspnetForm">
<input type="hidden" name="__VIEWSTATE" id="__VIEWSTATE" value="{view_state()}" />
<div><a href="#" class="ms-skip">Skip Ribbon Commands</a> <a href="#" class="ms-skip">Skip to main content</a></div>
<div id="s4-ribbonrow" style="display:none">Ribbon</div>
<div id="s4-titlerow"><h1><a href="/">Home</a></h1></div>
<div style="text-align:center"><span>&#160;- Nhiệt liệt chào mừng kỷ niệm ngày thành lập và hưởng ứng tháng hành động vì môi trường năm nay!</span></div>
{menu()}
<table width="100%"><tr><td valign="top" class="s4-wpcell"><div class="ms-WPBody">
<table width="100%"><tbody><tr class="ms-news-header"><td class="FolderTitle">Tin tức Hoạt động</td>
<td class="Time" align="right">{date}</td></tr></tbody></table>
<table id="tableforprint" width="100%"><tbody><tr><td><p class="Title">{escape(worn.title)} </p></td></tr>
<tr><td style="TEXT-ALIGN: justify"><b class="lv_description">{escape(worn.lead or "")}</b></td></tr>
<tr><td style="TEXT-ALIGN: justify"><div class="ExternalClass5D"><div id="content-print">
{text}
{signed}
{source}
</div></div></td></tr></tbody></table><br/>
<span class="css_readCounter">Lượt người xem: &nbsp; <b id="viewCounter">128</b></span>
<span class="css_printandback"><a href="javascript:in()"> Bản in </a></span>
<table class="tbtinkhac"><tr><td class="OtherTitle"><p class="OtherTitle">TIN ĐÃ ĐƯA</p></td></tr></table>
<table><tr><td class="Other">{other_links()}</td></tr></table>
</div></td></tr></table>
<div>Tin tức - Sự kiện - {escape(worn.title[:40])}...</div>
<a href="#">Manage Permissions</a><span>Manage Permissions</span> | <a href="#">Version History</a><span>Version History</span>
<table class="ms-formtable">{_list_form()}</table>
<div>Content Type: Tin Tức Mở Rộng</div><div>Version: </div><div>Created at by</div><div>Last modified at by</div>
<div>Trung tâm Phục vụ hành chính công<br/>Địa chỉ: Tầng 2, khu trung tâm, đường Số 1, phường 6, thành phố Tân An, tỉnh Long An<br/>
Điện thoại: (0272) 3000000 * Fax: (0272) 3000001</div>
</form>"""
    head = '<meta name="GENERATOR" content="Microsoft SharePoint" />\n<title>\n\tTrang thông tin điện tử huyện Tân Lập - tỉnh Long An\n</title>'
    return (
        f"http://portal.example.gov.vn/Lists/TinTuc/View_Detail.aspx?ItemID=52&Title={slug(worn.title)[:10]}",
        whole_page(head, body, lang="en-us"),
    )


def news_cms(worn: Worn) -> tuple[str, str]:
    """A newspaper with JSON-LD, a lead of its own, figures, a box of related items inside the text, comments."""
    figure = lambda text: (
        f'<figure class="image"><img src="/a.webp" alt="{escape(text, quote=True)}"><figcaption class="image_caption">{escape(text)}</figcaption></figure>'
    )
    paragraphs = with_captions(worn, lambda p: f"<p>{escape(p)}</p>", figure, lambda p: f"<h3>{escape(p)}</h3>").split(
        "\n"
    )
    box = f'<div class="related-inline"><div class="box-title">Tin liên quan</div>{other_links(dates=False, count=3)}</div>'
    text = "\n".join([*paragraphs[:3], box, *paragraphs[3:]])
    published = worn.published.isoformat() if worn.published else None
    structured = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": worn.title, "description": worn.lead,
        "publisher": {"@type": "Organization", "name": "Báo Miền Hạ"}, "author": {"@type": "Person", "name": worn.author or "Báo Miền Hạ"},
    }  # fmt: skip
    shown = ""
    if worn.published and published:
        structured["datePublished"] = published
        time = worn.published.strftime("%d/%m/%Y %H:%M" if worn.precision is DatePrecision.MINUTE else "%d/%m/%Y")
        shown = f'<span class="detail-time">Thứ sáu, {time} (GMT+7)</span>'
    author = f'<span class="author-name">{escape(worn.author)}</span>' if worn.author else ""
    source = f'<p class="source">Nguồn: {escape(worn.outlet)}</p>' if worn.outlet else ""
    body = f"""
<header><div class="logo"><a href="/">Báo Miền Hạ</a></div><nav class="main-nav">{menu()}</nav></header>
<main><div class="breadcrumb"><a href="/xa-hoi">Xã hội</a> › <a href="/cchc">Cải cách hành chính</a></div>
<article class="detail">
<h1 class="detail-title">{escape(worn.title)}</h1>
<div class="detail-meta">{author} {shown} <a class="zalo-share">Zalo</a></div>
<h2 class="detail-sapo">{escape(worn.lead or "")}</h2>
<div class="detail-content">
{text}
{source}
</div>
<div class="detail-tags"><span>Từ khóa:</span> <a href="/tag/1">một cửa</a>, <a href="/tag/2">dịch vụ công</a></div>
<div class="share-bottom">Chia sẻ <a>Facebook</a> <a>Twitter</a></div>
</article>
<section class="comment-box"><h3>Bình luận</h3><p>Vui lòng nhập bình luận bằng tiếng Việt có dấu để được đăng.</p>
<div class="comment-item"><p>Bài viết rất hay, mong rằng các địa phương khác cũng học hỏi cách làm này để người dân đỡ vất vả hơn.</p></div></section>
<section class="cung-chuyen-muc"><h3>Tin cùng chuyên mục</h3>{other_links(teasers=True)}</section>
</main>
<aside class="sidebar"><h3>Đọc nhiều</h3>{other_links()}</aside>
<footer><p>Cơ quan chủ quản: Tỉnh ủy. Tổng Biên tập: Nguyễn Văn Mẫu. Giấy phép số 01/GP-BTTTT ngày 02/01/2020. Địa chỉ: số 1, đường Hùng Vương,
thành phố Tân An.</p><p>® Ghi rõ nguồn khi phát hành lại thông tin từ website này.</p></footer>"""
    head = f"""<title>{escape(worn.title)} - Báo Miền Hạ</title>
<meta property="og:title" content="{escape(worn.title, quote=True)} | Báo Miền Hạ"><meta property="og:type" content="article">
<meta property="og:site_name" content="Báo Miền Hạ">
<meta property="og:description" content="{escape((worn.lead or "")[:150], quote=True)}">
<script type="application/ld+json">{json.dumps(structured, ensure_ascii=False)}</script>"""
    return f"https://baomienha.example.vn/{slug(worn.title)}-post48213.html", whole_page(head, body)


def table_portal(worn: Worn) -> tuple[str, str]:
    """A portal of nested layout tables without a class that means anything; the date stands below the text."""
    picture = lambda text: (
        f'<table border="0" align="center"><tr><td><img src="a.jpg"></td></tr><tr><td align="center"><i>{escape(text)}</i></td></tr></table>'
    )
    text = with_captions(worn, lambda p: f'<p align="justify"><font size="3">{escape(p)}</font></p>', picture)
    date = f"Ngày đăng: {worn.published:%d/%m/%Y}" if worn.published else ""
    signed = f'<p align="right"><b>{escape(worn.author)}</b></p>' if worn.author else ""
    source = f'<p align="right"><i>(Nguồn: {escape(worn.outlet)})</i></p>' if worn.outlet else ""
    body = f"""
<table width="1000" align="center"><tr><td colspan="3"><img src="banner.jpg"></td></tr>
<tr><td colspan="3" align="right">Thứ hai, 05/01/2026 - 08:30</td></tr>
<tr><td width="180" valign="top"><table>{"".join(f'<tr><td><a href="?m={i}">{name}</a></td></tr>' for i, name in enumerate(MENU))}</table></td>
<td valign="top"><table width="100%"><tr><td class="tieudemuc">THỜI SỰ TỔNG HỢP</td></tr>
<tr><td><font color="#990000" size="4"><b>{escape(worn.title)}</b></font></td></tr>
<tr><td><b>{escape(worn.lead or "")}</b></td></tr>
<tr><td>{text}
{signed}
{source}</td></tr>
<tr><td align="right"><i>{date}</i></td></tr>
<tr><td><table><tr><td>• Tiêu đề *</td><td><input name="t"></td></tr><tr><td>• Người gửi *</td><td><input></td></tr>
<tr><td>• Email*</td><td><input></td></tr><tr><td>• Nội dung bình luận*</td><td><textarea></textarea></td></tr></table></td></tr>
<tr><td><b>Các tin cùng chuyên mục</b></td></tr><tr><td>{other_links()}</td></tr></table></td>
<td width="200" valign="top"><table><tr><td>Tin mới</td></tr><tr><td>{other_links(teasers=True, count=3)}</td></tr></table></td></tr>
<tr><td colspan="3" align="center">Bản quyền thuộc Ủy ban nhân dân huyện Lập Sơn. Giấy phép số 12/GP-TTĐT ngày 01/02/2019.</td></tr></table>"""
    head = f"<title>Cổng thông tin điện tử huyện Lập Sơn - {escape(worn.title)}</title>"
    return "http://lapson.example.gov.vn/chitiet.aspx?id=2211", whole_page(head, body)


def month_paper(worn: Worn) -> tuple[str, str]:
    """A newspaper whose addresses carry the month; today's clock in the header, the byline in capitals at the end."""
    picture = lambda text: (
        f'<p style="text-align: center;"><img src="/file/0a1b.jpg"></p><p style="text-align: center;"><em>{escape(text)}</em></p>'
    )
    text = with_captions(
        worn, lambda p: f"<p style='text-align: justify;'>{escape(p)}</p>", picture, lambda p: f"<p><b>{p}</b></p>"
    )
    month = f"{worn.published:%Y%m}" if worn.published else "tin"
    date = ""
    if worn.published:
        date = worn.published.strftime("%H:%M, %d/%m/%Y" if worn.precision is DatePrecision.MINUTE else "%d/%m/%Y")
    signed = f'<p style="text-align: right;"><strong>{escape(worn.author)}</strong></p>' if worn.author else ""
    source = f'<p style="text-align: right;"><strong>Theo {escape(worn.outlet)}</strong></p>' if worn.outlet else ""
    body = f"""
<div class="top-bar"><span class="clock">Thứ hai, 05/01/2026 - 08:30</span> <a href="/rss">RSS</a></div>
<div class="header">{menu()}</div>
<div class="container"><div class="main-col"><div class="title-cat"><a href="/cchc/">Cải cách hành chính</a></div>
<h1 class="post-title">{escape(worn.title)}</h1>
<div class="info"><span class="date">{date}</span> | <a href="#binhluan">0 bình luận</a></div>
<div class="post-summary"><p><strong>{escape(worn.lead or "")}</strong></p></div>
<div class="post-content">
{text}
{signed}
{source}
</div>
<div class="social">Chia sẻ bài viết này <a>Facebook</a></div>
<h3>Ý kiến bạn đọc</h3><form><input name="n"><textarea></textarea><button>Gửi</button></form>
<h3>Tin khác</h3>{other_links()}
</div><div class="right-col"><h3>Xem nhiều</h3>{other_links(count=8)}<h3>Quảng cáo</h3></div></div>
<div class="foot">POWERED BY ONECMS - A PRODUCT OF NEKO</div>"""
    head = f'<title>{escape(worn.title)}</title>\n<meta name="description" content="{escape((worn.lead or "")[:160], quote=True)}">'
    return f"https://baohamien.example.vn/cai-cach-hanh-chinh/{month}/{slug(worn.title)}-d0f7a12/", whole_page(
        head, body
    )


def liferay(worn: Worn) -> tuple[str, str]:
    """A Liferay portal in the style common among provinces: counters, type size, contrast, other news below."""
    picture = lambda text: (
        f'<p class="img"><img src="/documents/1/2/a.jpg"/></p><p class="caption"><i>{escape(text)}</i></p>'
    )
    text = with_captions(
        worn, lambda p: f"<p><span>{escape(p)}</span></p>", picture, lambda p: f"<p><strong>{p}</strong></p>"
    )
    date = ""
    if worn.published:
        date = worn.published.strftime("%d/%m/%Y %H:%M" if worn.precision is DatePrecision.MINUTE else "%d/%m/%Y")
    author = f'<div class="author-news">Tác giả: {escape(worn.author)}</div>' if worn.author else ""
    source = f'<div class="source-news">Nguồn: {escape(worn.outlet)}</div>' if worn.outlet else ""
    body = f"""
<div id="wrapper"><div id="banner"><h2 class="site-title"><a href="/">CỔNG THÔNG TIN ĐIỆN TỬ TỈNH MIỀN HẠ</a></h2></div>
<div id="navigation" class="sort-pages">{menu()}</div>
<div class="columns-2"><div class="portlet-asset-publisher"><div class="asset-full-content">
<div class="header-title"><h3 class="title">{escape(worn.title)}</h3></div>
<div class="meta-info"><span>{date}</span> <span>Số lượt xem: 55</span> <span>Cỡ chữ: <a>A+</a> <a>A</a> <a>A-</a></span>
<span>Tăng tương phản</span> <span>Đọc bài</span></div>
<div class="tom-tat">{escape(worn.lead or "")}</div>
<div class="journal-content-article">
{text}
</div>
{author}
{source}
<div class="share">Chia sẻ Zalo</div>
<div class="rating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</div>
</div>
<div class="other"><div class="ttl">Các tin đã đăng</div>{other_links()}<div>Đang tải tin...</div><div>Không còn dữ liệu để load</div></div>
</div><div class="col-right"><div class="portlet-title">Thông báo</div>{other_links(dates=False)}<div>Lượt truy cập: 1.234.567</div></div></div>
<div id="footer">Cơ quan chủ quản: UBND tỉnh. Chịu trách nhiệm: Chánh Văn phòng. Cập nhật lần cuối: 04/01/2026</div></div>"""
    head = f"<title>{escape(worn.title)} - Cổng thông tin điện tử</title>"
    return f"https://mienha.example.gov.vn/web/guest/tin-tuc/-/details/20182/{slug(worn.title)}", whole_page(head, body)


def breaks_only(worn: Worn) -> tuple[str, str]:
    """An old editor's page: one block of text whose paragraphs are parted by line breaks alone."""
    parts = []
    captions = list(worn.captions)
    for number, text in enumerate(worn.paragraphs):
        if captions and number == 1:
            parts.append(f'<img src="/image/fckeditor/upload/1.jpg" /><br /><i>{escape(captions.pop(0))}</i>')
        parts.append(escape(text))
    if worn.author:
        parts.append(f"<b>{escape(worn.author)}</b>")
    if worn.outlet:
        parts.append(f"<i>(Theo {escape(worn.outlet)})</i>")
    date = f"Cập nhật ngày: {worn.published:%d/%m/%Y}" if worn.published else ""
    if worn.published and worn.precision is DatePrecision.MINUTE:
        date += f"{worn.published: - %H:%M}"
    body = f"""
<div id="top">{menu()}</div>
<div id="content"><div class="cat">Thời sự</div>
<a class="title" href="#">{escape(worn.title)}</a>
<div class="date">{date}</div>
<div class="hometext"><strong>{escape(worn.lead or "")}</strong></div>
<div id="newscontents">{"<br /><br />".join(parts)}</div>
<div class="func"><a>In bài viết</a> <a>Gửi email</a> <a>Quay lại</a></div>
<div class="othernews"><b>Các tin khác</b>{other_links()}</div></div>
<div id="bottom">Báo điện tử. Tòa soạn: 01 Hùng Vương. Điện thoại: 0272.3000000. Thiết kế bởi Công ty Mẫu</div>"""
    head = f"<title>Báo Miền Hạ Online - {escape(worn.title)}</title>"
    return f"https://baomienha.example.vn/{slug(worn.title)}-a12345.html", whole_page(head, body)


def stamped(worn: Worn) -> tuple[str, str]:
    """A page that shows no date: only its address carries the time."""
    stamp = f"119{worn.published:%y%m%d%H%M}38988" if worn.published else "4711"
    text = with_captions(
        worn, lambda p: f"<p>{escape(p)}</p>", lambda c: f'<div class="VCSortableInPreviewMode"><img src="a.jpg"><div class="PhotoCMS_Caption"><p>{escape(c)}</p></div></div>',
        lambda p: f"<p><b>{p}</b></p>",
    )  # fmt: skip
    author = f'<p class="author"><b>{escape(worn.author)}</b></p>' if worn.author else ""
    source = f'<p class="source">Theo {escape(worn.outlet)}</p>' if worn.outlet else ""
    body = f"""
<div class="header__nav">{menu()}</div>
<div class="detail"><h1 class="detail-title" data-role="title">{escape(worn.title)}</h1>
<h2 class="detail-sapo" data-role="sapo">{escape(worn.lead or "")}</h2>
<div class="detail-content afcbc-body" data-role="content" itemprop="articleBody">
{text}
{author}{source}
</div></div>
<div class="box-category"><div class="box-category-title">Cùng chuyên mục</div>{other_links(dates=False, teasers=True)}</div>"""
    head = f'<title>{escape(worn.title)}</title><meta property="og:title" content="{escape(worn.title, quote=True)}">'
    return f"https://xaydung.example.vn/{slug(worn.title)}-{stamp}.htm", whole_page(head, body)


def bare_portal(worn: Worn) -> tuple[str, str]:
    """An old portal that names its articles nowhere: site's name as title, a number as address, bold type in a cell."""
    picture = lambda text: f'<tr><td align="center"><img src="a.jpg"><br><i>{escape(text)}</i></td></tr>'
    rows = with_captions(worn, lambda p: f'<tr><td><span style="font-size:13pt">{escape(p)}</span></td></tr>', picture)
    date = ""
    if worn.published:
        date = worn.published.strftime(" (%d/%m/%Y %H:%M)" if worn.precision is DatePrecision.MINUTE else " (%d/%m/%Y)")
    signed = f'<tr><td align="right"><b>{escape(worn.author)}</b></td></tr>' if worn.author else ""
    source = f'<tr><td align="right"><i>(Theo {escape(worn.outlet)})</i></td></tr>' if worn.outlet else ""
    body = f"""
<table width="100%"><tr><td><marquee>Nhiệt liệt chào mừng ngày hội toàn dân bảo vệ an ninh Tổ quốc năm nay của huyện</marquee></td></tr>
<tr><td>{menu("table")}</td></tr></table>
<table><tr><td width="20%" valign="top"><table><tr><td><b>THÔNG BÁO</b></td></tr><tr><td>{other_links(count=4)}</td></tr></table></td>
<td><table><tr><td><b>TIN HOẠT ĐỘNG</b></td></tr>
<tr><td><font color="blue"><b>{escape(worn.title)}{date}</b></font></td></tr>
<tr><td><b>{escape(worn.lead or "")}</b></td></tr>
{rows}
{signed}
{source}
<tr><td><a href="javascript:history.back()">Quay lại</a> | <a href="#">In bài</a> | <a href="#">Gửi cho bạn bè</a></td></tr>
<tr><td><b>Các tin đã đưa:</b></td></tr><tr><td>{other_links()}</td></tr></table></td></tr></table>
<table><tr><td>Ủy ban nhân dân huyện Lập Sơn - Điện thoại: 0211.3000000 - Số lượt truy cập: 1204567</td></tr></table>"""
    return "http://lapson.example.gov.vn/default.aspx?tabid=60&id=774", whole_page(
        "<title>Trang tin điện tử huyện Lập Sơn</title>", body
    )


DRESSES: dict[str, Callable[[Worn], tuple[str, str]]] = {
    "sharepoint": sharepoint,
    "news_cms": news_cms,
    "table_portal": table_portal,
    "month_paper": month_paper,
    "liferay": liferay,
    "breaks_only": breaks_only,
    "stamped": stamped,
    "bare_portal": bare_portal,
}


def dress(worn: Worn, name: str) -> Page:
    """The article as a fetched page."""
    url, html = DRESSES[name](worn)
    return Page(url=url, body=html.encode(), fetched_at=FETCHED, content_type="text/html", charset="utf-8")


def shown(worn: Worn, name: str) -> Worn:
    """What of the article the dress shows: one gives the day only, one always a time."""
    if name == "table_portal" and worn.published:
        return replace(worn, published=worn.published.replace(hour=0, minute=0), precision=DatePrecision.DAY)
    return replace(worn, precision=DatePrecision.MINUTE) if name == "stamped" else worn
