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
