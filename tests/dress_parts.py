"""What the dresses are made of: the article to be dressed, and the furniture that pages put around articles."""

from __future__ import annotations

import base64
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from random import Random

from processor.model import VIETNAM_TIME, DatePrecision

FETCHED = datetime(2026, 1, 5, 1, 30, tzinfo=UTC)
"""When the pages were fetched: 08:30 in Vietnam, which is what the clocks on them show."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Worn:
    """An article to be dressed, and so the truth about the page."""

    title: str
    paragraphs: tuple[str, ...]
    lead: str | None = None
    captions: tuple[str, ...] = ()
    author: str | None = None
    outlet: str | None = None
    published: datetime | None = None
    precision: DatePrecision = DatePrecision.MINUTE
    headings: frozenset[str] = frozenset()

    @property
    def text(self) -> str:
        return "\n".join([*([self.lead] if self.lead else []), *self.paragraphs])


def seed_articles() -> dict[str, Worn]:
    """The seeds as articles: their text without what is furniture or belongs to the byline."""
    seeds = files("seeds")
    gold = json.loads(seeds.joinpath("gold.json").read_text("utf-8"))["seeds"]
    found = {}
    for seed in gold:
        lines = seeds.joinpath(seed["file"]).read_text("utf-8").split("\n")
        line = {number: " ".join(text.split()) for number, text in enumerate(lines, 1)}
        main = [line[number] for number in seed["main_lines"] if number not in seed["meta_lines"]["title"]]
        published, precision = None, DatePrecision.MINUTE
        if seed["published"]:
            published = datetime.fromisoformat(seed["published"])
            if len(seed["published"]) == 10:
                published, precision = published.replace(tzinfo=VIETNAM_TIME), DatePrecision.DAY
        captions = [line[number] for number in seed["meta_lines"].get("caption", ())]
        found[seed["file"][:3]] = Worn(
            title=seed["title"], lead=main[0], paragraphs=tuple(main[1:]), captions=tuple(dict.fromkeys(captions)),
            author=seed["author"], outlet=seed["source"], published=published, precision=precision,
            headings=frozenset(line[number] for number in seed["meta_lines"].get("subheading", ())),
        )  # fmt: skip
    return found


def slug(text: str) -> str:
    """A title as it stands in an address."""
    plain = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "-".join(re.findall("[a-z0-9]+", "".join(letter for letter in plain if not unicodedata.combining(letter))))


_OTHER_TITLES = (
    "Huyện ven biển ra mắt mô hình ngày thứ sáu không giấy hẹn",
    "Hội thi tìm hiểu pháp luật về phòng cháy cho thanh niên công nhân",
    "Khai mạc giải bóng chuyền truyền thống chào mừng ngày thành lập tỉnh",
    "Thông báo lịch tiếp công dân định kỳ của lãnh đạo tháng này",
    "Nông dân phấn khởi vì lúa đông xuân được mùa, được giá",
    "Đoàn công tác khảo sát tiến độ đường vành đai phía tây",
    "Ra quân dọn vệ sinh kênh rạch tại các khu dân cư",
    "Tập huấn kỹ năng số cho tổ công nghệ cộng đồng các xã",
)
MENU = (
    "Trang chủ", "Giới thiệu", "Tin tức - Sự kiện", "Chỉ đạo điều hành", "Cải cách hành chính", "Thủ tục hành chính",
    "Văn bản", "Lịch công tác", "Hỏi đáp", "Đất nước - Con người", "Thư viện ảnh", "Liên hệ", "UBND xã Tân Lập",
    "UBND xã Hòa Phú",
    "UBND thị trấn Đông Thành", "Đồng Nai", "Bình Dương", "Tiền Giang", "Tây Ninh", "Cần Thơ",
)  # fmt: skip
_TEASER = (
    "Sáng cùng ngày, đông đảo đoàn viên, hội viên đã tham gia phát quang bụi rậm, thu gom rác thải và trồng cây "
    "xanh dọc hai bên tuyến kênh, góp phần giữ gìn cảnh quan môi trường của địa phương."
)


def menu(tag: str = "ul") -> str:
    item = "li" if tag == "ul" else "td"
    links = "".join(f'<{item}><a href="/m{i}.aspx">{name}</a></{item}>\n' for i, name in enumerate(MENU))
    return f"<{tag}>{links}</{tag}>" if tag == "ul" else f"<table><tr>{links}</tr></table>"


def other_links(*, dates: bool = True, teasers: bool = False, count: int = 6) -> str:
    items = []
    for i, title in enumerate(_OTHER_TITLES[:count]):
        date = f' <span class="ShowDate">({14 - i:02d}/07/2024)</span>' if dates else ""
        teaser = f"<p>{_TEASER}</p>" if teasers else ""
        items.append(f'<li><a href="/tin/{slug(title)}-{1000 + i}.html">{title}</a>{date}{teaser}</li>')
    return "<ul>" + "\n".join(items) + "</ul>"


def view_state(size: int = 24_000) -> str:
    return base64.b64encode(Random(size).randbytes(size)).decode()


def with_captions(
    worn: Worn,
    paragraph: Callable[[str], str],
    picture: Callable[[str], str],
    heading: Callable[[str], str] | None = None,
) -> str:
    """The paragraphs with the images between them."""
    parts = []
    captions = list(worn.captions)
    for number, text in enumerate(worn.paragraphs):
        if captions and number in {1, 4, 7}:
            parts.append(picture(captions.pop(0)))
        parts.append((heading or paragraph)(text) if text in worn.headings else paragraph(text))
    parts.extend(picture(caption) for caption in captions)
    return "\n".join(parts)


def whole_page(head: str, body: str, *, lang: str = "vi") -> str:
    head = f'<meta charset="utf-8">\n{head}'
    return f'<!DOCTYPE html>\n<html lang="{lang}">\n<head>\n{head}\n</head>\n<body>\n{body}\n</body>\n</html>'
