import { join } from 'node:path';
import { residentMb, startServer } from './server-process.mjs';
import { inTemporaryFolder } from './shared.mjs';
import { threeNodes, throughputRows } from './throughput.mjs';

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
        const { id } = await post('/api/workflows', { document: threeNodes });
        const ask = () => post(`/api/workflows/${id}/runs?wait=1`, { inputs: { text: 'hello' } });
        const rows = await throughputRows('http-runs', Array(50).fill(ask), 'http-run-time', 'http-run-time-p99');
        await server.stop();
        return rows;
      }),
  },
];
