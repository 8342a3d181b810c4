"""Opens an XML Schema where a documented sample has something else: what is documented must be valid."""

from __future__ import annotations

import re
from typing import Any

from lxml import etree

from conformance.contract.model import Contract

Node = etree._Element
_XS = "{http://www.w3.org/2001/XMLSchema}"
_MOST = 40  # places that are opened; what needs more describes nothing


def relaxed(schema: Node, contract: Contract) -> Node:
    """`schema`, an XSD 1.0, changed so that it accepts each sample of a success that is well-formed XML."""
    documents = [d for s in contract.samples if s.format == "xml" and s.role == "response" if (d := _read(s.body))]
    for _ in range(_MOST):
        judge = etree.XMLSchema(schema)
        wrong = next((error for d in documents for error in _errors(judge, d)), None)
        if wrong is None or not _open(schema, *wrong):
            break
    return schema


def _read(body: str) -> bytes | None:
    """The sample, if it is XML: pages have some with several roots or none."""
    data = body.encode("utf-8")
    try:
        etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        return None
    return data


def _errors(judge: etree.XMLSchema, document: bytes) -> list[tuple[str, str]]:
    """Path and message of the first thing that is wrong."""
    if judge.validate(etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))):
        return []
    log: Any = judge.error_log
    return [(str(error.path or ""), str(error.message)) for error in log[:1]]


def _open(schema: Node, path: str, message: str) -> bool:
    """Opens the declaration that an error is about; False where there is none, as for an unknown root."""
    names = re.findall(r"/(?:\*|([^/\[\]]+))(?:\[\d+\])?", path)
    found = _declared(schema, names)
    if found is None or "not expected" in message:
        found = _declared(schema, names[:-1])
        if found is None:
            return False
    if found.get("type") == "xs:string" or (found.get("type") is None and not len(found)):
        return False
    about = etree.Comment(f" {found.get('name')} is open: a documented sample has something else there ")
    parent = found.getparent()
    if parent is not None:
        parent.insert(parent.index(found), about)
    if found.get("type") is not None:
        found.set("type", "xs:string")
    else:
        found[:] = []
    return True


def _declared(schema: Node, names: list[str]) -> Node | None:
    """The declaration of the element that a path of names leads to."""
    here: Node | None = schema
    for i, name in enumerate(names):
        if here is None:
            return None
        inside = [here] if i == 0 else [g for t in here.findall(f"{_XS}complexType") for g in t]
        here = next((e for g in inside for e in g.findall(f"{_XS}element") if e.get("name") == name), None)
    return here if names else None
