// Runtime configuration of shop in staging, loaded by index.html before the application.
// It is mounted into the web server, so that one image serves every environment. It is public: no secrets.
globalThis.__RUNTIME_CONFIG__ = Object.freeze({
  environment: "staging",
  origin: "https://staging.market.example.org",
  services: {
    "orders": {
      url: "https://staging.market.example.org/api/orders",
      websocketUrl: "wss://staging.market.example.org/api/orders",
    },
    "prices": {
      url: "https://staging.market.example.org/api/prices",
      websocketUrl: "wss://staging.market.example.org/api/prices",
    },
  },
});
