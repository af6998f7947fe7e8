"""Reads botocore's service models with orjson while the estate is built: a fifth of its start-up otherwise."""

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
from botocore.loaders import JSONFileLoader, Loader


class FastFileLoader(JSONFileLoader):
    """botocore's loader, without the ordered dictionaries that no model needs any more."""

    def load_file(self, file_path: str) -> Any:
        """The model; None where there is none, as botocore wants it."""
        plain, packed = Path(file_path + ".json"), Path(file_path + ".json.gz")
        if packed.is_file():
            return orjson.loads(gzip.decompress(packed.read_bytes()))
        return orjson.loads(plain.read_bytes()) if plain.is_file() else None


@contextmanager
def fast_models() -> Iterator[None]:
    """Loaders that are made inside read fast; moto makes its own, so this is set where all of them look."""
    usual = Loader.FILE_LOADER_CLASS
    Loader.FILE_LOADER_CLASS = FastFileLoader
    try:
        yield
    finally:
        Loader.FILE_LOADER_CLASS = usual
