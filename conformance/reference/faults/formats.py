"""Faults of formats and methods: one of them is not like the other."""

from __future__ import annotations

import re
from collections.abc import Mapping

from attrs import evolve

from conformance.reference.context import Context, Query
from conformance.reference.faults.fault import Fault
from conformance.reference.faults.middleware import Condition, in_form, in_json, in_xml, is_get, is_v1, is_v3, only
from conformance.reference.faults.roles import FaultRoles
from conformance.reference.faults.trees import at_path, items_changed, last_of_several
from conformance.reference.listing import ListingPage
from conformance.reference.message import Response
from conformance.reference.rendering import Tree
from conformance.reference.seeding import relative
from conformance.reference.steps import STEP, CheckStep, MembersStep, Middleware, ResponseStep, replacing


def faults(roles: FaultRoles) -> tuple[Fault, ...]:
    """Faults of how formats are chosen, of what differs between them, and of methods."""
    return (*_chosen(), *_different(roles), *_unknown(), *_methods(roles), *_without_a_list(roles))


def _without_a_list(roles: FaultRoles) -> list[Fault]:
    """What the one result of an operation without a list may say otherwise."""
    semantics = roles.contract.semantics
    numbers = [f.name for f in roles.contract.response if f.type == "integer" and f.name != semantics.request_id]
    if semantics.items or not numbers:
        return []
    return [
        Fault(
            "get-counts-one-more",
            f"adds one to {numbers[0]} in answers to GET",
            ("methods.agree",),
            replacing(STEP.result).by(only(is_get, at_path(numbers[0], lambda value: value + 1))),
        )
    ]


def _chosen() -> list[Fault]:
    """The format that is answered in."""
    return [
        Fault(
            "default-is-json",
            "answers a V1 request without Format in JSON",
            ("formats.default",),
            replacing(STEP.read).by(_read_as(lambda c: is_v1(c) and not c.parameters.get("Format"), "json")),
        ),
        Fault(
            "json-is-not-heard-in-get",
            "answers a GET that asks for JSON in XML",
            ("formats.asked-for",),
            replacing(STEP.read).by(
                _read_as(lambda c: is_get(c) and c.parameters.get("Format", "").upper() == "JSON", "xml")
            ),
        ),
        Fault(
            "format-is-not-heard-in-v3",
            "answers a V3 request that asks for XML in JSON",
            ("formats.asked-for",),
            replacing(STEP.read).by(_read_as(lambda c: is_v3(c) and in_xml(c), "json")),
        ),
        Fault(
            "empty-page-is-always-xml",
            "answers a page without items in XML",
            ("formats.asked-for",),
            replacing(STEP.result).by(_xml_when_empty),
        ),
    ]


def _read_as(condition: Condition, format: str) -> Middleware[[], None]:
    def read(inner: CheckStep, context: Context) -> None:
        inner(context)
        if condition(context):
            context.format = format

    return read


def _xml_when_empty(inner: MembersStep, context: Context, query: Query, page: ListingPage) -> Tree:
    if not page.items:
        context.format = "xml"
    return inner(context, query, page)


def _different(roles: FaultRoles) -> list[Fault]:
    """XML and JSON do not say the same."""
    contract, killed_by = roles.contract, ("formats.agree",)
    found = [
        Fault(
            "last-item-is-lost-in-xml",
            "loses the last item of a page of several in XML",
            killed_by,
            replacing(STEP.result).by(
                only(in_xml, items_changed(lambda items: items[:-1] if len(items) > 1 else items))
            ),
        ),
        Fault(
            "xml-is-escaped-twice",
            "escapes & twice in XML",
            killed_by,
            replacing(STEP.escape).by(lambda inner, context, text: inner(context, inner(context, text))),
        ),
        Fault(
            "characters-beyond-the-plane-are-lost-in-json",
            "writes ? for characters of four bytes in JSON",
            killed_by,
            replacing(STEP.as_json).by(
                lambda inner, context, *args: re.sub("[\U00010000-\U0010ffff]", "?", inner(context, *args))
            ),
        ),
        Fault(
            "json-escapes-stop-at-ff",
            "writes characters beyond ASCII as the last two digits of their code, in JSON",
            killed_by,
            replacing(STEP.as_json).by(
                lambda inner, context, *args: re.sub(
                    "[^\x00-\x7f]", lambda m: f"\\u00{ord(m[0]) & 0xFF:02x}", inner(context, *args)
                )
            ),
        ),
        Fault(
            "quotes-are-lost-in-xml",
            "leaves quotation marks out of text in XML",
            killed_by,
            replacing(STEP.escape).by(
                lambda inner, context, text: inner(context, text).replace('"', "").replace("'", "")
            ),
        ),
    ]
    path = roles.time
    if path:
        name = relative(contract, path)
        found += [
            Fault(
                "times-are-local-in-xml",
                f"writes {path} some hours later in XML",
                killed_by,
                replacing(STEP.result).by(only(in_xml, at_path(path, _later))),
            ),
            Fault(
                "last-time-differs-in-json",
                f"writes {path} of a page's last item a day later in JSON",
                killed_by,
                replacing(STEP.result).by(only(in_json, last_of_several(lambda i: {**i, name: _next_day(i[name])}))),
            ),
        ]
    if contract.semantics.paging:
        found.append(
            Fault(
                "total-differs-in-xml",
                "counts one less in XML where there are several pages",
                killed_by,
                replacing(STEP.total).by(
                    only(in_xml, lambda inner, context, q, listing, items: len(listing) - (len(listing) > q.size))
                ),
            )
        )
    return found


