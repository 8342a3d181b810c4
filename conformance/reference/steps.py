"""The pipeline as a table of steps, so that a fault or a variant can change one small thing and nothing else.

Middleware is a function `middleware(inner, context, *args)` that takes the place of a step: it gets the step that it
replaces and the step's own arguments, and may change either or the result. Middleware on one step nests, the last
named outermost. A step is referred to as `STEP.page`, so that a step that does not exist is an error of the import,
and middleware that does not fit its step an error of the type checker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Concatenate, Generic, NoReturn, ParamSpec, TypeVar

import attrs
from attrs import Attribute, frozen

from conformance.contract.model import Field, Filter, Parameter
from conformance.contract.narrowing import Bound, Selector, TagFilter
from conformance.reference import (
    arguments,
    id_list,
    listing,
    narrowing,
    pipeline,
    refusals,
    rendering,
    signatures,
    time_range,
)
from conformance.reference.context import Context, Query, Tag
from conformance.reference.id_list import IdText
from conformance.reference.listing import ListingPage
from conformance.reference.meaning import ParameterMeaning
from conformance.reference.message import Response
from conformance.reference.refusals import RefusedRequest
from conformance.reference.rendering import Converter, ItemPlan, Tree
from conformance.reference.store import Item

P = ParamSpec("P")
R = TypeVar("R")
Pairs = list[tuple[str, str]]

Step = Callable[Concatenate[Context, P], R]
Middleware = Callable[Concatenate[Callable[Concatenate[Context, P], R], Context, P], R]

# the steps by what they are given and what they answer; those that refuse raise RefusedRequest
CheckStep = Callable[[Context], None]
NamedCheckStep = Callable[[Context, str], None]
RefusalStep = Callable[[Context, str], NoReturn]
TextStep = Callable[[Context], str]
TextOfStep = Callable[[Context, str], str]
ResponseStep = Callable[[Context], Response]
FailStep = Callable[[Context, RefusedRequest], Response]
RespondStep = Callable[[Context, int, str, Tree], Response]
SendStep = Callable[[Context, Response], Response]
TakeStep = Callable[[Context, str, tuple[str, ...]], str | None]
ArgumentStep = Callable[[Context, str], str | None]
ArgumentsStep = Callable[[Context], Query]
IntegerStep = Callable[[Context, str], tuple[int, int]]
BoundedStep = Callable[[Context, str, int], int]
ParameterStep = Callable[["Context", Parameter], None]
FilterValueStep = Callable[[Context, Filter], str | ParameterMeaning]
TimeStep = Callable[[Context, str], str | ParameterMeaning]
IdTextStep = Callable[[Context], IdText | None]
SplitIdsStep = Callable[[Context, IdText], tuple[str, ...] | None]
LimitIdsStep = Callable[[Context, tuple[str, ...]], tuple[str, ...]]
StoredStep = Callable[[Context, str], Sequence[Item]]
SelectStep = Callable[[Context, Query], list[Item]]
KeepsStep = Callable[[Context, Query, Item], bool]
MatchesStep = Callable[[Context, Filter, str, Item], bool]
UnknownIdsStep = Callable[[Context, Query, Sequence[Item]], None]
ValuesStep = Callable[[Context, Selector], tuple[str, ...] | None]
TagsStep = Callable[[Context, TagFilter], tuple[Tag, ...]]
SelectedStep = Callable[[Context, Selector, tuple[str, ...], Any], bool]
TaggedStep = Callable[[Context, tuple[Tag, ...], Item], bool]
BoundTextStep = Callable[[Context, Bound], str | None]
BoundedByStep = Callable[[Context, Bound, str, Any], bool]
BoundStep = Callable[[Context, str, str], bool]
OrderStep = Callable[[Context, list[Item]], list[Item]]
PageStep = Callable[[Context, Query, Sequence[Item]], ListingPage]
TokenStep = Callable[[Context, Query, int], str]
TotalStep = Callable[[Context, Query, Sequence[Item], Sequence[Item]], int]
MembersStep = Callable[[Context, Query, ListingPage], Tree]
ItemStep = Callable[[Context, Item, ItemPlan], Tree]
ErrorStep = Callable[[Context, RefusedRequest], Tree]
WriteStep = Callable[[Context, str, Tree], str]
EncodeStep = Callable[[Context, str], bytes]


@frozen
class Steps:
    """The functions that an answer is made of, each with what replaces it in place."""

    # the whole
    answer: ResponseStep = pipeline.answer
    read: CheckStep = pipeline.read
    format: CheckStep = pipeline.answer_format
    signature_version: TextStep = pipeline.signature_version
    method: CheckStep = pipeline.method
    names: CheckStep = pipeline.names
    operate: ResponseStep = pipeline.operate
    succeed: ResponseStep = pipeline.succeed
    fail: FailStep = pipeline.fail
    respond: RespondStep = pipeline.respond
    request_id: TextStep = pipeline.request_id
    send: SendStep = pipeline.send
    # choices and refusals
    take: TakeStep = pipeline.take
    refuse: NamedCheckStep = refusals.refuse
    missing: RefusalStep = refusals.missing
    invalid: RefusalStep = refusals.invalid
    unknown_region: RefusalStep = refusals.unknown
    # signatures
    authenticate: CheckStep = signatures.authenticate
    decode: Callable[[Context, str], Pairs] = signatures.decode
    percent: TextOfStep = signatures.percent
    canonical_query: Callable[[Context, Pairs], str] = signatures.canonical_query
    signed_v1: TextOfStep = signatures.signed_v1
    signed_v3: TextOfStep = signatures.signed_v3
    payload_hash: TextStep = signatures.payload_hash
    signature_names: CheckStep = signatures.signature_names
    timestamp: CheckStep = signatures.timestamp
    verify: CheckStep = signatures.verify
    same_signature: Callable[[Context, str, str], bool] = signatures.same_signature
    payload: CheckStep = signatures.payload
    coverage: CheckStep = signatures.coverage
    token: CheckStep = signatures.token
    nonce: CheckStep = signatures.nonce
    nonce_name: Callable[[Context], tuple[str | None, ...]] = signatures.nonce_name
    # parameters
    argument: ArgumentStep = arguments.argument
    unknown_parameters: CheckStep = arguments.unknown_parameters
    required: CheckStep = arguments.required
    is_required: Callable[[Context, Parameter], bool] = arguments.is_required
    region: NamedCheckStep = arguments.region
    integer: IntegerStep = arguments.integer
    number: Callable[[Context, str], int | None] = arguments.number
    bounded: BoundedStep = arguments.bounded
    length: ParameterStep = arguments.length
    listed: ParameterStep = arguments.listed
    there: ParameterStep = arguments.there
    filter_value: FilterValueStep = arguments.filter_value
    id_text: IdTextStep = id_list.id_text
    split_ids: SplitIdsStep = id_list.split_ids
    limit_ids: LimitIdsStep = id_list.limit_ids
    time: TimeStep = time_range.time
    inverted: Callable[[Context, Query], Query] = time_range.inverted
    with_narrowings: Callable[[Context, Query], Query] = narrowing.with_narrowings
    selector_values: ValuesStep = narrowing.selector_values
    tags: TagsStep = narrowing.tags
    bound: BoundTextStep = narrowing.bound
    json_text: TimeStep = arguments.json_text
    dry_run: CheckStep = narrowing.dry_run
    # the last of these, because its name hides the module's
    arguments: ArgumentsStep = arguments.arguments
    # the listing
    stored: StoredStep = listing.stored
    select: SelectStep = listing.select
    keeps: KeepsStep = listing.keeps
    matches: MatchesStep = listing.matches
    named: Callable[[Context, Sequence[str], Item], bool] = listing.named
    check_unknown_ids: UnknownIdsStep = listing.check_unknown_ids
    narrowed: KeepsStep = narrowing.narrowed
    selected: SelectedStep = narrowing.selected
    tagged: TaggedStep = narrowing.tagged
    bounded_by: BoundedByStep = narrowing.bounded_by
    within: Callable[[Context, str | None, str | None, Item], bool] = listing.within
    from_start: BoundStep = listing.from_start
    to_end: BoundStep = listing.to_end
    order: OrderStep = listing.order
    page: PageStep = listing.page
    page_by_token: PageStep = listing.page_by_token
    token_at: TokenStep = listing.token_at
    beyond_the_end: Callable[[Context, Query, Sequence[Item]], int] = listing.beyond_the_end
    total: TotalStep = listing.total
    # the body
    result: MembersStep = rendering.result
    known_members: MembersStep = rendering.known_members
    item: ItemStep = rendering.item
    missing_value: Callable[[Context, Field, Item], str | None] = rendering.missing_value
    converter: Callable[[Context, Field, str], Converter] = rendering.converter
    error: ErrorStep = rendering.error
    as_json: WriteStep = rendering.as_json
    as_xml: WriteStep = rendering.as_xml
    escape: TextOfStep = rendering.escape
    encoded: EncodeStep = rendering.encoded

    @property
    def writes_alike(self) -> bool:
        """Whether how a value is written hangs on the format alone: nothing chooses or converts anew for a request."""
        return self.take is pipeline.take and self.converter is rendering.converter


STEP = attrs.fields(Steps)
"""The names of the steps, each with its type."""


@frozen
class Replacement:
    """Middleware in the place of a step. Made by `replacing`, which sees that the two fit."""

    step: str
    middleware: Callable[..., Any]


@frozen
class Place(Generic[P, R]):
    """The place of a step in the pipeline."""

    step: str

    def by(self, middleware: Middleware[P, R]) -> tuple[Replacement, ...]:
        """The replacement of the step, as a tuple, so that several are added up."""
        return (Replacement(self.step, middleware),)


def replacing(step: Attribute[Callable[Concatenate[Context, P], R]]) -> Place[P, R]:
    """`replacing(STEP.page).by(middleware)`."""
    return Place(step.name)


def pipeline_with(replacements: Iterable[Replacement] = ()) -> Steps:
    """The steps with middleware in place. Raises ValueError for a step that does not exist."""
    functions: Mapping[str, Callable[..., Any]] = attrs.asdict(Steps(), recurse=False)
    replaced: dict[str, Callable[..., Any]] = {}
    for replacement in replacements:
        if replacement.step not in functions:
            raise ValueError(f"no such step: {replacement.step}; steps: {', '.join(functions)}")
        inner = replaced.get(replacement.step, functions[replacement.step])
        replaced[replacement.step] = partial(replacement.middleware, inner)
    return attrs.evolve(Steps(), **replaced)
