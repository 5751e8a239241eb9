"""What the tests of flows in Slack share: a store in which Ana and Bob work on a repository."""

from __future__ import annotations

from knowledge.store.schema import open_store


def ana_and_bob(tmp_path):
    """A new store with both of them (1 and 2), and the directory src of the repository 1."""
    db = open_store(f"sqlite:///{tmp_path}/store.db")
    with db.transaction() as tx:
        tx.run("INSERT INTO repos (name) VALUES ('service')")
        tx.run("INSERT INTO nodes (repo_id, path, is_dir) VALUES (1, '', 1), (1, 'src', 1)")
        for name, email in (("Ana Ruiz", "ana@example.org"), ("Bob Stone", "bob@example.org")):
            tx.run("INSERT INTO people (name, email) VALUES (:n, :e)", n=name, e=email)
    return db
