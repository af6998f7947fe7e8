"""What the estate's resources report to CloudWatch: one module for each subject, AWS's own names and units. Pure."""
