"""A contract as XML Schema: 1.1 as the authority, 1.0 for whatever reads no 1.1, and a subset for a fast first look.

The 1.1 schemas take elements in any order and tolerate those that the documentation does not name. XSD 1.0 cannot say
both. The portable schemas, which lxml, Java and .NET load, take the documented elements in any order; where one of a
group may be repeated they do not count, since 1.0 has no unordered group with repetitions. The strict schema knows the
documented elements only and in the documented order where one is repeated, so that what it accepts the 1.1 accepts too
(not the reverse).
"""

from __future__ import annotations

import re
from typing import Literal

from lxml import etree

from conformance.contract.forms import QUOTED, UTC_TIME, Form, form
from conformance.contract.model import Contract, Field
from conformance.emit.relaxing import relaxed

NAMESPACE = "http://www.w3.org/2001/XMLSchema"
Node = etree._Element
Style = Literal["open", "portable", "strict"]


def _xs(tag: str, /, *children: Node, **attributes: str) -> Node:
    """An element of XML Schema's own namespace."""
    element = etree.Element(f"{{{NAMESPACE}}}{tag}", attributes, {"xs": NAMESPACE})
    element.extend(children)
    return element


def response_xsd(contract: Contract) -> str:
    """XSD 1.1 of a success: the root element is the operation's name followed by Response."""
    return _text(_document(contract, "open"))


def strict_xsd(contract: Contract) -> str:
    """XSD 1.0 whose language is part of `response_xsd`'s, for libxml2: a document that it accepts is valid."""
    return _text(_document(contract, "strict"))


def portable_xsd(contract: Contract) -> str:
    """XSD 1.0 of a success. It accepts every documented sample, and refuses elements that the documentation lacks."""
    return _text(relaxed(_document(contract, "portable"), contract))


def portable_error_xsd() -> str:
    """XSD 1.0 of an error, for whatever reads no 1.1."""
    return _error(strict=True)


def error_xsd() -> str:
    """XSD 1.1 of an error: the root element is Error."""
    return _error(strict=False)


def strict_error_xsd() -> str:
    """XSD 1.0 whose language is part of `error_xsd`'s, for libxml2."""
    return _error(strict=True)


def _error(strict: bool) -> str:
    required = [_xs("element", name=n, type="filled") for n in ("RequestId", "Code")]
    required.append(_xs("element", name="Message", type="xs:string"))
    optional = [_xs("element", name=n, type="xs:string", minOccurs="0") for n in ("HostId", "Recommend")]
    more = () if strict else (_unknown(),)
    shape = _xs("complexType", _xs("all", *required, *optional, *more), *(() if strict else (_attributes(),)))
    root = _xs("element", shape, name="Error")
    filled = _restriction("filled", "xs:token", _xs("minLength", value="1"))
    return _text(_xs("schema", filled, root, elementFormDefault="qualified"))


def _document(contract: Contract, style: Style) -> Node:
    roots = [_xs("element", _complex(contract, (), contract.response, style), name=n) for n in root_names(contract)]
    used = {e.get("type") for root in roots for e in root.iter(f"{{{NAMESPACE}}}element")}
    types = [_restriction(n, "xs:token", _xs("pattern", value=p)) for n, p in _PATTERNS.items() if n in used]
    return _xs("schema", *types, *roots, elementFormDefault="qualified")


def root_names(contract: Contract) -> tuple[str, ...]:
    """The documented root elements: the operation's name followed by Response, and what a sample shows instead."""
    shown = (
        re.match(r"<([A-Za-z_][\w.-]*)", s.body) for s in contract.samples if s.format == "xml" and s.role == "response"
    )
    members = {f.name for f in contract.response}
    names = (m.group(1) for m in shown if m and m.group(1) not in members)
    return tuple(dict.fromkeys((f"{contract.operation}Response", *names)))


