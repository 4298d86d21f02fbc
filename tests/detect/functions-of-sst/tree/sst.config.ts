export default {
  config() {
    return { name: "functions", region: "eu-west-1" }
  },
}
