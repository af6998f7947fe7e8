"""AWS/WAFV2, AWS/Logs, AWS/SNS, AWS/S3 and AWS/CertificateManager.

Sources: the developer and user guides of the services, each under "Monitoring with CloudWatch".
"""

from collections.abc import Iterator, Mapping

from ppbe_observe.simulate.estate.build import Deployment
from ppbe_observe.simulate.plane.series import DAY, Series
from ppbe_observe.simulate.plane.signals import Countdown, Drift, Events, Level, Volume
from ppbe_observe.simulate.workload.maker import Maker, Reported

_COUNT, _BYTES = "Count", "Bytes"
_GIB = float(1 << 30)
_STORAGE: Mapping[str, tuple[tuple[str, float], ...]] = {
    "backups": (("StandardStorage", 310 * _GIB), ("GlacierStorage", 2600 * _GIB)),
    "logs": (("StandardStorage", 88 * _GIB),),
}


def platform_series(make: Maker, deployment: Deployment) -> Iterator[Series]:
    """What the services around the application report."""
    if deployment.env.requests_per_minute:
        yield from _waf(make, deployment)
    yield from _logs(make, deployment)
    yield from _sns(make, deployment)
    yield from _s3(make, deployment)
    yield from _certificates(make, deployment)


def _waf(make: Maker, deployment: Deployment) -> Iterator[Series]:
    env = deployment.env
    allowed = Reported("AllowedRequests", _COUNT, Events(env.requests_per_minute, each=False))
    blocked = Reported("BlockedRequests", _COUNT, Events(env.requests_per_minute, share=0.006, each=False))
    counted = Reported("CountedRequests", _COUNT, Events(env.requests_per_minute, share=0.001, each=False))
    web_acl = {"WebACL": env.prefix, "Region": env.region}
    yield from make.all("AWS/WAFV2", (allowed, blocked, counted), {**web_acl, "Rule": "ALL"}, scope=env.name)
    for rule in ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"):
        yield make.one("AWS/WAFV2", blocked, {**web_acl, "Rule": rule}, scope=env.name)


def _logs(make: Maker, deployment: Deployment) -> Iterator[Series]:
    lines = max(deployment.env.requests_per_minute, 5.0) * 1.2
    reported = (
        Reported("IncomingLogEvents", _COUNT, Events(lines, each=False)),
        Reported("IncomingBytes", _BYTES, Volume(lines * 410)),
    )
    for group in deployment.log_groups:
        yield from make.all("AWS/Logs", reported, {"LogGroupName": group}, scope=deployment.env.name)


def _sns(make: Maker, deployment: Deployment) -> Iterator[Series]:
    topic = {"TopicName": f"{deployment.env.prefix}-alerts"}
    reported = (
        Reported("NumberOfMessagesPublished", _COUNT, Events(0.02)),
        Reported("NumberOfNotificationsDelivered", _COUNT, Events(0.02)),
        Reported("NumberOfNotificationsFailed", _COUNT, Events(0.0)),
        Reported("PublishSize", _BYTES, Events(0.02, size=900.0)),
    )
    return make.all("AWS/SNS", reported, topic, scope=deployment.env.name, key=topic["TopicName"])


def _s3(make: Maker, deployment: Deployment) -> Iterator[Series]:
    for bucket in deployment.buckets:
        for storage, size in _STORAGE[bucket.rpartition("-")[2]]:
            grows = Reported("BucketSizeBytes", _BYTES, Drift(size, size / 900, days=365))
            yield make.one("AWS/S3", grows, {"BucketName": bucket, "StorageType": storage}, step=DAY)
        objects = Reported("NumberOfObjects", _COUNT, Level(48_000.0, jitter=900.0, whole=True))
        dimensions = {"BucketName": bucket, "StorageType": "AllStorageTypes"}
        yield make.one("AWS/S3", objects, dimensions, step=DAY)


def _certificates(make: Maker, deployment: Deployment) -> Iterator[Series]:
    expiry = int(deployment.edge.certificate_expiry.timestamp())
    left = Reported("DaysToExpiry", _COUNT, Countdown(expiry))
    dimensions = {"CertificateArn": deployment.edge.certificate}
    yield make.one("AWS/CertificateManager", left, dimensions, step=DAY // 2)
