// Runtime configuration of shop in prod, loaded by index.html before the application.
// It is mounted into the web server, so that one image serves every environment. It is public: no secrets.
globalThis.__RUNTIME_CONFIG__ = Object.freeze({
  environment: "prod",
  origin: "https://market.example.org",
  services: {
    "orders": {
      url: "https://market.example.org/api/orders",
      websocketUrl: "wss://market.example.org/api/orders",
    },
    "prices": {
      url: "https://market.example.org/api/prices",
      websocketUrl: "wss://market.example.org/api/prices",
    },
  },
});
