"""Requests that look at every side of the reference once, the same each time, for comparing servers."""

from __future__ import annotations

import itertools
import random
import time
from datetime import datetime, timedelta

from attrs import evolve

from conformance.reference.application import Application, fresh_ids
from conformance.reference.message import Request
from tests.reference.client import KEY, Names, v1_request, v3_request

NOW = 1_700_000_000.0
OTHER = evolve(KEY, access_key_secret="another secret")
UNKNOWN = evolve(KEY, access_key_id="nobody")
AWKWARD = "a b+c*d~e%25&=é中😀"


def stamp(offset=0.0):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(NOW + offset))


def application(contract, protocol, store, faults=(), variants=(), dialect=None):
    taken = {k: v for change in (*faults, *variants) for k, v in change.dialect.items()} | (dialect or {})
    return Application(
        contract,
        protocol,
        store,
        [KEY],
        taken,
        replacements=[replacement for change in (*faults, *variants) for replacement in change.replacements],
        clock=lambda: NOW,
        request_ids=fresh_ids(7),
    )


class Probes:
    """Requests with a fixed clock and nonces of their own."""

    def __init__(self, store):
        self.first, self.second, self.third, self.fourth = store.regions
        self.items, self.others = store.regions[self.first], store.regions[self.second]
        self._nonces = itertools.count(1)

    def v1(self, parameters, common=None, **how):
        stamped = {"Timestamp": stamp(), "SignatureNonce": f"nonce {next(self._nonces)}", **(common or {})}
        return evolve(v1_request(parameters, common=stamped, **how), connection=1)

    def v3(self, parameters, common=None, **how):
        stamped = {"x-acs-date": stamp(), "x-acs-signature-nonce": f"nonce {next(self._nonces)}", **(common or {})}
        return evolve(v3_request(parameters, common=stamped, **how), connection=1)

    def some_ways(self, number, parameters):
        """Three of six ways, by turns."""
        ways = (
            lambda: self.v1(parameters), lambda: self.v1(parameters, method="POST", form=True, format=None),
            lambda: self.v3(parameters, format="xml"), lambda: self.v1(parameters, format="XML"),
            lambda: self.v3(parameters, form=True), lambda: self.v3(parameters, method="GET"),
        )  # fmt: skip
        return [way() for way in ways[number % 2 :: 2]]

    def requests(self) -> list[Request]:
        """All of them, mixed, between those that must come first and those that must come in their order."""
        mixed = [request for n, asked in enumerate(self.asked()) for request in self.some_ways(n, asked)]
        mixed += self.refused()
        random.Random(1).shuffle(mixed)
        return [*self.odd(), *mixed, *self.replays(), *self.sequences(), *self.forms()]

    def asked(self):
        """Parameters to be sent in every way."""
        here = {"RegionId": self.first}
        ids = [item["TaskId"] for item in self.items]
        times = sorted(item["CreationTime"] for item in self.items)
        yield from ({}, {"RegionId": ""}, {"RegionId": "nowhere"}, here)
        yield from ({"RegionId": region} for region in (self.second, self.third, self.fourth))
        yield from ({"RegionId": self.second, "PageSize": size} for size in ("8", "24", "12"))
        for size in ("1", "2", "10", "50", "99", "100", "101", "1000", "0", "-1", "abc", "5x", "", "2147483648"):
            yield {**here, "PageSize": size}
        pages = ("1", "50"), ("2", "50"), ("2", "100"), ("3", "50"), ("12", "10"), ("14", "10"), ("99", "50")
        for number, size in pages:
            yield {**here, "PageNumber": number, "PageSize": size}
        yield {"RegionId": self.second, "PageNumber": "3", "PageSize": "8"}
        for number in ("0", "-1", "x", "2", "5"):
            yield {**here, "PageNumber": number}
        for status in ("Finished", "Processing", "Failed", "Waiting", "finished", "Nonsense", ""):
            yield {**here, "TaskStatus": status, "PageSize": "100"}
            yield {"PageSize": "10", **here, "TaskStatus": status, "PageNumber": "2"}
        for action in ("ImportImage", "ExportImage", "RedeployInstance", "IMPORT_IMAGE", "importimage", ""):
            yield {**here, "TaskAction": action}
            yield {**here, "TaskAction": action, "TaskStatus": "Finished", "PageSize": "50"}
        for start, end in ((times[40], None), (None, times[80]), (times[40], times[80]), (times[0], times[-1])):
            bounds = {k: v for k, v in (("StartTime", start), ("EndTime", end)) if v}
            yield {**here, **bounds, "PageSize": "100"}
            yield {**here, **bounds, "TaskStatus": "Finished", "TaskAction": "ImportImage"}
        yield {**here, "StartTime": later(times[60], seconds=1), "PageSize": "100"}
        yield {**here, "EndTime": later(times[60], seconds=-1), "PageSize": "100"}
        yield {**here, "StartTime": times[80], "EndTime": times[40]}
        yield {**here, "StartTime": "2030-01-01T00:00:00Z"}
        for name in ("StartTime", "EndTime"):
            for text in ("2015-11-31T00:00:00Z", "yesterday", "2015-12-01T00:00Z", ""):
                yield {**here, name: text}
        for chosen in self.id_lists(ids):
            yield {**here, "TaskIds": chosen, "PageSize": "100"}
        named = ",".join(ids[:30])
        yield {**here, "TaskIds": named, "TaskStatus": "Finished"}
        yield {**here, "TaskIds": named, "PageNumber": "2", "PageSize": "7"}
        yield {**here, "Unknown": AWKWARD}

    def id_lists(self, ids):
        elsewhere = "t-elsewhere"
        yield from (ids[3], ",".join(ids[:5]), ",".join(ids[4::-1]), ",".join([ids[0], ids[0], ids[1]]), ids[12])
        yield from (",".join([ids[2], elsewhere]), elsewhere, "", f'["{ids[0]}","{ids[1]}"]')
        yield from (f"{ids[2]},,{ids[6]}", f" ,{ids[4]}")
        yield from (",".join(ids[:n]) for n in (99, 100, 101))
        elsewhere = [item["TaskId"] for item in self.others]
        yield from (elsewhere[0], ",".join([ids[0], elsewhere[1]]))

    def refused(self):
        """Requests with something wrong that is common to all operations."""
        here = {"RegionId": self.first}
        for how in (
            {"key": OTHER}, {"key": UNKNOWN}, {"key": UNKNOWN, "format": "XML"},
            {"names": Names("NoSuchAction")}, {"names": Names(version="1999-01-01")},
        ):  # fmt: skip
            yield self.v1(here, **how)
            yield self.v3(here, **how)
        for name in ("AccessKeyId", "SignatureNonce", "Timestamp", "Version", "Action"):
            yield self.v1(here, common={name: None})
        yield self.v1(here, common={"Action": None}, method="POST")
        for name in ("x-acs-signature-nonce", "x-acs-date", "x-acs-version", "x-acs-action"):
            yield self.v3(here, common={name: None})
        yield self.v1(here, tamper={"Signature": None})
        yield self.v3(here, tamper={"authorization": None})
        yield self.v1(here, tamper={"RegionId": self.second})
        yield self.v3(here, query={"RegionId": self.second})
        for request in (self.v1(here, method="POST", form=True), self.v3(here, form=True)):
            yield evolve(request, body=request.body.replace(self.first.encode(), self.second.encode()))
        yield self.v1(here, common={"SignatureMethod": "HMAC-MD5"})
        yield self.v1(here, common={"SignatureVersion": "7.0"})
        for moment in (stamp(-2400), stamp(2400), stamp(-840), stamp(840), "2023-11-14", stamp()[:-1]):
            yield self.v1(here, common={"Timestamp": moment})
            yield self.v3(here, common={"x-acs-date": moment})
        yield self.v1(here, method="PUT")
        yield self.v1(here, method="DELETE")
        yield self.v1(here, method="PATCH")

    def odd(self):
        """Requests that are allowed, and rare."""
        here = {"RegionId": self.first}
        yield self.v1(here, common={"SignatureType": ""})
        yield self.v3(here, common={"user-agent": "test", "x-acs-credentials-provider": "static"})
        for format in ("YAML", "yaml", "text"):
            yield self.v1(here, format=format)
        yield self.v1(here, format=None)
        yield evolve(self.v1(here), connection=2)

    def replays(self):
        """Nonces used twice: alike, in a form, with other parameters, with another timestamp, later on."""
        here, there = {"RegionId": self.first}, {"RegionId": self.second}
        for make, nonce, moment in (
            (self.v1, "SignatureNonce", "Timestamp"), (self.v3, "x-acs-signature-nonce", "x-acs-date"),
        ):  # fmt: skip
            for form in (False, True):
                used = {nonce: f"used {nonce} {form}"}
                method = "POST"
                yield make(here, common=used, method=method, form=form)
                yield make(there, common=used, method=method, form=form)
                yield make(here, common={**used, moment: stamp(-60)}, method=method, form=form)
                yield make(here, method=method, form=form)
                yield make(here, method=method, form=form)
                yield make(here, common=used, method=method, form=form)

    def forms(self):
        """Values in forms that are nobody's: blank, padded, hostile, too large, nearly a known one, or sent twice."""
        here, id = {"RegionId": self.first}, self.items[3]["TaskId"]
        names = ("RegionId", "PageNumber", "PageSize", "TaskIds", "TaskAction", "TaskStatus", "StartTime", "EndTime")
        for name in names:
            usual = {"RegionId": self.first, "TaskIds": id, "TaskAction": "ImportImage", "TaskStatus": "Failed"}
            value = usual.get(name, "2" if name.startswith("Page") else "2015-11-23T15:10:00Z")
            odd = ("'", "<b>", '"', "${7*7}", "../x", "%", "' OR 1=1 --", "x" * 5000, " ", f" {value}", f"{value} ")
            for text in odd:
                yield self.v1({**here, name: text})
            yield self.v1({**here, name: "<b>"}, format="XML")
            yield self.v3([*here.items(), *(() if name == "RegionId" else ((name, value),)), (name, value)], form=True)
        for name, one, other in (("PageSize", "2", "5"), ("TaskIds", id, self.items[4]["TaskId"])):
            for pair in ((one, other), (other, one)):
                yield self.v3([*here.items(), *((name, value) for value in pair)], form=True)
        for text in ("ImportImag", "ImportImageX", "mportImage", "IMPORTIMAGE", "Faile", "Failedx", "ailed", "FAILED"):
            for name in ("TaskAction", "TaskStatus"):
                yield self.v1({**here, name: text})
                yield self.v1({**here, name: text})
        for text in (
            id[:-1],
            id[1:],
            f"{id}0",
            f"{id}%",
            f"{id[:4]}*",
            ".*",
            f"{id}\0",
            f"{id}' OR '1'='1",
            id.upper(),
        ):
            yield self.v1({**here, "TaskIds": text})
            yield self.v1({**here, "TaskIds": text})
        for many in ([id] * 101, [item["TaskId"] for item in self.items] * 2):
            yield self.v1({**here, "TaskIds": ",".join(many)})
        for region in (self.first.upper(), self.first.upper(), f" {self.first}"):
            yield self.v1({"RegionId": region})
        for number in (2**32 + 2, 2**64 + 2, 2**26 + 2, 2**58 + 2, 2**63):
            yield self.v1({**here, "PageNumber": str(number), "PageSize": "64"})
            yield self.v1({**here, "PageSize": str(number)})
        yield self.v1({**here, "StartTime": "2030-01-01T00:00:00Z", "PageNumber": "2"})
        for _ in range(2):
            yield self.v1({**here, "PageSize": "1", "PageNumber": "2"})

    def sequences(self):
        """Requests that must come in this order."""
        here = {"RegionId": self.first}
        times = sorted(item["CreationTime"] for item in self.items)
        yield self.v1({"TaskStatus": "Finished"})
        yield self.v1(here)
        for end in (times[90], times[50]):
            yield self.v1({**here, "StartTime": times[40], "EndTime": end})


def later(text, **by):
    return (datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ") + timedelta(**by)).strftime("%Y-%m-%dT%H:%M:%SZ")
