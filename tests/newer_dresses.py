"""More dresses: systems that many communes, departments and newspapers use, whose pages mislead in other ways.

NukeViet names its body, but puts its counters, forms and two lists of other articles around it; a portal product of a
telecoms company shows the time of day apart from the date and repeats the title in its path; a large newspaper's
template opens the lead with the place, keeps the author in the text, and serves each article's neighbours in full.
"""

# ruff: noqa: E501, E731 - markup stays as such systems write it; a picture is one expression

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape

from processor.model import DatePrecision, Page
from tests.dress_parts import FETCHED, MENU, Worn, menu, other_links, slug, whole_page, with_captions

_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")


def nukeviet(worn: Worn) -> tuple[str, str]:
    """A commune's site: the date as a heading-like span, the lead apart, author and source as labelled lines below."""
    picture = lambda text: (
        f'<div style="text-align:center"><figure class="image" style="display:inline-block"><img alt="a" src="/uploads/news/2021_03/a.jpg" /><figcaption>{escape(text)}</figcaption></figure></div>'
    )
    text = with_captions(
        worn,
        lambda p: f'<div style="text-align: justify;">{escape(p)}</div>',
        picture,
        lambda p: f"<div><strong>{escape(p)}</strong></div>",
    )
    date = ""
    if worn.published:
        time = worn.published.strftime(" - %H:%M") if worn.precision is DatePrecision.MINUTE else ""
        date = f"{_WEEKDAYS[worn.published.weekday()]} - {worn.published:%d/%m/%Y}{time}"
    author = (
        f'<p class="h5 text-right"><strong>Tác giả bài viết: </strong>{escape(worn.author)}</p>' if worn.author else ""
    )
    source = f'<p class="h5 text-right"><strong>Nguồn tin: </strong>{escape(worn.outlet)}</p>' if worn.outlet else ""
    structured = {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [{"@type": "ListItem", "position": 1, "item": {"@id": "/news/", "name": "Tin tức"}}],
    }
    body = f"""
<noscript><div class="alert alert-danger">Trình duyệt của bạn đã tắt chức năng hỗ trợ JavaScript.<br />Website chỉ làm việc khi bạn bật nó trở lại.</div></noscript>
<header><div class="container"><div id="header"><div class="logo"><a title="Xã Tân Lập" href="/"><img src="/logo.png" alt="Xã Tân Lập"></a><span class="site_name">Xã Tân Lập</span><span class="site_description">Trang thông tin điện tử xã Tân Lập, huyện Đồng Sơn</span></div></div></div></header>
<nav class="second-nav" id="menusite"><div class="container">{menu()}</div></nav>
<section><div class="container" id="body"><nav class="third-nav"><div class="breadcrumbs-wrap"><ul class="breadcrumbs list-none"><li><a href="/"><span>Trang chủ</span></a></li><li><a href="/news/"><span>Tin tức</span></a></li></ul></div><div class="headerSearch"><input type="text" placeholder="Tìm kiếm..."></div></nav>
<div class="row"><div class="col-sm-16 col-md-18">
<div class="news_column panel panel-default"><div class="panel-body">
<h1 class="title margin-bottom-lg">{escape(worn.title)}</h1>
<div class="row margin-bottom-lg"><div class="col-md-12"><span class="h5">{date}</span></div><div class="col-md-12"><ul class="list-inline text-right"><li><a title="Gửi bài viết qua email" href="javascript:void(0);"><em class="fa fa-envelope fa-lg">&nbsp;</em></a></li><li><a title="In ra"><em class="fa fa-print fa-lg">&nbsp;</em></a></li></ul></div></div>
<div class="clearfix"><div class="hometext m-bottom" itemprop="description">{escape(worn.lead or "")}</div></div>
<div id="news-bodyhtml" class="bodytext margin-bottom-lg">
{text}
</div>
<div class="margin-bottom-lg">{author}{source}</div>
</div></div>
<div class="news_column panel panel-default"><div class="panel-body"><form id="form3B" action=""><div class="h5 clearfix"><p id="stringrating">Tổng số điểm của bài viết là: 0 trong 0 đánh giá</p><div style="padding: 5px;"><input class="hover-star" type="radio" value="1" title="Bài viết rất kém"/><span id="hover-test" style="margin: 0 0 0 20px;">Click để đánh giá bài viết</span></div></div></form></div></div>
<div class="news_column panel panel-default"><div class="panel-body"><div class="h5"><em class="fa fa-tags">&nbsp;</em><strong>Từ khóa: </strong><a href="/tag/1"><em>một cửa</em></a>, <a href="/tag/2"><em>dịch vụ công</em></a></div></div></div>
<div class="news_column panel panel-default"><div class="panel-body"><div id="idcomment" class="nv-fullbg"><div class="row clearfix"><div class="col-xs-12"><p class="comment-title"><em class="fa fa-comments">&nbsp;</em> Ý kiến bạn đọc</p></div></div><div id="formcomment"><textarea></textarea><input type="button" value="Gửi bình luận"></div></div></div></div>
<div class="news_column panel panel-default"><div class="panel-body other-news"><p class="h3"><strong>Những tin mới hơn</strong></p><div class="clearfix">{other_links(count=3)}</div><p class="h3"><strong>Những tin cũ hơn</strong></p><div class="clearfix">{other_links()}</div></div></div>
</div><div class="col-sm-8 col-md-6"><div class="panel panel-primary"><div class="panel-heading">Tin xem nhiều</div><div class="panel-body">{other_links(dates=False, count=4)}</div></div>
<div class="panel panel-primary"><div class="panel-heading">Thống kê</div><div class="panel-body"><ul class="counter list-none"><li><span>Đang truy cập</span><span>12</span></li><li><span>Hôm nay</span><span>1,204</span></li><li><span>Tổng lượt truy cập</span><span>2,301,774</span></li></ul></div></div></div></div></div></section>
<footer id="footer"><div class="container"><p>© Bản quyền thuộc về UBND xã Tân Lập. Chịu trách nhiệm: Ông Nguyễn Văn Mẫu, Chủ tịch UBND xã. Mã nguồn NukeViet CMS</p></div></footer>"""
    head = f"""<title>{escape(worn.title)} - Xã Tân Lập</title>
<meta name="generator" content="NukeViet v4.5"><meta name="description" content="{escape((worn.lead or "")[:150], quote=True)}">
<meta property="og:title" content="{escape(worn.title, quote=True)}"><meta property="og:type" content="website"><meta property="og:site_name" content="Xã Tân Lập">
<script type="application/ld+json">{json.dumps(structured, ensure_ascii=False)}</script>"""
    return f"https://tanlap.example.gov.vn/news/tin-tuc/{slug(worn.title)}-512.html", whole_page(head, body)


