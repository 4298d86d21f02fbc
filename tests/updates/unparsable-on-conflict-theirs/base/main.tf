locals {
  a = 1
}

resource "x" "y" {
  b = 1
  c = 1
  d = 1
}
