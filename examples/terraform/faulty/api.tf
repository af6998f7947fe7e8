# Tags can be moved.
resource "aws_ecr_repository" "api" {
  name = "ppbe-api"
}

resource "aws_ecs_cluster" "main" {
  name = local.name

  setting {
    name  = "containerInsights"
    value = "disabled"
  }
}

# Privileged, writable, a password in the environment, no log, an image of another registry by tag.
resource "aws_ecs_task_definition" "api" {
  family                   = "ppbe-api"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = 1024
  memory                   = 2048

  container_definitions = jsonencode([{
    name        = "api"
    image       = "docker.io/ppbe/api:latest"
    essential   = true
    privileged  = true
    environment = [{ name = "DATABASE_PASSWORD", value = "changeme" }]
  }])
}

# A public address, and an old platform.
resource "aws_ecs_service" "api" {
  name             = "ppbe-api"
  cluster          = aws_ecs_cluster.main.id
  task_definition  = aws_ecs_task_definition.api.arn
  desired_count    = 1
  launch_type      = "FARGATE"
  platform_version = "1.3.0"

  network_configuration {
    subnets          = aws_subnet.main[*].id
    assign_public_ip = true
  }
}
