"""Answers of STS, which speaks XML."""

from datetime import datetime

from support.fake_aws import Exchange, Reply, raw

_XML = {"Content-Type": "text/xml", "x-amzn-RequestId": "sts-request"}
_NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


def assumed(access_key: str, expires: datetime) -> Reply:
    """AssumeRole is granted."""
    body = f"""<AssumeRoleResponse {_NAMESPACE}><AssumeRoleResult><Credentials>
      <AccessKeyId>{access_key}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
      <SessionToken>token-of-{access_key}</SessionToken><Expiration>{expires:%Y-%m-%dT%H:%M:%SZ}</Expiration>
      </Credentials><AssumedRoleUser><AssumedRoleId>A:watch</AssumedRoleId>
      <Arn>arn:aws-us-gov:sts::123456789012:assumed-role/observer/watch</Arn></AssumedRoleUser></AssumeRoleResult>
      <ResponseMetadata><RequestId>sts-request</RequestId></ResponseMetadata></AssumeRoleResponse>"""
    return raw(body.encode(), headers=_XML)


def refused(code: str, message: str, status: int = 403) -> Reply:
    """Any call is refused."""
    body = f"""<ErrorResponse {_NAMESPACE}><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message>
      </Error><RequestId>sts-request</RequestId></ErrorResponse>"""
    return raw(body.encode(), status, _XML)


def identity(arn: str) -> Reply:
    """GetCallerIdentity."""
    account = arn.split(":")[4]
    body = f"""<GetCallerIdentityResponse {_NAMESPACE}><GetCallerIdentityResult><Arn>{arn}</Arn>
      <UserId>A</UserId><Account>{account}</Account></GetCallerIdentityResult>
      <ResponseMetadata><RequestId>sts-request</RequestId></ResponseMetadata></GetCallerIdentityResponse>"""
    return raw(body.encode(), headers=_XML)


def by_action(**replies: Reply) -> Reply:
    """One reply for each Action of STS; ``other`` for whatever is not STS."""

    def reply(exchange: Exchange) -> bool:
        for action, chosen in replies.items():
            if f"Action={action}&".encode() in exchange.request.body:
                return chosen(exchange)
        return replies["other"](exchange)

    return reply
