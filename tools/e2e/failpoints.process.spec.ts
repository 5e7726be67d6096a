import { afterAll, describe, expect, it, jest } from '@jest/globals';
import { failpoints, type Failpoint } from '@heddle/adapters/database';
import type { CollectionInfo, JobReply, RunEvent, RunSummary } from '@heddle/core';
import { drawn } from '@heddle/core/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createLibrary, library } from '../chaos/ingests.js';
import { openLedger } from '../chaos/ledger.js';
import { cleanUp, root, startProgram, collect, temporaryFolder } from './built-program.js';
import { busy, greeting, pausing } from './documents.js';
import { asking, looping, posting } from './durable-documents.js';
import { eventually } from './eventually.js';
import { durable, watchBySse } from './run-events.js';
import { begin, post, runOf, send, untilStatus } from './server-calls.js';
import { startServer, type ServerProcess } from './start-server.js';

jest.setTimeout(180_000);
const ledger = await openLedger();
afterAll(async () => {
  await ledger.close();
  await cleanUp();
});

const environment = { HEDDLE_FETCH_ALLOW: ledger.host };
/** Stories that need custom nodes: a server that loads them starts one more process. */
const withNodes: ReadonlySet<Failpoint> = new Set(['human-input-after-decision']);
const nodes = { HEDDLE_NODES: join(root, 'tools', 'chaos', 'nodes') };

/** A data folder whose server dies at a failpoint. */
interface Crash {
  readonly data: string;
  /** Starts a server without the failpoint, to prepare the data. */
  readonly plain: () => Promise<ServerProcess>;
  /** Starts the server that will die. */
  readonly armed: () => Promise<ServerProcess>;
}

/** Brings a server to its failpoint. Returns the assertions for the next server. */
type Story = (crash: Crash) => Promise<(again: ServerProcess) => Promise<void>>;

async function eventsOf(server: ServerProcess, runId: string): Promise<readonly RunEvent[]> {
  const watcher = watchBySse(server, runId);
  await watcher.ended;
  const events = durable(watcher.events);
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  return events;
}
const count = (events: readonly RunEvent[], type: RunEvent['type'], path?: string): number =>
  events.filter((event) => event.type === type && (path === undefined || ('path' in event && event.path === path)))
    .length;
const runsOf = async (server: ServerProcess): Promise<readonly RunSummary[]> =>
  (JSON.parse((await send(server, '/api/runs')).text) as { runs: RunSummary[] }).runs;
const read = async <T>(server: ServerProcess, path: string): Promise<T> =>
  JSON.parse((await send(server, path)).text) as T;

/** Sends a request that ends the server before the reply. */
async function fatal(server: ServerProcess, path: string, body: unknown): Promise<void> {
  await expect(post(server, path, body)).rejects.toThrow();
  expect(await server.ended).toBe(null);
}

/**
 * Starts a run whose first nodes end the server. They run before the reply, which may or may not come, but the run is stored in any case.
 */
async function beginFatally(
  server: ServerProcess,
  document: unknown,
  inputs: object,
): Promise<(again: ServerProcess) => Promise<string>> {
  await post(server, '/api/runs', { document, inputs }).catch(() => undefined); // the lost connection is expected
  expect(await server.ended).toBe(null);
  return async (again) => {
    const [run, ...others] = await runsOf(again);
    expect(others).toEqual([]);
    return run?.runId ?? '';
  };
}

/** Asserts that the run is done and no node has a second result. */
async function endsWell(server: ServerProcess, runId: string, outputs: object): Promise<readonly RunEvent[]> {
  expect(await untilStatus(server, runId, undefined, 20_000)).toMatchObject({ status: 'done', outputs });
  const events = await eventsOf(server, runId);
  const ended = events.flatMap((event) => (event.type === 'node-end' ? [event.path] : []));
  expect(ended).toEqual([...new Set(ended)]);
  expect(count(events, 'run-end')).toBe(1);
  return events;
}

