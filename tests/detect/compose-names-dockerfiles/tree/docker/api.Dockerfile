FROM node:24-slim
WORKDIR /app
COPY package.json package-lock.json ./
COPY services/api services/api
RUN npm ci --omit=dev
USER node
CMD ["node", "services/api/index.js"]
