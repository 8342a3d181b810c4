"""Metadata and OpenAPI documents that mean no good are refused in a sentence, and nothing elsewhere is named."""

from __future__ import annotations

import json

import pytest

from conformance.derive.page import PageError
from conformance.derive.reading import read_page
from conformance.derive.service import read_service


def metadata(*names: str, product: str = "Xx") -> str:
    api = {"methods": ["get"], "parameters": [], "responses": {"200": {"schema": {"type": "object"}}}}
    info = {"style": "RPC", "product": product, "version": "2020-01-01"}
    return json.dumps({"version": "1.0", "info": info, "apis": dict.fromkeys(names, api)})


@pytest.mark.parametrize(
    "name", ["../../../tmp/Elsewhere", "/etc/Things", "", "List Things", "<List>", "1List", "L" * 9 + "\n"]
)
def test_what_is_no_name_of_an_operation_is_refused(name, tmp_path):
    """It would become that of files, and of elements of a schema."""
    (tmp_path / "one.json").write_text(metadata(name))
    with pytest.raises(PageError, match="no name of one"):
        read_page(tmp_path / "one.json")
    (tmp_path / "cli.json").write_text(json.dumps({"name": name, "parameters": [{"name": "A"}]}))
    with pytest.raises(PageError):
        read_page(tmp_path / "cli.json")
    (tmp_path / "two.json").write_text(metadata("ListThings", name))
    with pytest.raises(PageError, match="no name of one"):
        read_service(tmp_path / "two.json")


@pytest.mark.parametrize("half", ["\\ud800", "\\uDFFF x"])
def test_half_of_a_pair_is_refused(half, tmp_path):
    text = metadata("ListThings", "GetThing").replace("Xx", half)
    (tmp_path / "api.json").write_text(text)
    with pytest.raises(PageError, match="half of a surrogate pair"):
        read_service(tmp_path / "api.json")


def test_a_whole_pair_is_a_character(tmp_path):
    (tmp_path / "api.json").write_text(metadata("ListThings", "GetThing").replace("Xx", "\\ud83d\\ude00"))
    assert read_service(tmp_path / "api.json").data["info"]["product"] == "\U0001f600"


@pytest.mark.parametrize("value", ["!!bool x", "!!int x", "!!timestamp x", "!!binary é", "!!python/name:os.system"])
def test_a_tag_that_does_not_fit_its_value_is_refused(value, tmp_path):
    (tmp_path / "api.yaml").write_text(f"openapi: 3.0.0\npaths:\n  /a:\n    get: {{operationId: {value}}}\n")
    with pytest.raises(PageError):
        read_page(tmp_path / "api.yaml")
