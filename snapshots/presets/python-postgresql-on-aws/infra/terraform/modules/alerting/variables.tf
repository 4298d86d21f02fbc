variable "contact" {
  description = "Mailbox that gets the alerts."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Prefix of the topic's name."
  type        = string
  nullable    = false
}

variable "publishers" {
  description = "Services of AWS that publish here in the name of this account, e.g. cloudwatch.amazonaws.com."
  type        = list(string)
  default     = []
  nullable    = false
}

variable "region" {
  description = "Region of the topic; null means that of the provider."
  type        = string
  default     = null
}
