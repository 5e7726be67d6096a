import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** Finds a port that is free now. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts a server of another project and waits until it answers. `close` ends it in order, `kill` at once. Throws with the end of its
 * output if it does not start.
 */
export async function startPartner(program, args, { address, ready, env = {}, seconds = 90 }) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let said = '';
  const keep = (chunk) => (said = (said + chunk.toString()).slice(-4_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let hasEnded = false;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  void ended.then(() => (hasEnded = true));
  const close = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  };
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  for (const end = Date.now() + seconds * 1_000; Date.now() < end && !hasEnded;) {
    const isReady = await fetch(`${address}${ready}`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return { address, close, kill, said: () => said };
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await close();
  throw new Error(`${program} did not come up:\n${said}`);
}
