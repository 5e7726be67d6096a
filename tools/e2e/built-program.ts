import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const running = new Set<ChildProcess>();
const folders = new Set<string>();

/** How a process of Heddle is started. */
export interface ProgramOptions {
  readonly data?: string | undefined;
  readonly environment?: Readonly<Record<string, string>>;
  /** The working directory, which relative paths start from. */
  readonly folder?: string;
  /** The repository whose program is started; the default is this one. */
  readonly repository?: string | undefined;
}

/** Makes a new folder, which `cleanUp` removes. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-e2e-'));
  folders.add(folder);
  return folder;
}

/** Starts the built program as users do, without the settings of the developer who runs the tests. */
export function startProgram(
  args: readonly string[],
  { data, environment = {}, folder = root, repository = root }: ProgramOptions = {},
): ChildProcess {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(HEDDLE_(?!MODELS$)|QDRANT_|PGVECTOR_|OPENSEARCH_|WEAVIATE_|MILVUS_|PINECONE_|LANCEDB_|HF_|PORT$|HOST$|NODE_OPTIONS$|JEST_|NODE_ENV$)/.test(
        name,
      ),
  );
  const program = join(repository, 'server', 'bin', 'heddle.mjs');
  const child = spawn(process.execPath, [program, ...(data === undefined ? [] : ['--data', data]), ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Returns a function that gives everything that a stream has written so far. */
export function collect(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  return () => text;
}

/** Kills processes that still run and removes the folders; call it in `afterAll` of each spec. */
export async function cleanUp(): Promise<void> {
  await Promise.all(
    [...running].map(
      (child) =>
        new Promise<void>((resolve) => {
          child.once('exit', () => resolve());
          child.kill('SIGKILL');
        }),
    ),
  );
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  folders.clear();
}
