"""Which AWS calls are made, as they are declared, and the IAM policies that allow them and no more. Pure."""
