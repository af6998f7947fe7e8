"""Networks: VPCs, subnets, endpoints, and what EC2 sets for a whole region; security groups and ACLs join them here.

Every VPC is judged, the default one and those that nothing runs in included: what is not used is best deleted.
"""

from collections.abc import Iterable, Iterator

from ppbe_observe.controls.check import (
    HIGH,
    MEDIUM,
    Check,
    Subject,
    check,
    failed,
    not_applicable,
    passed,
    unknown,
    verdict,
)
from ppbe_observe.controls.checks import network_acls, security_groups
from ppbe_observe.model import Reason, Verdict

_VPC = "ec2:vpc"
_FLOW_LOG = "ec2:vpc-flow-log"
_ENDPOINT = "ec2:vpc-endpoint"
_EBS = "ec2:GetEbsEncryptionByDefault"

_EVERYTHING = frozenset({"ACCEPT", "REJECT"})


@check(
    "vpc_flow_logs_enabled",
    on=_VPC,
    uses=(_FLOW_LOG,),
    severity=MEDIUM,
    title="Flow logs record the traffic of the VPC, and arrive",
    controls=("au-2", "au-3", "au-12", "ca-7"),
    indicators=("KSI-MLA-LET",),
    remediation="aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type ALL, with a role or "
    "bucket policy that lets them be delivered; delete a VPC that nobody uses.",
    traffic_type="ALL",
)
def flow_logs(vpc: Subject, traffic_type: str) -> Verdict:
    """Flow logs show who talked to whom. Those of one subnet or interface leave out the rest, and do not count.

    Accepted and rejected traffic may be recorded by two flow logs.
    """
    if (elsewhere := _elsewhere(vpc, "flow logs")) is not None:
        return elsewhere
    logs = [each for each in vpc.all(_FLOW_LOG) if each.facts["ResourceId"] == vpc.facts["VpcId"]]
    told = f"{'; '.join(map(_flow_log, logs)) or 'no flow log records the VPC'}; {traffic_type} is required"
    if _recorded(logs, traffic_type, {"SUCCESS"}):
        return passed(told)
    if _recorded(logs, traffic_type, {"SUCCESS", None}):
        return unknown(Reason.UNSUPPORTED, f"whether flow logs arrive is not known before the first delivery: {told}")
    return failed(told)


@check(
    "vpc_endpoints_present",
    on=_VPC,
    uses=(_ENDPOINT,),
    severity=MEDIUM,
    title="AWS services are reached by endpoints of the VPC",
    controls=("ac-4", "sc-7"),
    remediation="aws ec2 create-vpc-endpoint --vpc-id VPC --service-name com.amazonaws.REGION.SERVICE; delete a VPC "
    "that nobody uses.",
    services=("s3", "ecr.api", "ecr.dkr", "logs", "secretsmanager", "kms"),
)
def endpoints_present(vpc: Subject, services: tuple[str, ...]) -> Verdict:
    """Through an endpoint, traffic to AWS does not leave its network, and a policy can say where it may go.

    Gateways and interfaces count alike, and so does the FIPS endpoint of a service (kms-fips).
    """
    if (elsewhere := _elsewhere(vpc, "endpoints")) is not None:
        return elsewhere
    own = (each for each in vpc.all(_ENDPOINT) if each.facts["VpcId"] == vpc.facts["VpcId"])
    available = set(_available_services(own))
    missing = [each for each in services if each not in available]
    if missing:
        return failed(f"no endpoint is available for {', '.join(missing)}")
    return passed(f"an endpoint is available for each of {', '.join(services)}")


@check(
    "subnet_no_auto_public_ip",
    on="ec2:subnet",
    severity=HIGH,
    title="Instances get no public address by themselves",
    controls=("ac-4", "sc-7"),
    indicators=("KSI-CNA-MAT",),
    remediation="aws ec2 modify-subnet-attribute --subnet-id SUBNET --no-map-public-ip-on-launch",
)
def no_auto_public_ip(subnet: Subject) -> Verdict:
    """A public address makes what is started reachable from the internet: it must be given on purpose."""
    given = subnet.facts["MapPublicIpOnLaunch"]
    return verdict(not given, f"instances {'get' if given else 'do not get'} a public IPv4 address at launch")


@check(
    "ebs_encryption_by_default",
    on="aws:region",
    needs=(_EBS,),
    severity=HIGH,
    title="New EBS volumes are encrypted",
    controls=("sc-28", "sc-28.1", "sc-13"),
    indicators=("KSI-SVC-SIN",),
    remediation="aws ec2 enable-ebs-encryption-by-default (Terraform: aws_ebs_encryption_by_default), in each region",
)
def ebs_encryption(region: Subject) -> Verdict:
    """Set once for a region, no new volume or snapshot can be left unencrypted by mistake."""
    on = region.told(_EBS)["EbsEncryptionByDefault"]
    return verdict(on, f"encryption of new EBS volumes by default is {'on' if on else 'off'}")


def _elsewhere(vpc: Subject, what: str) -> Verdict | None:
    """A VPC that another account shares: what is its owner's is not shown here."""
    owner = vpc.facts["OwnerId"]
    if owner == vpc.resource.target.account_id:
        return None
    return not_applicable(f"the VPC belongs to the account {owner}, where its {what} are shown and judged")


def _recorded(logs: Iterable[Subject], wanted: str, delivery: set[str | None]) -> bool:
    types = {
        each.facts["TrafficType"]
        for each in logs
        if each.facts["FlowLogStatus"] == "ACTIVE" and each.facts.get("DeliverLogsStatus") in delivery
    }
    return not types.isdisjoint({"ALL", wanted}) or (wanted == "ALL" and types >= _EVERYTHING)


def _flow_log(log: Subject) -> str:
    facts = log.facts
    delivery = facts.get("DeliverLogsStatus", "not yet known")
    error = f" ({facts['DeliverLogsErrorMessage']})" if facts.get("DeliverLogsErrorMessage") else ""
    return (
        f"{facts['FlowLogId']} records {facts['TrafficType']}, is {facts['FlowLogStatus']}, delivery {delivery}{error}"
    )


def _available_services(endpoints: Iterable[Subject]) -> Iterator[str]:
    """What AWS services of the region are called in their endpoints: com.amazonaws.us-gov-west-1.ecr.api is ecr.api.

    Endpoints of a resource or of a service network (VPC Lattice) name no service.
    """
    for each in endpoints:
        name = each.facts.get("ServiceName") or ""
        owner, _, service = name.partition(f".{each.resource.target.region}.")
        ours = owner.endswith("com.amazonaws")  # in China: cn.com.amazonaws
        if ours and each.facts["State"].casefold() == "available":
            yield from (name, service, service.removesuffix("-fips"))


CHECKS: tuple[Check, ...] = (
    flow_logs,
    endpoints_present,
    no_auto_public_ip,
    ebs_encryption,
    *security_groups.CHECKS,
    *network_acls.CHECKS,
)
