"""PDF and Word documents, which portals publish in place of pages: text, title and date, without their layout."""

from __future__ import annotations