def telecom_portal(worn: Worn) -> tuple[str, str]:
    """A department's portal: today's date in the header, the path repeats the title, sizes of type as A's with marks."""
    picture = lambda text: (
        f'<p style="text-align:center"><img src="/upload/1.jpg" style="width:600px" /></p><p style="text-align:center"><span style="font-size:14px"><em>{escape(text)}</em></span></p>'
    )
    text = with_captions(
        worn,
        lambda p: (
            f'<p style="text-align:justify"><span style="font-family:Arial"><span style="font-size:14pt">{escape(p)}</span></span></p>'
        ),
        picture,
        lambda p: f"<p><span><strong>{escape(p)}</strong></span></p>",
    )
    date = ""
    if worn.published:
        time = worn.published.strftime("%H:%M | ") if worn.precision is DatePrecision.MINUTE else ""
        date = f"{time}{worn.published:%d/%m/%Y}"
    author = f'<p style="text-align:right"><strong>{escape(worn.author)}</strong></p>' if worn.author else ""
    source = f'<p style="text-align:right"><em>(Nguồn: {escape(worn.outlet)})</em></p>' if worn.outlet else ""
    offices = "".join(f"<option value='/{number}'>{name}</option>" for number, name in enumerate(MENU))
    body = f"""
<div class="top-header"><span class="today">Hôm nay: Thứ hai, ngày 05/01/2026 08:30</span><a href="/dang-nhap">Đăng nhập</a> <a href="/en">English</a> <a>Tăng tương phản</a></div>
<div class="banner"><div class="banner-text"><p>SỞ NỘI VỤ TỈNH MIỀN HẠ</p><p>Trang thông tin điện tử</p></div></div>
<div class="main-menu">{menu()}</div>
<div class="run-text"><marquee>Chào mừng bạn đến với Trang thông tin điện tử Sở Nội vụ. Kính chúc quý khách một ngày làm việc hiệu quả, nhiều niềm vui!</marquee></div>
<div class="wrap-content"><div class="col-9"><div class="bread"><a href="/">Trang chủ</a> / <a href="/cchc">Cải cách hành chính</a> / <span>{escape(worn.title)}</span></div>
<div class="ModuleWrapper"><div class="content-detail-wrap">
<div class="time-post">{date} <span class="view">Lượt xem: 1.204</span></div><div class="size-text"><a>A<sup>-</sup></a> <a>A</a> <a>A<sup>+</sup></a> <span class="drash">|</span> <a>In trang</a></div>
<div class="news-title">{escape(worn.title)}</div>
<div class="short">{escape(worn.lead or "")}</div>
<div class="audio"><span>Nghe bài viết</span><select><option>Nữ miền Nam</option><option>Nam miền Bắc</option></select></div>
<div class="detail-text">
{text}
{author}
{source}
</div></div>
<div class="vote"><span>Bạn đánh giá bài viết này thế nào?</span> <input type="radio"> Hài lòng <input type="radio"> Chưa hài lòng <button>Gửi đánh giá</button></div>
<div class="comment-form"><div class="ttl">Gửi bình luận của bạn</div><input placeholder="Họ tên"><textarea></textarea></div>
<div class="list-other"><div class="ttl">Tin liên quan</div>{other_links(teasers=True)}<div class="ttl">Tin tức khác</div>{other_links(count=4)}</div></div></div>
<div class="col-3"><div class="box"><div class="box-title">Thông báo</div>{other_links(count=5)}</div><div class="box"><div class="box-title">Liên kết website</div><select>{offices}</select></div><div class="box"><div class="box-title">Lượt truy cập</div><p>Đang online: 14</p><p>Tổng truy cập: 3.120.455</p></div></div></div>
<div class="footer"><p>Cơ quan chủ quản: Sở Nội vụ tỉnh Miền Hạ. Trưởng Ban biên tập: Ông Trần Văn Mẫu, Giám đốc Sở.</p><p>Giấy phép số 15/GP-STTTT cấp ngày 12/05/2021. Ghi rõ nguồn khi sử dụng thông tin từ website này.</p></div>"""
    head = f'<title>{escape(worn.title)}</title><meta property="og:site_name" content="Sở Nội vụ tỉnh Miền Hạ">'
    return f"https://sonoivu.example.gov.vn/cai-cach-hanh-chinh/{slug(worn.title)}-334512", whole_page(head, body)


