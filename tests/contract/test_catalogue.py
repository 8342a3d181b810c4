"""Where services are found by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.contract.catalogue import service_of
from conformance.errors import Refusal


def test_a_folder_of_a_service_is_found(tmp_path: Path) -> None:
    (tmp_path / "service.yaml").write_text("format_version: 1\nproduct: P\nversion: v\nstyle: rpc\noperations: {}\n")
    assert service_of(str(tmp_path)).product == "P"


def test_what_is_no_service_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match=r"holds no service\.yaml"):
        service_of(str(tmp_path))
    with pytest.raises(Refusal, match="There is no service 'moon'"):
        service_of("moon")
