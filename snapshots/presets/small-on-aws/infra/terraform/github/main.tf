# A private repository of GitHub's Free plan has neither rules of main nor environments, and refuses both. So whoever can push
# to main can release, and a review before a merge is an agreement. Another plan brings both:
#   scaffold update --set github_plan=team
locals {
  repository = "shop"
}
