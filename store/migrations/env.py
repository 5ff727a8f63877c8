"""Alembic's entry: always runs on the connection that `store.migrate` hands over."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

import store.article_models
import store.models  # noqa: F401 - importing the modules declares their tables
from store.base import Base


def render_item(kind: str, value: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Write our own column types by name, so that a migration reads like the model."""
    if kind == "type" and type(value).__module__ == "store.types":
        autogen_context.imports.add("import store.types")
        return f"store.types.{type(value).__name__}()"
    if kind == "type" and type(value).__name__ == "JSON":
        autogen_context.imports.add("import store.types")
        return "store.types.Json"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=False,
    render_item=render_item,
)
with context.begin_transaction():
    context.run_migrations()
