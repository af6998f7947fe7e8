"""What the types of the provider ``hashicorp/aws`` tell of our kinds of resources, one module per service."""
