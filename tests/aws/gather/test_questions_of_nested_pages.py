"""A further question whose pages hold their lists inside a structure."""

import json
from time import monotonic

from ppbe_observe.aws.gather.context import GatherContext
from ppbe_observe.aws.gather.gatherer import Detail
from ppbe_observe.aws.gather.questions import with_details
from ppbe_observe.model import Answer, Found, Resource
from support.gathering import GOVCLOUD, LocalSession, answer

IMAGE = "ecr:image"
FINDINGS = "ecr:DescribeImageScanFindings"
DETAIL = Detail("ecr", IMAGE, FINDINGS, lambda _: {"repositoryName": "api", "imageId": {"imageTag": "v1"}})


def test_lists_inside_a_structure_are_joined_over_the_pages(local_session: LocalSession) -> None:
    """As botocore declares them for ECR's scan findings; moto gives them all in one page."""
    pages = [
        {
            "imageScanStatus": {"status": "COMPLETE"},
            "imageScanFindings": {"findingSeverityCounts": {"HIGH": 2}, "findings": [{"name": "CVE-1"}]},
            "nextToken": "more",
        },
        {"imageScanFindings": {"findings": [{"name": "CVE-2"}]}},
    ]
    rest = iter(pages)
    local_session.faults[FINDINGS] = lambda: answer(200, json.dumps(next(rest)))
    image = Resource("arn", IMAGE, GOVCLOUD)

    found = with_details(GatherContext(local_session, monotonic() + 60), {IMAGE: Found((image,))}, [DETAIL])[IMAGE]

    told = found.resources[0].details[FINDINGS]
    assert isinstance(told, Answer)
    assert told.value["imageScanStatus"] == {"status": "COMPLETE"}
    assert told.value["imageScanFindings"] == {
        "findingSeverityCounts": {"HIGH": 2},
        "findings": [{"name": "CVE-1"}, {"name": "CVE-2"}],
    }
    assert len(told.provenance) == 2
