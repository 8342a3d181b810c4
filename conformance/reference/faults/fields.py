"""Faults of the response's fields: absent, of the wrong type or form, or not the same in every answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from conformance.contract.forms import form
from conformance.contract.model import Contract, Field, OptionalField
from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import in_json, in_xml, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.trees import LEFT_OUT, at_path, last_of_several
from conformance.reference.listing import ListingPage, time_field_of
from conformance.reference.rendering import ItemPlan, Tree, is_text_time, is_time, xml_text
from conformance.reference.seeding import relative, stamp
from conformance.reference.steps import STEP, ItemStep, Middleware, PageStep, replacing
from conformance.reference.store import Item

ItemMiddleware = Middleware[[Item, ItemPlan], Tree]


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of each scalar of the response, and of items that change from answer to answer."""
    found = [f for path, field in roles.scalars for f in _of_field(roles, path, field)]
    found += [f for rule in roles.contract.semantics.optional_fields for f in _of_optional(roles, rule)]
    return (*found, *_changing(roles), *_by_hand(roles))


def _of_field(roles: FaultRoles, path: str, field: Field) -> list[Fault]:
    found = []
    if field.presence == "always" and path not in roles.optional_fields:
        killed_by = [f"fields.{path}.present"]
        if path == roles.contract.semantics.request_id:
            killed_by.append("envelope.request-id")
        found.append(
            Fault(
                f"field-missing:{path}",
                f"leaves {path} out",
                tuple(killed_by),
                replacing(STEP.result).by(at_path(path, lambda v: LEFT_OUT)),
            )
        )
    found.append(
        Fault(
            f"field-wrong-type:{path}",
            f"writes {path} as {_other_type(roles, path, field)[0]} in JSON",
            (f"fields.{path}.type",),
            replacing(STEP.result).by(only(in_json, at_path(path, _other_type(roles, path, field)[1]))),
        )
    )
    if field.value("time_format") is not None and is_text_time(field):
        found.append(
            Fault(
                f"time-with-blank:{path}",
                f"writes a blank for the T of {path}",
                (f"fields.{path}.time-format",),
                replacing(STEP.result).by(at_path(path, lambda v: v.replace("T", " "))),
            )
        )
        if not form(roles.contract, tuple(path.split(".")), field).may_be_empty:
            found.append(
                Fault(
                    f"time-is-empty:{path}",
                    f"writes {path} as an empty text",
                    (f"fields.{path}.time-format",),
                    replacing(STEP.result).by(at_path(path, lambda v: "")),
                )
            )
    if path in roles.listed_fields:
        last = _effective(roles, path)[-1]
        found.append(
            Fault(
                f"unlisted-value:{path}",
                f"writes Not{last} for {last} as {path}",
                (f"fields.{path}.listed-value",),
                replacing(STEP.result).by(
                    at_path(path, lambda v: f"Not{v}" if xml_text(v).replace("_", "").lower() == last.lower() else v)
                ),
            )
        )
    return found


def _effective(roles: FaultRoles, path: str) -> list[str]:
    parameter = roles.enumerated_fields[path]
    return [xml_text(v) for v in parameter.value("effective_values") or parameter.value("enum")]


def _other_type(roles: FaultRoles, path: str, field: Field) -> tuple[str, Callable[[Any], Any]]:
    """A type that no page gives the field."""
    choice = roles.contract.choice_about("json-type", path) or roles.contract.choice_about("json-type", field.name)
    allowed = {a.id for a in choice.alternatives} if choice else {field.type}
    if field.type in ("integer", "number") and "string" not in allowed:
        return "a string", str
    if not allowed & {"integer", "number"}:
        return "a number", lambda value: 1
    return "a list", lambda value: [value]


def _of_optional(roles: FaultRoles, rule: OptionalField) -> list[Fault]:
    contract = roles.contract
    path, name = f"{contract.semantics.items}.{relative(contract, rule.field)}", relative(contract, rule.field)
    last = rule.unless_values[-1]
    field = contract.at(path)
    found = [
        Fault(
            f"missing-though-due:{path}",
            f"leaves {path} out of items that are {last}",
            (f"fields.{path}.present-when-due",),
            replacing(STEP.item).by(_lost_when(contract, rule, name, last)),
        )
    ]
    if field is not None and is_time(field) and contract.semantics.range:
        found.append(
            Fault(
                f"before-the-start:{path}",
                f"writes {path} a day before the item was created, where it is {last}",
                (f"fields.{path}.not-before-start",),
                replacing(STEP.item).by(
                    _too_early(contract, rule, relative(contract, contract.semantics.range.field), last)
                ),
            )
        )
    return found


