import { createServer } from 'node:net';

// These ports are below those that the system assigns itself, so no other spec gets one while its server is stopped.
const first = 20_000;
const count = 10_000;

/**
 * Finds a free port for a server that is stopped and started again at the same address.
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
