"""The estate of PPBE, built in moto through boto3: one module for each subject."""
