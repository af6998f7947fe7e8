"""What somebody made by hand: resources without tags, and an idle load balancer. Exporters must find them too."""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.network import Network

TOPIC = "manual-test-topic"
LOG_GROUP = "/aws/lambda/one-off-migration"
IDLE_LOAD_BALANCER = "legacy-reports"
DATABASE = "analyst-sandbox"


def build_untagged(aws: Aws, network: Network) -> None:
    """A topic, a log group, a database and a load balancer that no Terraform knows."""
    aws.client("sns").create_topic(Name=TOPIC)
    aws.client("logs").create_log_group(logGroupName=LOG_GROUP)
    aws.client("elbv2").create_load_balancer(
        Name=IDLE_LOAD_BALANCER, Subnets=list(network.private), Scheme="internal", Type="application"
    )
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=DATABASE,
        Engine="postgres",
        EngineVersion="15.4",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="analyst",
        MasterUserPassword="simulated-only",
        VpcSecurityGroupIds=[network.data_group],
    )
