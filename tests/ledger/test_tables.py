"""The tables of requirements and of kinds of choice: a mistake in a row is one sentence with file, line and row."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from conformance.contract.files import schemas_root
from conformance.derive.contradictions import CONTRADICTIONS
from conformance.derive.silences import CONDITIONS, STATED
from conformance.ledger import choices, templates
from conformance.ledger.citations import WORDS
from conformance.ledger.roles import NEEDS
from conformance.ledger.subjects import SUBJECTS, WHERE
from conformance.ledger.tables import BadTable, read_table

KINDS = ("conformance.ledger", "choices.yaml", choices.SCHEMA)
ENDPOINT = ("conformance.endpoint", "requirements.yaml", templates.ENDPOINT_SCHEMA)
SDK = ("conformance.sdk", "requirements.yaml", templates.SDK_SCHEMA)


def text_of(table) -> str:
    return resources.files(table[0]).joinpath(table[1]).read_text("utf-8")


def read(table, text):
    """The table in a text, with what is checked beyond its schema."""
    found = read_table(text, "table.yaml", table[2])
    return {KINDS: choices.kinds_in, ENDPOINT: templates.templates_in, SDK: lambda table: table}[table](found)


@pytest.mark.parametrize(
    ("table", "right", "wrong", "row", "problem"),
    [
        (KINDS, "silence: has-limit", "silence: has-limits", "too-many-ids", 'silence: "has-limits" is not one of'),
        (KINDS, "unless: order-is", "unles: order-is", "order", "'unles' was unexpected"),
        (
            KINDS,
            "preferred: empty-page",
            "preferred: empty",
            "beyond-the-end",
            "preferred: is none of the alternatives",
        ),
        (KINDS, "- id: unknown-id", "- id: too-many-ids", "too-many-ids", "there is another row of that name"),
        (KINDS, "  silence: echoed-and-bounded\n", "", "clamped-echo", 'or "silence" is a required'),
        (
            KINDS,
            "where: time-or-json}",
            "where: noon}",
            "malformed",
            'alternatives: matches-nothing: where: "noon" is not one of',
        ),
        (
            ENDPOINT,
            "level: MUST, each: filter",
            "level: MIGHT, each: filter",
            "filters.selects",
            '"MIGHT" is not one of',
        ),
        (
            ENDPOINT,
            "needs: [items, ids-limit]",
            "needs: [items, idlimit]",
            "ids.up-to-the-limit",
            '"idlimit" is not one of',
        ),
        (ENDPOINT, "choice: too-many-ids", "choice: too-many", "ids.over-the-limit", "'too-many' is no kind of choice"),
        (ENDPOINT, "than {ids_limit}", "than {limit}", "ids.over-the-limit", "{limit} stands for nothing here"),
        (ENDPOINT, "where: shown-time, ", "", "fields.time-format", "there is another row of that name"),
        (
            ENDPOINT,
            "where: shown-time, ",
            "where: stated-time, ",
            "fields.time-format",
            "there is another row of that name",
        ),
        (ENDPOINT, "check: methods.agree, ", "chek: methods.agree, ", "row ", "'chek' was unexpected"),
        (
            SDK,
            "judge: arrives-unchanged,",
            "jugde: arrives-unchanged,",
            "requests.each-parameter",
            "'jugde' was unexpected",
        ),
        (
            SDK,
            "cases: [{expand: parameter}]",
            "cases: [{expant: parameter}]",
            "requests.each-parameter",
            "'expant' was",
        ),
    ],
)
def test_a_mistake_in_a_row_is_one_sentence(table, right, wrong, row, problem):
    text = text_of(table)
    assert right in text
    place = text[: text.index(right)].count("\n")
    with pytest.raises(BadTable) as told:
        read(table, text.replace(right, wrong, 1))
    said = str(told.value)
    line = int(said.partition("line ")[2].partition(":")[0])
    assert said.startswith("table.yaml, line ")
    assert row in said
    assert problem in said
    assert "\n" not in said
    assert place - 8 <= line - 1 <= place + 1


def test_what_is_no_list_and_no_yaml_is_told():
    with pytest.raises(BadTable, match=r"^t, line 1: expected a list of rows$"):
        read_table("a: 1", "t", choices.SCHEMA)
    with pytest.raises(BadTable, match=r"^t, line 3: not YAML: "):
        read_table("- a: 1\n  b: [", "t", choices.SCHEMA)


def test_every_word_of_the_schemas_has_its_function():
    """A word that only the schema knows would stop at load; one that only the code knows could not be used."""
    properties = {
        name: json.loads((schemas_root() / "acs-conformance" / name).read_text("utf-8"))["items"]["properties"]
        for name in (choices.SCHEMA, templates.ENDPOINT_SCHEMA, templates.SDK_SCHEMA)
    }
    kind, endpoint, sdk = properties.values()
    assert set(kind["contradiction"]["enum"]) == set(CONTRADICTIONS)
    assert set(kind["silence"]["enum"]) == set(CONDITIONS)
    assert set(kind["unless"]["enum"]) == set(STATED)
    assert set(endpoint["each"]["enum"]) == set(SUBJECTS)
    assert set(endpoint["where"]["enum"]) == set(WHERE)
    assert set(endpoint["needs"]["items"]["enum"]) == set(NEEDS) == set(sdk["needs"]["items"]["enum"])
    cited = set(endpoint["cites"]["items"]["enum"])
    assert {w for w in cited if not w.startswith("constraint:")} == set(WORDS)


def test_every_word_is_used_by_a_row():
    rows = {table: read_table(text_of(table), "t", table[2]).rows for table in (KINDS, ENDPOINT, SDK)}
    assert {row["where"] for row in rows[ENDPOINT] if "where" in row} == set(WHERE)
    assert {row["each"] for row in rows[ENDPOINT]} == set(SUBJECTS)
    assert {need for table in (ENDPOINT, SDK) for row in rows[table] for need in row.get("needs", ())} == set(NEEDS)
    assert {row["contradiction"] for row in rows[KINDS] if "contradiction" in row} == set(CONTRADICTIONS)
    assert {row["unless"] for row in rows[KINDS] if "unless" in row} == set(STATED)


def test_a_kind_without_a_choice_is_done_as_preferred_unless_the_contract_decides():
    by_contract = {id for id, kind in choices.kinds().items() if kind.customary is None}
    assert by_contract == {"json-type", "item-name", "time-precision", "required", "error"}
    assert all(k.customary == k.preferred for k in choices.kinds().values() if k.customary)
