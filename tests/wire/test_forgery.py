"""Calls whose signature is made over something else, is forged, or that are written in an unusual wire_form."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest
from attrs import evolve

from conformance.wire.exchange import Call, Channel, Credentials, WireForm
from conformance.wire.forgery import FORGERIES, forged
from conformance.wire.signing import Origin, sign
from conformance.wire.verification import verify

KEY = Credentials("an-id", "a secret of some length")
ORIGIN = Origin("http://127.0.0.1:8080/", "127.0.0.1:8080")
RIGHT = {"v1": "OLeaidS1JvxuMvnyHOwuJ+uX5qY=", "v3": "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"}
WAYS = [
    Channel("json", s, m, p) for s in ("v1", "v3") for m, p in (("POST", "query"), ("POST", "form"), ("GET", "query"))
]
WIRE_FORMS = (
    WireForm(escapes="lower"), WireForm(escapes="every"), WireForm(space="+"), WireForm(star="*"),
    WireForm(split="own-in-form"),
    WireForm(split="last-in-form"), WireForm(media_type="Application/X-WWW-form-urlencoded; charset=UTF-8"),
    WireForm(chunked=True), WireForm(headers="capitals"), WireForm(path="elsewhere"),
)  # fmt: skip


def made(channel, **how):
    call = Call("DescribeTasks", "2014-05-26", (("Region", "a b*c,:é+"), ("Size", "2")), channel, **how)
    return sign(call, ORIGIN, KEY, "a-nonce", "2026-01-01T00:00:00Z", "a test")


def problems(request):
    return {p.id for p in verify(request, KEY)} - {"timestamp-window"}


@pytest.mark.parametrize("channel", WAYS, ids=str)
@pytest.mark.parametrize("wire_form", WIRE_FORMS, ids=lambda m: str(m)[7:60])
def test_whatever_the_manner_it_is_signed_as_it_stands(channel, wire_form):
    assert not problems(made(channel, wire_form=wire_form))


@pytest.mark.parametrize("channel", WAYS, ids=str)
@pytest.mark.parametrize("name", ["Region", "Size", "Other", "Action", "Timestamp", "SignatureNonce", ":method"])
def test_what_is_covered_does_not_travel(channel, name):
    plain, other = made(channel), made(channel, covered={name: "another"})
    assert "signature" in problems(other)
    without = re.compile(r"Signature=[^&,]*")
    assert without.sub("", plain.url) == without.sub("", other.url)
    assert without.sub("", plain.body.decode()) == without.sub("", other.body.decode())
    assert [(n, without.sub("", v)) for n, v in plain.headers] == [(n, without.sub("", v)) for n, v in other.headers]


@pytest.mark.parametrize("name", ["host", "x-acs-content-sha256", "Action", ":path", ":body"])
def test_v3_covers_headers_path_and_body(name):
    assert problems(made(WAYS[4], covered={name: "another"})) == {"signature"}


def test_a_header_that_is_not_covered_is_not_named():
    assert problems(made(WAYS[3], covered={"Action": None})) == {"uncovered"}


@pytest.mark.parametrize("version", ["v1", "v3"])
@pytest.mark.parametrize("forgery", sorted(FORGERIES))
def test_a_forgery_is_another_text_and_as_base64_another_value(version, forgery):
    right = RIGHT[version]
    made_of_it = forged(right, forgery)
    assert made_of_it != right
    if version == "v1" and len(made_of_it) == len(right):
        assert b64decode(made_of_it) != b64decode(right)


def test_manners_change_what_is_written():
    written = {(r.url, r.body, r.headers) for m in (WireForm(), *WIRE_FORMS) for r in [made(WAYS[1], wire_form=m)]}
    assert len(written) == len(WIRE_FORMS) + 1
    assert "Transfer-Encoding" in dict(made(evolve(WAYS[1]), wire_form=WireForm(chunked=True)).headers)
