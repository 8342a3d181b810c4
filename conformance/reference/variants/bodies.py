"""Variants of bodies: more members, another order, another way of writing the same."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

from attrs import Attribute

from conformance.reference.context import Context
from conformance.reference.message import Response
from conformance.reference.rendering import ItemPlan, Tree
from conformance.reference.steps import STEP, ItemStep, Replacement, RespondStep, WriteStep, replacing
from conformance.reference.store import Item
from conformance.reference.variants.variant import Variant


def _in_tree(change: Callable[[Context, str, Tree], Tree]) -> tuple[Replacement, ...]:
    """Middleware that changes the tree of members of every response."""

    def respond(inner: RespondStep, context: Context, status: int, root: str, tree: Tree) -> Response:
        return inner(context, status, root, change(context, root, tree))

    return replacing(STEP.respond).by(respond)


def _in_text(step: Attribute[WriteStep], change: Callable[[str], str]) -> tuple[Replacement, ...]:
    """Middleware that changes the text of every body of one format."""
    return replacing(step).by(lambda inner, context, root, tree: change(inner(context, root, tree)))


def _more_members(context: Context, root: str, tree: Tree) -> Tree:
    return {**tree, "NewMember": "new", "NewObject": {"NewNumber": 1, "NewText": "a < b & c"}}


def _more_in_item(inner: ItemStep, context: Context, item: Item, plan: ItemPlan) -> Tree:
    return {"NewMember": "", **inner(context, item, plan), "NewList": {"NewEntry": ["one", "two"]}}


def _reversed(context: Context, root: str, tree: Tree) -> Tree:
    return {name: _turned(tree[name]) for name in reversed(tree)}


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(inner) for inner in value] if isinstance(value, list) else value


def _recommend(context: Context, root: str, tree: Tree) -> Tree:
    if root != "Error":
        return tree
    return {**tree, "Recommend": f"troubleshoot?q={tree['Code']}&product={context.contract.product}"}


def _with_attributes(text: str) -> str:
    """An attribute on every element."""
    return re.sub(r"<([A-Za-z][A-Za-z0-9.]*)", r'<\1 lang="en"', text)


def _indented_xml(text: str) -> str:
    """Line breaks and blanks between elements; the text of an element stays as it is."""
    return re.sub(r"(</[\w.-]+>|<[\w.-]+/>|\?>|<[\w.-]+>(?=<\w))(?=<)", "\\1\n \t", text) + "\n"


def _empty_elements(text: str) -> str:
    return re.sub(r"<([\w.-]+)></\1>", r"<\1 />", text)


def _commented(text: str) -> str:
    """Comments and processing instructions where they mean nothing, and text in CDATA sections."""
    text = re.sub(r">([^<>]+)<", lambda m: f"><![CDATA[{unescape(m[1])}]]><" if "]]" not in m[1] else m[0], text)
    beside = r"\1<!-- reference -->\2<?reference ?><!-- a <comment> & more -->"
    return re.sub(r"(\?>)(<[\w.-]+>)", beside, text, count=1)


def _without_declaration(text: str) -> str:
    return text.partition("?>")[2]


def _numbered(text: str) -> str:
    """Characters beyond ASCII as numeric references, and a declaration in single quotes."""
    return text.replace('"', "'", 4).encode("ascii", "xmlcharrefreplace").decode()


def _pretty_json(text: str) -> str:
    return json.dumps(json.loads(text), indent=4, ensure_ascii=False) + "\r\n"


def _escaped_json(text: str) -> str:
    return json.dumps(json.loads(text), ensure_ascii=True).replace("/", "\\/").replace("<", "\\u003c")


BODIES: tuple[Variant, ...] = (
    Variant(
        "extra-members",
        "adds members that no page knows to the result, to each item and to errors",
        replacements=_in_tree(_more_members) + replacing(STEP.item).by(_more_in_item),
    ),
    Variant(
        "reversed-members", "puts the members of every object in the opposite order", replacements=_in_tree(_reversed)
    ),
    Variant("recommend-in-errors", "adds a Recommend member to errors", replacements=_in_tree(_recommend)),
    Variant(
        "xml-attributes", "gives every XML element an attribute", replacements=_in_text(STEP.as_xml, _with_attributes)
    ),
    Variant("xml-indented", "indents XML with line breaks and tabs", replacements=_in_text(STEP.as_xml, _indented_xml)),
    Variant(
        "xml-empty-elements",
        "writes empty XML elements as <Name />",
        replacements=_in_text(STEP.as_xml, _empty_elements),
    ),
    Variant(
        "xml-comments-and-cdata",
        "uses comments, processing instructions and CDATA sections in XML",
        replacements=_in_text(STEP.as_xml, _commented),
    ),
    Variant(
        "xml-without-declaration",
        "leaves the XML declaration out",
        replacements=_in_text(STEP.as_xml, _without_declaration),
    ),
    Variant(
        "xml-character-references",
        "writes what is not ASCII as numeric character references",
        replacements=_in_text(STEP.as_xml, _numbered),
    ),
    Variant(
        "json-indented", "indents JSON and ends it with a line break", replacements=_in_text(STEP.as_json, _pretty_json)
    ),
    Variant(
        "json-escapes",
        "writes JSON in ASCII, with \\u and \\/ escapes",
        replacements=_in_text(STEP.as_json, _escaped_json),
    ),
)
