"""Rules from sentences, in both languages."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.contract.model import Constraint
from conformance.derive.defaults import NO_DEFAULT
from conformance.derive.fields import joined
from conformance.derive.page import Page
from conformance.derive.prose import OTHERS, REQUIRED, findings, is_normative
from conformance.derive.revision import parameter_constraints
from conformance.derive.rows import RowEntry
from conformance.derive.text import sentences


def said(text: str, type: str = "string", name: str = "Thing") -> list[tuple[str, object]]:
    return [(f.kind, f.value) for f in findings(name, type, sentences(text))]


@pytest.mark.parametrize(
    ("text", "type", "expected"),
    [
        ("Default value: 10.", "integer", [("default", 10)]),
        ("取值范围：１～１００。", "integer", [("minimum", 1), ("maximum", 100)]),
        ("取值：30、50、100，默认值为30。", "integer", [("default", 30), ("enum", (30, 50, 100))]),
        ("取值：on | off。", "string", [("enum", ("on", "off"))]),
        ("Valid values: 30, 50, and 100. Default value: 30.", "integer", [("enum", (30, 50, 100)), ("default", 30)]),
        ("Unit为Year时，取值：1，2，3", "integer", []),
        ("对于大号，取值：fast、slow。", "string", []),
        ("长度为1~9个字符，必须包含前缀cart/。", "string", [("min_length", 1), ("max_length", 9), ("prefix", "cart/")]),
        ("必须以acs:开头。", "string", [("prefix", "acs:")]),
        ("The name must start with acs/.", "string", [("prefix", "acs/")]),
        ("The name must start with a letter.", "string", []),
        ("必须以大小写字母开头。", "string", []),
        ("格式为*yyyy-MM-dd*T*HH:mm:ss*Z（UTC时间）。", "string", [("time_format", "yyyy-MM-ddTHH:mm:ssZ")]),
        ("默认值：－１。", "integer", [("default", -1)]),
        ("取值范围：≥1。", "integer", [("minimum", 1)]),
        ("取值为大于0的整数。", "integer", [("minimum", 1)]),
        ("取值范围：大于0。", "number", []),
        ("页码，大于0，且不超过Integer的最大值，默认值：1", "integer", [("default", 1), ("minimum", 1)]),
        ("页码，取值为大于0且不超过Integer数据类型的最大值，默认值为1。", "integer", [("default", 1), ("minimum", 1)]),
        ("有效值：大于 0，小于 101", "integer", [("minimum", 1), ("maximum", 100)]),
        ("带宽的值大于0，则自动分配公网IP。", "integer", []),
        ("如果是按量付费，大于0，小于9。", "integer", []),
        ("取值范围：＜10。", "integer", [("maximum", 9)]),
        ("取值范围：小于等于9。", "number", [("maximum", 9)]),
        ("取值范围：0~min{50, 10*容量}。", "integer", []),
        ("大小必须大于等于max{20, Size}。", "integer", []),
        ("取值范围：{1, 2, 3}。", "integer", [("enum", (1, 2, 3))]),
        ('取值范围：{"1", "2", "3"}', "integer", [("enum", (1, 2, 3))]),
        ('PeriodUnit为Month时，取值范围为：{"1", "2", "3"}', "integer", []),
        ("取值范围：\n\n- -1：永久。\n- 1~65：天数。\n", "integer", [("minimum", -1), ("maximum", 65)]),
        ("取值范围：\n\n- -1：对于甲，不限。\n- 1~65：对于乙，天数。\n", "integer", []),
        ("取值范围：\n\n- 小：5~50\n- 大：20~500\n", "integer", []),
        ("取值：\n\n- slow：很慢。一直慢。\n- fast（默认）：很快。一直快。\n", "string",
         [("default", "fast"), ("enum", ("slow", "fast")), ("default", "fast")]),
        ("N表示标签个数，取值范围：1~20。", "integer", [("max_items", 20)]),
        ("长度为1~128位。", "string", [("min_length", 1), ("max_length", 128)]),
        ("标签键长度的取值范围：1~128。", "string", [("min_length", 1), ("max_length", 128)]),
        ("Windows实例：字符长度为2~15，不支持半角句号。", "string", []),
        ("支持全字符集，长度不得超过64个字符。", "string", [("max_length", 64)]),
        ("每个部分最长为63个字符。", "string", []),
        ("标签键最长为64个字符。", "array", []),
        ("最多支持一次查询100台实例。", "string", [("max_items", 100)]),
        ("数组长度范围：[1,20]。", "array", [("max_items", 20)]),
        ("个数取值范围为[1,3]。", "array", [("max_items", 3)]),
        ("每页行数（默认 10）。", "integer", [("default", 10)]),
        ("The mode (default: fast).", "string", [("default", "fast")]),
        ("Valid values:\n\n-   0 (default value): none\n-   1: some\n", "integer", [("default", 0), ("enum", (0, 1))]),
        ("取值：\n\n-   -1（默认）：不限\n-   1：有限\n", "integer", [("default", -1), ("enum", (-1, 1))]),
        ("可选值：-1、1、2", "integer", [("enum", (-1, 1, 2))]),
        ("`N` 的取值范围：[1, 100]。", "array", [("max_items", 100)]),
        ("The N can be set to [1, 20].", "array", [("max_items", 20)]),
        ("Valid values:\n\n-   small: 5 to 50\n-   large: 20 to 500\n", "integer", []),
        ("默认值：10", "integer", [("default", 10)]),
        ("默认为**100**秒。", "integer", [("default", 100)]),
        ("Default value: false.", "boolean", [("default", False)]),
        ("Default value: null.", "string", [(NO_DEFAULT, None)]),
        ("默认值：无", "string", [(NO_DEFAULT, None)]),
        ("This parameter is empty by default.", "string", [(NO_DEFAULT, None)]),
        ("Valid values: 1 to 100.", "integer", [("minimum", 1), ("maximum", 100)]),
        (r"Value range: \[1, 50\].", "integer", [("minimum", 1), ("maximum", 50)]),
        ("取值范围：1~2048", "integer", [("minimum", 1), ("maximum", 2048)]),
        ("取值范围`[100,3600]`", "integer", [("minimum", 100), ("maximum", 3600)]),
        ("Valid values: 1 to 2,000.", "integer", [("minimum", 1), ("maximum", 2000)]),
        ("Valid values: 0, 1, 2, and 3.", "integer", [("enum", (0, 1, 2, 3))]),
        ("Maximum value: 100, default value: 10.", "integer", [("default", 10), ("maximum", 100)]),
        ("最大值100行，默认值为10。", "integer", [("default", 10), ("maximum", 100)]),
        ("起始值：1", "integer", [("minimum", 1)]),
        ("Pages start from page 1.", "integer", [("minimum", 1)]),
        ("Valid values of N: 1 to 20.", "string", [("max_items", 20)]),
        ("N的取值范围：1~20", "string", [("max_items", 20)]),
        ("It can be up to 64 characters in length.", "string", [("max_length", 64)]),
        ("长度为2~128个英文或中文字符。", "string", [("min_length", 2), ("max_length", 128)]),
        ("A string of [2, 256] characters.", "string", [("min_length", 2), ("max_length", 256)]),
        ("It cannot start with http:// or https://.", "string", [("prefix", ("!http://", "!https://"))]),
        ("不能以aliyun和acs:开头。", "string", [("prefix", ("!aliyun", "!acs:"))]),
        ("It cannot be an empty string.", "string", [("min_length", 1)]),
        ("You can specify up to 100 task IDs at a time.", "string", [("max_items", 100)]),
        ("单次最多支持指定100个，ID之间使用半角逗号（,）分隔。", "string", [("max_items", 100), ("separator", ",")]),
        ("Up to 1,000 resources that are bound with the tag are displayed.", "string", []),
        (r"Separate multiple tasks IDs with commas \(,\).", "string", [("separator", ",")]),
        ("A JSON array of up to 100 disk IDs.", "string", [("max_items", 100), ("syntax", "json-array")]),
        ("格式为JSON数组。", "string", [("syntax", "json-array")]),
        ("It is in the YYYY-MM-DDThh:mmZ format.", "string", [("time_format", "yyyy-MM-ddTHH:mmZ")]),
        ("距离1970 年 1 月 1 日 0 点的毫秒数。", "string", [("time_format", "epoch-milliseconds")]),
        ("Valid values:\n\n-   vpc: a network\n-   classic", "string", [("enum", ("vpc", "classic"))]),
        ("取值范围：\n\n-   true：是。这是真的。\n-   false：否。", "boolean", [("enum", (True, False))]),
        ("取值：\n\n-   a：实例（默认）。\n-   b：网卡。", "string", [("default", "a"), ("enum", ("a", "b"))]),
        ("When Other is set to x, the following values are returned:\n\n-   a\n-   b", "string", []),
        ("Set the value to Availability.", "string", [("enum", ("Availability",))]),
        (
            "The system only retrieves tasks in the Finished, Processing, and Failed states and ignores other values.",
            "string",
            [("effective_values", ("Finished", "Processing", "Failed")), ("ignored_values", OTHERS)],
        ),
        (
            "只支持查询状态为Finished和Processing的任务，填入其他取值将不会生效。",
            "string",
            [("effective_values", ("Finished", "Processing")), ("ignored_values", OTHERS)],
        ),
        ("不支持同时指定`SecurityGroupId`和`Thing`。", "string", [("excludes", ("SecurityGroupId",))]),
        ("当该参数传入值时，InstanceId必须为空。", "string", [("excludes", ("InstanceId",))]),
        ("For API requests using HTTP, `Thing` is required.", "string", [(REQUIRED, True)]),
        ("When X is set, Thing is required.", "string", []),
        ("The maximum entries on a page.", "integer", []),
        ("取值范围：\n\n-   Unit=Week时，Thing取值：1~4\n-   Unit=Month时，Thing取值：1~12, 24", "integer", []),
        ("如果PricingCycle为month，取值为1~9。", "integer", []),
        ("When bandwidth is at most 10, the valid values of Thing are 1 to 10.", "integer", []),
        ("当前页码，取值范围：1~100。", "integer", [("minimum", 1), ("maximum", 100)]),
        ("单位为小时，取值范围：1~24。", "integer", [("minimum", 1), ("maximum", 24)]),
        ("若干条，取值范围：1~100。", "integer", [("minimum", 1), ("maximum", 100)]),
        ("Valid values: 1 to 100 when Other is a.", "integer", [("minimum", 1), ("maximum", 100)]),
        ("默认值为ScalingRuleId的值。", "string", []),
        ("默认值为ascending。", "string", [("default", "ascending")]),
        (r"Valid values: on | off \(default\)", "string", [("default", "off"), ("enum", ("on", "off"))]),
        (r"Valid value: http\_2xx \(Default\) | http\_3xx", "string",
         [("default", "http_2xx"), ("enum", ("http_2xx", "http_3xx"))]),
        (r"Valid values: a \(default\) | b \(default\)", "string", [("enum", ("a", "b"))]),
        ("The source of the CMK.Valid values: Aliyun_KMS and EXTERNAL.", "string",
         [("enum", ("Aliyun_KMS", "EXTERNAL"))]),
    ],
)  # fmt: skip
def test_a_rule_is_read(text: str, type: str, expected: list[tuple[str, object]]) -> None:
    assert said(text, type) == expected


def test_utc_belongs_to_the_format_of_its_row() -> None:
    found = findings("T", "string", sentences("The time. Use the yyyy-MM-ddTHH:mm:ssZ format. It must be in UTC."))
    assert [(f.kind, f.sentence) for f in found] == [("time_format", 2), ("time_format", 3)]


def test_what_is_said_of_members_is_not_said_of_the_parameter() -> None:
    text = (
        "服务器列表。\n\n 包含以下参数：\n\n-   Port：端口。取值范围：1~65535。\n-   Description：长度为1~80个字符。\n"
    )
    assert said(text) == []


@pytest.mark.parametrize(
    ("text", "normative"),
    [
        ("The ID must be unique.", True),
        ("Up to 10 are allowed.", True),
        ("最多支持100个。", True),
        ("The ID of the region.", False),
        ("For more information, see the maximum values.", False),
        ("地域ID。", False),
    ],
)
def test_rules_are_told_from_descriptions(text: str, normative: bool) -> None:
    assert is_normative(text) is normative


def test_of_two_counts_only_the_last_is_the_rows_own() -> None:
    text = "N表示组数，取值范围：1~5。"
    assert said(text, "integer", "Group.N.Cart.N.Port") == []
    assert said(text, "array", "Group.N.Carts.N") == [("max_items", 5)]
    assert said(text, "integer", "Group.N.Port") == [("max_items", 5)]


@pytest.mark.parametrize(
    ("example", "text", "limits"),
    [
        ("5", "取值范围：1~100。", [("minimum", 1), ("maximum", 100)]),
        ("5", "Valid values: 1 to 100.", [("minimum", 1), ("maximum", 100)]),
        ('[{"Weight": 5}]', "Weight: the weight. Valid values: 1 to 100.", []),
        ("", "取值范围：1~100。", []),
        ("80/80", "取值范围：1~100。", []),
    ],
)
def test_a_number_that_is_documented_as_text_has_limits(
    example: str, text: str, limits: list[tuple[str, object]]
) -> None:
    page = Page("p", "DescribeCarts", "en", "C", "0" * 64, (), "", id="p")
    found = parameter_constraints(
        page, RowEntry("Weight", "Weight", "String", "", example, text, 1), "string", sentences(text)
    )
    assert [(c.kind, c.value) for c in found] == limits


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("Group.N.Member.M.Port",
         "端口，取值范围：1-65535。N 为组的编号，取值范围：1-5。M 为成员的编号，取值范围：1-7。",
         {"minimum": 1, "maximum": 65535, "max_items": 7}),
        ("Group.N.Member.M.Port", "Valid values: 1 to 9. Valid values of N: 1 to 5. Valid values of M: 1 to 7.",
         {"minimum": 1, "maximum": 9, "max_items": 7}),
        ("Group.N", "如果使用了Group.N，Other将被忽略，其中N的取值范围：1~10，即最多10种。", {"max_items": 10}),
        ("Group.N.Port", "Valid values: 1 to 9. Valid values of N: 1 to 5.",
         {"minimum": 1, "maximum": 9, "max_items": 5}),
    ],
)  # fmt: skip
def test_a_range_of_the_numbers_in_a_name_is_none_of_the_value(name, text, expected):
    found = findings(name, "integer", sentences(text))
    assert {f.kind: f.value for f in found} == expected


@pytest.mark.parametrize(
    ("text", "type", "values"),
    [
        ("Valid values:\n\n- Month: of a big one.\n- Year: of a big one.\n- Month: of a small one.\n",
         "string", ["Month", "Year"]),
        ("取值：\n\n- true：甲。\n- false：乙。\n- false：丙。\n", "boolean", [True, False]),
        ("Valid values: 3, 1, 2, 3, 1.", "integer", [3, 1, 2]),
    ],
)  # fmt: skip
def test_a_value_that_stands_below_two_conditions_is_listed_once(text: str, type: Any, values: list[object]) -> None:
    page = Page("p", "DescribeCarts", "en", "C", "0" * 64, (), "", id="p")
    found = parameter_constraints(page, RowEntry("Unit", "Unit", type, "", "", text, 1), type, sentences(text))
    assert [c.value for c in found if c.kind == "enum"] == [values]


def test_one_and_true_are_two_values() -> None:
    (one,) = joined([Constraint("enum", [1, True, 1, "1"])])
    assert [repr(v) for v in one.value] == ["1", "True", "'1'"]