def _later(time: str) -> str:
    return f"{time[:11]}{(int(time[11:13]) + 8) % 24:02d}{time[13:]}"


def _next_day(time: str) -> str:
    return f"{time[:8]}{int(time[8:10]) % 28 + 1:02d}{time[10:]}"


def _unknown() -> list[Fault]:
    killed_by = ("formats.unknown",)
    return [
        Fault(
            "unknown-format-crashes",
            "answers an unknown Format with an internal error and status 500",
            killed_by,
            replacing(STEP.format).by(_crashing),
        ),
        Fault(
            "unknown-format-is-plain-text",
            "answers an unknown Format with lines of text",
            killed_by,
            replacing(STEP.answer).by(_plain_text),
        ),
    ]


def _is_unknown(context: Context) -> bool:
    return context.parameters.get("Format", "xml").lower() not in ("xml", "json", "")


def _crashing(inner: CheckStep, context: Context) -> None:
    if _is_unknown(context):
        context.steps.refuse(context, "crashed")
    inner(context)


def _plain_text(inner: ResponseStep, context: Context) -> Response:
    response = inner(context)
    if not _is_unknown(context):
        return response
    return Response(200, b"RequestId: none\n", "text/plain; charset=utf-8")


def _methods(roles: FaultRoles) -> list[Fault]:
    killed_by = ("methods.agree",)
    found = [
        Fault(
            "form-body-is-ignored",
            "does not see parameters in a form body",
            ("methods.form-body",),
            replacing(STEP.read).by(_formless),
        ),
        Fault("put-is-served", "serves PUT as POST", ("methods.other",), replacing(STEP.method).by(_also("PUT"))),
        Fault(
            "delete-is-served", "serves DELETE as GET", ("methods.other",), replacing(STEP.method).by(_also("DELETE"))
        ),
    ]
    if roles.contract.semantics.items:
        found += [
            Fault(
                "get-loses-the-last-item",
                "loses the last item of a page of several in answers to GET",
                killed_by,
                replacing(STEP.result).by(
                    only(is_get, items_changed(lambda items: items[:-1] if len(items) > 1 else items))
                ),
            ),
            Fault(
                "escapes-stay-in-forms",
                "does not decode %2C and %3A in a form body",
                ("methods.form-body",),
                replacing(STEP.read).by(_with_escapes),
            ),
        ]
    if roles.contract.semantics.paging:
        size = roles.contract.semantics.paging.size
        found.append(
            Fault(
                "get-pages-end-at-5",
                "shows at most 5 items in answers to GET",
                killed_by,
                replacing(STEP.page).by(
                    only(
                        is_get,
                        lambda inner, context, query, listing: (lambda page: evolve(page, items=page.items[:5]))(
                            inner(context, query, listing)
                        ),
                    )
                ),
            )
        )
        found.append(
            Fault(
                "page-size-is-ignored-in-forms",
                f"does not see {size} in a form body",
                ("paging.page-size-bounds-the-page",),
                replacing(STEP.argument).by(
                    lambda inner, context, name: (
                        None
                        if name == size and in_form(context) and name in dict(context.form)
                        else inner(context, name)
                    )
                ),
            )
        )
    return found


def _formless(inner: CheckStep, context: Context) -> None:
    inner(context)
    inside = {name for name, _ in context.form}
    context.parameters = {k: v for k, v in context.parameters.items() if k not in inside or k in context.common}


def _with_escapes(inner: CheckStep, context: Context) -> None:
    inner(context)
    raw: Mapping[str, str] = {k: v.replace(",", "%2C").replace(":", "%3A") for k, v in context.form}
    context.parameters = {**context.parameters, **raw}


def _also(method: str) -> Middleware[[], None]:
    return lambda inner, context: None if context.request.method == method else inner(context)
