"""The registry of the demo portal's three sites, as an operator would write it."""

from __future__ import annotations

from datetime import date
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from reformwatch.demo.articles import Dress
from reformwatch.demo.site import PRIVATE_ADDRESS, DemoSite

SOURCE_IDS: Final = {Dress.PORTAL: "demo-portal", Dress.NEWS: "demo-news", Dress.BOARD: "demo-board"}
EVIDENCE: Final = "The demo made this site itself."


def demo_registry(site: DemoSite, *, poll_seconds: float = 5.0, delay_seconds: float = 0.2) -> str:
    """The registry as YAML text, to be written to a file for `REFORMWATCH_SOURCES`."""
    entries: dict[Dress, dict[str, Any]] = {
        Dress.PORTAL: {
            "name": "Cổng mẫu kiểu SharePoint",
            "kind": "service_centre",
            "province": "Long An",
            "official": True,
            "entry": {
                "list": "/Lists/TinTuc/AllItems.aspx",
                "link_selector": ".ListNews a",
                "link_pattern": r"View_Detail\.aspx\?|/Attachments/",
            },
        },
        Dress.NEWS: {
            "name": "Báo Mẫu điện tử",
            "kind": "newspaper",
            "province": "Long An",
            "official": True,
            "entry": {"feed": "/rss/home.rss"},
            # As if somebody had allowed it by mistake: the address guard is the last line, and the demo shows it.
            "also_allowed": [urlsplit(PRIVATE_ADDRESS).hostname],
        },
        Dress.BOARD: {
            "name": "Cổng huyện mẫu, làm bằng bảng",
            "kind": "district_portal",
            "province": None,
            "official": True,
            "entry": {"sitemap": "/sitemap.xml"},
        },
    }
    sources = [
        _source(site, dress, entry, poll_seconds=poll_seconds, delay_seconds=delay_seconds)
        for dress, entry in entries.items()
    ]
    return yaml.safe_dump({"sources": sources}, allow_unicode=True, sort_keys=False)


def _source(
    site: DemoSite, dress: Dress, entry: dict[str, Any], *, poll_seconds: float, delay_seconds: float
) -> dict[str, Any]:
    base = site.bases[dress]
    point = {
        name: base + value if name in {"list", "feed", "sitemap"} else value for name, value in entry["entry"].items()
    }
    return {
        "id": SOURCE_IDS[dress],
        "name": entry["name"],
        "kind": entry["kind"],
        "home": f"{base}/",
        "province": entry["province"],
        "official": entry["official"],
        "entry_points": [point],
        "allowed_domains": [urlsplit(base).hostname, *entry.get("also_allowed", [])],
        "poll_seconds": poll_seconds,
        "delay_seconds": delay_seconds,
        "established": date(2026, 11, 24),
        "evidence": EVIDENCE,
    }
