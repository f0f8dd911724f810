"""EC2's refusals, in EC2's codes and manner of speaking."""

from moto.ec2.exceptions import EC2ClientError


def invalid_value(parameter: str, value: object, why: str) -> EC2ClientError:
    """Return the refusal of one parameter's value."""
    return EC2ClientError("InvalidParameterValue", f"Value ({value}) for parameter {parameter} is invalid. {why}")


def invalid_combination(message: str) -> EC2ClientError:
    """Return the refusal of parameters that do not go together."""
    return EC2ClientError("InvalidParameterCombination", message)


def missing_parameter(parameter: str) -> EC2ClientError:
    """Return the refusal of a request that lacks a parameter."""
    return EC2ClientError("MissingParameter", f"The request must contain the parameter {parameter}")


def incorrect_state(message: str) -> EC2ClientError:
    """Return the refusal of what the resource's state does not allow."""
    return EC2ClientError("IncorrectState", message)
