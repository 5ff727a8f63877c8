"""What is known beforehand, in tables so that one query can hold claims against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from store.article_models import Indicator, OfficialIndex
from store.database import Database


def refresh(
    database: Database, *, indicators: Sequence[Mapping[str, Any]], official: Sequence[Mapping[str, Any]]
) -> None:
    """Replace both tables. The mappings carry the columns' names; readers see the old rows or the new, never none."""
    with database.transaction() as connection:
        for table, rows in ((Indicator, indicators), (OfficialIndex, official)):
            connection.execute(sa.delete(table))
            if rows:
                connection.execute(sa.insert(table), [dict(row) for row in rows])
