"""How the demo portal's articles look: a SharePoint list, a newspaper's CMS and a portal built of tables."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from reformwatch.demo.articles import Block, BlockKind, DemoArticle, Dress

VIETNAM: Final = timezone(timedelta(hours=7))
VIEWSTATE: Final = base64.b64encode(bytes(range(256)) * 8).decode()
"""Two kilobytes of the noise that such pages carry."""
WEEKDAYS: Final = ("Thứ 2", "Thứ 3", "Thứ 4", "Thứ 5", "Thứ 6", "Thứ 7", "Chủ nhật")


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """An article with its address on one of the sites."""

    article: DemoArticle
    base: str
    path: str

    @property
    def url(self) -> str:
        return self.base + self.path


def path_of(article: DemoArticle, number: int) -> str:
    return {
        Dress.PORTAL: f"/Lists/TinTuc/View_Detail.aspx?ItemID={number}",
        Dress.NEWS: f"/tin/{article.slug}-post{number}.html",
        Dress.BOARD: f"/chi-tiet/{number}/{article.slug}",
    }[article.dress]


def render(placed: Placed, *, related: Sequence[Placed], now: datetime) -> bytes:
    """The article's page in the dress of its site."""
    article = placed.article
    author = escape(article.author or "")
    fields = {
        "base": placed.base,
        "url": escape(placed.url),
        "title": escape(article.title),
        "short_title": escape(article.title[:40] + "..."),
        "section": escape(article.section),
        "lead": escape(article.lead),
        "author": author,
        "blocks": "\n".join(_block(block, article, number) for number, block in enumerate(article.blocks)),
        "related": "\n".join(
            f'<li><a href="{escape(item.path)}">{escape(item.article.title)}</a></li>' for item in related
        ),
        "viewstate": VIEWSTATE,
        "source": f"<p><em>Theo {escape(article.source)}</em></p>" if article.source else "",
        "clock": _long_date(now),
    }
    fields |= {
        Dress.PORTAL: _portal_fields,
        Dress.NEWS: _news_fields,
        Dress.BOARD: _board_fields,
    }[article.dress](placed)
    return _template(f"{article.dress}_article.html").substitute(fields).encode()


def _portal_fields(placed: Placed) -> dict[str, str]:
    article = placed.article
    published = article.published
    return {
        "long_date": _long_date(published) if published else "",
        "short_date": f"{published.astimezone(VIETNAM):%d/%m/%Y}" if published else "",
        "author": f'<p style="text-align: right;"><strong>{escape(article.author)}</strong></p>'
        if article.author
        else "",
    }


def _news_fields(placed: Placed) -> dict[str, str]:
    article = placed.article
    data = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "description": article.lead,
        "mainEntityOfPage": placed.url,
        "publisher": {"@type": "Organization", "name": "Báo Mẫu điện tử"},
    }
    if article.author:
        data["author"] = {"@type": "Person", "name": article.author}
    meta_date = visible = ""
    if article.published:
        local = article.published.astimezone(VIETNAM)
        data["datePublished"] = local.isoformat(timespec="seconds")
        meta_date = f'<meta property="article:published_time" content="{local.isoformat(timespec="seconds")}">'
        visible = f'<time datetime="{local.isoformat(timespec="minutes")}">{local:%d/%m/%Y | %H:%M} (GMT+7)</time>'
    # "</" must not end the script element early.
    json_ld = json.dumps(data, ensure_ascii=False).replace("</", "<\\/")
    return {"json_ld": json_ld, "meta_date": meta_date, "visible_date": visible}


def _board_fields(placed: Placed) -> dict[str, str]:
    article = placed.article
    author = f'<P align="right"><B>{escape(article.author)}</B></P>' if article.author else ""
    if article.published is None:
        return {"author": author, "visible_date": ""}
    local = article.published.astimezone(VIETNAM)
    has_time = (local.hour, local.minute) != (0, 0)
    return {"author": author, "visible_date": f"Ngày đăng: {local:%d/%m/%Y}{f' {local:%H:%M}' if has_time else ''}"}


