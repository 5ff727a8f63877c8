"""What every crawler of the tests imports, once and for all of them; imported by the process they are forked from."""

from __future__ import annotations

from tests.parts.crawler_process import resolve_as_an_attacker_would

resolve_as_an_attacker_would()

import crawler.run  # noqa: E402, F401
