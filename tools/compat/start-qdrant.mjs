import { existsSync, mkdtempSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { freePort, startPartner } from './start-partner.mjs';

/** Finds the program of Qdrant: the one in `HEDDLE_COMPAT_QDRANT`, or `qdrant` on the path. No package registry offers it. */
const programOf = () =>
  process.env.HEDDLE_COMPAT_QDRANT ??
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'qdrant'))
    .find((file) => existsSync(file));

/** Starts a real Qdrant with one node and a key; gives `{ skip }` if there is none. `kill` kills it and starts it again. */
export async function startQdrant(parent) {
  const program = programOf();
  if (program === undefined)
    return { skip: 'qdrant not found: no registry of packages has it; name a program by HEDDLE_COMPAT_QDRANT' };
  const folder = mkdtempSync(join(parent, 'qdrant-'));
  const port = await freePort();
  const grpc = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const apiKey = 'compat-key';
  const env = {
    ...{ QDRANT__SERVICE__HOST: '127.0.0.1', QDRANT__SERVICE__API_KEY: apiKey, QDRANT__LOG_LEVEL: 'ERROR' },
    ...{ QDRANT__SERVICE__HTTP_PORT: String(port), QDRANT__SERVICE__GRPC_PORT: String(grpc) },
    ...{ QDRANT__STORAGE__STORAGE_PATH: join(folder, 'storage'), QDRANT__TELEMETRY_DISABLED: 'true' },
    ...{ QDRANT__STORAGE__SNAPSHOTS_PATH: join(folder, 'snapshots'), QDRANT_INIT_FILE_PATH: join(folder, 'begun') },
  };
  const begin = () => startPartner(program, [], { address: url, ready: '/readyz', env, seconds: 120 });
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
