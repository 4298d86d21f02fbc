# The pipeline makes and changes the database. To delete it or a backup of it, to end the copies of backups, and to read what is in it
# takes a person: its logs, exports and the passwords of its roles are out of reach.
resource "aws_iam_role_policy" "apply_database" {
  name = "database"
  role = aws_iam_role.this["apply"].id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid    = "NeverLoseTheDatabase"
      Effect = "Deny"
      Action = [
        "pi:*",
        "rds:DeleteDBInstance",
        "rds:DeleteDBInstanceAutomatedBackup",
        "rds:DeleteDBSnapshot",
        "rds:DownloadCompleteDBLogFile",
        "rds:DownloadDBLogFilePortion",
        "rds:ModifyDBSnapshotAttribute",
        "rds:RestoreDBInstance*",
        "rds:StartExportTask",
        "rds:StopDBInstanceAutomatedBackupsReplication",
      ]
      Resource = "*"
      }, {
      Sid    = "NoPasswordOfTheDatabase"
      Effect = "Deny"
      Action = "secretsmanager:GetSecretValue"
      Resource = [
        "arn:aws:secretsmanager:*:*:secret:rds!*",
        "arn:aws:secretsmanager:*:*:secret:${var.name}/*/postgresql-??????",
      ]
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
