import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { runCommand, toolEnvironment } from '../bootstrap/run-command.mjs';
import { cacheFolder, firstLine, missing, say } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

const version = '1.35.2';

/** Builds the server once from its Go module: `{ program }`, or `{ skip }` with the reason. */
async function prepareWeaviate() {
  const folder = join(cacheFolder, `weaviate-${version}`);
  const program = join(folder, 'weaviate-server');
  if (existsSync(program)) return { program };
  if (missing('go').length > 0) return { skip: 'go not found: the server is built from its module' };
  mkdirSync(folder, { recursive: true });
  say(`Building Weaviate ${version} once, which takes some ten minutes…`);
  const jobs = process.env.HEDDLE_COMPAT_JOBS ?? '1';
  const env = toolEnvironment({ GOBIN: folder, CGO_ENABLED: '0', GOFLAGS: `-p=${jobs} -buildvcs=false` });
  const module = `github.com/weaviate/weaviate/cmd/weaviate-server@v${version}`;
  try {
    await runCommand('nice', ['-n', '15', 'go', 'install', '-ldflags', '-s -w', module], { env });
  } catch (error) {
    return { skip: `it could not be built: ${firstLine(error)}` };
  }
  return existsSync(program) ? { program } : { skip: 'the build gave no weaviate-server' };
}

/** Starts a real Weaviate with one node and a key; gives `{ skip }` if it is not available. `kill` kills it and starts it again. */
export async function startWeaviate(parent) {
  const { program, skip } = await prepareWeaviate();
  if (skip !== undefined) return { skip };
  const [port, grpc] = await freePorts(2);
  // On one machine, cluster nodes call each other at the next higher port, so both ports of a pair must be free.
  const gossip = await freePair();
  const raft = await freePair();
  const url = `http://127.0.0.1:${port}`;
  const apiKey = 'compat-key';
  const env = {
    ...{ PERSISTENCE_DATA_PATH: mkdtempSync(join(parent, 'weaviate-')), DISABLE_TELEMETRY: 'true', LOG_LEVEL: 'error' },
    ...{ AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED: 'false', AUTHENTICATION_APIKEY_ENABLED: 'true' },
    ...{ AUTHENTICATION_APIKEY_ALLOWED_KEYS: apiKey, AUTHENTICATION_APIKEY_USERS: 'heddle' },
    ...{ DEFAULT_VECTORIZER_MODULE: 'none', GO_PROFILING_DISABLE: 'true', GOMEMLIMIT: '1500MiB' },
    ...{ CLUSTER_HOSTNAME: 'compat', CLUSTER_IN_LOCALHOST: 'true', CLUSTER_ADVERTISE_ADDR: '127.0.0.1' },
    ...{
      CLUSTER_GOSSIP_BIND_PORT: String(gossip),
      CLUSTER_DATA_BIND_PORT: String(gossip + 1),
      GRPC_PORT: String(grpc),
    },
    ...{ RAFT_PORT: String(raft), RAFT_INTERNAL_RPC_PORT: String(raft + 1), RAFT_BOOTSTRAP_EXPECT: '1' },
    RAFT_JOIN: `compat:${raft}`,
  };
  const begin = () =>
    startPartner(program, ['--host', '127.0.0.1', '--port', String(port), '--scheme', 'http'], {
      ...{ address: url, ready: '/v1/.well-known/ready', env, seconds: 120 },
    });
  let server = await begin();
  return {
    ...{ url, apiKey },
    kill: async () => {
      await server.kill();
      server = await begin();
    },
    close: () => server.close(),
  };
}

/** Finds a free port whose next port is free too. */
async function freePair() {
  for (;;) {
    const first = await freePort();
    if (await isFree(first + 1)) return first;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.on('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/** Finds ports that are free and differ. */
async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) ports.add(await freePort());
  return [...ports];
}
