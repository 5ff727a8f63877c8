"""x"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class SketchRecord:
    sketch: bytes
    bands: tuple[int, ...]
    subject: str | None
    places: tuple[str, ...]
    figures: Mapping[str, int]
    names: Mapping[str, int]
    title: tuple[str, ...]
