bootstrapApplication(App)
