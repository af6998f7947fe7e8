module "records" {
  source   = "./modules/bucket"
  for_each = toset(["backups", "trail"])

  name        = "${local.name}-${each.key}"
  arn         = local.bucket_arns[each.key]
  kms_key_arn = aws_kms_key.main.arn
  log_bucket  = var.log_bucket
}

resource "aws_s3_account_public_access_block" "main" {
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
