import { join } from 'node:path';
import { residentMb, startServer, watchBySse } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const node = (type, config) => ({ type, version: 1, config });
const fields = { fields: [{ name: 'text', type: 'Text' }] };

/** Three nodes, with a breakpoint before the second one that waits for a person. */
const document = {
  heddle: 2,
  name: 'Bench',
  nodes: {
    question: node('input', fields),
    loud: node('prompt', { template: '{{ text }}!' }),
    reply: node('output', fields),
  },
  edges: [
    { from: 'question.text', to: 'loud.text' },
    { from: 'loud.text', to: 'reply.text' },
  ],
};
const inputs = { text: 'hello' };
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs work `count` times, `atATime` of them in parallel. */
async function many(count, work, atATime = 25) {
  let next = 0;
  const client = async () => {
    while (next < count) {
      next += 1;
      await work(next);
    }
  };
  await Promise.all(Array.from({ length: atATime }, client));
}

/** Gives the lowest memory use within 8 seconds, which is the use after a garbage collection. */
async function restingMb(pid) {
  let least = Infinity;
  for (let round = 0; round < 16; round += 1) {
    await pause(500);
    least = Math.min(least, residentMb(pid));
  }
  return least;
}

async function until(what, isSo) {
  const end = performance.now() + 120_000;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`It never came to this: ${what}.`);
    await pause(20);
  }
}

/** Measures the milliseconds from a person's answer to the next event of the run, and to its end. */
async function answerOne(server, ask) {
  const times = {};
  const events = watchBySse(server.address, ask.runId);
  let begin, answered;
  for await (const event of events) {
    if (begin === undefined && event.type === 'run-suspend') {
      begin = performance.now();
      answered = server.post(`/api/runs/${ask.runId}/human-inputs/${ask.requestId}`, { value: 'go' });
    } else if (begin !== undefined) {
      times.resume ??= performance.now() - begin;
      if (event.type !== 'run-end') continue;
      times.end = performance.now() - begin;
      break;
    }
  }
  await answered;
  return times;
}

/** Writes runs into a data folder in the state of a server that died during their first node. */
async function leaveUnfinished(folder, count) {
  const { openDatabase } = await import('@heddle/adapters/database');
  const { createSqliteJournal } = await import('@heddle/adapters/journal');
  const { FolderBlobs } = await import('@heddle/adapters/blobs');
  const { defaultLabel, parseDocument } = await import('@heddle/core');
  const clock = { now: () => Date.now(), at: () => () => undefined };
  const database = openDatabase(join(folder, 'heddle.db'));
  const journal = createSqliteJournal(database, { blobs: new FolderBlobs(join(folder, 'blobs')), clock });
  const bundle = { document: parseDocument(document), workflows: {} };
  await many(
    count,
    async (index) => {
      const runId = `unfinished-${index}`;
      const time = Date.now();
      const labelled = { text: { value: 'hello', label: defaultLabel } };
      await journal.accept(
        {
          runId,
          workflowId: undefined,
          workflowName: 'Bench',
          time,
          trigger: 'api',
          rootId: runId,
          origin: undefined,
          reused: [],
          options: {},
          inputs: labelled,
        },
        bundle,
      );
      await journal.append(runId, [
        { type: 'run-start', time, inputs: labelled },
        { type: 'node-start', time, path: 'question', attempt: 1 },
        { type: 'node-end', time, path: 'question', attempt: 1, started: time, outputs: labelled },
        { type: 'node-start', time, path: 'loud', attempt: 1 },
      ]);
    },
    250,
  );
  await journal.close();
  database.close();
}

export const cases = [
  {
    name: 'suspended',
    title: '1,000 runs that wait for a person: their memory, and how soon one goes on',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        if (process.platform !== 'linux') return 'memory of a process is read from /proc';
        const server = await startServer(folder, { HEDDLE_MAX_QUEUED: '10000' });
        try {
          const { id } = await server.post('/api/workflows', { document });
          const start = (body) => server.post(`/api/workflows/${id}/runs`, { inputs, ...body });
          progress('warming');
          await many(12_000, () => server.post(`/api/workflows/${id}/runs?wait=1`, { inputs }));
          const before = await restingMb(server.pid);
          progress('suspending');
          await many(1_000, () => start({ breakpoints: ['loud'] }));
          const requests = async () => (await server.get('/api/human-inputs')).requests;
          await until('1,000 runs wait', async () => (await requests()).length >= 1_000);
          const after = await restingMb(server.pid);
          progress('answering');
          const times = [];
          for (const ask of (await requests()).slice(0, 60)) times.push(await answerOne(server, ask));
          const counted = times.slice(10);
          return [
            { case: 'suspended-1000-memory', unit: 'MB', samples: [Math.max(0, after - before)] },
            { case: 'suspended-resume', unit: 'ms', samples: counted.map(({ resume }) => resume) },
            { case: 'suspended-resume-to-end', unit: 'ms', samples: counted.map(({ end }) => end) },
          ];
        } finally {
          await server.stop();
        }
      }),
  },
  {
    name: 'restart',
    title: 'a server that finds 10,000 runs in the middle of their work',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const count = 10_000;
        progress('writing runs');
        await leaveUnfinished(folder, count);
        progress('starting');
        const begin = performance.now();
        const server = await startServer(folder);
        try {
          await server.get('/api/health');
          const serving = performance.now() - begin;
          const left = async () =>
            (await server.get('/api/runs?status=queued,running,suspended,paused&limit=1')).runs.length;
          await until('all runs ended', async () => (await left()) === 0);
          const ended = performance.now() - begin;
          const failed = (await server.get('/api/runs?status=failed,cancelled&limit=1')).runs;
          if (failed.length > 0) throw new Error(`A run failed: ${JSON.stringify(failed[0])}`);
          return [
            { case: 'restart-10000-serving', unit: 'ms', samples: [serving] },
            { case: 'restart-10000-all-ended', unit: 'ms', samples: [ended] },
          ];
        } finally {
          await server.stop();
        }
      }),
  },
];