def _lost_when(contract: Contract, rule: OptionalField, name: str, state: str) -> ItemMiddleware:
    def lost(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
        members = inner(context, item, plan)
        if item.get(relative(contract, rule.unless_field)) == state:
            members.pop(name, None)
        return members

    return lost


def _too_early(contract: Contract, rule: OptionalField, start: str, state: str) -> ItemMiddleware:
    name = relative(contract, rule.field)

    def early(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
        if item.get(relative(contract, rule.unless_field)) == state and item.get(name):
            item = {**item, name: shifted(item[start], days=-1)}
        return inner(context, item, plan)

    return early


def shifted(time: str, **by: float) -> str:
    """A stored time, moved."""
    return stamp(datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ") + timedelta(**by))


def _changing(roles: FaultRoles) -> tuple[Fault, ...]:
    """An item that is not the same in every answer."""
    contract, killed_by = roles.contract, ("fields.unchanged-by-request",)
    if not contract.semantics.items or not contract.semantics.key:
        return ()
    found = []
    if roles.plain_fields and contract.semantics.filters:
        name = roles.plain_fields[0].name
        found.append(
            Fault(
                "value-turns-with-filter",
                f"turns {name} into its opposite where a filter is given",
                killed_by,
                replacing(STEP.item).by(only(lambda c: bool(c.query.filters), _opposite(name))),
            )
        )
    if contract.semantics.paging and len(contract.item_fields) > 1:
        found.append(
            Fault(
                "data-of-the-neighbour-at-page-size-50",
                "pages of 50 give the second item the data of the first",
                killed_by,
                replacing(STEP.page).by(only(lambda c: c.query.size == 50, _neighbours(contract.semantics.key))),
            )
        )
    time = time_field_of(contract)
    if time and contract.semantics.ids:
        found.append(
            Fault(
                "time-moves-with-id-list",
                "answers an id list with times that are a day later",
                killed_by,
                replacing(STEP.item).by(
                    only(lambda c: c.query.ids is not None, _moved(relative(contract, time), days=1))
                ),
            )
        )
    return tuple(found)


def _opposite(name: str) -> ItemMiddleware:
    def opposite(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
        turned = {"true": "false", "false": "true"}.get(xml_text(item.get(name)), "other")
        return inner(context, {**item, name: turned}, plan)

    return opposite


def _neighbours(key: str) -> Middleware[[Query, Sequence[Item]], ListingPage]:

    def mixed(inner: PageStep, context: Context, query: Query, listing: Sequence[Item]) -> ListingPage:
        page = inner(context, query, listing)
        if len(page.items) < 2:
            return page
        first, second = page.items[:2]
        return evolve(page, items=(first, {**first, key: second[key]}, *page.items[2:]))

    return mixed


def _moved(name: str, **by: float) -> ItemMiddleware:
    def moved(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
        return inner(context, {**item, name: shifted(item[name], **by)} if item.get(name) else item, plan)

    return moved


def _by_hand(roles: FaultRoles) -> tuple[Fault, ...]:
    contract = roles.contract
    if not contract.semantics.items or not contract.semantics.key:
        return ()
    name = contract.semantics.key
    key = f"{contract.semantics.items}.{name}"
    found = [
        Fault(
            "last-item-without-id",
            f"leaves {name} out of the last item of a page of several",
            (f"fields.{key}.present",),
            replacing(STEP.result).by(last_of_several(lambda item: {k: v for k, v in item.items() if k != name})),
        ),
        Fault(
            "last-id-is-null-in-json",
            f"writes {name} of the last item as null in JSON",
            (f"fields.{key}.present",),
            replacing(STEP.result).by(only(in_json, last_of_several(lambda item: {**item, name: None}))),
        ),
    ]
    path = roles.time
    if path:
        started = relative(contract, path)
        found += [
            Fault(
                "time-without-zone-in-xml",
                f"leaves the Z of {path} out in XML",
                (f"fields.{path}.time-format",),
                replacing(STEP.result).by(only(in_xml, at_path(path, lambda v: v.rstrip("Z")))),
            ),
            Fault(
                "time-with-offset-on-last-item",
                f"writes {path} of a page's last item with an offset from UTC",
                (f"fields.{path}.time-format",),
                replacing(STEP.result).by(
                    last_of_several(lambda item: {**item, started: item[started].rstrip("Z") + "+00:00"})
                ),
            ),
        ]
    return tuple(found)
