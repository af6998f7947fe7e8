"""ppbe-observe: observability and compliance monitoring of a federal system on AWS GovCloud."""

__version__ = "0.1.0"
