"""A value of a cassette on one line: JSON, but for bytes that are no text, which stand there as YAML has them."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from typing import Any
from uuid import uuid4

# what YAML readers take for the end of a line, or refuse
ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def line_of_value(value: Any) -> str:
    """Raises TypeError for what is neither JSON nor bytes."""
    mark, found = uuid4().hex, list[bytes]()

    def noted(data: object) -> str:
        if not isinstance(data, bytes):
            raise TypeError(f"{data!r:.40} stands in no recording")
        found.append(data)
        return mark

    text = json.dumps(value, ensure_ascii=False, separators=(",", ": "), default=noted)
    text = ESCAPED.sub(lambda odd: f"\\u{ord(odd[0]):04x}", text)
    for data in found:
        text = text.replace(f'"{mark}"', f'!!binary "{b64encode(data).decode()}"', 1)
    return text
