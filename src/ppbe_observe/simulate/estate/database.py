"""RDS: the PostgreSQL instance of an environment, its subnet and parameter groups and a snapshot."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import set_backup_window, set_certificate
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import Environment, tag_list

GIBIBYTES = 200
_BEFORE_CORRECTION = "02:00-03:00"


def build_database(aws: Aws, env: Environment, network: Network, key: str) -> str:
    """The identifier of the instance."""
    rds = aws.client("rds")
    tags = tag_list(env.tags)
    rds.create_db_subnet_group(
        DBSubnetGroupName=env.prefix,
        DBSubnetGroupDescription="private subnets",
        SubnetIds=list(network.private),
        Tags=tags,
    )
    rds.create_db_parameter_group(
        DBParameterGroupName=env.prefix,
        DBParameterGroupFamily="postgres15",
        Description="TLS is required",
        Tags=tags,
    )
    rds.modify_db_parameter_group(
        DBParameterGroupName=env.prefix,
        Parameters=[{"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}],
    )
    _instance(aws, env, network, key)
    set_backup_window(env, env.prefix)
    set_certificate(env, env.prefix)
    rds.create_db_snapshot(
        DBSnapshotIdentifier=f"{env.prefix}-before-release", DBInstanceIdentifier=env.prefix, Tags=tags
    )
    return env.prefix


def _instance(aws: Aws, env: Environment, network: Network, key: str) -> None:
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=env.prefix,
        DBName="ppbe",
        Engine="postgres",
        EngineVersion="15.4",
        DBInstanceClass="db.m6g.large" if env.production else "db.t4g.medium",
        AllocatedStorage=GIBIBYTES,
        MaxAllocatedStorage=5 * GIBIBYTES,
        StorageType="gp3",
        StorageEncrypted=True,
        KmsKeyId=key,
        MasterUsername="ppbe",
        MasterUserPassword="simulated-only",
        DBSubnetGroupName=env.prefix,
        DBParameterGroupName=env.prefix,
        VpcSecurityGroupIds=[network.data_group],
        MultiAZ=env.production,
        PubliclyAccessible=False,
        BackupRetentionPeriod=30,
        PreferredBackupWindow=_BEFORE_CORRECTION,
        PreferredMaintenanceWindow="sun:04:00-sun:05:00",
        EnableCloudwatchLogsExports=["postgresql", "upgrade"],
        CopyTagsToSnapshot=True,
        DeletionProtection=True,
        AutoMinorVersionUpgrade=True,
        EnablePerformanceInsights=True,
        MonitoringInterval=60,
        MonitoringRoleArn=env.arn("iam", f"role/{env.prefix}-rds-monitoring", region=False),
        CACertificateIdentifier="rds-ca-rsa2048-g1",
        Tags=tag_list(env.tags),
    )
