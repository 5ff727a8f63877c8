"""Pages that were fetched without error and yet hold no article, and the closed words for why."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from processor.reading.lines import running_length
from processor.reading.metadata import Metadata
from processor.reading.tree import Block, PageTree
from processor.text import fold

MIN_TEXT = 120
"""Characters below which a text is no article; the shortest notices of portals have about two hundred."""


class NotArticleReason(StrEnum):
    LISTING = "listing"
    """Links to articles, and no article."""
    EMPTY_POST = "empty_post"
    """A post with a title and no text."""
    LOGIN = "login"
    BLOCKED = "blocked"
    """The server refused a program, with status 200."""
    MAINTENANCE = "maintenance"
    NOT_FOUND = "not_found"
    """An error page with status 200."""
    ENCRYPTED_BODY = "encrypted_body"
    """The text arrives encrypted and is decoded by a script."""
    REDIRECT = "redirect"
    """The page only sends its reader on."""
    NO_TEXT = "no_text"
    UNREADABLE = "unreadable"
    """Too large, too intricate, or no markup that parses."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NotArticle:
    """A page without an article."""

    reason: NotArticleReason
    detail: str | None = None


_PHRASES: tuple[tuple[NotArticleReason, re.Pattern[str]], ...] = (
    (
        NotArticleReason.BLOCKED,
        re.compile(
            r"từ chối truy cập|truy cập bị từ chối|yêu cầu bị từ chối|bị chặn|"
            r"access (?:is )?(?:denied|refused|blocked)|"
            r"request (?:rejected|blocked)|403 forbidden|forbidden|captcha|just a moment|checking your browser|"
            r"attention required|verify(?:ing)? (?:that )?you are (?:a )?human|enable javascript and cookies|"
            r"xác (?:minh|thực) bạn không phải|too many requests|unusual traffic|support id|incident id"
        ),
    ),
    (
        NotArticleReason.MAINTENANCE,
        re.compile(
            r"(?:đang|tạm thời|trong quá trình) (?:được )?(?:bảo trì|nâng cấp)|bảo trì hệ thống|hệ thống bảo trì|"
            r"under maintenance|scheduled maintenance|temporarily unavailable|503 service"
        ),
    ),
    (
        NotArticleReason.NOT_FOUND,
        re.compile(
            r"không tìm thấy (?:trang|bài|nội dung|dữ liệu|kết quả)|trang (?:bạn|này) .{0,40}không tồn tại|"
            r"404 not found|page not found|error 404|lỗi 404|nội dung không tồn tại|bài viết không tồn tại|"
            r"an unexpected error has occurred"
        ),
    ),
    (
        NotArticleReason.LOGIN,
        re.compile(
            r"đăng nhập hệ thống|vui lòng đăng nhập|bạn (?:cần|phải) đăng nhập|tên đăng nhập|quên mật khẩu|"
            r"please (?:log|sign) in|forgot (?:your )?password"
        ),
    ),
)
_SHORT_TEXT = 300
_ENCRYPTED = re.compile(r"[A-Za-z0-9+/=]{600,}")
_DECRYPTS = ("decrypt", "Decrypt", "CryptoJS", "atob(")
_RELOADS = re.compile(r"document\.cookie|location\.(?:reload|href|replace)", re.IGNORECASE)


def refusal(page: PageTree, metadata: Metadata, text_length: int) -> NotArticleReason | None:
    """Why a page with little text is none: block, login, maintenance and error pages, stubs. None when unclear.

    `text_length` is what was found of an article; a page with a full one is never refused by its phrases.
    """
    visible = sum(block.length for block in page.blocks)
    if text_length > 1_500 or visible > 12_000:
        return None
    # In an article of some length the words would be its subject; in its headings they are the page's own.
    heard = (
        page.blocks[:60] if text_length < _SHORT_TEXT else [block for block in page.blocks[:60] if block.heading == 1]
    )
    said = fold(" ".join([metadata.title or "", *(block.text for block in heard)])[:4_000])
    if text_length < 1_000:
        for reason, pattern in _PHRASES:
            if pattern.search(said) and (reason is not NotArticleReason.LOGIN or _has_password_field(page)):
                return reason
    if text_length < MIN_TEXT and visible < 400:
        if metadata.refresh:
            return NotArticleReason.REDIRECT
        if any(script.text and _RELOADS.search(script.text[:5_000]) for script in page.root.iter("script")):
            return NotArticleReason.BLOCKED
        if _has_password_field(page):
            return NotArticleReason.LOGIN
    return None


def _has_password_field(page: PageTree) -> bool:
    return any((field.get("type") or "").lower() == "password" for field in page.root.iter("input"))


def is_encrypted(page: PageTree) -> bool:
    """Whether the page carries a long encrypted text and a script that decodes it."""
    scripts = [script.text for script in page.root.iter("script") if script.text]
    if not any(sign in script for script in scripts for sign in _DECRYPTS):
        return False
    if any(_ENCRYPTED.search(script[:400_000]) for script in scripts):
        return True
    return any(_ENCRYPTED.search(block.text) for block in page.blocks if block.length > 600) or any(
        len(value) > 600 and _ENCRYPTED.fullmatch(value[:100_000]) is not None
        for element in page.root.iter("div", "section", "article", "input", "textarea")
        for value in (*element.attrib.values(), (element.text or "").strip())
    )


def is_listing(page: PageTree, kept: Sequence[Block], metadata: Metadata) -> bool:
    """Whether the page offers many articles rather than one: most of its words are links or teasers between links."""
    if metadata.kind == "article":
        return False
    paragraphs = [block for block in kept if running_length(block) >= 80 and block.link_share < 0.3]
    prose = sum(map(running_length, paragraphs))
    linked = sum(1 for block in page.blocks if block.link_share > 0.8 and block.length >= 30)
    if prose < MIN_TEXT:
        return linked >= 8
    if not kept or sum(origin == "json-ld" for _, origin in metadata.published) == 1:
        # Only an article is declared with a date of its own; lists declare none, or one for each item.
        return False
    first, last = kept[0].index, kept[-1].index
    between = [block for block in page.blocks[first : last + 1] if block.link_share > 0.8 and block.length >= 30]
    return len(between) >= 5 and len(between) >= 0.7 * len(paragraphs)
