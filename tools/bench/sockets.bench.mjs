import { fork } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { residentMb, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const node = (type, config) => ({ type, version: 1, config });
const fields = { fields: [{ name: 'text', type: 'Text' }] };
const sockets = 1_000;
const perSecond = 50;
/** The number of characters of a token, including its time. */
const size = 24;

/** Makes a workflow whose run writes at a steady rate for some seconds. */
export const writing = (tokens) => ({
  heddle: 2,
  name: 'Bench',
  nodes: {
    question: node('input', fields),
    write: node('write-steadily', { tokens, perSecond, size }),
    reply: node('output', fields),
  },
  edges: [
    { from: 'question.text', to: 'write.value' },
    { from: 'write.text', to: 'reply.text' },
  ],
});

/** Records the highest memory use of a process, in megabytes. */
function watchMemory(pid) {
  let most = residentMb(pid);
  const timer = setInterval(() => (most = Math.max(most, residentMb(pid))), 200);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Starts a process whose sockets watch a run to its end. */
export function startWatchers(address, count) {
  const file = fileURLToPath(new URL('./socket-watchers.mjs', import.meta.url));
  const child = fork(file, [address, String(count)]);
  const heard = (type) =>
    new Promise((resolve, reject) => {
      child.on('message', (message) => {
        if (message.type === type) resolve(message);
      });
      child.once('exit', (code) => reject(new Error(`the watchers ended with ${code}`)));
    });
  return {
    pid: child.pid,
    connected: heard('connected'),
    ended: heard('ended'),
    watch: (runId) => child.send({ runId }),
  };
}

async function measure(server, tokens, count, progress) {
  const before = residentMb(server.pid);
  const memory = watchMemory(server.pid);
  try {
    progress(`${count} sockets connect`);
    const watchers = startWatchers(server.address, count);
    watchers.ended.catch(() => undefined);
    await watchers.connected;
    progress(`${count} sockets watch`);
    const { runId } = await server.post('/api/runs', { document: writing(tokens), inputs: { text: 'hello' } });
    watchers.watch(runId);
    const { arrival, failed, failures, lengths, resyncs } = await watchers.ended;
    if (failed > 0) throw new Error(`There were ${failed} gaps, such as: ${failures.join('; ')}`);
    if (lengths.length !== 1 || lengths[0] !== tokens * size)
      throw new Error(`The texts had the lengths ${lengths.join(', ')}.`);
    return { arrival, resyncs, grown: memory() - before };
  } finally {
    memory();
  }
}

export const cases = [
  {
    name: 'sockets',
    title: `${sockets} sockets that watch one run of ${perSecond} tokens a second`,
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        if (process.platform !== 'linux') return 'memory of a process is read from /proc';
        const server = await startServer(folder, { HEDDLE_NODES: join(root, 'tools', 'soak', 'nodes') });
        try {
          await measure(server, 5 * perSecond, 20, progress);
          const { arrival, resyncs, grown } = await measure(server, 30 * perSecond, sockets, progress);
          return [
            { case: 'sockets-arrival-p50', unit: 'ms', samples: [arrival.p50] },
            { case: 'sockets-arrival-p95', unit: 'ms', samples: [arrival.p95] },
            { case: 'sockets-arrival-p99', unit: 'ms', samples: [arrival.p99] },
            { case: 'sockets-memory', unit: 'MB', samples: [grown] },
            { case: 'sockets-resyncs', unit: 'resyncs', samples: [resyncs] },
          ];
        } finally {
          await server.stop();
        }
      }),
  },
];
