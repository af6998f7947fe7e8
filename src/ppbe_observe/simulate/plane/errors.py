"""The errors of the CloudWatch API, each under the two names AWS gives it. Pure."""

from dataclasses import dataclass


@dataclass
class ServiceError(Exception):
    """An error answer.

    Attributes:
        shape: The name in the JSON and CBOR protocols (``InvalidParameterValueException``).
        code: The name in the Query protocol, which SDKs show (``InvalidParameterValue``).
        message: What AWS says.
        status: The HTTP status.
    """

    shape: str
    code: str
    message: str
    status: int = 400

    @property
    def fault(self) -> str:
        """Whose fault it is, in the words of the ``x-amzn-query-error`` header."""
        return "Sender" if self.status < 500 else "Receiver"  # noqa: PLR2004 - HTTP's server errors


def validation(message: str) -> ServiceError:
    """The request does not fit the model of the API."""
    return ServiceError("ValidationException", "ValidationError", message)


def invalid_value(message: str) -> ServiceError:
    """A value fits the model but not the operation."""
    return ServiceError("InvalidParameterValueException", "InvalidParameterValue", message)


def invalid_combination(message: str) -> ServiceError:
    """Parameters that do not go together."""
    return ServiceError("InvalidParameterCombinationException", "InvalidParameterCombination", message)


def missing(name: str) -> ServiceError:
    """A required parameter is absent."""
    return ServiceError("MissingRequiredParameterException", "MissingParameter", f"The parameter {name} is required.")


def invalid_token(token: str) -> ServiceError:
    """A NextToken that this request did not get."""
    return ServiceError("InvalidNextToken", "InvalidNextToken", f"The next token {token[:80]!r} is invalid.")


def throttled() -> ServiceError:
    """Too many calls in this second."""
    return ServiceError("ThrottlingException", "Throttling", "Rate exceeded")
