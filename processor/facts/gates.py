"""A test that most sentences fail, before a pattern that costs more is asked."""

from __future__ import annotations


def may_hold(text: str, words: tuple[str, ...]) -> bool:
    """Whether any of the words stands in the text."""
    for word in words:  # noqa: SIM110 - twice as fast as any() over a generator
        if word in text:
            return True
    return False
