mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "111122223333" }
  }
}

variables {
  contact = "team@example.com"
  host    = "shop.example.com"
  name    = "shop-prod"
}

run "signs_with_a_key_that_route_53_takes" {
  command = plan

  assert {
    condition     = aws_kms_key.signing.region == "us-east-1" && aws_kms_key.signing.customer_master_key_spec == "ECC_NIST_P256"
    error_message = "Route 53 only signs with P-256 keys of us-east-1."
  }
}

run "alarms_before_signatures_expire" {
  command = plan

  assert {
    condition = toset([for alarm in aws_cloudwatch_metric_alarm.dnssec : alarm.metric_name]) == toset([
      "DNSSECInternalFailure", "DNSSECKeySigningKeysNeedingAction",
    ])
    error_message = "Both failures of signing must be alarmed on."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dnssec : alarm.region == "us-east-1" && alarm.threshold == 0])
    error_message = "Route 53 reports in us-east-1, and a single failure counts."
  }
}

run "delegates_with_a_signature" {
  command = plan

  variables {
    delegations = {
      staging = {
        name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]
        ds_record    = "12345 13 2 1F987CC6583E92DF0890718C42A1B2C3D4E5F60718293A4B5C6D7E8F90A1B2C3"
      }
    }
  }

  assert {
    condition     = aws_route53_record.delegation_signer["staging"].type == "DS"
    error_message = "A signed zone that is delegated needs its DS record in the parent zone."
  }
}

run "refuses_incomplete_ds_record" {
  command = plan

  variables {
    delegations = {
      staging = {
        name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]
        ds_record    = "12345"
      }
    }
  }

  expect_failures = [var.delegations]
}
