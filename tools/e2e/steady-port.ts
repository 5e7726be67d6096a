import { createServer } from 'node:net';

// These ports are below the ports that a system chooses itself: no other spec gets one while its server is down.
const first = 20_000;
const count = 10_000;

/**
 * A free port for a server that is stopped and started again under its address.
 *
 * @example await startServer({ environment: { PORT: await steadyPort() } });
 */
export async function steadyPort(): Promise<string> {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    if (await isFree(port)) return String(port);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
