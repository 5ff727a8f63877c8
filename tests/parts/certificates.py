"""A throw-away certificate authority and a server certificate, made by the JDK's keytool."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

from tests.parts.toolchain import program

PASSWORD: Final = "for-tests-only"


def make_server_certificate(folder: Path, *, host: str = "localhost") -> tuple[Path, Path]:
    """A PKCS#12 key store for the server and the CA's certificate in PEM, for clients. Raises `PartMissing`."""
    authority, server = folder / "ca.p12", folder / "server.p12"
    _keytool(authority, "-genkeypair", "-alias", "ca", "-dname", "CN=Test CA", "-ext", "bc:c", *_KEY)
    _keytool(server, "-genkeypair", "-alias", "server", "-dname", f"CN={host}", *_KEY)
    ca_pem = folder / "ca.pem"
    ca_pem.write_bytes(_keytool(authority, "-exportcert", "-alias", "ca", "-rfc"))
    request = _keytool(server, "-certreq", "-alias", "server")
    signed = _keytool(
        authority, "-gencert", "-alias", "ca", "-ext", f"san=dns:{host}", "-validity", "30", "-rfc", data=request
    )
    _keytool(server, "-importcert", "-alias", "ca", "-noprompt", data=ca_pem.read_bytes())
    _keytool(server, "-importcert", "-alias", "server", "-noprompt", data=signed)
    return server, ca_pem


_KEY: Final = ("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30")


def _keytool(store: Path, *arguments: str, data: bytes | None = None) -> bytes:
    command = [
        str(program("keytool")),
        *arguments,
        "-keystore",
        str(store),
        "-storetype",
        "PKCS12",
        "-storepass",
        PASSWORD,
    ]
    return subprocess.run(command, input=data, capture_output=True, check=True, timeout=60).stdout
