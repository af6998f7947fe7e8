"""Parts that several tests share; imported as ``support.<module>``."""
