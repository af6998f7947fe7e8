"""What Alembic runs to migrate: on the connection that ``state/schema.py`` hands in, in its transaction."""

from alembic import context

from ppbe_observe.state.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
