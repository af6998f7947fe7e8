"""The account's own watch: CloudTrail, Config, GuardDuty, Security Hub, closed S3."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import Environment, tag_list


def build_oversight(aws: Aws, env: Environment, key: str) -> None:
    """Switch all of it on."""
    _trail(aws, env, key)
    _recorder(aws, env)
    aws.client("guardduty").create_detector(
        Enable=True, FindingPublishingFrequency="FIFTEEN_MINUTES", Tags=dict(env.tags)
    )
    aws.client("securityhub").enable_security_hub(EnableDefaultStandards=True, Tags=dict(env.tags))
    aws.client("s3control").put_public_access_block(
        AccountId=env.account_id,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )


def _trail(aws: Aws, env: Environment, key: str) -> None:
    cloudtrail = aws.client("cloudtrail")
    cloudtrail.create_trail(
        Name="ppbe",
        S3BucketName=f"{env.prefix}-logs",
        S3KeyPrefix="cloudtrail",
        IsMultiRegionTrail=True,
        IncludeGlobalServiceEvents=True,
        EnableLogFileValidation=True,
        KmsKeyId=key,
        TagsList=tag_list(env.tags),
    )
    cloudtrail.start_logging(Name="ppbe")


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
