"""One module per revision, named by it; ``state/schema.py`` lists them."""
