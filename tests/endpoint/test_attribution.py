"""Where in a body a schema finds something, so that what a field's own requirement says is not said twice."""

from __future__ import annotations

import pytest

from conformance.endpoint.watch.watch import path_in


@pytest.mark.parametrize(
    ("problem", "path"),
    [
        ("$: 'PageNumber' is a required property", "PageNumber"),
        ("$.PageNumber: '1' is not of type 'integer'", "PageNumber"),
        ("$.TaskSet.Task[17]: 'TaskId' is a required property", "TaskSet.Task.TaskId"),
        ("$.TaskSet[0].Task[3].TaskId: 5 is not of type 'string'", "TaskSet.Task.TaskId"),
        ("$.TaskSet.Task: {'TaskId': 't'} is not of type 'array'", "TaskSet.Task"),
        ("$: [1] is not of type 'object'", ""),
        ("/DescribeTasksResponse/TaskSet/Task[2]/TaskId: invalid value", "TaskSet.Task.TaskId"),
        ("/DescribeTasksResponse: The content of element 'R' is not complete. Tag 'PageSize' expected.", "PageSize"),
        ("$['a b']: 1 is not of type 'string'", ""),
    ],
)
def test_the_member_that_a_schema_tells_of(problem: str, path: str) -> None:
    assert path_in(problem) == path
