"""Run by Alembic, on the connection and inside the transaction that `upgrade` opened."""

from alembic import context

from stellwerk.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transaction_per_migration=False,
    render_as_batch=True,
)
context.run_migrations()
