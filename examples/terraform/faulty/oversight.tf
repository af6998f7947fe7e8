# A month, and AWS's own key.
resource "aws_cloudwatch_log_group" "api" {
  name              = "/ecs/${local.name}/api"
  retention_in_days = 30
}

# Not encrypted with a key of one's own, not sealed.
resource "aws_cloudtrail" "main" {
  name                  = local.name
  s3_bucket_name        = "${local.name}-trail"
  is_multi_region_trail = true
}

# Tells nobody.
resource "aws_cloudwatch_metric_alarm" "db_cpu" {
  alarm_name          = "${local.name}-db-cpu"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 80
  period              = 300
  evaluation_periods  = 2
}

# Clear text, everybody may publish, nobody listens.
resource "aws_sns_topic" "alerts" {
  name = "${local.name}-alerts"

  policy = jsonencode({
    Statement = [{
      Sid       = "Anybody"
      Effect    = "Allow"
      Principal = { AWS = "*" }
      Action    = "sns:Publish"
      Resource  = "*"
    }]
  })
}
