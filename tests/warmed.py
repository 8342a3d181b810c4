"""What nearly every command makes first, made once: a fork server imports this, and its children have it already."""

from __future__ import annotations

from conformance.contract.files import schemas_root
from conformance.contract.service import load_service
from conformance.ledger.files import load_ledger
from conformance.report.html import page_template

_FOLDER = schemas_root() / "ecs" / "2014-05-26"
load_service(_FOLDER)
load_ledger(_FOLDER / "DescribeTasks")
page_template("report.html.jinja")
