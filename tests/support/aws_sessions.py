"""Sessions and transports against a server on loopback, with no waiting in between."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from ppbe_observe.aws.calls import Call
from ppbe_observe.aws.cloudwatch.metrics_api import MetricsApi
from ppbe_observe.aws.cloudwatch.transport import Transport
from ppbe_observe.aws.identity.sessions import Sessions, TargetSession
from ppbe_observe.aws.limits import RateLimiter
from ppbe_observe.aws.options import AwsOptions
from ppbe_observe.model import Role, Target
from support.fake_aws import FakeAws, Reply

GOV = Target("123456789012", "us-gov-west-1", "aws-us-gov", fips=True)
ROLE = Role("arn:aws-us-gov:iam::123456789012:role/observer", external_id="agency", session_name="watch")
GOV_ROLE = Target("123456789012", "us-gov-west-1", "aws-us-gov", role=ROLE, fips=True)

QUICK = AwsOptions(connect_timeout=0.5, read_timeout=0.5, max_attempts=3)


@dataclass(slots=True)
class Local:
    """Sessions whose endpoint is the server; ``calls`` is what the observer was told, ``slept`` the waits."""

    sessions: Sessions
    calls: list[Call]
    server: FakeAws
    slept: list[float] = field(default_factory=list)

    def session(self, target: Target = GOV) -> TargetSession:
        return self.sessions.of(target)

    def transport(self, target: Target = GOV) -> Transport:
        return Transport(self.session(target), sleep=self.slept.append, jitter=lambda: 1.0)

    def metrics(self, target: Target = GOV) -> MetricsApi:
        return MetricsApi(self.session(target), self.transport(target))


@contextmanager
def playing(
    monkeypatch: pytest.MonkeyPatch, *script: Reply, default: Reply | None = None, options: AwsOptions = QUICK
) -> Iterator[Local]:
    """Sessions against a server that follows the script."""
    with FakeAws(*script, default=default) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        calls: list[Call] = []
        sessions = Sessions(options, RateLimiter(), calls.append)
        try:
            yield Local(sessions, calls, server)
        finally:
            sessions.close()
