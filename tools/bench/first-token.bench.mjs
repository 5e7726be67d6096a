import { system } from './bare-model.mjs';
import { startServer, watchBySse } from './server-process.mjs';
import { inTemporaryFolder, openHub } from './shared.mjs';

const document = {
  heddle: 1,
  name: 'Bench',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    write: { type: 'generate', version: 1, config: { model: 'smollm2-135m', temperature: 0, maxTokens: 2, system } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.text', to: 'write.prompt' },
    { from: 'write.text', to: 'reply.text' },
  ],
};
const rounds = 100;
const promptOf = (round) => `${round}. Write three sentences about looms.`;

/** Follows the events of a run: when its first text came, and what the library itself took to its first token (the model host says so). */
function createFollower(begin) {
  let first;
  let library;
  return {
    take(event) {
      if (event.type === 'node-delta') first ??= performance.now() - begin;
      if (event.type === 'node-end' && event.path === 'write') library = event.usage.firstTokenMs;
      return event.type === 'run-end';
    },
    added: () => first - library,
  };
}

/** Milliseconds that the way from the request to the first text adds to the library's own, over server-sent events. */
async function bySse(server, workflow, prompt) {
  const follower = createFollower(performance.now());
  const { runId } = await server.post(`/api/workflows/${workflow}/runs`, { inputs: { text: prompt } });
  for await (const event of watchBySse(server.address, runId)) if (follower.take(event)) break;
  return follower.added();
}

/** The same over a socket that is open already. */
async function bySocket(server, socket, workflow, prompt) {
  const follower = createFollower(performance.now());
  const { runId } = await server.post(`/api/workflows/${workflow}/runs`, { inputs: { text: prompt } });
  const topic = `run:${runId}`;
  const ended = new Promise((resolve) => {
    const take = (message) => {
      if (message.topic !== topic) return;
      for (const event of message.events) {
        if (!follower.take(event)) continue;
        socket.off('events', take);
        resolve();
      }
    };
    socket.on('events', take);
  });
  await socket.emitWithAck('watch', { topic, after: 0 });
  await ended;
  socket.emit('unwatch', { topic });
  return follower.added();
}

async function samplesOf(ask, offset) {
  const samples = [];
  for (let round = 0; round < rounds + 10; round += 1) {
    const added = await ask(promptOf(offset + round));
    if (round >= 10) samples.push(added);
  }
  return samples;
}

function rows(name, samples) {
  const sorted = [...samples].sort((a, b) => a - b);
  return [
    { case: name, unit: 'ms', samples },
    { case: `${name}-p99`, unit: 'ms', samples: [sorted[Math.ceil(sorted.length * 0.99) - 1]] },
  ];
}

export const cases = [
  {
    name: 'first-token-added',
    title: 'from the request to the first text at the client, less what the library itself took for it',
    run: ({ progress }) =>
      inTemporaryFolder(async (folder) => {
        const hub = await openHub(folder);
        if (typeof hub === 'string') return hub;
        await hub.close();
        const { io } = await import('socket.io-client');
        const server = await startServer(folder);
        const socket = io(`${server.address}/live`, { transports: ['websocket'], forceNew: true });
        try {
          const { id } = await server.post('/api/workflows', { document });
          progress('by SSE');
          const sse = await samplesOf((prompt) => bySse(server, id, prompt), 0);
          progress('by socket');
          const live = await samplesOf((prompt) => bySocket(server, socket, id, prompt), 1_000);
          return [...rows('first-token-added-sse', sse), ...rows('first-token-added-socket', live)];
        } finally {
          socket.disconnect();
          await server.stop();
        }
      }),
  },
];
