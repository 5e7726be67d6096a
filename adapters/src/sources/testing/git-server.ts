import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';

const environment = { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };

/** Runs Git in a test. */
export const git = (folder: string, args: readonly string[], input = ''): string =>
  execFileSync('git', args, { cwd: folder, env: environment, input, encoding: 'utf8' });

export type GitChange =
  | { readonly write: string; readonly text: string; readonly mode?: '100644' | '120000' | '160000' }
  | { readonly remove: string }
  | { readonly rename: string; readonly to: string };

/** A bare repository that a test can change. */
export interface TestRepository {
  readonly folder: string;
  /** Commits to a branch. The parent is `from`, or the head of the branch; `null` makes a commit without a parent. Returns the hash. */
  commit(changes: readonly GitChange[], options?: { branch?: string; from?: string | null }): string;
}

/**
 * Creates a repository.
 *
 * @example const repository = makeRepository(join(folder, 'docs.git')); repository.commit([{ write: 'a.md', text: 'a' }]);
 */
export function makeRepository(folder: string): TestRepository {
  mkdirSync(dirname(folder), { recursive: true });
  git(dirname(folder), ['init', '--bare', '--quiet', '--template=', '--initial-branch=main', folder]);
  const made: TestRepository = {
    folder,
    commit(changes, { branch = 'main', from = `refs/heads/${branch}^0` } = {}) {
      const lines = [
        `commit refs/heads/${branch}\nmark :1\ncommitter T <t@example.com> now\ndata 1\nx\n`,
        ...(from === null ? ['deleteall\n'] : [`from ${from}\n`]),
        ...changes.map((change) => {
          if ('remove' in change) return `D ${quoted(change.remove)}\n`;
          if ('rename' in change) return `R ${quoted(change.rename)} ${quoted(change.to)}\n`;
          const { write, text, mode = '100644' } = change;
          if (mode === '160000') return `M ${mode} ${text} ${quoted(write)}\n`;
          return `M ${mode} inline ${quoted(write)}\ndata ${Buffer.byteLength(text)}\n${text}\n`;
        }),
        'get-mark :1\n',
      ];
      const options = ['--quiet', '--force', '--date-format=now', '--cat-blob-fd=1'];
      return git(folder, ['fast-import', ...options], lines.join('')).trim();
    },
  };
  made.commit([], { from: null });
  return made;
}

const quoted = (path: string): string => `"${path.replace(/["\\]/g, '\\$&')}"`;

/** Git's own HTTP server (`git http-backend`) for the repositories of a folder. */
export interface GitServer {
  readonly port: number;
  /** Called first. Returns true if it has answered the request. */
  before: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** How many of the next packs are cut off in the middle. */
  cut: number;
  close(): Promise<void>;
}

export async function openGitServer(root: string): Promise<GitServer> {
  const server = createServer((request, response) => {
    if (opened.before?.(request, response) === true) return;
    const isCut = request.method === 'POST' && opened.cut > 0;
    if (isCut) opened.cut -= 1;
    answer(root, request, response, isCut);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const opened: GitServer = {
    port: (server.address() as AddressInfo).port,
    before: undefined,
    cut: 0,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return opened;
}

function answer(root: string, request: IncomingMessage, response: ServerResponse, isCut: boolean): void {
  const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
  const { headers, method = 'GET' } = request;
  const child = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: decodeURIComponent(pathname),
      QUERY_STRING: search.slice(1),
      REQUEST_METHOD: method,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const parts: Buffer[] = [];
  child.stdout.on('data', (part: Buffer) => parts.push(part));
  child.once('close', () => {
    const all = Buffer.concat(parts);
    const end = all.indexOf('\r\n\r\n');
    const fields = new Map(
      all
        .subarray(0, end)
        .toString('latin1')
        .split('\r\n')
        .map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)] as const),
    );
    const status = Number((fields.get('status') ?? '200').slice(0, 3));
    fields.delete('status');
    const body = all.subarray(end + 4);
    response.writeHead(status, { ...Object.fromEntries(fields), 'content-length': body.length });
    if (isCut) response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
    else response.end(body);
  });
}
