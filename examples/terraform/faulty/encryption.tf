# Does not rotate; everybody may decrypt.
resource "aws_kms_key" "main" {
  description = local.name

  policy = jsonencode({
    Statement = {
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "kms:Decrypt"
      Resource  = "*"
    }
  })
}
