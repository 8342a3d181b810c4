"""Bodies against the derived schemas: a fast path that may only say yes, and the authority that decides on a no.

The fast paths are jsonschema-rs for JSON and libxml2's XSD 1.0 for XML; the authorities are jsonschema and xmlschema. A
body that the fast path passes is valid, since its language is a subset of the authority's (tested). Any other body
goes to
the authority, whose word and message count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from itertools import islice
from typing import Any

import jsonschema
import jsonschema_rs
import xmlschema
from attrs import define
from lxml import etree

from conformance.contract.model import Contract
from conformance.emit import json_schema, xsd
from conformance.endpoint.answer import Answer

# among so many errors of a body the one to tell is looked for
MOST_ERRORS = 100
# items of an array, and siblings of one name, that are judged at a time; and bytes of XML that are judged as a whole
WINDOW = 200
RUN = 5000
LARGEST_WHOLE = 100_000
XML_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)


def windows(value: Any) -> Iterator[Any]:
    """A JSON value, in parts where it has long arrays: an authority holds all that is wrong with an array at once, and
    the schemas say of each item of an array what they say of it alone.
    """
    for start in range(0, max(_longest(value), 1), WINDOW):
        yield _window(value, start)


def parts(body: bytes) -> Iterator[etree._Element]:
    """An XML document, in parts where it is large and has long runs of siblings of one name: validators take time by
    the square of what is wrong with them. Every part has something of each run.
    """
    root = etree.fromstring(body, XML_PARSER)
    longest = 0
    if len(body) > LARGEST_WHOLE:
        longest = max((max(Counter(c.tag for c in e).values(), default=0) for e in root.iter("*") if len(e)), default=0)
    yield _cut(root, 0) if longest > RUN else root
    for start in range(RUN, longest, RUN):
        yield _cut(etree.fromstring(body, XML_PARSER), start)


def _cut(root: etree._Element, start: int) -> etree._Element:
    """`root` with those of each long run of siblings that come after `start` others; the first of a shorter run."""
    for parent in root.iter("*"):
        if len(parent) > RUN:
            there, seen = Counter(child.tag for child in parent), Counter[Any]()
            for child in list(parent):
                place, begin = seen[child.tag], start if there[child.tag] > start else 0
                seen[child.tag] += 1
                if not begin <= place < begin + RUN:
                    parent.remove(child)
    return root


def _longest(value: Any) -> int:
    if isinstance(value, Mapping):
        return max(map(_longest, value.values()), default=0)
    return max(len(value), max(map(_longest, value), default=0)) if isinstance(value, list) else 0


def _window(value: Any, start: int) -> Any:
    if isinstance(value, Mapping):
        return {name: _window(member, start) for name, member in value.items()}
    if not isinstance(value, list):
        return value
    within = value if len(value) <= WINDOW else value[start : start + WINDOW]
    return [_window(member, start) for member in within]


@define(slots=False)
class SchemaPair:
    """The JSON Schema and XSD of one kind of body; `strict_xsd` is the subset for the fast path."""

    json_schema: Mapping[str, Any]
    xsd: str
    strict_xsd: str

    @cached_property
    def _fast_json(self) -> Any:
        return jsonschema_rs.validator_for(dict(self.json_schema))

    @cached_property
    def json_authority(self) -> jsonschema.Draft202012Validator:
        """Whose word and message count for JSON."""
        return jsonschema.Draft202012Validator(self.json_schema)

    @cached_property
    def _fast_xml(self) -> etree.XMLSchema:
        return etree.XMLSchema(etree.fromstring(self.strict_xsd.encode()))

    @cached_property
    def xml_authority(self) -> xmlschema.XMLSchema11:
        """Whose word and message count for XML."""
        return xmlschema.XMLSchema11(self.xsd)

    def warm(self) -> None:
        """Compile what most bodies need."""
        _ = self._fast_json, self._fast_xml

    def json_problem(self, value: Any) -> str | None:
        """What is wrong with a JSON value, in one line, or None."""
        if self._fast_json.is_valid(value):
            return None
        for part in windows(value):
            error = jsonschema.exceptions.best_match(islice(self.json_authority.iter_errors(part), MOST_ERRORS))
            if error is not None:
                return f"{error.json_path}: {error.message[:300]}"
        return None

    def xml_problem(self, body: bytes) -> str | None:
        """What is wrong with an XML document that parsed, in one line, or None."""
        for root in parts(body):
            if not self._is_valid(root):
                error = next(self.xml_authority.iter_errors(root), None)
                if error is not None:
                    return f"{error.path}: {(error.reason or error.message)[:300]}"
        return None

    def _is_valid(self, root: Any) -> bool:
        if self._fast_xml.validate(root):
            return True
        # no page speaks of attributes, and what reads elements passes over them
        for element in root.iter("*"):
            element.attrib.clear()
        return bool(self._fast_xml.validate(root))


@cache
def error_schemas() -> SchemaPair:
    """The schemas of errors, which are the same for every operation."""
    return SchemaPair(json_schema.error_schema(), xsd.error_xsd(), xsd.strict_error_xsd())


@define(slots=False)
class Validation:
    """The schemas of a contract, compiled once a run."""

    contract: Contract

    @cached_property
    def success(self) -> SchemaPair:
        """The schemas of a result."""
        c = self.contract
        return SchemaPair(json_schema.response_schema(c), xsd.response_xsd(c), xsd.strict_xsd(c))

    @cached_property
    def error(self) -> SchemaPair:
        """The schemas of an error."""
        return error_schemas()

    def problem(self, answer: Answer) -> str | None:
        """What the schema of its kind has against a body, or None. An unreadable body is always a problem."""
        if answer.body is None:
            return f"the body is {answer.reading.unreadable}"
        pair = self.error if answer.kind == "refusal" else self.success
        if answer.body.format == "json":
            return pair.json_problem(answer.body.value)
        return pair.xml_problem(answer.exchange.response.body)
