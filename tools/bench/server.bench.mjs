import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';
import { inTemporaryFolder } from './shared.mjs';

/** Starts the built server in a fresh folder; gives milliseconds to listening, and how to end it. */
async function startServer(folder) {
  const begin = performance.now();
  const child = spawn(process.execPath, [join(root, 'server', 'bin', 'heddle.mjs'), 'serve'], {
    env: { ...process.env, HEDDLE_DATA: folder, PORT: '0', HOST: '127.0.0.1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const address = await new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      const match = /http:\/\/\S+/.exec(text);
      if (match !== null) resolve(match[0]);
    });
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
  return {
    ms: performance.now() - begin,
    address,
    pid: child.pid,
    stop: () => {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      return ended;
    },
  };
}

function residentMb(pid) {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match[1]) / 1024;
}

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

const headers = { 'content-type': 'application/json' };

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
        const { Agent, request } = await import('node:http');
        const server = await startServer(folder);
        const agent = new Agent({ keepAlive: true, maxSockets: 50 });
        const post = (path, body) =>
          new Promise((resolve, reject) => {
            const call = request(`${server.address}${path}`, { method: 'POST', agent, headers }, (reply) => {
              let text = '';
              reply.on('data', (chunk) => (text += chunk));
              reply.on('end', () =>
                reply.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${reply.statusCode} ${text}`)),
              );
            });
            call.on('error', reject);
            call.end(JSON.stringify(body));
          });
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
        agent.destroy();
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
