# Takes connections without TLS.
resource "aws_db_parameter_group" "main" {
  name   = local.name
  family = "postgres15"

  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }
}

# Public, in one zone, not encrypted, backups of a week, deleted by one call, half of its logs, no monitoring, no updates.
resource "aws_db_instance" "main" {
  identifier                      = local.name
  engine                          = "postgres"
  engine_version                  = "15.4"
  instance_class                  = "db.m6g.large"
  allocated_storage               = 100
  username                        = "ppbe"
  manage_master_user_password     = true
  multi_az                        = false
  parameter_group_name            = aws_db_parameter_group.main.name
  storage_encrypted               = false
  publicly_accessible             = true
  backup_retention_period         = 7
  enabled_cloudwatch_logs_exports = ["postgresql"]
  auto_minor_version_upgrade      = false
}

# One node in the clear, without users, backups and updates.
resource "aws_elasticache_replication_group" "main" {
  replication_group_id       = local.name
  description                = "Sessions of the API"
  engine                     = "redis"
  node_type                  = "cache.m6g.large"
  num_cache_clusters         = 1
  at_rest_encryption_enabled = false
  transit_encryption_enabled = false
  auto_minor_version_upgrade = false
}

# AWS's own key; never rotates; any account may read it.
resource "aws_secretsmanager_secret" "database" {
  name = "ppbe/${var.environment}/database/password"
}

resource "aws_secretsmanager_secret_policy" "database" {
  secret_arn = aws_secretsmanager_secret.database.arn

  policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = "*"
      Action    = "secretsmanager:GetSecretValue"
      Resource  = "*"
    }]
  })
}
