# The pipeline makes and changes the database. To lose it, or a backup of it, takes a person.
resource "aws_iam_role_policy" "apply_database" {
  name = "database"
  role = aws_iam_role.this["apply"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "NeverLoseTheDatabase"
      Effect = "Deny"
      Action = [
        "rds:DeleteDBInstance",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
        "rds:ModifyDBSnapshotAttribute",
        "rds:RestoreDBInstance*",
      ]
      Resource = "*"
    }]
  })
}

# Its log has what statements say, so whoever can push a branch does not read it.
resource "aws_iam_role_policy" "plan_database" {
  name = "database"
  role = aws_iam_role.this["plan"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "NoLogOfTheDatabase"
      Effect   = "Deny"
      Action   = ["pi:*", "rds:DownloadCompleteDBLogFile", "rds:DownloadDBLogFilePortion"]
      Resource = "*"
    }]
  })
}
