import { system } from './bare-model.mjs';
import { startServer, watchBySse } from './server-process.mjs';
import { inTemporaryFolder, openHub } from './shared.mjs';

const document = {
  heddle: 2,
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
/** The number of requests before the measurement begins, because a server that has just started still compiles its code. */
const warmUp = 200;
const promptOf = (round) => `${round}. Write three sentences about looms.`;

/** Follows the events of a run and records when its first text came. */
function createFollower(begin) {
  let first;
  return {
    take(event) {
      if (event.type === 'node-delta') first ??= performance.now() - begin;
      return event.type === 'run-end';
    },
    first: () => first,
  };
}

/**
 * Gives the library's own time to the first token of the last call, including prompt formatting. The model host measures it at the library.
 */
async function libraryMs(server, before) {
  for (let round = 0; round < 200; round += 1) {
    const { hosts } = await server.get('/api/models/hosts');
    const found = hosts.flatMap(({ models }) => models).find(({ id }) => id === 'smollm2-135m');
    if (found?.firstTokenMs !== undefined && found.firstTokenMs !== before) return found.firstTokenMs;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the model host did not say how long the first token took');
}

/** Gives the milliseconds from the request to the first text at the client, over server-sent events. */
async function bySse(server, workflow, prompt) {
  const follower = createFollower(performance.now());
  const { runId } = await server.post(`/api/workflows/${workflow}/runs`, { inputs: { text: prompt } });
  for await (const event of watchBySse(server.address, runId)) if (follower.take(event)) break;
  return follower.first();
}

/** Gives the same over a socket that is already open. */
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
  return follower.first();
}

/** Gives, for each call, the time that Heddle and the connection to the client add to that of the library. */
async function samplesOf(server, ask, offset) {
  const samples = [];
  let library;
  for (let round = 0; round < rounds + warmUp; round += 1) {
    const first = await ask(promptOf(offset + round));
    library = await libraryMs(server, library);
    if (round >= warmUp) samples.push(first - library);
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
          const sse = await samplesOf(server, (prompt) => bySse(server, id, prompt), 0);
          progress('by socket');
          const live = await samplesOf(server, (prompt) => bySocket(server, socket, id, prompt), 1_000);
          return [...rows('first-token-added-sse', sse), ...rows('first-token-added-socket', live)];
        } finally {
          socket.disconnect();
          await server.stop();
        }
      }),
  },
];
