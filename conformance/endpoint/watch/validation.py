"""Bodies against the derived schemas: a fast path that may only say yes, and the authority that decides on a no.

The fast paths are jsonschema-rs for JSON and libxml2's XSD 1.0 for XML; the authorities are jsonschema and xmlschema. A
body that the fast path passes is valid, since its language is a subset of the authority's (tested). Any other body
goes to
the authority, whose word and message count.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
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
XML_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
)


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

    def json_problem(self, value: Any) -> str | None:
        """What is wrong with a JSON value, in one line, or None."""
        if self._fast_json.is_valid(value):
            return None
        error = jsonschema.exceptions.best_match(islice(self.json_authority.iter_errors(value), MOST_ERRORS))
        return None if error is None else f"{error.json_path}: {error.message[:300]}"

    def xml_problem(self, body: bytes) -> str | None:
        """What is wrong with an XML document that parsed, in one line, or None."""
        root = etree.fromstring(body, XML_PARSER)
        if self._fast_xml.validate(root):
            return None
        error = next(self.xml_authority.iter_errors(root), None)
        return None if error is None else f"{error.path}: {(error.reason or error.message)[:300]}"


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
        return SchemaPair(json_schema.error_schema(), xsd.error_xsd(), xsd.strict_error_xsd())

    def problem(self, answer: Answer) -> str | None:
        """What the schema of its kind has against a body, or None. An unreadable body is always a problem."""
        if answer.body is None:
            return f"the body is {answer.reading.unreadable}"
        pair = self.error if answer.kind == "refusal" else self.success
        if answer.body.format == "json":
            return pair.json_problem(answer.body.value)
        return pair.xml_problem(answer.exchange.response.body)
