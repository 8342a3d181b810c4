"""Where to start after a run over a service: one cause once, whichever checks and operations met it."""

from __future__ import annotations

from conformance.report.service_causes import Failed, service_causes

BROKEN = "status 500, error InternalError"


def failed(requirement: str, message: str = "the answer is not a result", cause: str | None = BROKEN) -> Failed:
    return Failed(requirement, "MUST", message, cause)


def test_an_error_that_many_checks_meet_is_one_cause() -> None:
    checks = ("paging.pages-are-full", "emptiness.list", "parameters.Size.default", "formats.agree")
    met = [(name, failed(f"{name}.{check}")) for name in ("A", "B") for check in checks]
    (cause,) = service_causes(met)
    assert cause.operations == ("A", "B")
    assert cause.text == f"paging.pages-are-full, emptiness.list and 2 more: the answer is not a result ({BROKEN})"


def test_other_errors_and_what_is_no_error_are_causes_of_their_own() -> None:
    met = [
        ("A", failed("A.emptiness.list")),
        ("A", failed("A.paging.beyond-the-end", cause="status 400, error InvalidPage")),
        ("A", failed("A.ids.selects", "other items come", "a result of 3 items")),
        ("A", failed("A.filters.Name.selects", "other items come", "a result of 3 items")),
        ("B", failed("B.filters.Colour.selects", "other items come", "a result of 9 items")),
    ]
    assert [(c.text.split(":")[0], c.operations) for c in service_causes(met)] == [
        ("filters.*.selects", ("A", "B")),
        ("emptiness.list", ("A",)),
        ("paging.beyond-the-end", ("A",)),
        ("ids.selects", ("A",)),
    ]


def test_what_sequences_show_is_of_resources():
    (cause,) = service_causes([("Disk", Failed("Disk.sequences.gone", "MUST", "it is listed"))])
    assert cause.extent == "1 resource"
