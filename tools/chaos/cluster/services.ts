import { redisMissing, startFakePinecone, startRedis, type TestRedis } from '@heddle/adapters/testing';
import { connect } from 'node:net';
import { startTestPostgres, type TestPostgres } from '../../testing/test-postgres.mjs';
import { pause } from '../client-world.js';
import { startBucket, type ChaosBucket } from './bucket.js';
import { copyVectorPostgres } from './vector-postgres.js';

/** The services that a cluster uses. */
export interface Services {
  readonly postgres: TestPostgres;
  readonly postgresPort: number;
  readonly redis: TestRedis;
  /** The bucket, or the reason why there is none. */
  readonly bucket: ChaosBucket | string;
  /** The store of the collections: Postgres itself, or a small fake of Pinecone if pgvector is not installed. */
  readonly vectors:
    { readonly store: 'pgvector' } | { readonly store: 'pinecone'; readonly url: string; readonly apiKey: string };
  close(): Promise<void>;
}

/** The name of the cluster's database. */
export const database = 'chaos';

/** The maximum number of connections to Postgres: those of all processes, and some for the checks. */
const connections = 200;

/** Starts Postgres and Redis, and a bucket if a server for it is installed. Gives the reason if Postgres or Redis is missing. */
export async function startServices(): Promise<Services | string> {
  const missing = redisMissing();
  if (missing !== undefined) return missing;
  const programs = copyVectorPostgres();
  const postgres = await startTestPostgres({ keeps: true, connections, programs: programs?.bin });
  if (postgres === undefined) return 'no Postgres is installed: apt-get install postgresql';
  await postgres.query(`CREATE DATABASE ${database}`);
  const [redis, bucket] = await Promise.all([startRedis(), startBucket()]);
  const pinecone = programs === undefined ? await startFakePinecone() : undefined;
  return {
    postgres,
    redis,
    bucket,
    postgresPort: Number(new URL(postgres.url).port),
    vectors: pinecone === undefined ? { store: 'pgvector' } : { store: 'pinecone', ...pinecone },
    async close() {
      await Promise.all([redis.close(), pinecone?.close(), typeof bucket === 'string' ? undefined : bucket.close()]);
      await postgres.close();
      programs?.remove();
    },
  };
}

/** Sends a Redis command without arguments and waits for the answer. */
export function commandRedis(port: number, command: string): Promise<string> {
  return exchange(port, Buffer.from(`${command}\r\n`)).then(String);
}

/** Waits until Postgres accepts connections. */
export async function untilPostgres(port: number): Promise<void> {
  const names = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const header = Buffer.alloc(8);
  header.writeInt32BE(header.length + names.length, 0);
  header.writeInt32BE(196_608, 4); // version 3.0 of the protocol
  const startup = Buffer.concat([header, names]);
  const welcome = 'R'.charCodeAt(0);
  while ((await exchange(port, startup).catch(() => undefined))?.[0] !== welcome) await pause(50);
}

/** Sends bytes and returns the first bytes of the answer. */
function exchange(port: number, request: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(request));
    socket.once('data', (answer) => {
      resolve(answer);
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('The connection ended without an answer.')));
  });
}
