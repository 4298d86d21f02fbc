rootProject.name = "stock"
include("api")
