locals {
  a = 1
}

resource "x" "y" {
  new = 1
  b = 1
  c = 1
  d = 1
}
