import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { root } from '../bootstrap/repository.mjs';

const headers = { 'content-type': 'application/json' };

/**
 * Starts the built server on a free port. Gives the milliseconds until it listens, and functions to call and to end it. `options` are
 * options of Node; if there are any, file descriptor 3 of the server is connected to `pipe`. `program` replaces `heddle`.
 */
export async function startServer(folder, environment = {}, options = [], program = 'server/bin/heddle.mjs') {
  const begin = performance.now();
  const child = spawn(process.execPath, ['--max-semi-space-size=8', ...options, join(root, program), 'serve'], {
    env: { ...process.env, HEDDLE_DATA: folder, PORT: '0', HOST: '127.0.0.1', ...environment },
    stdio: ['ignore', 'pipe', 'inherit', ...(options.length === 0 ? [] : ['pipe'])],
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
  const ms = performance.now() - begin;
  const agent = new Agent({ keepAlive: true, maxSockets: 50 });
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const sent = request(`${address}${path}`, { method, agent, headers }, (reply) => {
        let text = '';
        reply.on('data', (chunk) => (text += chunk));
        reply.on('end', () =>
          reply.statusCode < 300
            ? resolve(text === '' ? undefined : JSON.parse(text))
            : reject(new Error(`${reply.statusCode} ${text}`)),
        );
      });
      sent.on('error', (error) => {
        // The server closes connections that were idle for long. If that happens just as a request reuses one, the server has not read the
        // request, so it is sent again.
        if (sent.reusedSocket && error.code === 'ECONNRESET') call(method, path, body).then(resolve, reject);
        else reject(error);
      });
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  const end = (signal) => {
    agent.destroy();
    if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
    const ended = new Promise((resolve) => child.on('exit', resolve));
    child.kill(signal);
    return ended;
  };
  return {
    ms,
    address,
    pid: child.pid,
    pipe: child.stdio[3],
    post: (path, body) => call('POST', path, body),
    get: (path) => call('GET', path),
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
  };
}

const watchers = new Agent({ keepAlive: true });

/** Reads the events of a run over SSE, both recorded and live ones. */
export async function* watchBySse(address, runId) {
  const reply = await new Promise((resolve, reject) => {
    request(`${address}/api/runs/${runId}/events`, { agent: watchers }, resolve).on('error', reject).end();
  });
  let rest = '';
  reply.setEncoding('utf8');
  for await (const chunk of reply) {
    const parts = `${rest}${chunk}`.split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) {
      const data = part.split('\n').find((line) => line.startsWith('data: '));
      if (data !== undefined) yield JSON.parse(data.slice('data: '.length));
    }
  }
}

/** Gives the milliseconds of processor time that a process has used; Linux only. */
export function processorMs(pid) {
  const [, , , , , , , , , , , user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(user) + Number(system)) * 10;
}

/** Gives the megabytes of memory that a process uses; Linux only. */
export function residentMb(pid) {
  const match = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  return Number(match[1]) / 1024;
}
