"""The wire formats in which clients speak to CloudWatch, apart from what they ask. Pure."""
