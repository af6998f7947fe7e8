resource "aws_db_subnet_group" "main" {
  name       = local.name
  subnet_ids = [for each in aws_subnet.private : each.id]
}

resource "aws_db_parameter_group" "main" {
  name   = local.name
  family = "postgres15"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}

resource "aws_db_instance" "main" {
  identifier                      = local.name
  db_name                         = "ppbe"
  engine                          = "postgres"
  engine_version                  = "15.4"
  instance_class                  = "db.m6g.large"
  allocated_storage               = 100
  username                        = "ppbe"
  manage_master_user_password     = true
  multi_az                        = true
  db_subnet_group_name            = aws_db_subnet_group.main.name
  vpc_security_group_ids          = [aws_security_group.database.id]
  parameter_group_name            = aws_db_parameter_group.main.name
  storage_encrypted               = true
  kms_key_id                      = aws_kms_key.main.arn
  publicly_accessible             = false
  deletion_protection             = true
  backup_retention_period         = 30
  backup_window                   = "03:00-04:00"
  maintenance_window              = "sun:04:00-sun:05:00"
  copy_tags_to_snapshot           = true
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
  auto_minor_version_upgrade      = true
  monitoring_interval             = 60
  monitoring_role_arn             = aws_iam_role.monitoring.arn
}

resource "aws_elasticache_subnet_group" "main" {
  name       = local.name
  subnet_ids = [for each in aws_subnet.private : each.id]
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id       = local.name
  description                = "Sessions of the API"
  engine                     = "redis"
  engine_version             = "7.0"
  node_type                  = "cache.m6g.large"
  num_cache_clusters         = 2
  subnet_group_name          = aws_elasticache_subnet_group.main.name
  security_group_ids         = [aws_security_group.cache.id]
  at_rest_encryption_enabled = true
  kms_key_id                 = aws_kms_key.main.arn
  transit_encryption_enabled = true
  transit_encryption_mode    = "required"
  user_group_ids             = ["${local.name}-api"]
  automatic_failover_enabled = true
  multi_az_enabled           = true
  snapshot_retention_limit   = 7
  auto_minor_version_upgrade = true
}

resource "aws_secretsmanager_secret" "database" {
  name                    = "ppbe/${var.environment}/database/password"
  kms_key_id              = aws_kms_key.main.arn
  recovery_window_in_days = 30
}

resource "aws_secretsmanager_secret_rotation" "database" {
  secret_id           = aws_secretsmanager_secret.database.id
  rotation_lambda_arn = var.rotation_function_arn

  rotation_rules {
    automatically_after_days = 60
  }
}

resource "aws_backup_plan" "daily" {
  name = local.name

  rule {
    rule_name         = "daily"
    target_vault_name = "Default"
    schedule          = "cron(0 5 ? * * *)"

    lifecycle {
      delete_after = 35
    }
  }
}
