import { Elysia } from "elysia";
new Elysia().get("/healthz", () => "ok").listen(3001);
