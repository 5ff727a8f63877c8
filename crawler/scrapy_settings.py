"""Every setting Scrapy is run with. Its defaults are those of a development tool: two remote consoles, files as pages,
no certificate checks, a GiB per page; a test holds each of these to what stands here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scrapy.settings import Settings

from crawler.settings import PRODUCT, CrawlerSettings

REACTOR = "twisted.internet.asyncioreactor.AsyncioSelectorReactor"
_HANDLER = "crawler.transport.BoundedDownloadHandler"


def scrapy_settings(settings: CrawlerSettings, *, unverified_domains: Sequence[str] = ()) -> Settings:
    values: dict[str, Any] = {
        **_NETWORK,
        **_QUIET,
        "USER_AGENT": settings.user_agent,
        "DOWNLOAD_DELAY": settings.delay_seconds,
        "AUTOTHROTTLE_START_DELAY": settings.delay_seconds,
        "DOWNLOAD_MAXSIZE": settings.max_body_bytes,
        "DOWNLOAD_TIMEOUT": settings.timeout_seconds,
        "CONCURRENT_REQUESTS": settings.concurrency,
        "MEMUSAGE_LIMIT_MB": settings.memory_limit_bytes // (1024 * 1024),
        "REFORMWATCH_ALLOWED_NETWORKS": list(settings.allowed_networks),
        "REFORMWATCH_MAX_HEADER_BYTES": settings.max_header_bytes,
        "REFORMWATCH_UNVERIFIED_DOMAINS": list(unverified_domains),
    }
    return Settings(values)


_NETWORK: dict[str, Any] = {
    "TWISTED_REACTOR": REACTOR,
    "TWISTED_DNS_RESOLVER": "crawler.guard.GuardedResolver",
    "DOWNLOAD_HANDLERS": {
        "http": _HANDLER,
        "https": _HANDLER,
        "file": None,
        "data": None,
        "ftp": None,
        "s3": None,
    },
    "DOWNLOADER_MIDDLEWARES": {
        "crawler.middlewares.DomainMiddleware": 50,
        "crawler.middlewares.RobotsMiddleware": 100,
        "crawler.middlewares.EncodingMiddleware": 595,
        # These are replaced by ours, or by the frontier, which remembers attempts across restarts.
        "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
        "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
        "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
        "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    },
    "EXTENSIONS": {"crawler.middlewares.PauseExtension": 500},
    "DEFAULT_REQUEST_HEADERS": {
        "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language": "vi,en;q=0.5",
    },
    "DOWNLOAD_VERIFY_CERTIFICATES": True,
    "DOWNLOAD_WARNSIZE": 0,
    "DOWNLOAD_FAIL_ON_DATALOSS": True,
    "REDIRECT_MAX_TIMES": 5,
    "METAREFRESH_ENABLED": False,
    "COOKIES_ENABLED": False,
    "HTTPPROXY_ENABLED": False,
    "HTTPCACHE_ENABLED": False,
    "REFERER_ENABLED": True,
    "REFERRER_POLICY": "no-referrer",
    "ROBOTSTXT_OBEY": True,
    "ROBOTSTXT_USER_AGENT": PRODUCT,
    "RETRY_ENABLED": False,
    "RETRY_TIMES": 2,
    "AUTOTHROTTLE_ENABLED": True,
    "AUTOTHROTTLE_TARGET_CONCURRENCY": 1.0,
    "AUTOTHROTTLE_MAX_DELAY": 60.0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    # A delay is a promise of the least pause: no jitter may make it shorter.
    "DOWNLOAD_DELAY_JITTER": 0.0,
    "URLLENGTH_LIMIT": 2083,
    "REACTOR_THREADPOOL_MAXSIZE": 20,
}

_QUIET: dict[str, Any] = {
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
    # The composition root owns logging; Scrapy's loggers are held at WARNING by `crawler.run`.
    "LOG_ENABLED": False,
    "LOG_LEVEL": "WARNING",
    "LOGSTATS_INTERVAL": 0.0,
    "STATS_DUMP": False,
    "MEMUSAGE_ENABLED": False,
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "SPIDER_LOADER_WARN_ONLY": True,
}