def _block(block: Block, article: DemoArticle, number: int) -> str:
    text = escape(block.text)
    picture = f"/images/{article.slug}-{number}.jpg"
    table: dict[tuple[Dress, BlockKind], str] = {
        (Dress.PORTAL, BlockKind.PARAGRAPH): f'<p style="text-align: justify;">{text}</p>',
        (Dress.PORTAL, BlockKind.SUBHEADING): f"<p><strong>{text}</strong></p>",
        (Dress.PORTAL, BlockKind.CAPTION): (
            f'<p style="text-align: center;"><img alt="{number}-IMG.jpg" src="{picture}" /></p>'
            f'<p class="image-caption" style="text-align: center;"><em>{text}</em></p>'
        ),
        (Dress.NEWS, BlockKind.PARAGRAPH): f"<p>{text}</p>",
        (Dress.NEWS, BlockKind.SUBHEADING): f"<h2>{text}</h2>",
        (Dress.NEWS, BlockKind.CAPTION): (
            f'<figure class="image"><img src="{picture}" alt="{text}"><figcaption>{text}</figcaption></figure>'
        ),
        (Dress.BOARD, BlockKind.PARAGRAPH): f'<P align="justify">{text}</P>',
        (Dress.BOARD, BlockKind.SUBHEADING): f"<P><B>{text}</B></P>",
        (Dress.BOARD, BlockKind.CAPTION): (
            f'<TABLE align="center" class="image"><TR><TD><IMG src="{picture}"></TD></TR>'
            f'<TR><TD align="center" class="caption"><I>{text}</I></TD></TR></TABLE>'
        ),
    }
    return table[article.dress, block.kind]


def _long_date(moment: datetime) -> str:
    local = moment.astimezone(VIETNAM)
    return f"{WEEKDAYS[local.weekday()]}, Ngày {local:%d/%m/%Y, %H:%M}"


def portal_list(base: str, placed: Sequence[Placed], further: Sequence[tuple[str, str]]) -> bytes:
    """The list page: each article by its picture and its headline, and once more as a share button spells it."""
    items = []
    for item in placed:
        # Relative to <base>, as SharePoint writes them.
        href = escape(item.path.rsplit("/", 1)[1])
        title = escape(item.article.title)
        items.append(
            f'<div class="Item"><a href="{href}"><img src="/images/{item.article.slug}.jpg" alt="" /></a>'
            f'<h3><a href="{href}">{title}</a></h3>'
            f'<a class="share" href="{href}&amp;utm_source=zalo">Chia sẻ Zalo</a></div>'
        )
    items += [
        f'<div class="Item"><h3><a href="{escape(path)}">{escape(title)}</a></h3></div>' for path, title in further
    ]
    fields = {"base": base, "viewstate": VIEWSTATE, "items": "\n".join(items)}
    return _template("portal_list.html").substitute(fields).encode()


def rss(base: str, placed: Sequence[Placed], further: Sequence[tuple[str, str]], now: datetime) -> bytes:
    """The feed, newest first; links carry the marks of a campaign, and one entry stands there twice."""
    entries = [(f"{item.url}?utm_source=rss&utm_medium=feed", item.article) for item in placed]
    rows = []
    for link, article in [*entries, *([(entries[0][0] + "&fbclid=IwAR0", entries[0][1])] if entries else [])]:
        dated = f"<pubDate>{_rfc822(article.published)}</pubDate>" if article.published else ""
        rows.append(
            f"<item><title><![CDATA[{article.title}]]></title><link>{escape(link)}</link>"
            f"<description><![CDATA[{article.lead}]]></description>{dated}</item>"
        )
    rows += [
        f"<item><title>{escape(title)}</title><link>{escape(base + path)}</link></item>" for path, title in further
    ]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0"><channel><title>Báo Mẫu điện tử</title>'
        f"<link>{base}/</link><description>Tin mới</description><lastBuildDate>{_rfc822(now)}</lastBuildDate>\n"
        + "\n".join(rows)
        + "\n</channel></rss>\n"
    ).encode()


def _rfc822(moment: datetime) -> str:
    return f"{moment.astimezone(VIETNAM):%a, %d %b %Y %H:%M:%S +0700}"


def sitemap(urls: Sequence[str], now: datetime) -> bytes:
    rows = "".join(
        f"<url><loc>{escape(url)}</loc><lastmod>{now.astimezone(VIETNAM):%Y-%m-%d}</lastmod></url>" for url in urls
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>\n'
    ).encode()


def sitemap_index(urls: Sequence[str], now: datetime) -> bytes:
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{now:%Y-%m-%d}</lastmod></sitemap>" for url in urls)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</sitemapindex>\n'
    ).encode()


def page_text(name: str) -> bytes:
    """A page of the folder as it stands."""
    return (files("reformwatch.demo") / "pages" / name).read_bytes()


@cache
def _template(name: str) -> Template:
    return Template(page_text(name).decode())
