module "bucket" {
  source   = "./modules/bucket"
  for_each = { backups = true, exports = false } # exports are not versioned

  name      = "${local.name}-${each.key}"
  versioned = each.value
}

resource "aws_s3_account_public_access_block" "main" {
  block_public_acls   = true
  block_public_policy = true
}
