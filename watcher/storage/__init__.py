"""Storage: one schema for SQLite and PostgreSQL; functions that take a connection and speak in the model's words."""
