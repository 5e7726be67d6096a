import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { freePort } from './free-port.js';
import { temporaryFolder } from './temporary-folder.js';

/** A Redis server for tests. */
export interface TestRedis {
  readonly url: string;
  readonly port: number;
  kill(): Promise<void>;
  /** Starts the server again on the same port, with the data from its log on disk. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/** Why no Redis is available; undefined if there is one. */
export function redisMissing(): string | undefined {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'redis-server is not installed: apt-get install redis-server';
  }
}

/** Starts redis-server with additional arguments, such as `--maxmemory-policy allkeys-lru`. */
export async function startRedis(more: readonly string[] = []): Promise<TestRedis> {
  const temporary = temporaryFolder();
  const port = await freePort();
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  const begin = async (): Promise<void> => {
    const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', temporary.folder, '--save', ''];
    child = spawn('redis-server', [...own, '--appendonly', 'yes', '--appendfsync', 'no', ...more], { stdio: 'ignore' });
    while (!(await isListening(port))) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  await begin();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    begin,
    kill: () => end('SIGKILL'),
    async close() {
      await end('SIGKILL');
      temporary.remove();
    },
  };
}

/** Whether the server accepts commands. While it loads data, it answers with an error. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const answer = (text: string): void => {
      socket.destroy();
      // An error that asks for a password shows that the server is ready too.
      resolve(/^\+PONG|^-NOAUTH/.test(text));
    };
    socket.once('data', (chunk) => answer(chunk.toString()));
    socket.once('error', () => answer(''));
  });
}
