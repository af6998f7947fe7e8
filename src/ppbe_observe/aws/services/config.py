"""Configuration recorders (AWS Config). I/O.

Service-linked recorders are not among the answers: AWS tells of those only where they are asked for by service.
"""

from collections.abc import Mapping
from typing import Any

from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

_REGION = "aws:region"


def _nothing(_region: Resource) -> Mapping[str, Any]:
    return {}


GATHERERS: tuple[Gatherer, ...] = ()
DETAILS = (
    Detail("config", _REGION, "config:DescribeConfigurationRecorders", _nothing),
    Detail("config", _REGION, "config:DescribeConfigurationRecorderStatus", _nothing),
)
