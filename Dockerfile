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
COPY client/package.json client/
COPY workflows/package.json workflows/
COPY tools/package.json tools/
COPY server/bin server/bin
RUN npm ci --no-audit --no-fund

COPY . .
RUN npm run build

# What the server needs, and nothing else. Packages of the editor are inside editor/dist; the image brings its own Node.
RUN npm pkg delete dependencies.node \
    && npm pkg set --json 'workspaces=["core","engine","nodes","adapters","server"]' \
    && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund

# Of those packages only what runs on this processor: no types, source maps or sources, no binaries for other machines, one form of Tesseract.
# TypeScript stays behind a prune because packages name it as their peer; none loads it.
RUN arch=$(node -p process.arch) && cd node_modules \
    && rm -rf typescript @typescript @types better-sqlite3/deps better-sqlite3/src better-sqlite3/build node-llama-cpp/llama/gitRelease.bundle \
    && find better-sqlite3/prebuilds -type f ! -name "linux-$arch.node" -delete \
    && find @node-llama-cpp -mindepth 1 -maxdepth 1 ! -name "linux-$arch" -exec rm -rf {} + \
    && rm -rf imapflow/dist/cjs \
    && find @msgpackr-extract -name '*.musl.node' -delete \
    && find onnxruntime-node/bin/napi-v* -mindepth 2 -maxdepth 2 ! -path "*/linux/$arch" -exec rm -rf {} + \
    && find tesseract.js-core -name 'tesseract-core*' ! -name 'tesseract-core-simd-lstm.js' ! -name 'tesseract-core-simd-lstm.wasm' -delete

RUN mkdir /image && tar -c --exclude='node_modules/.cache' --exclude='*.map' --exclude='*.ts' --exclude='*.mts' --exclude='*.cts' --exclude='*.tsbuildinfo' \
      package.json LICENSE node_modules workflows docs \
      $(find core engine nodes adapters server editor client -maxdepth 1 \( -name package.json -o -name dist -o -name node_modules -o -name bin \)) \
      | tar -x -C /image \
    && find /image -type d -empty -delete

# What npm fetches later (a GPU's runtime, about 350 MB) goes to the volume: /tmp is memory, and nothing in it can be run.
FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    HEDDLE_SIGN_IN=required \
    HEDDLE_DATA=/data \
    HEDDLE_MODELS=/data/models \
    HOME=/tmp \
    NPM_CONFIG_CACHE=/data/runtimes/npm
WORKDIR /heddle
COPY --from=build /image/ ./
RUN mkdir /data && chown node:node /data && chmod 700 /data
USER node
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((reply) => process.exit(reply.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "server/bin/heddle.mjs", "serve"]
