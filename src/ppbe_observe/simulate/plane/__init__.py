"""The CloudWatch data plane: metrics as functions of time, and the operations that read them."""
