"""botocore's models, cut down to what is declared."""

import pytest
from botocore.loaders import create_loader
from botocore.model import ServiceModel

from ppbe_observe.aws.identity.models import DeclaredOperations, cut
from ppbe_observe.aws.services import declared

WHOLE = create_loader()


@pytest.mark.parametrize("service", sorted(declared()))
def test_every_declared_operation_is_there_with_all_its_shapes_and_nothing_else(service: str) -> None:
    wanted = declared()[service]
    model = ServiceModel(DeclaredOperations(None, declared()).load_service_model(service, "service-2"), service)
    assert set(model.operation_names) == wanted, "an operation is declared that AWS does not have"
    whole = ServiceModel(WHOLE.load_service_model(service, "service-2"), service)
    for name in wanted:
        mine, theirs = model.operation_model(name), whole.operation_model(name)
        assert _tree(mine.input_shape) == _tree(theirs.input_shape)
        assert _tree(mine.output_shape) == _tree(theirs.output_shape)
        assert [each.name for each in mine.error_shapes] == [each.name for each in theirs.error_shapes]


def _tree(shape: object, seen: tuple[str, ...] = ()) -> object:
    if shape is None:
        return None
    name = shape.name  # type: ignore[attr-defined]  # botocore's shapes have no common typed base here
    if name in seen:
        return name
    below = {**getattr(shape, "members", {})}
    for part in ("member", "key", "value"):
        if (inner := getattr(shape, part, None)) is not None:
            below[part] = inner
    return name, getattr(shape, "serialization", None), {key: _tree(each, (*seen, name)) for key, each in below.items()}


def test_other_models_of_a_service_and_other_services_are_whole() -> None:
    loader = DeclaredOperations(None, {"rds": frozenset({"DescribeDBInstances"})})
    assert loader.load_service_model("sqs", "service-2") == WHOLE.load_service_model("sqs", "service-2")
    assert loader.load_service_model("rds", "paginators-1") == WHOLE.load_service_model("rds", "paginators-1")


def test_it_is_much_less() -> None:
    whole = WHOLE.load_service_model("ec2", "service-2")
    part = cut(whole, declared()["ec2"])
    assert len(part["shapes"]) < len(whole["shapes"]) / 5
    assert "documentation" not in part["operations"]["DescribeVpcs"]
