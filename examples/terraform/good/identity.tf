locals {
  trusted = {
    task       = "ecs-tasks.amazonaws.com"
    execution  = "ecs-tasks.amazonaws.com"
    monitoring = "monitoring.rds.amazonaws.com"
    flow_log   = "vpc-flow-logs.amazonaws.com"
    trail      = "cloudtrail.amazonaws.com"
  }

  trust = {
    for name, service in local.trusted : name => jsonencode({
      Version = "2012-10-17"
      Statement = [{
        Effect    = "Allow"
        Principal = { Service = service }
        Action    = "sts:AssumeRole"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      }]
    })
  }
}

resource "aws_iam_role" "task" {
  name               = "${local.name}-task"
  assume_role_policy = local.trust["task"]
}

resource "aws_iam_role_policy" "task" {
  name = "database-password"
  role = aws_iam_role.task.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect   = "Allow"
      Action   = ["secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret"]
      Resource = "${local.arn}:secretsmanager:${var.region}:${var.account_id}:secret:ppbe/${var.environment}/database/password-*"
    }]
  })
}

resource "aws_iam_role" "execution" {
  name               = "${local.name}-execution"
  assume_role_policy = local.trust["execution"]
}

resource "aws_iam_policy" "execution" {
  name = "${local.name}-execution"

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["ecr:GetAuthorizationToken"]
        Resource = "*"
      },
      {
        Effect   = "Allow"
        Action   = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        Resource = "${local.arn}:ecr:${var.region}:${var.account_id}:repository/ppbe-api"
      },
      {
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = "${local.arn}:logs:${var.region}:${var.account_id}:log-group:/ecs/${local.name}/api:*"
      },
    ]
  })
}

resource "aws_iam_role_policy_attachment" "execution" {
  role       = aws_iam_role.execution.name
  policy_arn = aws_iam_policy.execution.arn
}

resource "aws_iam_role" "monitoring" {
  name               = "${local.name}-rds-monitoring"
  assume_role_policy = local.trust["monitoring"]
}

resource "aws_iam_role_policy_attachment" "monitoring" {
  role       = aws_iam_role.monitoring.name
  policy_arn = "${local.arn}:iam::aws:policy/service-role/AmazonRDSEnhancedMonitoringRole"
}

resource "aws_iam_role" "flow_log" {
  name               = "${local.name}-flow-log"
  assume_role_policy = local.trust["flow_log"]
}

resource "aws_iam_role" "trail" {
  name               = "${local.name}-trail"
  assume_role_policy = local.trust["trail"]
}

resource "aws_iam_account_password_policy" "main" {
  minimum_password_length        = 14
  require_lowercase_characters   = true
  require_numbers                = true
  require_symbols                = true
  require_uppercase_characters   = true
  password_reuse_prevention      = 24
  allow_users_to_change_password = true
}
