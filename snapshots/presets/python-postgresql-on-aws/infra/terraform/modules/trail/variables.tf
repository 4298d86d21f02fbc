variable "bucket" {
  description = "Bucket that the trail is delivered to, below cloudtrail/; its policy must name the trail."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Key that encrypts the trail; its policy must name the trail."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the trail."
  type        = string
  nullable    = false
}
