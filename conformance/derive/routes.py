"""How an operation is called: by RPC, or by a method and a path of its own as pages in that style say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from conformance.derive.page import Page
from conformance.derive.text import unmark

_LINE = re.compile(r"(?m)^[^\S\n]*(?:\d+\.\s*)?(GET|POST|PUT|DELETE|PATCH|HEAD)\s+(?:https?://[^\s/?]+)?(/[^\s?]*)")
_SPOKEN = re.compile(
    r"(?i)(?:request )?(?:path|uri|url|路径|地址)\s*(?:is|为|[:：])\s*[`*]*(?:https?://[^\s/?]+)?(/[^\s?`*|,，。;]+)"
)
_METHOD = re.compile(
    r"(?i)(?:http |request )?(?:method|请求方法|请求方式)\s*(?:is|为|[:：])\s*[`*]*(GET|POST|PUT|DELETE|PATCH|HEAD)\b"
)


@frozen
class Calling:
    """`path` is the template (`/clusters/{ClusterId}`), None for RPC operations, which all share one."""

    methods: tuple[str, ...] = ("GET", "POST")
    path: str | None = None

    @property
    def variables(self) -> tuple[str, ...]:
        """The names in the path."""
        return tuple(re.findall(r"\{([^{}]+)\}", self.path or ""))


def route_of(page: Page) -> Calling:
    """The route that a page's request syntax shows, else its sample request, else its sentences."""
    texts = list(_texts(page))
    for text in texts:
        for method, path in _LINE.findall(text):
            if _is_template(path):
                return Calling((method,), _braced(path))
    for text in texts:
        path, method = _SPOKEN.search(text), _METHOD.search(text)
        if path and method and _is_template(path.group(1)):
            return Calling((method.group(1).upper(),), _braced(path.group(1)))
    return Calling()


def _texts(page: Page) -> Iterator[str]:
    ordered = ("syntax", "summary", "description", "debugging", "other", "parameters")
    for kind in ordered:
        for section in page.of_kind(kind):
            yield from (block.text for block in section.blocks)
            yield "\n".join(unmark(prose.text) for prose in section.prose)
    for section in page.of_kind("examples"):
        yield from (block.text for block in section.blocks)


def _is_template(path: str) -> bool:
    """Whether a path is an operation's own: `/` and `/?Action=…` are those of RPC."""
    return path not in ("", "/") and not path.startswith("/?")


def _braced(path: str) -> str:
    """The path with its variables in braces: pages write `[ClusterId]`, `<ClusterId>` or `:ClusterId` too."""
    bare = path.rstrip("`*.,;|")
    return re.sub(r"[\[<](\w+)[\]>]|(?<=/):(\w+)", lambda m: f"{{{m.group(1) or m.group(2)}}}", bare)
