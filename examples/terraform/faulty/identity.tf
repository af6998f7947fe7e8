# Any account may use ECS to assume it.
resource "aws_iam_role" "task" {
  name = "${local.name}-task"

  assume_role_policy = jsonencode({
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "ecs-tasks.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })
}

# Everything, inline.
resource "aws_iam_role_policy" "task" {
  role   = aws_iam_role.task.id
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = "*" }] })
}

# Everything, managed.
resource "aws_iam_policy" "admin" {
  name   = "${local.name}-admin"
  policy = jsonencode({ Statement = { Effect = "Allow", Action = ["*"], Resource = ["*"] } })
}

# Short, of one class of characters.
resource "aws_iam_account_password_policy" "main" {
  minimum_password_length = 8
}
