import { join } from 'node:path';
import { residentMb, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';

const workflow = {
  heddle: 1,
  name: 'Bench',
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
    loud: { type: 'prompt', version: 1, config: { template: '{{ text }}!' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'text', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.text', to: 'loud.text' },
    { from: 'loud.text', to: 'reply.text' },
  ],
};

export const cases = [
  {
    name: 'cold-start',
    title: 'from the command to listening, and memory ten seconds later without a model',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const times = [];
        for (let index = 0; index < 3; index += 1) {
          const server = await startServer(join(folder, `d${index}`));
          times.push(server.ms);
          await server.stop();
        }
        const server = await startServer(join(folder, 'idle'));
        await new Promise((resolve) => setTimeout(resolve, 10_000));
        const memory =
          process.platform === 'linux' ? [{ case: 'idle-memory', unit: 'MB', samples: [residentMb(server.pid)] }] : [];
        await server.stop();
        return [{ case: 'cold-start', unit: 'ms', samples: times }, ...memory];
      }),
  },
  {
    name: 'http-runs',
    title: 'a workflow of three nodes over HTTP with durable acceptance, 50 connections',
    run: () =>
      inTemporaryFolder(async (folder) => {
        const server = await startServer(folder);
        const { post } = server;
        const { id } = await post('/api/workflows', { document: workflow });
        const times = [];
        const client = async (count) => {
          for (let index = 0; index < count; index += 1) {
            const begin = performance.now();
            await post(`/api/workflows/${id}/runs?wait=1`, { inputs: { text: 'hello' } });
            times.push(performance.now() - begin);
          }
        };
        await Promise.all(Array.from({ length: 50 }, () => client(20)));
        times.length = 0;
        const begin = performance.now();
        await Promise.all(Array.from({ length: 50 }, () => client(100)));
        const seconds = (performance.now() - begin) / 1000;
        await server.stop();
        const sorted = [...times].sort((a, b) => a - b);
        return [
          { case: 'http-runs', unit: 'runs/s', samples: [times.length / seconds] },
          { case: 'http-run-time', unit: 'ms', samples: times },
          { case: 'http-run-time-p99', unit: 'ms', samples: [sorted[Math.floor(sorted.length * 0.99)]] },
        ];
      }),
  },
];
