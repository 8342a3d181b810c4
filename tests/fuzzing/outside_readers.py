"""Readers of keys and certificates, of what proxies and package managers answer, and of overlays of services: valid
inputs, and the errors for others.
"""

from __future__ import annotations

import io
import json
import tarfile
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from conformance.contract.files import ContractError
from conformance.derive.overlay import load_service_overlay
from conformance.drivers import answers, maven
from conformance.drivers import npm as npm_packages
from conformance.drivers.recipe import recipe
from conformance.drivers.toolchain import InstallFailed
from conformance.drivers.workshop import Workshop
from conformance.errors import Refusal
from conformance.report import signature
from conformance.report.certificate import certify
from conformance.report.events import to_line
from conformance.report.service_run import event_lines, service_certificate, service_run_of
from conformance.report.service_verification import verify_service
from conformance.report.signature import BadKey
from conformance.wire.connection import BadRoute, NoConnection, Route, _tunnel
from tests.fuzzing.foreign_readers import Told
from tests.fuzzing.kept_readers import put, service_run
from tests.report.streams import entry, run
from tests.wire.certificates import Authority

POM = (
    b'<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion><parent><groupId>g</groupId>'
    b"<version>1.0</version></parent><artifactId>a</artifactId><version>1.2</version></project>"
)
LOCK = {
    "packages": {
        "": {"name": "driver"},
        "node_modules/@a/b": {"version": "1.2.3"},
        "node_modules/c/node_modules/d": {"version": "0.1.0-beta.1"},
        "node_modules/e": {"link": True},
    }
}
NPM = ["1.0.0", "1.0.1-beta.2", "2.0.0"]
PIP = b"a (2.0)\nAvailable versions: 2.0, 1.0.post1, 1.0rc1, 1!0.9+local\n  INSTALLED: 2.0\n"
MAVEN = b"<metadata><versioning><versions><version>1.0</version><version>1.1-SNAPSHOT</version></versions></versioning>"
RESOLVED = (
    b"\nThe following files have been resolved:\n   com.aliyun:a:jar:1.0:compile\n   g:b:jar:linux:2:runtime\x1b[36m\n"
)
GO = b"github.com/a/b v1.0.0 v1.1.0 v2.0.0+incompatible\n"
OVERLAY = {"kinds": {"ListA": "list"}, "resources": {"ListA": "A"}, "operations": {"ListA": {"notes": ["n"]}}}
TUNNELS = (
    b"HTTP/1.1 200 Connection established\r\nVia: 1.1 p\r\n\r\n",
    b"HTTP/1.0 200 OK\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
)


@cache
def key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def private(made: Any) -> bytes:
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public(made: Any) -> bytes:
    return made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


@cache
def certified() -> tuple[bytes, bytes]:
    """A certificate, and the stream that it is of."""
    made = run([entry("a.b"), entry("a.c", "SHOULD")], [("a.b", "passed", "json"), ("a.c", "warned")])
    events = "".join(map(to_line, made.events())).encode()
    return certify(events), events


@cache
def of_service() -> bytes:
    """The certificate of a run over a service."""
    events = service_run()
    return json.dumps(service_certificate(service_run_of(event_lines(events.decode())), events)).encode()


def private_key(folder: Path, data: bytes) -> object:
    return signature.sign(certified()[0], data)


def public_key(folder: Path, data: bytes) -> object:
    certificate, events = certified()
    return signature.verify(signature.sign(certificate, private(key())), events, data)


def signed(folder: Path, data: bytes) -> object:
    return signature.verify(data, certified()[1], public(key()), "http://127.0.0.1:4000")


def service_certified(folder: Path, data: bytes) -> object:
    return verify_service(data, service_run(), "somewhere", folder)


def service_judged(folder: Path, data: bytes) -> object:
    return verify_service(of_service(), data, None, folder)


def tunnel(folder: Path, data: bytes) -> object:
    """What a proxy answers to CONNECT."""
    return _tunnel(Told(data), "ecs.example.com", 443, "http://user:word@127.0.0.1:1")  # type: ignore[arg-type]


