"""A contract as JSON Schema, XSD and OpenAPI, and the files that hold them."""

from conformance.emit.writing import write

__all__ = ["write"]
