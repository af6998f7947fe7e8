"""Who we act as in each target: credentials, roles, sessions, and the boto3 clients that they give."""
