"""Run by alembic: the transaction is opened by ``api.db.migrate``, which hands its connection."""

from alembic import context

from api.db.tables import metadata

_NOT_OURS = "procrastinate_"  # a library's, which makes and changes them itself


def _is_ours(_item: object, name: str | None, *_: object) -> bool:
    return not (name or "").startswith(_NOT_OURS)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    include_object=_is_ours,
)
context.run_migrations()
