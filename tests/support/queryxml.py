"""Answers of AWS' query services (RDS, ElastiCache), for what moto cannot tell."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import cycle
from typing import Any
from xml.sax.saxutils import escape

from botocore.awsrequest import AWSResponse

from support.gathering import LocalSession, answer


def answered(session: LocalSession, operation: str, *pages: Mapping[str, Any], **result: Any) -> None:
    """Answer an operation (``rds:DescribeDBInstances``) with a result, written as boto3 returns it, or with pages."""
    name = operation.partition(":")[2]
    told = cycle(pages or (result,))

    def respond() -> AWSResponse:
        return answer(200, f"<{name}Response><{name}Result>{_xml(next(told))}</{name}Result></{name}Response>")

    session.faults[operation] = respond


def _xml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "".join(f"<{name}>{_xml(each)}</{name}>" for name, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "".join(f"<member>{_xml(each)}</member>" for each in value)
    if isinstance(value, bool):
        return str(value).lower()
    return escape(value.isoformat() if isinstance(value, datetime) else str(value))
