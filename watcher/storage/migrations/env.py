"""Alembic calls this: run the migrations on the connection that `watcher.storage.migrate` hands over."""

from alembic import context

from watcher.storage.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by copying it
    user_module_prefix="",  # the template imports the column types by name
)
with context.begin_transaction():
    context.run_migrations()
