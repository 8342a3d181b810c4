"""Small contracts of operations with paths of their own."""

from __future__ import annotations

from attrs import evolve

from conformance.contract.model import Contract, Field, Filter, Parameter, Semantics
from tests.reference.contracts import HERE, parameter, scalar

CRATE = "/crates/{CrateId}"


def placed(name: str, place: str, type: str = "string", required: bool = False, **constraints: object) -> Parameter:
    examples = ("c-12345678",) if place == "path" else ()
    return evolve(parameter(name, type, required, examples, **constraints), place=place)


CRATE_ID = placed("CrateId", "path")


def of_a_path(operation: str, method: str, path: str, *parameters: Parameter, response: tuple[Field, ...] = ()):
    return Contract(
        product="Toy",
        version="2020-01-01",
        operation=operation,
        revisions=(),
        parameters=parameters,
        response=response,
        errors=(),
        samples=(),
        semantics=Semantics(request_id=None),
        methods=(method,),
        path=path,
    )


NODES = evolve(
    of_a_path(
        "ListCrateNodes",
        "GET",
        f"{CRATE}/nodes",
        CRATE_ID,
        placed("state", "query", enum=["running", "failed"]),
        response=(Field("nodes", "array", HERE, (scalar("node_id", "n-12345678"), scalar("state", "running"))),),
    ),
    semantics=Semantics(items="nodes", key="node_id", request_id=None, filters=(Filter("state", "state"),)),
)
SCALE = of_a_path(
    "ScaleCrate",
    "PUT",
    CRATE,
    CRATE_ID,
    placed("count", "body", "integer", required=True, minimum=1, maximum=9),
    placed("mode", "body", enum=["fast", "slow"], default="slow"),
    placed("note", "body"),
    placed("tags", "body", "array"),
    response=(scalar("task_id", "t-12345678"),),
)
DELETE = of_a_path("DeleteCrate", "DELETE", CRATE, CRATE_ID, placed("force", "query", "boolean"))
SPECIAL = of_a_path("GetCrateLimits", "GET", "/crates/limits", response=(scalar("limit", "3", type="integer"),))
GET = of_a_path("GetCrate", "GET", CRATE, CRATE_ID, response=(scalar("crate_id", "c-12345678"), scalar("name", "x")))
ALL = (NODES, SCALE, DELETE, GET, SPECIAL)
