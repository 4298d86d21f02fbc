FROM node:24-slim AS base
WORKDIR /app
COPY services/jobs services/jobs
FROM base AS production
RUN useradd --system --uid 10050 jobs
USER jobs
CMD ["node", "services/jobs/index.js"]
FROM base AS development
CMD ["npm", "run", "dev"]
