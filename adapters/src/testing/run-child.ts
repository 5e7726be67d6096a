import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolveEntry } from '../child/resolve-entry.js';

/** The exit of a child process in a test, and the lines that it wrote. */
export interface ChildEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly lines: readonly string[];
  readonly errors: string;
}

/** Runs an entry file as a child process. `onLine` may kill it. */
export async function runChild(
  entry: URL,
  args: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly onLine?: (line: string, end: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<ChildEnd> {
  const { file, execArgv } = resolveEntry(entry);
  const child = spawn(process.execPath, [...execArgv, file, ...args], {
    env: { PATH: process.env['PATH'], ...options.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let rest = '';
  let errors = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      lines.push(line);
      options.onLine?.(line, (signal) => child.kill(signal));
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  await once(child, 'close');
  return { code: child.exitCode, signal: child.signalCode, lines, errors };
}
