"""The promised numbers, measured: each module here has ``measure() -> dict[str, Figure]``. ``make bench`` runs them."""
