"""Signature Version 4 by botocore's signer, at a time that is handed in. Pure."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials


class _BytesSigner(SigV4Auth):
    """Hashes the body as it is: botocore would prepare the whole request first to get at it."""

    def payload(self, request: AWSRequest) -> str:
        body: Any = request.data
        return sha256(body).hexdigest()


def signed(
    address: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    credentials: ReadOnlyCredentials,
    service: str,
    region: str,
    at: datetime,
) -> dict[str, str]:
    """The headers of a POST with its signature.

    botocore signs by the machine's clock only; its steps are public, so they are taken here one by one.
    """
    timestamp = f"{at:%Y%m%dT%H%M%SZ}"
    signer = _BytesSigner(credentials, service, region)
    request = AWSRequest("POST", address, headers={**headers, "X-Amz-Date": timestamp}, data=body)
    request.context["timestamp"] = timestamp
    if credentials.token:
        request.headers["X-Amz-Security-Token"] = credentials.token
    canonical = signer.canonical_request(request)
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    names = canonical.rsplit("\n", 2)[1]  # its last line but one: the headers that it covers
    request.headers["Authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={signer.scope(request)}, SignedHeaders={names}, Signature={signature}"
    )
    return dict(request.headers.items())
