variable "region" {
  type    = string
  default = "us-gov-west-1"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "halves_of_the_internet" {
  type    = list(string)
  default = ["0.0.0.0/1", "128.0.0.0/1"]
}

locals {
  name = "ppbe-${var.environment}"

  tags = {
    Project     = "PPBE"
    Environment = var.environment
    ManagedBy   = "Terraform"
    Compliance  = "FedRAMP-Moderate"
  }
}
