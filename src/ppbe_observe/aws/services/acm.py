"""Certificates (Certificate Manager). I/O.

ListCertificates tells all that is needed, its expiry included, so that no certificate is described one by one.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ppbe_observe.aws.gather.context import GatherContext, provenance
from ppbe_observe.aws.gather.gatherer import Detail, Gatherer
from ppbe_observe.model import Resource

if TYPE_CHECKING:
    from mypy_boto3_acm import ACMClient
    from mypy_boto3_acm.literals import KeyAlgorithmType

_CERTIFICATE = "acm:certificate"
_LIST = "acm:ListCertificates"
# Without the filter ACM lists RSA 1024 and 2048 only (API reference, ListCertificates, Includes.keyTypes).
_KEY_TYPES: tuple["KeyAlgorithmType", ...] = (
    "RSA_1024",
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
)


def _certificates(context: GatherContext) -> Iterator[Resource]:
    acm: ACMClient = context.client("acm")
    pages = acm.get_paginator("list_certificates").paginate(Includes={"keyTypes": list(_KEY_TYPES)})
    for page in context.pages(_LIST, pages):
        told = provenance(_LIST, page)
        for each in page["CertificateSummaryList"]:
            arn = each["CertificateArn"]
            yield Resource(arn, _CERTIFICATE, context.target, (("CertificateArn", arn),), facts=each, source=told)


GATHERERS = (Gatherer("acm", (_CERTIFICATE,), (_LIST,), _certificates, tagged_as="acm"),)
DETAILS: tuple[Detail, ...] = ()
