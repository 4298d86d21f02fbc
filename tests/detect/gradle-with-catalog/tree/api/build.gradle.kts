plugins { kotlin("jvm") version "2.2.0" }

kotlin { jvmToolchain(21) }

dependencies {
    implementation(libs.spring.boot.web)
    implementation(libs.spring.boot.actuator)
    implementation(libs.kafka)
}
