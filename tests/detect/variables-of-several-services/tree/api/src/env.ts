import { z } from "zod";

export const env = z
  .object({
    MONGO_URL: z.string().url(),
    GITHUB_CLIENT_ID: z.string(),
    ADMIN_EMAIL: z.string().email(),
    PAGE_SIZE: z.coerce.number().default(20),
    TOKEN_TTL_DAYS: z.coerce.number().default(7),
    SMTP_PASSWORD: z.string().optional(),
    OPENAI_API_KEY: z.string().optional(),
  })
  .parse(process.env);