def trusted(folder: Path, data: bytes) -> object:
    return Route(ca_file=put(folder, "ca.pem", data))


def shown_to_the_server(folder: Path, data: bytes) -> object:
    """A client certificate with its key in one file."""
    return Route(client_cert=put(folder, "client.pem", data))


@cache
def chain() -> tuple[bytes, bytes]:
    """The certificate of an authority, and one that it signed with its key."""
    with tempfile.TemporaryDirectory() as name:
        authority = Authority.made(Path(name))
        certificate, own = authority.signed("client")
        return authority.file.read_bytes(), certificate.read_bytes() + own.read_bytes()


def npm_package(folder: Path, data: bytes) -> object:
    """What a tarball of npm says of itself."""
    with tarfile.open(folder / "x.tgz", "w:gz") as archive:
        entry = tarfile.TarInfo("package/package.json")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
    return npm_packages.offered(recipe("node-pop-core"), folder / "x.tgz", None, folder, Workshop(folder))


def text_of(read: Callable[[str], object]) -> Callable[[Path, bytes], object]:
    """A reader of what a program has printed, which is read as UTF-8 whatever it is."""
    return lambda folder, data: read(data.decode("utf-8", "replace"))


def npm(text: str) -> object:
    """Either answer of npm."""
    return answers.npm_packages(text) if '"packages"' in text else answers.npm_releases(text)


def pip(text: str) -> object:
    return answers.pip_packages(text) if text.startswith("[") else answers.pip_releases(text)


def of_maven(text: str) -> object:
    return answers.maven_releases(text), answers.maven_packages(text)


def of_go(text: str) -> object:
    return answers.go_zip(text) if text.startswith("{") else (answers.go_releases(text), answers.go_packages(text))


def outside_readers() -> tuple[tuple[str, Sequence[bytes], Any, tuple[type[Exception], ...], Sequence[Any]], ...]:
    """Name, seeds, reader, errors, and trees of each."""
    authority, client = chain()
    plain, packages = certified()[0], [{"name": "a", "version": "1.0"}]
    envelope = signature.sign(plain, private(key()))
    return (
        ("private key", [private(key())], private_key, (BadKey,), ()),
        ("public key", [public(key())], public_key, (BadKey,), ()),
        ("signed certificate", [envelope, plain], signed, (), [json.loads(envelope), json.loads(plain)]),
        ("certificate of a service", [of_service()], service_certified, (), [json.loads(of_service())]),
        ("stream of a certified service", [service_run()], service_judged, (),
         [json.loads(line) for line in service_run().splitlines()]),
        ("certificates to trust", [authority], trusted, (BadRoute,), ()),
        ("client certificate", [client], shown_to_the_server, (BadRoute,), ()),
        ("answer of a proxy", TUNNELS, tunnel, (NoConnection,), ()),
        ("answers of npm", [json.dumps(v).encode() for v in (NPM, NPM[0], LOCK)], text_of(npm), (InstallFailed,),
         [NPM, LOCK]),
        ("answers of pip", [PIP, json.dumps(packages).encode()], text_of(pip), (InstallFailed,), [packages]),
        ("answers of Maven", [MAVEN, RESOLVED], text_of(of_maven), (InstallFailed,), ()),
        ("answers of go", [GO, GO.replace(b" ", b"\n"), b'{"Zip": "/x/y.zip"}'], text_of(of_go), (InstallFailed,),
         [{"Zip": "/x", "Version": "v1"}]),
        ("pom", [POM], lambda f, d: maven._named(put(f, "pom.xml", d)), (Refusal,), ()),
        ("package of npm", [b'{"name": "@a/b", "version": "1.0.0"}'], npm_package, (Refusal,),
         [{"name": "a", "version": "1.0.0", "scripts": {}}]),
        ("overlay of a service", [json.dumps(OVERLAY).encode()],
         lambda f, d: load_service_overlay(put(f, "overlay.yaml", d)), (ContractError,), [OVERLAY]),
    )  # fmt: skip