def endless_paper(worn: Worn) -> tuple[str, str]:
    """A newspaper whose page goes on with the next articles in full, each in the same markup as the first."""
    picture = lambda text: (
        f'<table class="tplCaption"><tbody><tr><td><img src="a.jpg"></td></tr><tr><td><p class="Image">{escape(text)}</p></td></tr></tbody></table>'
    )
    text = with_captions(
        worn,
        lambda p: f'<p class="Normal">{escape(p)}</p>',
        picture,
        lambda p: f'<p class="Normal"><strong>{escape(p)}</strong></p>',
    )
    structured: dict[str, object] = {"@type": "NewsArticle", "headline": worn.title, "description": worn.lead}
    shown = ""
    if worn.published:
        structured["datePublished"] = worn.published.isoformat()
        time = worn.published.strftime(", %H:%M (GMT+7)") if worn.precision is DatePrecision.MINUTE else ""
        shown = f'<span class="date">{_WEEKDAYS[worn.published.weekday()]}, {worn.published:%d/%m/%Y}{time}</span>'
    author = (
        f'<p class="Normal" style="text-align:right"><strong>{escape(worn.author)}</strong></p>' if worn.author else ""
    )
    source = (
        f'<p class="Normal" style="text-align:right">Theo <em>{escape(worn.outlet)}</em></p>' if worn.outlet else ""
    )
    following = "".join(
        f"""<article class="next-article"><h2 class="title-next"><a href="/n{number}.html">Chợ phiên vùng cao ngày cuối năm, chuyện thứ {number}</a></h2><p class="description-next">{_NEXT[0]}</p>
<p class="Normal">{_NEXT[1]}</p></article>"""
        for number in (1, 2)
    )
    body = f"""
<header class="top-header"><a class="logo" href="/">Tin Miền Hạ</a><span class="time-now">Thứ hai, 5/1/2026</span></header><nav class="main-nav">{menu()}</nav>
<section class="page-detail"><div class="header-content"><ul class="breadcrumb"><li><a href="/thoi-su">Thời sự</a></li></ul>{shown}</div>
<div class="sidebar-1"><h1 class="title-detail">{escape(worn.title)}</h1>
<p class="description">{escape(worn.lead or "")}</p>
<article class="fck_detail">
{text}
{author}
{source}
</article>
<div class="footer-content"><a>Trở lại Thời sự</a> <span>Lưu</span> <span>Chia sẻ</span></div>
<div class="box-tag"><h4>Tags</h4><a href="/t1">cải cách hành chính</a></div>
<div id="box_comment_vne"><h3>Ý kiến (2)</h3><div class="comment_item"><p class="full_content">Tôi ở xa mà nay chỉ ra xã là làm được giấy tờ, thấy rất tiện, mong duy trì lâu dài cách phục vụ này.</p></div></div></div>
<div class="sidebar-2"><h3>Xem nhiều</h3>{other_links(count=5)}</div></section>
<section class="continue">{following}</section>
<footer><p>Báo điện tử. Tổng biên tập: Nguyễn Thị Mẫu. Số giấy phép: 08/GP-BTTTT ngày 01/02/2021. Tòa soạn: số 1, phố Mẫu</p></footer>"""
    head = f"""<title>{escape(worn.title)} - Báo Tin Miền Hạ</title><meta property="og:title" content="{escape(worn.title, quote=True)} - Báo Tin Miền Hạ">
<meta property="og:type" content="article"><meta property="og:site_name" content="Báo Tin Miền Hạ"><meta name="author" content="Báo Tin Miền Hạ">
<script type="application/ld+json">{json.dumps(structured, ensure_ascii=False)}</script>"""
    return f"https://tinmienha.example.vn/{slug(worn.title)}-4512033.html", whole_page(head, body)


_NEXT = (
    "Từ tờ mờ sáng, người dân các bản đã gùi hàng xuống chợ, mang theo mật ong, rau rừng và những tấm thổ cẩm.",
    "Chợ họp mỗi tuần một phiên, đông nhất vào dịp cuối năm. Người mua kẻ bán trò chuyện rôm rả, khói bếp từ các hàng thắng cố "
    "bay nghi ngút. Năm nay thời tiết thuận lợi, hàng hóa dồi dào nên giá cả không tăng nhiều so với năm ngoái, ai cũng vui.",
)

NEWER_DRESSES: dict[str, Callable[[Worn], tuple[str, str]]] = {
    "nukeviet": nukeviet,
    "telecom_portal": telecom_portal,
    "endless_paper": endless_paper,
}


def dress_newer(worn: Worn, name: str) -> Page:
    """The article as a fetched page."""
    url, html = NEWER_DRESSES[name](worn)
    return Page(url=url, body=html.encode(), fetched_at=FETCHED, content_type="text/html", charset="utf-8")
