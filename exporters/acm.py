"""Certificates: when they expire.

Source: ACM user guide, "Supported CloudWatch metrics". ACM reports twice a day; the fact is there at once.
"""

from ppbe_observe.cloudwatch import DAY, HOUR, MINIMUM, Exporter, Fact, Metric

EXPORTER = Exporter(
    namespace="AWS/CertificateManager",
    resources="acm:certificate",
    dimensions=("CertificateArn",),
    period=DAY,
    interval=HOUR,
    metrics=(
        Metric(
            "DaysToExpiry",
            MINIMUM,
            help="Days until the certificate expires. Below 45, ACM's own renewal has not succeeded.",
        ),
    ),
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
