"""Which files an article links as its own, and which links beside it are not followed."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from processor.model import Article, Page
from processor.reading.document_links import MAX_DOCUMENTS
from processor.reading.extract import ReadingRules, read_page
from processor.reading.layout import learn_profile
from processor.reading.profiles import read_with_profile
from tests.parts.pages import REFORM

URL = "https://www.tinh.example.vn/tin/bai-1"
TEXT = "".join(f"<p>{sentence}</p>" for sentence in (*REFORM, *REFORM))


def page(body: str, *, head: str = "", number: int = 0) -> Page:
    title = f"Tỉnh ban hành kế hoạch cải cách hành chính số {number}"
    html = f"<html><head><title>{title}</title>{head}</head><body><div class=site><h1>{title}</h1>{body}</div></body>"
    return Page(url=URL, body=html.encode(), fetched_at=None)


def documents(body: str, *, head: str = "") -> list[str]:
    article = read_page(page(body, head=head))
    assert isinstance(article, Article)
    return [link.url.removeprefix("https://www.tinh.example.vn") for link in article.documents]


def link(path: str, text: str = "Quyết định số 12/QĐ-UBND") -> str:
    return f"<a href='{path}'>{text}</a>"


def test_files_linked_in_the_text_are_its_documents_in_the_order_of_the_page() -> None:
    body = (
        f"<div class=content>{TEXT}<p>Theo {link('/a.pdf')} và {link('b.docx')}, {link('/c.DOC?v=2#page=3')}.</p></div>"
    )
    assert documents(body) == ["/a.pdf", "/tin/b.docx", "/c.DOC?v=2"]


def test_a_portal_may_put_the_files_identity_behind_its_name() -> None:
    path = "/documents/10180/0/QD+12.pdf/0f5a3c1e-7d27-4b1f-9a55-6f0f9a3a1b2c"
    assert documents(f"<div class=content>{TEXT}<p>Theo {link(f'{path}?t=1')} của tỉnh.</p></div>") == [f"{path}?t=1"]


@pytest.mark.parametrize(
    "href",
    ["/trang.html", "/tai-ve?file=a.pdf", "mailto:a@b.vn?x=.pdf", "javascript:open('a.pdf')", "ftp://tinh.vn/a.pdf"],
)
def test_what_is_no_file_of_the_web_is_none(href: str) -> None:
    assert documents(f'<div class=content>{TEXT}<p>Xem <a href="{href}">văn bản</a> này.</p></div>') == []


def test_an_address_is_made_whole_and_canonical_as_the_frontier_keeps_it() -> None:
    base = "<base href='https://www.tinh.example.vn/goc/'>"
    hrefs = ["a%20b.pdf?utm_source=x", "HTTPS://WWW.TINH.example.vn/goc/a b.pdf", "K%E1%BA%BF ho%E1%BA%A1ch.pdf"]
    body = f"<div class=content>{TEXT}<p>Xem {' '.join(map(link, hrefs))} kèm theo văn bản này của tỉnh.</p></div>"
    assert documents(body, head=base) == ["/goc/a%20b.pdf", "/goc/K%E1%BA%BF%20ho%E1%BA%A1ch.pdf"]


def test_menus_side_columns_and_lists_of_other_articles_are_not_the_articles() -> None:
    body = (
        f"<nav>{link('/menu.pdf')}</nav><div class=menu-top>{link('/menu2.pdf')}</div>"
        f"<div class=content>{TEXT}<div class=related>{link('/lien-quan.pdf')}</div>"
        f"<p>Tin liên quan</p><ul><li>{link('/khac.pdf', 'Tin khác của tỉnh trong tuần qua')}</li></ul></div>"
        f"<div class=sidebar>{link('/ben.pdf')}</div><div>Văn bản mới {link('/moi.pdf')} {link('/x.html')}</div>"
        f"<footer>{link('/chan.pdf')}</footer>"
    )
    assert documents(body) == []


@pytest.mark.parametrize(
    "box",
    [
        "<div>Tệp đính kèm: {file} {page}</div>",
        "<div class=attachments>{file} {page}</div>",
        "<ul><li>{file}</li></ul>",
        "<div class=tools>{page}</div><table id=dinhkem><tr><td>1</td><td>{file}</td></tr></table>",
    ],
)
def test_a_box_of_attachments_behind_the_text_belongs_to_it(box: str) -> None:
    shown = box.format(file=link("/kem.pdf", "Tải về"), page=link("/xem.html", "Xem"))
    assert documents(f"<div class=detail><div class=content>{TEXT}</div>{shown}</div>") == ["/kem.pdf"]


def test_a_box_behind_the_heading_of_other_articles_does_not() -> None:
    other = f"<h3>Tin liên quan</h3><div>Tệp đính kèm {link('/khac.pdf')}</div>"
    assert documents(f"<div class=detail><div class=content>{TEXT}</div>{other}</div>") == []


def test_a_link_is_told_by_the_words_that_name_the_document() -> None:
    body = (
        f"<div class=content>{TEXT}<p><a href=/1.pdf><img src=i.png></a> {link('/1.pdf', 'Tải về')}, "
        f"{link('/1.pdf', 'Kế hoạch cải cách  hành chính')}, {link('/2.pdf', 'QD_12.pdf')}, <a href=/3.pdf><img></a>, "
        f"{link('/4.pdf', 'Xem file đính kèm tại đây')} của tỉnh trong năm nay.</p></div>"
    )
    article = read_page(page(body))
    assert isinstance(article, Article)
    assert [(each.text, each.title) for each in article.documents] == [
        ("Kế hoạch cải cách hành chính", "Kế hoạch cải cách hành chính"),
        ("QD_12.pdf", None),
        (None, None),
        ("Xem file đính kèm tại đây", None),
    ]


def test_no_more_files_than_the_limit_are_taken() -> None:
    links = " ".join(f"<p>Xem {link(f'/{number}.pdf')} của tỉnh.</p>" for number in range(3 * MAX_DOCUMENTS))
    assert documents(f"<div class=content>{TEXT}{links}</div>") == [f"/{number}.pdf" for number in range(MAX_DOCUMENTS)]


def test_a_learned_layout_gives_the_same_documents() -> None:
    def numbered(number: int) -> Page:
        text = TEXT.replace("tỉnh", f"tỉnh thứ {number}")
        kem = f"<p>Kèm theo {link('/trong.pdf')} của tỉnh.</p></div><div class=attach>{link('/kem.pdf')}</div>"
        return page(f"<div class=detail><div class=content>{text}{kem}</div>", number=number)

    rules = ReadingRules.load()
    pages: Sequence[Page] = [numbered(number) for number in range(6)]
    profile = learn_profile(pages, rules=rules)
    assert profile is not None
    for each in pages:
        special, general = read_with_profile(each, profile, rules=rules), read_page(each, rules=rules)
        assert isinstance(special, Article)
        assert isinstance(general, Article)
        assert special.documents == general.documents
        assert len(general.documents) == 2


@pytest.mark.parametrize(
    "hostile",
    [
        "<a href='" + "/.pdf" * 200_000 + "'>x</a>",
        "<a href=/a.pdf>x</a>" * 50_000,
        "<div><a href=/a.pdf>" + "đính " * 200_000 + "</a></div>",
        "<div>" * 200 + "<a href=/a.pdf>x</a>" * 1_000 + "</div>" * 200,
    ],
    ids=["address", "links", "text", "depth"],
)
def test_a_hostile_page_costs_little_more_than_without_its_files(hostile: str) -> None:
    def seconds(body: str) -> float:
        started = time.process_time()
        read_page(page(f"<div class=content>{TEXT}</div>{body}"))
        return time.process_time() - started

    assert seconds(hostile) < seconds(hostile.replace(".pdf", ".htm")) * 1.5 + 0.3
