"""What watches an account and its regions (CloudTrail, Config, GuardDuty, Security Hub, Inspector) and closes them."""

from collections.abc import Mapping
from types import MappingProxyType

from ppbe_observe.simulate.estate.alarms import alarm_on
from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.backups import build_backup_plan
from ppbe_observe.simulate.estate.corrections import keep_delivering
from ppbe_observe.simulate.estate.encryption import key_of
from ppbe_observe.simulate.estate.identity import build_password_policy, build_trail_role
from ppbe_observe.simulate.estate.logs import make_log_group
from ppbe_observe.simulate.estate.messaging import alert_topic
from ppbe_observe.simulate.estate.perimeter import remove_default_vpc
from ppbe_observe.simulate.estate.places import Environment, tag_list
from ppbe_observe.simulate.estate.storage import CLOSED

_TRAIL = "ppbe"
_TRAIL_LOG_GROUP = "/aws/cloudtrail/ppbe"
_METRICS = "PPBE/Security"
# CIS AWS Foundations Benchmark, "Monitoring".
_WATCHED: Mapping[str, str] = MappingProxyType(
    {
        "RootUsage": '{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && '
        '$.eventType != "AwsServiceEvent" }',
        "UnauthorizedCalls": '{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") }',
    }
)


def watch_account(aws: Aws, env: Environment) -> None:
    """What there is once in an account: a trail of all regions, with alarms; nothing public; strong passwords."""
    key = key_of(aws, env)
    build_password_policy(aws)
    aws.client("s3control").put_public_access_block(
        AccountId=env.account_id, PublicAccessBlockConfiguration=dict(CLOSED)
    )
    make_log_group(aws, env, _TRAIL_LOG_GROUP, key)
    _trail(aws, env, key)
    _alarms(aws, env, alert_topic(env))


def watch_region(aws: Aws, env: Environment) -> None:
    """What is switched on in each region."""
    remove_default_vpc(aws, env)
    aws.client("ec2").enable_ebs_encryption_by_default()
    _recorder(aws, env)
    aws.client("guardduty").create_detector(
        Enable=True, FindingPublishingFrequency="FIFTEEN_MINUTES", Tags=dict(env.tags)
    )
    aws.client("securityhub").enable_security_hub(EnableDefaultStandards=True, Tags=dict(env.tags))
    aws.client("inspector2").enable(accountIds=[env.account_id], resourceTypes=["ECR"])
    build_backup_plan(aws, env, key_of(aws, env))


def _trail(aws: Aws, env: Environment, key: str) -> None:
    cloudtrail = aws.client("cloudtrail")
    cloudtrail.create_trail(
        Name=_TRAIL,
        S3BucketName=f"{env.prefix}-logs",
        S3KeyPrefix="cloudtrail",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=key,
        CloudWatchLogsLogGroupArn=env.arn("logs", f"log-group:{_TRAIL_LOG_GROUP}:*"),
        CloudWatchLogsRoleArn=build_trail_role(aws, env, _TRAIL_LOG_GROUP),
        TagsList=tag_list(env.tags),
    )
    cloudtrail.start_logging(Name=_TRAIL)
    keep_delivering(env, _TRAIL)


def _alarms(aws: Aws, env: Environment, topic: str) -> None:
    logs = aws.client("logs")
    for name, pattern in _WATCHED.items():
        metric = {"metricName": name, "metricNamespace": _METRICS, "metricValue": "1", "defaultValue": 0}
        logs.put_metric_filter(
            logGroupName=_TRAIL_LOG_GROUP, filterName=name, filterPattern=pattern, metricTransformations=[metric]
        )
        watched = {"Namespace": _METRICS, "MetricName": name, "Statistic": "Sum"}
        alarm_on(aws, env, topic, f"ppbe-{name}", above=0, metric=watched)


def _recorder(aws: Aws, env: Environment) -> None:
    config = aws.client("config")
    config.put_configuration_recorder(
        ConfigurationRecorder={
            "name": "default",
            "roleARN": env.arn(
                "iam", "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig", region=False
            ),
            "recordingGroup": {"allSupported": True, "includeGlobalResourceTypes": True},
        }
    )
    config.put_delivery_channel(
        DeliveryChannel={"name": "default", "s3BucketName": f"{env.prefix}-logs", "s3KeyPrefix": "config"}
    )
    config.start_configuration_recorder(ConfigurationRecorderName="default")
