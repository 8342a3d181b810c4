"""Certificates of an instrumented endpoint: an authority made up for one case, and what it signs or does not."""

from __future__ import annotations

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from attrs import frozen
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Kind = Literal["trusted", "expired", "wrong-host", "self-signed"]
# by which variables the common HTTP libraries of each language are told of a further authority
TRUSTING = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
# a Java has no such variable but one for options of any kind; its trust store has a form and a password of its own
JAVA_OPTIONS = "JAVA_TOOL_OPTIONS"
_PASSWORD = "changeit"
_DAY = timedelta(days=1)


@frozen
class Authority:
    """An authority and one certificate, in files of a folder: `trusted` is what a client is told to trust.

    All but one thing is right about the certificate: it has expired, is of another host, or is signed by nobody.
    """

    folder: Path
    kind: Kind

    @property
    def trusted(self) -> Path:
        """The authority's own certificate, as PEM."""
        return self.folder / "authority.pem"

    @property
    def environment(self) -> dict[str, str]:
        """What tells a process to trust the authority."""
        store = {"": str(self.trust_store), "Type": "PKCS12", "Password": _PASSWORD}
        options = " ".join(f'"-Djavax.net.ssl.trustStore{name}={value}"' for name, value in store.items())
        return {**dict.fromkeys(TRUSTING, str(self.trusted)), JAVA_OPTIONS: options}

    @property
    def trust_store(self) -> Path:
        """The same as a trust store of Java."""
        return self.folder / "authority.p12"

    def context(self) -> ssl.SSLContext:
        """Make both, and what a server needs to show the certificate."""
        authority, own = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        now = datetime.now(UTC)
        root = _named("private authority")
        trusted = _certificate(root, root, authority, authority, now + _DAY, None)
        self.trusted.write_bytes(_pem(trusted))
        protection = serialization.BestAvailableEncryption(_PASSWORD.encode())
        store = pkcs12.serialize_java_truststore([pkcs12.PKCS12Certificate(trusted, b"authority")], protection)
        self.trust_store.write_bytes(store)
        host = "another.invalid" if self.kind == "wrong-host" else "localhost"
        until = now - _DAY if self.kind == "expired" else now + _DAY
        name = _named(host)
        alone = self.kind == "self-signed"
        leaf = _certificate(name, name if alone else root, own, own if alone else authority, until, host)
        shown = self.folder / "endpoint.pem"
        key = own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        shown.write_bytes(_pem(leaf) + key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(shown)
        return context


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    until: datetime,
    host: str | None,
) -> x509.Certificate:
    """A certificate of the key: for a host, or of an authority without one."""
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(min(until, datetime.now(UTC)) - 2 * _DAY).not_valid_after(until)
    made = made.add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    made = made.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    made = made.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
    made = made.add_extension(_usage(host is None), critical=True)
    if host is not None:
        names: list[x509.GeneralName] = [x509.DNSName(host)]
        if host == "localhost":
            names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    return made.sign(signer, hashes.SHA256())


def _usage(authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
