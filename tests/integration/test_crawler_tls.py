"""Certificates are verified; a source whose registry entry opts out is read all the same, and only that one."""

from __future__ import annotations

import datetime as dt
import ssl
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.parts.crawl_scene import CrawlScene, crawl_scene
from tests.parts.crawler_process import source
from tests.parts.site import Site, rss


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[CrawlScene]:
    with crawl_scene(tmp_path) as built:
        yield built


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a site of the test")])
    now = dt.datetime.now(dt.UTC)
    addresses = [x509.IPAddress(ip_address(f"127.0.0.{number}")) for number in (1, 2)]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(addresses), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = tmp_path / "site.pem"
    pem.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def test_a_site_whose_certificate_nobody_vouches_for_is_read_only_if_its_source_opts_out(
    scene: CrawlScene, tls: ssl.SSLContext
) -> None:
    with Site("127.0.0.1", tls=tls) as strict, Site("127.0.0.2", tls=tls) as lenient:
        for site in (strict, lenient):
            site.put("/feed.xml", rss([(site.url("/a"), "A")]))
            site.put("/a", "a")
        scene.register(
            source("strict", {"feed": strict.url("/feed.xml")}, allowed_domains=["127.0.0.1"]),
            source(
                "lenient",
                {"feed": lenient.url("/feed.xml")},
                allowed_domains=["127.0.0.2"],
                home=lenient.url(),
                verify_tls=False,
            ),
        )
        scene.crawl()
        assert strict.paths() == []
        assert [page.url for page in scene.published()] == [lenient.url("/a")]
        assert "certificate" in scene.source("strict").last_error
