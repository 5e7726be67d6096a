import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { residentMb, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const node = (type, config) => ({ type, version: 1, config });
const fields = { fields: [{ name: 'text', type: 'Json' }] };
const slots = 500;
const queue = 10_000;
const smallRuns = 50;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Occupies a slot for two seconds, as a model's answer does, waits one second without a slot, and then continues. */
const big = {
  heddle: 2,
  name: 'Big',
  nodes: {
    question: node('input', fields),
    write: node('write-steadily', { tokens: 10, perSecond: 5 }),
    wait: node('wait', { amount: 1, unit: 'seconds' }),
    after: node('prompt', { template: 'after {{ value }}' }),
    reply: node('output', fields),
  },
  edges: [
    { from: 'question.text', to: 'write.value' },
    { from: 'write.text', to: 'wait.value' },
    { from: 'wait.value', to: 'after.value' },
    { from: 'after.text', to: 'reply.text' },
  ],
};
const small = {
  heddle: 2,
  name: 'Small',
  nodes: {
    question: node('input', fields),
    words: node('prompt', { template: 'Hello {{ text }}' }),
    reply: node('output', fields),
  },
  edges: [
    { from: 'question.text', to: 'words.text' },
    { from: 'words.text', to: 'reply.text' },
  ],
};

/** Starts a run. Gives the status, and how long to wait if the run was refused. */
function start(server, agent, workflow, query = '') {
  return new Promise((resolve, reject) => {
    const url = `${server.address}/api/workflows/${workflow}/runs${query}`;
    const sent = request(url, { method: 'POST', agent, headers: { 'content-type': 'application/json' } }, (reply) => {
      reply.resume().on('end', () => resolve({ status: reply.statusCode, retryAfter: reply.headers['retry-after'] }));
    });
    sent.on('error', reject).end(JSON.stringify({ inputs: { text: 'x' } }));
  });
}

/** Starts runs until the queue is full and `refusals` of them were refused. */
async function fill(server, agent, workflow, refusals) {
  const counts = { accepted: 0, refused: 0 };
  const client = async () => {
    while (counts.refused < refusals) {
      const { status, retryAfter } = await start(server, agent, workflow);
      if (status === 202) counts.accepted += 1;
      else if (status === 503 && Number(retryAfter) > 0) counts.refused += 1;
      else throw new Error(`A run was answered with ${status} and Retry-After ${retryAfter}.`);
    }
  };
  await Promise.all(Array.from({ length: 50 }, client));
  return counts;
}

async function measure(server, progress) {
  const agent = new Agent({ keepAlive: true, maxSockets: 60 });
  const bigId = (await server.post('/api/workflows', { document: big })).id;
  const smallId = (await server.post('/api/workflows', { document: small })).id;
  for (let index = 0; index < 500; index += 1) await start(server, agent, smallId, '?wait=1');
  await pause(2_000);
  const before = residentMb(server.pid);
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, residentMb(server.pid))), 200);
  try {
    progress('filling the queue');
    const { accepted } = await fill(server, agent, bigId, 50);
    const full = (await server.get('/api/health')).runs;
    progress('another workflow beside it');
    const times = [];
    for (let index = 0; index < smallRuns; index += 1) {
      const begin = performance.now();
      const { status } = await start(server, agent, smallId, '?wait=1');
      if (status !== 200) throw new Error(`The small workflow was answered with ${status}.`);
      times.push(performance.now() - begin);
    }
    progress('until all have ended');
    const end = performance.now() + 300_000;
    for (;;) {
      const { running, queued, suspended } = (await server.get('/api/health')).runs;
      if (running + queued + suspended === 0) break;
      if (performance.now() > end)
        throw new Error(`${running + queued + suspended} runs had not ended after 5 minutes.`);
      await pause(500);
    }
    const failed = (await server.get('/api/runs?status=failed,cancelled&limit=1')).runs;
    if (failed.length > 0) throw new Error(`A run failed: ${JSON.stringify(failed[0])}`);
    return { accepted, queued: full.queued, running: full.running, times, grown: most - before };
  } finally {
    clearInterval(timer);
    agent.destroy();
  }
}

export const cases = [
  {
    name: 'load',
    title: `${slots} runs at once with waits, ${queue} in the queue, and another workflow beside them`,
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        if (process.platform !== 'linux') return 'memory of a process is read from /proc';
        const server = await startServer(folder, {
          HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes'),
          HEDDLE_MAX_RUNS: String(slots),
          HEDDLE_MAX_QUEUED: String(queue),
        });
        try {
          const { accepted, running, queued, times, grown } = await measure(server, progress);
          return [
            { case: 'load-accepted', unit: 'runs', samples: [accepted] },
            { case: 'load-running', unit: 'runs', samples: [running] },
            { case: 'load-queued', unit: 'runs', samples: [queued] },
            { case: 'load-memory', unit: 'MB', samples: [grown] },
            { case: 'load-other-workflow', unit: 'ms', samples: times },
          ];
        } finally {
          await server.stop();
        }
      }),
  },
];
