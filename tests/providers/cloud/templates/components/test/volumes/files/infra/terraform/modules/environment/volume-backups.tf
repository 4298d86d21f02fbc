# Testcloud copies disks with `copies: daily` by itself.
locals {
  volume_copies = "daily"
}
