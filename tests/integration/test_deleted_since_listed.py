"""What is deleted between the call that lists it and those that tell more of it is left out: not unknown, not failed.

Each case makes something in the estate, and deletes it the moment that a call about it was answered. Checks that need
no more than what was told by then judge it still, as it was.

Not here: analyzers and findings, which the simulated AWS makes up; caches and networks, of which no second call is
made; keys and parameter groups, which AWS does not delete while a database uses them.
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from moto.backends import get_backend

from ppbe_observe.controls.checks import CHECKS
from ppbe_observe.model import Outcome
from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.places import PRODUCTION as ENVIRONMENT
from support.aurora import forget_snapshots
from support.examined import PRODUCTION, Bench, Key, bench, verdicts
from support.simulated import Changing, changing_estate

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
READS = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]}
)
NAME = "short-lived"


@dataclass(frozen=True, slots=True)
class Case:
    """A thing of a service, the call after which it goes, and what that call mentions.

    ``judged`` are the checks to which all was told before.
    """

    what: str
    thing: "type[Thing]"
    services: tuple[str, ...]
    call: str
    mentions: str = ""
    judged: frozenset[str] = frozenset()


class Thing:
    """Something that is made and deleted; ``make`` gives what ``delete`` needs to know."""

    @staticmethod
    def make(aws: Aws) -> Any:
        """Make it."""
        raise NotImplementedError

    @staticmethod
    def delete(aws: Aws, made: Any) -> None:
        """Delete it."""
        raise NotImplementedError

    @staticmethod
    def clean(aws: Aws) -> None:
        """Take away what was made beside it."""


class Topic(Thing):
    @staticmethod
    def make(aws: Aws) -> str:
        return str(aws.client("sns").create_topic(Name=NAME)["TopicArn"])

    @staticmethod
    def delete(aws: Aws, arn: str) -> None:
        aws.client("sns").delete_topic(TopicArn=arn)


class LogGroup(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        aws.client("logs").create_log_group(logGroupName=NAME)

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        aws.client("logs").delete_log_group(logGroupName=NAME)


class Bucket(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        place = {"LocationConstraint": aws.region}
        aws.client("s3").create_bucket(Bucket=NAME, CreateBucketConfiguration=place)

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        aws.client("s3").delete_bucket(Bucket=NAME)


class Secret(Thing):
    @staticmethod
    def make(aws: Aws) -> str:
        return str(aws.client("secretsmanager").create_secret(Name=NAME, SecretString="x")["ARN"])

    @staticmethod
    def delete(aws: Aws, arn: str) -> None:
        aws.client("secretsmanager").delete_secret(SecretId=arn, ForceDeleteWithoutRecovery=True)


class EncryptionKey(Thing):
    """Nobody can delete a key at once; AWS does when its waiting period ends."""

    @staticmethod
    def make(aws: Aws) -> str:
        return str(aws.client("kms").create_key()["KeyMetadata"]["KeyId"])

    @staticmethod
    def delete(_: Aws, identifier: str) -> None:
        del get_backend("kms")[ENVIRONMENT.account_id][ENVIRONMENT.region].keys[identifier]


class BackupPlan(Thing):
    @staticmethod
    def make(aws: Aws) -> str:
        backup = aws.client("backup")
        rule = {"RuleName": "weekly", "TargetBackupVaultName": ENVIRONMENT.prefix}
        return str(backup.create_backup_plan(BackupPlan={"BackupPlanName": NAME, "Rules": [rule]})["BackupPlanId"])

    @staticmethod
    def delete(aws: Aws, identifier: str) -> None:
        aws.client("backup").delete_backup_plan(BackupPlanId=identifier)


class Trail(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        aws.client("cloudtrail").create_trail(Name=NAME, S3BucketName=f"{ENVIRONMENT.prefix}-logs")

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        aws.client("cloudtrail").delete_trail(Name=NAME)


class Detector(Thing):
    """A second one, which AWS would not allow."""

    @staticmethod
    def make(aws: Aws) -> str:
        return str(aws.client("guardduty").create_detector(Enable=False)["DetectorId"])

    @staticmethod
    def delete(aws: Aws, identifier: str) -> None:
        aws.client("guardduty").delete_detector(DetectorId=identifier)


class Snapshot(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        aws.client("rds").create_db_snapshot(DBSnapshotIdentifier=NAME, DBInstanceIdentifier=ENVIRONMENT.prefix)

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        aws.client("rds").delete_db_snapshot(DBSnapshotIdentifier=NAME)


class ClusterMember(Thing):
    """A database of a cluster, and the cluster."""

    @staticmethod
    def make(aws: Aws) -> None:
        rds = aws.client("rds")
        engine = {"Engine": "aurora-postgresql", "EngineVersion": "15.4"}
        rds.create_db_cluster(
            DBClusterIdentifier=NAME, MasterUsername="ppbe", MasterUserPassword="simulated-only", **engine
        )
        rds.create_db_instance(
            DBInstanceIdentifier=NAME, DBClusterIdentifier=NAME, DBInstanceClass="db.r6g.large", **engine
        )

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        rds = aws.client("rds")
        rds.delete_db_instance(DBInstanceIdentifier=NAME, SkipFinalSnapshot=True)
        rds.delete_db_cluster(DBClusterIdentifier=NAME, SkipFinalSnapshot=True)

    @staticmethod
    def clean(aws: Aws) -> None:
        forget_snapshots(aws.client("rds"), NAME)


class WebAcl(Thing):
    @staticmethod
    def make(aws: Aws) -> dict[str, Any]:
        visible = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": NAME}
        made = aws.client("wafv2").create_web_acl(
            Name=NAME, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=visible
        )
        return dict(made["Summary"])

    @staticmethod
    def delete(aws: Aws, made: dict[str, Any]) -> None:
        aws.client("wafv2").delete_web_acl(Name=NAME, Scope="REGIONAL", Id=made["Id"], LockToken=made["LockToken"])


class Role(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        iam = aws.client("iam")
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName=NAME, PolicyName="inline", PolicyDocument=READS)

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        iam = aws.client("iam")
        iam.delete_role_policy(RoleName=NAME, PolicyName="inline")
        iam.delete_role(RoleName=NAME)


class Policy(Thing):
    @staticmethod
    def make(aws: Aws) -> str:
        iam = aws.client("iam")
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=TRUST)
        arn = iam.create_policy(PolicyName=NAME, PolicyDocument=READS)["Policy"]["Arn"]
        iam.attach_role_policy(RoleName=NAME, PolicyArn=arn)
        return str(arn)

    @staticmethod
    def delete(aws: Aws, arn: str) -> None:
        iam = aws.client("iam")
        iam.detach_role_policy(RoleName=NAME, PolicyArn=arn)
        iam.delete_policy(PolicyArn=arn)

    @staticmethod
    def clean(aws: Aws) -> None:
        aws.client("iam").delete_role(RoleName=NAME)


class Cluster(Thing):
    @staticmethod
    def make(aws: Aws) -> None:
        aws.client("ecs").create_cluster(clusterName=NAME)

    @staticmethod
    def delete(aws: Aws, _: None) -> None:
        del get_backend("ecs")[ENVIRONMENT.account_id][ENVIRONMENT.region].clusters[NAME]


class LoadBalancer(Thing):
    """One with an HTTP listener that forwards to a target group."""

    @staticmethod
    def make(aws: Aws) -> dict[str, str]:
        elb, ec2 = aws.client("elbv2"), aws.client("ec2")
        subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        balancer = elb.create_load_balancer(Name=NAME, Subnets=subnets)["LoadBalancers"][0]["LoadBalancerArn"]
        group = elb.create_target_group(Name=NAME, Protocol="HTTP", Port=80, VpcId=vpc)["TargetGroups"][0]
        forward = {"Type": "forward", "TargetGroupArn": group["TargetGroupArn"]}
        elb.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=[forward])
        return {"balancer": balancer, "group": group["TargetGroupArn"]}

    @staticmethod
    def delete(aws: Aws, made: dict[str, str]) -> None:
        elb = aws.client("elbv2")
        for each in elb.describe_listeners(LoadBalancerArn=made["balancer"])["Listeners"]:
            elb.delete_listener(ListenerArn=each["ListenerArn"])
        elb.delete_load_balancer(LoadBalancerArn=made["balancer"])
        elb.delete_target_group(TargetGroupArn=made["group"])


# The trust policy comes with the listing of roles.
BY_TRUST = frozenset({"iam_role_trust_confused_deputy"})
# A web ACL that logs nothing and one that does not exist are the same to AWS: WAFNonexistentItemException.
BY_SILENCE = frozenset({"wafv2_logging"})
# The listener forwarded when it was listed; its rules are gone with it.
BY_LISTENER = frozenset({"elbv2_https_listeners_only", "elbv2_tls_policy", "elbv2_tls_fips_policy"})
BY_SETTING = frozenset({"ecs_cluster_container_insights"})
# What was read of its inline policies stands.
BY_POLICIES = frozenset({*BY_TRUST, "iam_inline_no_admin"})
OF_ROLE = frozenset({*BY_TRUST, "iam_inline_no_admin", "iam_role_no_service_wildcard"})
# Moto keeps the automated snapshots of a database that is deleted.
OF_SNAPSHOT = frozenset({"rds_snapshots_encrypted", "rds_snapshots_not_public"})

CASES = (
    Case("topic", Topic, ("sns",), "sns:ListTopics"),
    Case("log group", LogGroup, ("logs",), "logs:DescribeLogGroups"),
    Case("bucket", Bucket, ("s3",), "s3:ListBuckets"),
    Case("secret", Secret, ("secretsmanager",), "secretsmanager:ListSecrets"),
    Case("key", EncryptionKey, ("kms",), "kms:ListKeys"),
    Case("backup plan", BackupPlan, ("backup",), "backup:ListBackupPlans"),
    Case("trail", Trail, ("cloudtrail",), "cloudtrail:DescribeTrails"),
    Case("detector", Detector, ("guardduty",), "guardduty:ListDetectors"),
    Case("snapshot", Snapshot, ("rds",), "rds:DescribeDBSnapshots"),
    Case("database of a cluster", ClusterMember, ("rds",), "rds:DescribeDBInstances", judged=OF_SNAPSHOT),
    Case("web ACL", WebAcl, ("wafv2",), "wafv2:ListWebACLs", judged=BY_SILENCE),
    Case("role before its policies", Role, ("iam",), "iam:ListRoles", judged=BY_TRUST),
    Case("role before a policy", Role, ("iam",), "iam:ListRolePolicies", NAME, judged=BY_POLICIES),
    Case("role after its policies", Role, ("iam",), "iam:GetRolePolicy", NAME, judged=BY_POLICIES),
    Case("managed policy", Policy, ("iam",), "iam:ListPolicies", judged=OF_ROLE),
    Case("cluster", Cluster, ("ecs", "ecr"), "ecs:ListClusters"),
    Case("cluster before its services", Cluster, ("ecs", "ecr"), "ecs:DescribeClusters", judged=BY_SETTING),
    Case("load balancer", LoadBalancer, ("elbv2",), "elbv2:DescribeLoadBalancers"),
    Case("listener before its rules", LoadBalancer, ("elbv2",), "elbv2:DescribeListeners", NAME, judged=BY_LISTENER),
    # Listeners are asked for side by side with target groups: what was read of them before stands.
    Case("target group", LoadBalancer, ("elbv2",), "elbv2:DescribeTargetGroups", judged=BY_LISTENER),
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Changing, Bench]]:
    home = tmp_path_factory.mktemp("bench")
    with changing_estate() as (estate, changing), bench(estate, home, PRODUCTION) as found:
        yield changing, found


def outcomes(found: Bench, services: Collection[str]) -> dict[Key, Outcome]:
    seen = found.examine(*(each for each in CHECKS if each.service in services))
    return {key: verdict.outcome for key, verdict in verdicts(seen).items()}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what)
def test_what_is_deleted_meanwhile_is_left_out(running: tuple[Changing, Bench], case: Case) -> None:
    changing, found = running
    before = outcomes(found, case.services)
    made = case.thing.make(changing.aws)
    changing.after(case.call, case.mentions, lambda: case.thing.delete(changing.aws, made))
    after = outcomes(found, case.services)
    case.thing.clean(changing.aws)
    assert changing.waiting is None, "nothing was deleted"
    assert {key: outcome for key, outcome in after.items() if key in before} == before
    about_it = {check: outcome for (check, arn), outcome in after.items() if (check, arn) not in before}
    assert about_it.keys() <= case.judged
    assert Outcome.UNKNOWN not in about_it.values()
