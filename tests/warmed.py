"""What nearly every command makes first, made once: a fork server imports this, and its children have it already."""

from __future__ import annotations

import gc

from conformance.contract.files import schemas_root
from conformance.contract.service import load_service
from conformance.endpoint.warming import warm

warm(load_service(schemas_root() / "ecs" / "2014-05-26"), "DescribeTasks")
# a child need not look through what is here for what nobody uses
gc.collect()
gc.freeze()
