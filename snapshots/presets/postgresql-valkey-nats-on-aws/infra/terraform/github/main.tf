locals {
  repository = "shop"

  # GitHub Actions itself: a check of the same name from any other app does not count.
  github_actions_app_id = 15368
}

# No direct pushes to main, not even by administrators: everything deployed was reviewed and tested.
resource "github_repository_ruleset" "main" {
  name        = "main"
  repository  = local.repository
  target      = "branch"
  enforcement = "active"

  conditions {
    ref_name {
      include = ["~DEFAULT_BRANCH"]
      exclude = []
    }
  }

  rules {
    deletion         = true
    non_fast_forward = true

    pull_request {
      allowed_merge_methods             = ["squash", "merge"]
      dismiss_stale_reviews_on_push     = true
      require_code_owner_review         = true
      require_last_push_approval        = true
      required_approving_review_count   = var.required_reviews
      required_review_thread_resolution = true
    }

    required_status_checks {
      # A promotion must contain all of main, so it never takes back a newer merge. Its digests are those that staging ran;
      # its manifests are too, unless "Update branch" brought in merges that staging has not run yet.
      strict_required_status_checks_policy = true

      dynamic "required_check" {
        for_each = toset(var.required_checks)

        content {
          context        = required_check.value
          integration_id = local.github_actions_app_id
        }
      }
    }
  }
}
