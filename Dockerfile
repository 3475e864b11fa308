# glibc, because PostgreSQL's and thirdweb's packages are built for it; the same image builds and runs.
FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs/cache/package.json libs/cache/
COPY libs/react/package.json libs/react/
COPY apps/devnet/package.json apps/devnet/
COPY apps/web/package.json apps/web/
RUN npm ci --include=dev --include=optional --ignore-scripts --loglevel=error
COPY tsconfig.base.json ./
COPY libs/cache libs/cache
COPY libs/react libs/react
COPY src src
COPY apps/web apps/web
COPY tools/web-page.mjs tools/
RUN node node_modules/typescript/bin/tsc -b src apps/web && node tools/web-page.mjs

# What runs needs neither the tools nor, since nothing is replaced in production, the devnet and the embedded PostgreSQL.
FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY libs/cache/package.json libs/cache/
COPY libs/react/package.json libs/react/
COPY apps/devnet/package.json apps/devnet/
COPY apps/web/package.json apps/web/
RUN npm ci --omit=dev --omit=optional --ignore-scripts --loglevel=error && npm cache clean --force

FROM node:20-bookworm-slim
ENV NODE_ENV=production PORT=3000
WORKDIR /app
COPY package.json ./
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/libs/cache/package.json libs/cache/
COPY --from=build /app/libs/cache/dist libs/cache/dist
COPY --from=build /app/dist dist
COPY --from=build /app/apps/web/dist apps/web/dist
# Migrations are SQL, and are read from where they stand in the sources.
COPY --from=build /app/src/database/migrations src/database/migrations
USER node
EXPOSE 3000
# Live, not ready: a service whose Redis or upstream is gone still answers, and restarting it would not bring them back.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/live').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "--max-semi-space-size=8", "dist/main.js"]
