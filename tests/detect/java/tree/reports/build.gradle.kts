plugins { id("org.springframework.boot") version "3.3.2" }
java { toolchain { languageVersion = JavaLanguageVersion.of(17) } }
dependencies {
    // implementation("redis.clients:jedis:5.1.3")
    implementation("org.springframework.boot:spring-boot-starter-webflux")
    implementation("io.nats:jnats:2.19.1")
    runtimeOnly("io.micrometer:micrometer-registry-prometheus")
}
