import type { ChildProcess } from 'node:child_process';
import { collect, startProgram, temporaryFolder, type ProgramOptions } from './built-program.js';

/** A server process that listens. */
export interface ServerProcess {
  readonly address: string;
  readonly data: string;
  readonly pid: number;
  stderr(): string;
  /** Stops the server in order; returns its exit code. */
  stop(): Promise<number | null>;
  /** Kills the server, like a crash. */
  kill(): Promise<void>;
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>;
}

/** Starts `heddle serve` on a free port, in a new folder or the given one, and waits for its address. */
export async function startServer({
  data = temporaryFolder(),
  environment = {},
}: ProgramOptions = {}): Promise<ServerProcess> {
  const child = startProgram(['serve'], { data, environment: { PORT: '0', ...environment } });
  const stderr = collect(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  const address = await addressOf(child, stderr);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return ended;
  };
  return {
    address,
    data,
    pid: child.pid ?? 0,
    stderr,
    ended,
    stop: () => end('SIGTERM'),
    kill: async () => {
      await end('SIGKILL');
    },
  };
}

function addressOf(child: ChildProcess, stderr: () => string): Promise<string> {
  const stdout = collect(child.stdout);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      const address = /Heddle is at (http:\S+)/.exec(stdout())?.[1];
      if (address !== undefined) resolve(address);
    });
    child.once('exit', (code) => reject(new Error(`The server ended with ${code} before it listened: ${stderr()}`)));
  });
}
