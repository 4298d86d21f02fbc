run "answer" {
  command = plan

  assert {
    condition     = output.answer == 42
    error_message = "The answer must be 42."
  }
}
