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

run "one_authority" {
  command = plan

  assert {
    condition     = contains(aws_route53_record.caa.records, "0 issue \"letsencrypt.org\"") && contains(aws_route53_record.caa.records, "0 issuewild \";\"")
    error_message = "Only Let's Encrypt may issue certificates, and no wildcards."
  }
}

run "delegates" {
  command = plan

  variables {
    delegations = {
      staging = {
        name_servers = ["ns-1.awsdns-01.org", "ns-2.awsdns-02.com"]
      }
    }
  }

  assert {
    condition     = aws_route53_record.delegation["staging"].name == "staging.shop.example.com"
    error_message = "A delegation needs its NS record."
  }
}

run "refuses_incomplete_delegation" {
  command = plan

  variables {
    delegations = {
      staging = {
        name_servers = ["ns-1.awsdns-01.org"]
      }
    }
  }

  expect_failures = [var.delegations]
}

run "refuses_bad_host" {
  command = plan

  variables {
    host = "https://shop.example.com"
  }

  expect_failures = [var.host]
}