/** A suspended run that the dying process resumes. */
const wakingUp: Story = async ({ plain, armed }) => {
  const first = await plain();
  const runId = await begin(first, pausing(1), { name: 'Ada' });
  await untilStatus(first, runId, ['suspended']);
  await first.kill();
  const died = armed().then((server) => server.ended);
  await died.catch(() => undefined); // it may die before it listens
  return async (again) => {
    const events = await endsWell(again, runId, { text: 'Before Ada, after' });
    expect(count(events, 'node-start', 'before')).toBe(1);
  };
};

/** The failpoints of re-indexing are tested in reindex.process.spec.ts. */
type OfReindexing =
  'reindex-before-commit' | 'reindex-after-commit' | 'hand-over-before' | 'hand-over-renamed' | 'hand-over-served';

/** The failpoints of a move are tested in move.process.spec.ts. */
type OfMoves = 'move-batch' | 'move-file' | 'move-copied' | 'move-source-marked';

const stories: { readonly [Name in Exclude<Failpoint, OfReindexing | OfMoves>]: Story } = {
  'accept-before-commit': async ({ armed }) => {
    await fatal(await armed(), '/api/runs', { document: greeting, inputs: { name: 'Ada' } });
    return async (again) => expect(await runsOf(again)).toEqual([]);
  },
  'accept-after-commit': async ({ armed }) => {
    await fatal(await armed(), '/api/runs', { document: greeting, inputs: { name: 'Ada' } });
    return async (again) => {
      const [run, ...others] = await runsOf(again);
      expect(others).toEqual([]);
      await endsWell(again, run?.runId ?? '', { greeting: 'Hello Ada!' });
    };
  },
  'journal-before-commit': wakingUp,
  'journal-after-commit': wakingUp,
  'node-after-start': async ({ armed }) => {
    const server = await armed();
    const found = await beginFatally(server, busy(300), { name: 'Ada' });
    return async (again) => {
      const events = await endsWell(again, await found(again), { text: 'Before Ada, counted' });
      expect([count(events, 'node-start', 'count'), count(events, 'node-start', 'before')]).toEqual([2, 1]);
    };
  },
  'effect-before-result': async ({ armed }) => {
    const server = await armed();
    const runId = await begin(server, posting(ledger.address), { name: 'twice' });
    expect(await server.ended).toBe(null);
    return async (again) => {
      await endsWell(again, runId, { status: 200 });
      const keys = ledger.entries.filter(({ tag }) => tag === 'twice').map(({ key }) => key);
      expect(keys).toEqual([expect.stringMatching(/^heddle-/), keys[0]]);
    };
  },
  'result-before-event': async ({ armed }) => {
    const server = await armed();
    const found = await beginFatally(server, pausing(0), { name: 'Ada' });
    return async (again) => {
      const events = await endsWell(again, await found(again), { text: 'Before Ada, after' });
      expect(count(events, 'node-start', 'who')).toBe(1);
      expect(count(events, 'run-resume')).toBe(1);
    };
  },
  'human-input-after-decision': async ({ armed }) => {
    const server = await armed();
    const runId = await begin(server, asking, { name: 'Ada' });
    const run = await untilStatus(server, runId, ['suspended']);
    const { requests } = await read<{ requests: { requestId: string }[] }>(
      server,
      `/api/human-inputs?run=${run.runId}`,
    );
    const path = `/api/runs/${runId}/human-inputs/${requests[0]?.requestId ?? ''}`;
    await fatal(server, path, { value: { word: 'warp' } });
    return async (again) => {
      const events = await endsWell(again, runId, { word: 'warp' });
      expect([count(events, 'human-input-start'), count(events, 'human-input-end')]).toEqual([1, 1]);
      expect((await post(again, path, { value: { word: 'weft' } })).status).toBe(409);
      expect((await runOf(again, runId)).outputs).toEqual({ word: 'warp' });
    };
  },
  'loop-after-iteration': async ({ armed }) => {
    const server = await armed();
    const runId = await begin(server, looping, { name: 'go' });
    expect(await server.ended).toBe(null);
    return async (again) => {
      const events = await endsWell(again, runId, { text: 'go!!!' });
      expect(count(events, 'loop-next')).toBe(2);
      expect(['louder@0', 'louder@1', 'louder@2'].map((path) => count(events, 'node-end', path))).toEqual([1, 1, 1]);
    };
  },
  'cancel-after-mark': async ({ armed }) => {
    const server = await armed();
    const runId = await begin(server, busy(50_000), { name: 'Ada' });
    await untilStatus(server, runId, ['running']);
    await fatal(server, `/api/runs/${runId}/cancel`, {});
    return async (again) => {
      expect((await untilStatus(again, runId)).status).toBe('cancelled');
      const events = await eventsOf(again, runId);
      expect([count(events, 'cancel-request'), count(events, 'run-end')]).toEqual([1, 1]);
    };
  },
  'ingest-mid-batch': async ({ armed, plain }) => {
    const documents = ['warp', 'weft', 'loom'].map((word) => ({ id: word, text: `The ${word} belongs to weaving.` }));
    const first = await plain();
    await createLibrary(first, ledger.address);
    await first.stop();
    const server = await armed();
    const started = await post(server, `/api/collections/${library}/documents`, { documents });
    expect([started.status, started.text]).toEqual([202, expect.stringContaining('jobId')]);
    const { jobId } = JSON.parse(started.text) as JobReply;
    expect(await server.ended).toBe(null);
    return async (again) => {
      const job = await eventually(
        'end of the ingest',
        async () => {
          const found = await read<JobReply>(again, `/api/jobs/${jobId}`);
          return found.endedAt === undefined ? undefined : found;
        },
        30_000,
      );
      expect(job.result).toMatchObject({ done: 3, failed: 0 });
      expect(await read<CollectionInfo>(again, `/api/collections/${library}`)).toMatchObject({
        documents: 3,
        passages: 3,
      });
    };
  },
  'blob-before-rename': async ({ armed }) => {
    const body = { document: greeting, inputs: { name: 'long '.repeat(20_000) } };
    await fatal(await armed(), '/api/runs', body);
    return async (again) => {
      expect(await runsOf(again)).toEqual([]);
      const runId = await begin(again, body.document, body.inputs);
      const run = await untilStatus(again, runId);
      expect(run.status).toBe('done');
      expect(readdirSync(join(again.data, 'blobs', 'drafts'))).toEqual([]);
    };
  },
  'migration-middle': async ({ armed, data }) => {
    await expect(armed()).rejects.toThrow();
    expect(readdirSync(data)).not.toContain('heddle.db');
    return async (again) => {
      expect(readdirSync(data).filter((name) => name.includes('.new-'))).toEqual([]);
      const runId = await begin(again, greeting, { name: 'Ada' });
      await endsWell(again, runId, { greeting: 'Hello Ada!' });
    };
  },
};

describe('a server with a failpoint', () => {
  // Each story brings a server to its failpoint: a failpoint that the code does not reach would not end the server.
  const hasStory = (name: string): name is keyof typeof stories => Object.hasOwn(stories, name);
  const names = drawn(Object.keys(failpoints).filter(hasStory), 5);

  it.each(names)('recovers from a kill at %s', async (name) => {
    const data = temporaryFolder();
    const settings = withNodes.has(name) ? { ...environment, ...nodes } : environment;
    const plain = () => startServer({ data, environment: settings });
    const check = await stories[name]({
      data,
      plain,
      armed: () => startServer({ data, environment: { ...settings, HEDDLE_FAILPOINT: `${name}:kill` } }),
    });
    const again = await plain();
    await check(again);
    expect(await again.stop()).toBe(0);
  });
});

it('refuses a failpoint that does not exist, instead of never failing', async () => {
  const child = startProgram(['serve'], { data: temporaryFolder(), environment: { HEDDLE_FAILPOINT: 'nowhere:kill' } });
  const stderr = collect(child.stderr);
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1);
  expect(stderr()).toContain('setting_invalid');
  expect(stderr()).toContain(Object.keys(failpoints).join(', '));
});
