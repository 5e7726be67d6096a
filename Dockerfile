# Heddle in a container: built in one stage, run in another that holds neither compiler, sources nor development packages.
# It runs as the user `node` and writes to /data and /tmp alone, so the root file system may be read-only (docker-compose.yml).
FROM node:24-bookworm AS build
WORKDIR /heddle
ENV NX_DAEMON=false CI=true

# Packages first: they are installed again only when the lockfile changes.
COPY package.json package-lock.json .npmrc ./
COPY core/package.json core/
COPY engine/package.json engine/
COPY nodes/package.json nodes/
COPY adapters/package.json adapters/
COPY server/package.json server/
COPY editor/package.json editor/
COPY workflows/package.json workflows/
COPY tools/package.json tools/
COPY server/bin server/bin
RUN npm ci --no-audit --no-fund

COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund

# What the running program needs, and nothing else.
RUN mkdir /image && cp -a --parents \
      package.json LICENSE node_modules workflows tools/package.json \
      $(find core engine nodes adapters server editor -maxdepth 1 \( -name package.json -o -name dist -o -name node_modules -o -name bin \)) \
      /image/ \
    && find /image -name '*.tsbuildinfo' -delete

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HEDDLE_SIGN_IN=required \
    HEDDLE_DATA=/data \
    HEDDLE_MODELS=/data/models \
    HOME=/tmp \
    NPM_CONFIG_CACHE=/tmp/npm
WORKDIR /heddle
COPY --from=build /image/ ./
RUN mkdir /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "server/dist/main.js"]
