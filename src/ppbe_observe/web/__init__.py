"""The web server: /metrics, health, reload, and what guards them."""
