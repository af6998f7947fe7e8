"""What must outlive the process: the accumulated counters and the money spent. SQLite by default, PostgreSQL by URL."""
