import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startCompatRedis } from '../../compat/start-redis.mjs';
import { startPostgres } from '../../compat/start-postgres.mjs';
import { root } from '../../bootstrap/repository.mjs';
import { startServer } from '../server-process.mjs';
import { inTemporaryFolder } from '../shared.mjs';

/** Reads a number from the environment, for example a smaller one for a first try. */
export function parameter(name, usual) {
  const value = Number(process.env[name] ?? usual);
  if (!(value > 0)) throw new Error(`${name} must be a number above 0, not '${process.env[name]}'.`);
  return value;
}

/** Starts Postgres and Redis from this machine; gives `{ skip }` with the reason if one is missing. */
export async function startPartners(folder) {
  const redis = await startCompatRedis();
  if (redis.skip !== undefined) return redis;
  const postgres = await startPostgres(folder);
  if (postgres.skip !== undefined) {
    await redis.close();
    return postgres;
  }
  return {
    postgres,
    redis,
    async close() {
      await redis.close();
      await postgres.close();
    },
  };
}

/**
 * Runs work on a cluster with this many API processes and workers, and with hints over Redis or `queue` (HEDDLE_QUEUE). Gives the reason if
 * Postgres or Redis is missing.
 */
export function onCluster({ apis = 1, workers = 1, slots = 25, queue }, { progress }, work) {
  return inTemporaryFolder(async (folder) => {
    progress('starting Postgres and Redis');
    const partners = await startPartners(folder);
    if (partners.skip !== undefined) return partners.skip;
    const cluster = new Cluster(folder, partners, slots, queue);
    try {
      progress('starting the processes');
      await cluster.open();
      for (let count = 0; count < apis; count += 1) await cluster.startApi();
      for (let count = 0; count < workers; count += 1) await cluster.startWorker();
      return await work(cluster);
    } finally {
      await cluster.close();
      await partners.close();
    }
  });
}

const clock = {
  now: () => Date.now(),
  at(time, callback) {
    const timer = setTimeout(callback, Math.max(0, time - Date.now()));
    return () => clearTimeout(timer);
  },
};

/** Milliseconds after which a run without progress counts as a failure. */
const mostMs = 120_000;

/** The processes of Heddle on one Postgres and one Redis. */
class Cluster {
  apis = [];
  workers = [];
  #folder;
  #slots;
  #queue;
  #started = 0;
  #database;

  constructor(folder, partners, slots, queue) {
    this.#folder = folder;
    this.#slots = slots;
    this.#queue = queue;
    this.postgres = partners.postgres;
    this.redis = partners.redis;
  }

  async open() {
    const { openPostgres } = await import('@heddle/adapters/postgres');
    this.#database = await openPostgres({ url: this.postgres.url, clock, connections: 2, patienceMs: 60_000 });
  }

  async startApi() {
    this.apis.push(await this.#start('api'));
  }

  async startWorker() {
    const worker = await this.#start('worker');
    this.workers.push(worker);
    return worker;
  }

  async #start(role) {
    this.#started += 1;
    const data = join(this.#folder, `data-${this.#started}`);
    const server = await startServer(data, {
      HEDDLE_DATABASE_URL: this.postgres.url,
      HEDDLE_ROLE: role,
      ...(this.#queue === undefined ? { HEDDLE_REDIS_URL: this.redis.url } : { HEDDLE_QUEUE: this.#queue }),
      HEDDLE_KEY_FILE: join(this.#folder, 'shared.key'),
      HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'),
      HEDDLE_MAX_RUNS: String(this.#slots),
      HEDDLE_MAX_QUEUED: '10000',
      HEDDLE_RATE_PER_MINUTE: '1000000',
      // Faults are intended here, so nobody reads what a process logs about them.
      HEDDLE_LOG: 'silent',
    });
    return { ...server, data };
  }

  rows(sql, ...values) {
    return this.#database.run({ sql, values });
  }

  /** Saves a workflow; returns its id. */
  async save(document) {
    return (await this.apis[0].post('/api/workflows', { document })).id;
  }

  /** Accepts `count` runs of a workflow, a few at a time; returns their ids. */
  async accept(workflow, count = 1) {
    const runIds = [];
    let left = count;
    const client = async () => {
      while (left-- > 0) {
        const { runId } = await this.apis[0].post(`/api/workflows/${workflow}/runs`, { inputs: { text: 'x' } });
        runIds.push(runId);
      }
    };
    await Promise.all(Array.from({ length: Math.min(count, 8) }, client));
    return runIds;
  }

  /** Waits until the query returns a row. */
  async until(what, sql, ...values) {
    for (const end = Date.now() + mostMs; ; await pause(50)) {
      const [row] = await this.rows(sql, ...values);
      if (row !== undefined) return row;
      if (Date.now() > end) throw new Error(`${what} did not come within ${mostMs / 1000} s.`);
    }
  }

  /** Waits until each of the runs has a record of a node. */
  untilBegun(runIds) {
    return this.until('The first node of each run', `SELECT 1 AS yes WHERE ${begunSql} = $2`, runIds, runIds.length);
  }

  /** Waits until each of the runs has ended. */
  untilEnded(runIds) {
    const sql = 'SELECT 1 AS yes FROM heddle.runs WHERE id = ANY($1) AND ended_at IS NOT NULL HAVING count(*) = $2';
    return this.until('The end of each run', sql, runIds, runIds.length);
  }

  /** Gives the ids of the runs that a worker executes now. */
  async runsOf(worker) {
    const sql =
      'SELECT r.id FROM heddle.runs r JOIN heddle.workers w ON w.boot = r.owner WHERE right(w.name, length($1)) = $1';
    return (await this.rows(sql, ` ${worker.data}`)).map(({ id }) => id);
  }

  /** Ends a worker in the given way and removes it from the list. */
  async end(worker, how) {
    this.workers.splice(this.workers.indexOf(worker), 1);
    await worker[how]();
  }

  async close() {
    await Promise.all([...this.apis, ...this.workers].map((server) => server.kill()));
    await this.#database?.close();
  }
}

const begunSql = `(SELECT count(DISTINCT r.id) FROM heddle.runs r JOIN heddle.records e ON e.run = r.number
  WHERE r.id = ANY($1) AND e.path IS NOT NULL)`;
