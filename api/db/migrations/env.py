"""Run by alembic: the transaction is opened by ``api.db.migrate``, which hands its connection."""

from alembic import context

from api.db.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
)
context.run_migrations()
