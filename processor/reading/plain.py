"""Reads title, byline and date from a text whose markup was lost: a page copied by hand, a line of a corpus.

The text itself stays as it is, so that offsets into it hold. It is dressed in the least markup that keeps its lines
apart, and then read like any page.
"""

from __future__ import annotations

from dataclasses import replace
from html import escape
from itertools import takewhile

from processor.model import Article, DatePrecision, Page, PublishedAt
from processor.reading.date_forms import WrittenDate, written_dates
from processor.reading.extract import ReadingRules, read_page
from processor.text import fold

LONGEST_TITLE = 250
"""Characters; a longer line is a paragraph."""
SHORTEST_TITLE = 25
"""Characters; shorter lines above a text name its section."""
PARAGRAPH = 260
"""Characters from which a line is running text: the title stands above the first such line."""
HEAD_LINES = 15
TAIL_LINES = 8
LONGEST_DATE_LINE = 60
LETTERS_BESIDE_DATE = 16
"""A line with more letters than "Ngày đăng: " or "Thứ năm, ngày" says something else than when it was published."""


def read_plain(text: str, *, title: str | None, rules: ReadingRules) -> Article | None:
    """What can be read of the text's title, author, outlet and date; None when it is no article as it stands.

    `text` is in normal form. The article's own text is left to the caller, who knows the whole.
    """
    lines = text.split("\n")
    title = title or find_plain_title(lines, rules)
    body: list[str] = []
    for line in lines:
        tag = "h1" if line == title and "<h1>" not in "".join(body) else "p"
        body.append(f"<{tag}>{escape(line)}</{tag}>")
    if title and title not in lines:
        body.insert(0, f"<h1>{escape(title)}</h1>")
    html = f"<html><body><article>{''.join(body)}</article></body></html>"
    read = read_page(Page(url="about:blank", body=html.encode(), fetched_at=None, charset="utf-8"), rules=rules)
    if not isinstance(read, Article):
        return None
    return replace(read, published=_finest(read.published, lines))


def _finest(read: PublishedAt | None, lines: list[str]) -> PublishedAt | None:
    """The date among the lines that hold little else: the one that was read when its minute stands nearby, else it."""
    dated = [written for line in _edges(lines) if (written := _date_of(line))]
    same_day = [written for written in dated if read and written.at.date() == read.at.date()]
    for written in same_day if read else dated:
        if read is None or written.precision is DatePrecision.MINUTE:
            return PublishedAt(at=written.at, precision=written.precision, found_in="byline")
    return read


def _edges(lines: list[str]) -> list[str]:
    filled = [line for line in lines if line]
    return filled[:HEAD_LINES] + filled[HEAD_LINES:][-TAIL_LINES:]


def _date_of(line: str) -> WrittenDate | None:
    if len(line) > LONGEST_DATE_LINE:
        return None
    written = next(written_dates(line), None)
    if written is None:
        return None
    rest = line[: written.start] + line[written.end :]
    return written if sum(char.isalpha() for char in rest) <= LETTERS_BESIDE_DATE else None


def find_plain_title(lines: list[str], rules: ReadingRules) -> str | None:
    """The line above the running text that reads like a headline; None when there is none."""
    head = takewhile(lambda line: len(line) < PARAGRAPH, [line for line in lines if line][:HEAD_LINES])
    candidates = [line for line in head if len(line) <= LONGEST_TITLE and not rules.boilerplate.is_furniture(line)]
    headlines = [line for line in candidates if _is_headline(line)]
    return next(iter(headlines or candidates), None)


def _is_headline(line: str) -> bool:
    letters = sum(char.isalpha() for char in line)
    return len(line) >= SHORTEST_TITLE and letters > len(line) / 2 and not fold(line).startswith(("thứ ", "ngày "))
