variable "environment" {
  description = "Name of the environment."
  type        = string
  nullable    = false
}

variable "name" {
  description = "Name of the project, the prefix of every role."
  type        = string
  nullable    = false
}

variable "repository" {
  description = "Repository whose runs are trusted."
  type        = string
  nullable    = false
}
