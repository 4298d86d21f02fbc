// Runtime configuration of web in staging, loaded by index.html before the application.
// It is mounted into the web server, so that one image serves every environment. It is public: no secrets.
globalThis.__RUNTIME_CONFIG__ = Object.freeze({
  environment: "staging",
  origin: "https://staging.shop.example.com",
  services: {
    "api": {
      url: "https://staging.shop.example.com/api",
      websocketUrl: "wss://staging.shop.example.com/api",
    },
  },
});
