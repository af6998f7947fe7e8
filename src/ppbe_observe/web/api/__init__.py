"""The read-only JSON API: the records of the pages, and what describes them (OpenAPI)."""
