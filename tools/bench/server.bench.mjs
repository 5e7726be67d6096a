import { join } from 'node:path';
import { processorMs, residentMb, startServer } from './server-process.mjs';
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
    name: 'cold-start-pair',
    title:
      'the bundle and the plain dist in turn: from the command to listening, its processor time, memory a second later',
    run: () =>
      inTemporaryFolder(async (folder) => {
        if (process.platform !== 'linux') return 'it reads /proc, which only Linux has';
        const plain = [{ BENCH_COMPILED: join(folder, 'compiled') }, [], 'tools/bench/start-plain.mjs'];
        const rows = [];
        for (const name of ['bundle', 'plain'])
          for (const [what, unit] of Object.entries({ start: 'ms', processor: 'ms', memory: 'MB' }))
            rows.push({ case: `cold-start-${name}-${what}`, unit, samples: [] });
        for (let index = 0; index < 13; index += 1) {
          for (const [offset, how] of [[], plain].entries()) {
            const server = await startServer(join(folder, `${index}-${offset}`), ...how);
            const processor = processorMs(server.pid);
            await new Promise((resolve) => setTimeout(resolve, 1000));
            // The first start of each kind fills the compile cache for the others, so it does not count.
            if (index > 0)
              for (const [at, value] of [server.ms, processor, residentMb(server.pid)].entries())
                rows[offset * 3 + at].samples.push(value);
            await server.stop();
          }
        }
        return rows;
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
