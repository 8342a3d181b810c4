"""What nearly every command makes first, made once: a fork server imports this, and its children have it already."""

from __future__ import annotations

import gc
import pkgutil
from importlib import import_module

from hypothesis.internal.charmap import categories

from conformance.contract.files import schemas_root
from conformance.contract.service import load_service
from conformance.endpoint import checks
from conformance.endpoint.own_hypothesis import own_hypothesis
from conformance.ledger.files import load_ledger
from conformance.report.html import page_template

_FOLDER = schemas_root() / "ecs" / "2014-05-26"
load_service(_FOLDER)
load_ledger(_FOLDER / "DescribeTasks")
page_template("report.html.jinja")
for module in pkgutil.iter_modules(checks.__path__, f"{checks.__name__}."):
    import_module(module.name)
# characters by category, which a run whose Hypothesis has a home of its own makes anew
with own_hypothesis():
    categories()
# a child need not look through what is here for what nobody uses
gc.collect()
gc.freeze()
