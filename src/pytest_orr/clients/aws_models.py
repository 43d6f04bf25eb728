"""Models of AWS's services as botocore carries them, found and read with a fraction of the work."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

from botocore.loaders import JSONFileLoader, Loader
from pydantic_core import from_json


class Files(JSONFileLoader):
    """Reads what botocore would read, without building each object of the file pair by pair.

    Botocore asks for mappings in the order of the file, which is what ``dict`` keeps.
    """

    def load_file(self, file_path: str) -> Any:
        """Return what a file holds, named without its ending; nothing if there is none."""
        plain, packed = Path(f"{file_path}.json"), Path(f"{file_path}.json.gz")
        if plain.is_file():
            return from_json(plain.read_bytes())
        if packed.is_file():
            return from_json(gzip.decompress(packed.read_bytes()))
        return None


class Models(Loader):
    """Looks for models where another loader does, in the folder of the service that is wanted."""

    FILE_LOADER_CLASS = Files

    def __init__(self, as_found_by: Loader) -> None:
        paths = list(as_found_by.search_paths)
        super().__init__(extra_search_paths=paths, include_default_search_paths=False)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 botocore's name
        """Return every service with a folder, without opening those of all the others.

        Botocore looks for a file of the type in all of its 400 folders, once for each type and each
        thread that needs one. It looks for the service's own file afterwards, and what is missing
        then ends in the same class of error.
        """
        folders = (Path(path) for path in self.search_paths)
        return sorted(
            {one.name for folder in folders if folder.is_dir() for one in folder.iterdir()}
        )
