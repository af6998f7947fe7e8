# Neither a flow log nor endpoints.
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "main" {
  count = 2

  vpc_id                  = aws_vpc.main.id
  availability_zone       = "${var.region}${["a", "b"][count.index]}"
  cidr_block              = cidrsubnet("10.0.0.0/16", 8, count.index)
  map_public_ip_on_launch = count.index == 0 # the first one gives public addresses
}

resource "aws_network_acl" "main" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = aws_subnet.main[*].id
}

# SSH from everywhere.
resource "aws_network_acl_rule" "ssh" {
  network_acl_id = aws_network_acl.main.id
  rule_number    = 100
  rule_action    = "allow"
  protocol       = "tcp"
  from_port      = 22
  to_port        = 22
  cidr_block     = "0.0.0.0/0"
}

resource "aws_security_group" "jump" {
  name   = "${local.name}-jump"
  vpc_id = aws_vpc.main.id
}

# SSH from everywhere, by IPv6.
resource "aws_vpc_security_group_ingress_rule" "ssh" {
  security_group_id = aws_security_group.jump.id
  cidr_ipv6         = "::/0"
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
}

# PostgreSQL from both halves of the internet.
resource "aws_security_group" "database" {
  name   = "${local.name}-database"
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = var.halves_of_the_internet

    content {
      protocol    = "tcp"
      from_port   = 5432
      to_port     = 5432
      cidr_blocks = [ingress.value]
    }
  }
}

# RDP and all in between, and Redis in a rule of its own.
resource "aws_security_group" "cache" {
  name   = "${local.name}-cache"
  vpc_id = aws_vpc.main.id
}

resource "aws_security_group_rule" "rdp" {
  type              = "ingress"
  security_group_id = aws_security_group.cache.id
  protocol          = "tcp"
  from_port         = 3389
  to_port           = 6379
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_ebs_encryption_by_default" "main" {
  enabled = false
}