_PATTERNS = {
    "utcTime": UTC_TIME,
    "utcTimeOrEmpty": f"({UTC_TIME})?",
    **QUOTED,
    **{f"{name}OrEmpty": f"({pattern})?" for name, pattern in QUOTED.items()},
}


def _restriction(name: str, base: str, facet: Node) -> Node:
    return _xs("simpleType", _xs("restriction", facet, base=base), name=name)


def _unknown() -> Node:
    """Any further elements, but none that the schema names: those may not be repeated."""
    return _xs("any", minOccurs="0", maxOccurs="unbounded", processContents="skip", notQName="##definedSibling")


def _attributes() -> Node:
    return _xs("anyAttribute", processContents="skip")


def _complex(contract: Contract, path: tuple[str, ...], members: tuple[Field, ...], style: Style) -> Node:
    # what is no name of XML is no element: a page's cell may hold anything
    named = [m for m in members if re.fullmatch(r"[^\W\d][\w.-]*", m.name)]
    elements = [_element(contract, (*path, m.name), m, style) for m in named]
    if style == "open":
        return _xs("complexType", _xs("all", *elements, _unknown()), _attributes())
    # in 1.0 an unordered group takes each element once at most
    repeated = any(e.get("maxOccurs") for e in elements)
    if style == "portable":
        if not repeated:
            return _xs("complexType", _xs("all", *elements), _attributes())
        for e in elements:
            for bound in {"minOccurs", "maxOccurs"} & set(e.attrib):
                del e.attrib[bound]
        return _xs("complexType", _xs("choice", *elements, minOccurs="0", maxOccurs="unbounded"), _attributes())
    return _xs("complexType", _xs("sequence", *elements) if repeated else _xs("all", *elements))


def _element(contract: Contract, path: tuple[str, ...], field: Field, style: Style) -> Node:
    shape = form(contract, path, field)
    bounds = {} if shape.required else {"minOccurs": "0"}
    if shape.is_open("xml"):
        # a documented sample has something else there
        many = {"maxOccurs": "unbounded"} if style == "open" else {}
        return _xs("element", name=field.name, type="xs:anyType", **bounds, **many)
    if field.type == "array":
        if field.xml_item:
            wrapper = _wrapper(contract, path, field, field.xml_item, style)
            return _xs("element", wrapper, name=field.name, **bounds)
        # a list that is always there may still be empty
        bounds = {"minOccurs": "0", "maxOccurs": "unbounded"}
        if not field.members:
            return _xs("element", name=field.name, type=_simple(field.item_type or "string", empty=True), **bounds)
    if field.type in ("array", "object"):
        return _xs("element", _complex(contract, path, field.members, style), name=field.name, **bounds)
    return _xs("element", name=field.name, type=_type(shape), **bounds)


def _wrapper(contract: Contract, path: tuple[str, ...], field: Field, item_name: str, style: Style) -> Node:
    """Items inside an element that JSON does not have."""
    many = {"minOccurs": "0", "maxOccurs": "unbounded"}
    if field.members:
        item = _xs("element", _complex(contract, path, field.members, style), name=item_name, **many)
    else:
        item = _xs("element", name=item_name, type=_simple(field.item_type or "string", empty=True), **many)
    if style == "open":
        return _xs("complexType", _xs("all", item, _unknown()), _attributes())
    return _xs("complexType", _xs("sequence", item), *(() if style == "strict" else (_attributes(),)))


def _type(shape: Form) -> str:
    if shape.is_time:
        return "utcTimeOrEmpty" if shape.may_be_empty else "utcTime"
    # XML shows no types: a string that JSON may write as another type reads like that type
    other = next((t for t in shape.types if t in QUOTED), "string")
    return _simple(other, shape.may_be_empty)


def _simple(type: str, empty: bool) -> str:
    if type not in QUOTED:
        return "xs:string"
    return f"{type}OrEmpty" if empty else type


def _text(schema: Node) -> str:
    etree.cleanup_namespaces(schema)
    etree.indent(schema, "  ")
    return etree.tostring(schema, encoding="unicode") + "\n"
