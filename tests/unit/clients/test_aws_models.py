"""Models of AWS's services are found without opening the folders of all other services."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import DataNotFoundError
from botocore.loaders import Loader

from pytest_orr.clients.aws_models import Models

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def models() -> Models:
    return Models(as_found_by=Loader())


@pytest.mark.parametrize(
    ("service", "kind"), [("ec2", "service-2"), ("elbv2", "paginators-1"), ("sts", "paginators-1")]
)
def test_a_model_is_what_botocore_reads(models: Models, service: str, kind: str) -> None:
    assert models.load_service_model(service, kind) == Loader().load_service_model(service, kind)


@pytest.mark.parametrize(
    ("service", "kind"), [("ec3", "service-2"), ("ec2", "waiters-9"), ("ec2", "paginators-9")]
)
def test_what_botocore_does_not_find_is_not_found(models: Models, service: str, kind: str) -> None:
    for loader in (models, Loader()):
        with pytest.raises(DataNotFoundError, match=service):
            loader.load_service_model(service, kind)


def test_a_folder_of_models_that_was_named_is_looked_through_as_well(tmp_path: Path) -> None:
    folder = tmp_path / "explorer" / "2026-01-01"
    folder.mkdir(parents=True)
    (folder / "service-2.json").write_text('{"metadata": {}}', encoding="utf-8")
    found = Models(as_found_by=Loader(extra_search_paths=[str(tmp_path)]))
    said: dict[str, Any] = found.load_service_model("explorer", "service-2")
    assert json.dumps(said) == '{"metadata": {}}'
    assert {"explorer", "ec2"} <= {*found.list_available_services("service-2")}
