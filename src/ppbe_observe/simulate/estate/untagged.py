"""What somebody made by hand: resources without tags, and an idle load balancer. Exporters must find them too.

Checks must find fault with them: the topic and the log group name no key; the database is not encrypted, keeps backups
one day, stands in one zone, exports no logs and takes connections without TLS; the load balancer has no web ACL, no
access logs and no deletion protection, and passes invalid headers on. It does redirect HTTP to HTTPS.
"""

from ppbe_observe.simulate.estate.aws import Aws
from ppbe_observe.simulate.estate.corrections import set_certificate
from ppbe_observe.simulate.estate.network import Network
from ppbe_observe.simulate.estate.places import PRODUCTION

TOPIC = "manual-test-topic"
LOG_GROUP = "/aws/lambda/one-off-migration"
IDLE_LOAD_BALANCER = "legacy-reports"
DATABASE = "analyst-sandbox"


def build_untagged(aws: Aws, network: Network) -> None:
    """A topic, a log group, a database and a load balancer that no Terraform knows."""
    aws.client("sns").create_topic(Name=TOPIC)
    aws.client("logs").create_log_group(logGroupName=LOG_GROUP)
    _idle_load_balancer(aws, network)
    aws.client("rds").create_db_instance(
        DBInstanceIdentifier=DATABASE,
        Engine="postgres",
        EngineVersion="15.4",
        DBInstanceClass="db.t4g.micro",
        AllocatedStorage=20,
        MasterUsername="analyst",
        MasterUserPassword="simulated-only",
        PubliclyAccessible=False,
        VpcSecurityGroupIds=[network.data_group],
    )
    set_certificate(PRODUCTION, DATABASE)


def _idle_load_balancer(aws: Aws, network: Network) -> None:
    elb = aws.client("elbv2")
    arn = elb.create_load_balancer(
        Name=IDLE_LOAD_BALANCER, Subnets=list(network.private), Scheme="internal", Type="application"
    )["LoadBalancers"][0]["LoadBalancerArn"]
    redirect = {"Protocol": "HTTPS", "Port": "443", "StatusCode": "HTTP_301"}
    elb.create_listener(
        LoadBalancerArn=arn,
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "redirect", "RedirectConfig": redirect}],
    )
