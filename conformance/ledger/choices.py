"""The vocabulary of choices: the kinds of open question that generic code understands.

Derivation writes choices of these kinds into a contract, the reference endpoint acts on them, and the suite observes
them. The id of a choice is `<subject>.<kind>`, of an alternative one of the words listed here (an `error` choice's
alternatives are `CODE/STATUS`).
"""

from __future__ import annotations

KINDS: dict[str, tuple[str, ...]] = {
    # --- shape of the response
    # JSON: a list's wrapper is an object holding the array, or an array of one such object
    "list-form": ("object", "array-of-one"),
    # JSON: a scalar is written as a string or as the type that the sample shows
    "json-type": ("string", "boolean", "integer", "number"),
    # an enumerated value is spelt as the parameter's list spells it (ImportImage), or in capitals (IMPORT_IMAGE)
    "spelling": ("as-listed", "capitals"),
    # times in the response: yyyy-MM-ddTHH:mmZ or yyyy-MM-ddTHH:mm:ssZ
    "time-precision": ("minutes", "seconds"),
    # an empty listing: wrapper with an empty list, an empty wrapper, or nothing at all
    "empty-list": ("empty-list", "empty-wrapper", "absent"),
    # a value that does not exist yet: member absent, or present and empty
    "missing-value": ("absent", "empty"),
    # order of the listing
    "order": ("newest-first", "oldest-first", "by-key", "other"),
    # --- requests that the documentation allows
    "required": ("required", "optional"),
    "id-syntax": ("comma", "json-array", "both"),
    "short-time": ("accepted", "rejected"),
    "range-bound": ("inclusive", "exclusive"),
    # --- requests that it does not
    "above-maximum": ("rejected", "clamped"),
    "below-minimum": ("rejected", "clamped", "default"),
    "malformed": ("rejected", "ignored", "matches-nothing"),
    "too-many-ids": ("rejected", "truncated", "all-answered"),
    "unknown-value": ("drops-filter", "matches-nothing", "rejected"),
    "unknown-id": ("matches-nothing", "rejected"),
    "empty-value": ("ignored", "matches-nothing", "rejected"),
    "beyond-the-end": ("empty-page", "last-page", "rejected"),
    "inverted-range": ("matches-nothing", "ignored", "rejected"),
    "clamped-echo": ("effective", "requested"),
    "unknown-parameter": ("ignored", "rejected"),
    "unknown-format": ("rejected", "default-format"),
    # --- errors
    "error": (),
    "error-message": ("page", "common"),
}


def choice_id(kind: str, subject: str) -> str:
    """The id of a choice: `PageSize.above-maximum`."""
    if kind not in KINDS:
        raise ValueError(f"no such kind of choice: {kind!r}; known: {', '.join(KINDS)}")
    return f"{subject}.{kind}"
