"""Keys for the tests of signatures: real ones, made once."""

from __future__ import annotations

import pytest

from tests.signing_keys import Keygen


@pytest.fixture(scope="session")
def keygen(tmp_path_factory: pytest.TempPathFactory) -> Keygen:
    """The real ssh-keygen in a folder of its own."""
    return Keygen(tmp_path_factory.mktemp("keys"))
