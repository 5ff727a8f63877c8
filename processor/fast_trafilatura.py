"""Runs trafilatura as the second reading of a page."""

from __future__ import annotations

from lxml.html import HtmlElement
from trafilatura import bare_extraction


def second_reading(root: HtmlElement) -> str | None:
    """trafilatura's text of a parsed page, or None when it finds none. The tree is not changed."""
    document = bare_extraction(root, include_comments=False, fast=True, favor_recall=True)
    return document.text if document is not None else None
