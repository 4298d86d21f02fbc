// Runtime configuration of web in prod, loaded by index.html before the application.
// It is mounted into the web server, so that one image serves every environment. It is public: no secrets.
globalThis.__RUNTIME_CONFIG__ = Object.freeze({
  environment: "prod",
  origin: "https://shop.example.com",
  services: {
    "api": {
      url: "https://shop.example.com/api",
      websocketUrl: "wss://shop.example.com/api",
    },
  },
});
