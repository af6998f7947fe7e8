"""Certificates: when they expire.

CloudWatch's DaysToExpiry is left out: it comes twice a day, is billed, and counts days where Prometheus counts seconds.
The time itself is there at once: ``(aws_certificatemanager_not_after_timestamp_seconds - time()) / 86400``.
"""

from ppbe_observe.cloudwatch import HOUR, Exporter, Fact

EXPORTER = Exporter(
    namespace="AWS/CertificateManager",
    resources="acm:certificate",
    interval=HOUR,
    metrics=(),
    info={
        "domain": "DomainName",
        "status": "Status",
        "type": "Type",
        "key_algorithm": "KeyAlgorithm",
        "in_use": "InUse",
        "renewal_eligibility": "RenewalEligibility",
    },
    facts=(
        Fact("NotAfter", "not_after_timestamp_seconds", help="When it expires, in seconds since the epoch."),
        Fact("NotBefore", "not_before_timestamp_seconds", help="When it becomes valid, in seconds since the epoch."),
    ),
)
