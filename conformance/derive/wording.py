"""Our own statements of what a choice is about and of each way to take it, by kind."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen


@frozen
class Wording:
    """`{subject}` stands for what the choice is about. `preferred` is what real gateways are believed to do."""

    statement: str
    alternatives: Mapping[str, str]
    preferred: str


WORDINGS: Mapping[str, Wording] = {
    "list-form": Wording(
        "How the list in {subject} is written in JSON.",
        {
            "object": "An object that holds the array.",
            "array-of-one": "An array of one object that holds the array.",
        },
        "object",
    ),
    "json-type": Wording(
        "The type of {subject} in JSON.",
        {
            "string": "A string.",
            "boolean": "A boolean.",
            "integer": "An integer.",
            "number": "A number.",
        },
        "string",
    ),
    "spelling": Wording(
        "How the values of {subject} are spelt in the response.",
        {
            "as-listed": "As the parameter lists them.",
            "capitals": "In capitals, with underscores between words.",
        },
        "as-listed",
    ),
    "time-precision": Wording(
        "The precision of the times in the response.",
        {"minutes": "yyyy-MM-ddTHH:mmZ", "seconds": "yyyy-MM-ddTHH:mm:ssZ"},
        "minutes",
    ),
    "empty-list": Wording(
        "How {subject} is written when it has no item.",
        {
            "empty-list": "Its wrapper holds an empty list.",
            "empty-wrapper": "Its wrapper is there and empty.",
            "absent": "Nothing is written.",
        },
        "empty-list",
    ),
    "missing-value": Wording(
        "How {subject} is written while it has no value.",
        {"absent": "It is left out.", "empty": "It is there and empty."},
        "absent",
    ),
    "order": Wording(
        "The order of {subject}.",
        {
            "newest-first": "The newest item comes first.",
            "oldest-first": "The oldest item comes first.",
            "by-key": "By the key of the items.",
            "other": "Another order that stays the same.",
        },
        "newest-first",
    ),
    "required": Wording(
        "Whether {subject} must be given.",
        {"required": "It must be given.", "optional": "It may be left out."},
        "required",
    ),
    "id-syntax": Wording(
        "How several ids are written in {subject}.",
        {
            "comma": "Ids with commas between them.",
            "json-array": "A JSON array of strings.",
            "both": "Either is accepted.",
        },
        "comma",
    ),
    "short-time": Wording(
        "Whether {subject} may be given without seconds.",
        {"accepted": "It is read as the full minute.", "rejected": "It is an error."},
        "accepted",
    ),
    "range-bound": Wording(
        "Whether an item at the very time of {subject} lies in the range.",
        {"inclusive": "It does.", "exclusive": "It does not."},
        "inclusive",
    ),
    "above-maximum": Wording(
        "What becomes of {subject} above its maximum.",
        {"rejected": "The request is an error.", "clamped": "The maximum is used."},
        "rejected",
    ),
    "below-minimum": Wording(
        "What becomes of {subject} below its minimum.",
        {
            "rejected": "The request is an error.",
            "clamped": "The minimum is used.",
            "default": "The default is used.",
        },
        "rejected",
    ),
    "malformed": Wording(
        "What becomes of {subject} that is not of its documented form.",
        {
            "rejected": "The request is an error.",
            "ignored": "The request is answered as if it were left out.",
            "matches-nothing": "The listing is empty.",
        },
        "rejected",
    ),
    "too-many-ids": Wording(
        "What becomes of more ids in {subject} than are allowed.",
        {
            "rejected": "The request is an error.",
            "truncated": "The ids over the limit do not count.",
            "all-answered": "All ids count.",
        },
        "rejected",
    ),
    "unknown-value": Wording(
        "What becomes of a value of {subject} that is not listed or not effective.",
        {
            "drops-filter": "The request is answered as if it were left out.",
            "matches-nothing": "The listing is empty.",
            "rejected": "The request is an error.",
        },
        "matches-nothing",
    ),
    "unknown-id": Wording(
        "What becomes of an id in {subject} that no item has.",
        {"matches-nothing": "It matches nothing.", "rejected": "The request is an error."},
        "matches-nothing",
    ),
    "empty-value": Wording(
        "What becomes of {subject} that is sent empty.",
        {
            "ignored": "The request is answered as if it were left out.",
            "matches-nothing": "The listing is empty.",
            "rejected": "The request is an error.",
        },
        "ignored",
    ),
    "beyond-the-end": Wording(
        "The answer to a {subject} after the last page.",
        {
            "empty-page": "A page without items.",
            "last-page": "The last page.",
            "rejected": "An error.",
        },
        "empty-page",
    ),
    "inverted-range": Wording(
        "The answer where {subject} lies after the end of the range.",
        {
            "matches-nothing": "The listing is empty.",
            "ignored": "The range is left out of account.",
            "rejected": "An error.",
        },
        "matches-nothing",
    ),
    "clamped-echo": Wording(
        "Which {subject} the response repeats after a value was changed to fit.",
        {"effective": "The one that was used.", "requested": "The one that was sent."},
        "effective",
    ),
    "unknown-parameter": Wording(
        "What becomes of a parameter that is not documented.",
        {"ignored": "It changes nothing.", "rejected": "The request is an error."},
        "ignored",
    ),
    "unknown-format": Wording(
        "The answer to a {subject} that is not documented.",
        {"rejected": "An error.", "default-format": "An answer in the default format."},
        "default-format",
    ),
    "error": Wording("With which code and status {subject} is answered.", {}, ""),
    "error-message": Wording("With which message {subject} is answered.", {"page": "", "common": ""}, "page"),
}
