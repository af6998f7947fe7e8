variable "region" {
  type    = string
  default = "us-gov-west-1"
}

variable "account_id" {
  description = "The account that this is for."
  type        = string
  default     = "123456789012"
}

variable "environment" {
  type    = string
  default = "production"
}

variable "agency_networks" {
  description = "Who may reach the load balancer."
  type        = list(string)
  default     = ["198.51.100.0/24", "203.0.113.0/24"]
}

variable "log_bucket" {
  description = "Made by the stack of the log archive: S3 and ELB deliver logs only to a bucket with S3's own keys."
  type        = string
  default     = "ppbe-production-logs"
}

variable "image_digest" {
  type    = string
  default = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
}

variable "certificate_arn" {
  type    = string
  default = "arn:aws-us-gov:acm:us-gov-west-1:123456789012:certificate/8f2b1c5e-4c0e-4d8b-9a53-0f6f3c2b7a11"
}

variable "rotation_function_arn" {
  type    = string
  default = "arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:rotate-database-password"
}

locals {
  name = "ppbe-${var.environment}"

  tags = {
    Project     = "PPBE"
    Environment = var.environment
    ManagedBy   = "Terraform"
    Compliance  = "FedRAMP-Moderate"
  }

  # ARNs are written out where a policy needs them: then the plan knows the policy before anything exists.
  arn = "arn:aws-us-gov"
  bucket_arns = {
    backups = "${local.arn}:s3:::${local.name}-backups"
    trail   = "${local.arn}:s3:::${local.name}-trail"
  }
}
