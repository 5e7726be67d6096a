import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { syncSource, type SafeRequest, type SourceRequest, type SyncReport } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkHost } from '../../fetch/index.js';
import { createSourceFiles } from '../../files/index.js';
import { makeRepository, openGitServer, type GitServer, type TestRepository } from '../testing/git-server.js';
import { testFetch } from '../testing/source-request.js';
import { gitSource } from './git-source.js';

const token = 'token-of-the-vault';
const basic = `Basic ${Buffer.from(`git:${token}`).toString('base64')}`;

/** The outside of the connector: `site.test` is the server, and each request that names the secret is sent with it. */
function outside(base: string, port: number): Partial<SourceRequest> {
  const fetch = testFetch(port).fetch!;
  const loopback = [{ address: '127.0.0.1', family: 4 as const }];
  return {
    files: createSourceFiles({ folders: [join(base, 'allowed')] }),
    fetch: {
      ...fetch,
      fetch: ({ signIn, ...request }: SafeRequest) =>
        fetch.fetch({
          ...request,
          headers: { ...request.headers, ...(signIn === undefined ? {} : { authorization: basic }) },
        }),
    },
    checkHost: (host, at) =>
      checkHost(host, at, { allowedHosts: [`site.test:${port}`], resolve: () => Promise.resolve(loopback) }),
    workFolder: () => Promise.resolve(join(base, 'work')),
    maxBytes: 1_000,
    now: () => 0,
  };
}

const secret = { handle: { name: 'git' } as never, valueFor: () => Promise.resolve(token) };

async function open(): Promise<SourceConnectorSubject> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-git-source-')));
  mkdirSync(join(base, 'work'));
  const repository = makeRepository(join(base, 'allowed/docs.git'));
  const server = await openGitServer(join(base, 'allowed'));
  let limited = { times: 0, retryAfterMs: 0 };
  let isTokenValid = true;
  let downloads = 0;
  server.before = (request, response) => {
    if (!isTokenValid || request.headers.authorization !== basic) response.writeHead(401).end();
    else if (limited.times > 0) {
      limited.times -= 1;
      response.writeHead(429, { 'retry-after': String(limited.retryAfterMs / 1_000) }).end();
    } else return false;
    return true;
  };
  return {
    connector: {
      ...gitSource,
      async *changes(request: SourceRequest) {
        for await (const change of gitSource.changes(request as never)) {
          if (change.type !== 'upsert') yield change;
          else {
            const load = change.document.content as () => Promise<{ content: Uint8Array }>;
            const content = async (): Promise<{ content: Uint8Array }> => {
              downloads += 1;
              return load();
            };
            yield { ...change, document: { ...change.document, content } };
          }
        }
      },
    },
    config: { repository: `http://site.test:${server.port}/docs.git` },
    badConfigs: [
      {},
      ...[
        'ssh://git@example.com/a.git',
        'git@example.com:a.git',
        'file:///etc',
        'ext::sh -c id',
        '--upload-pack=id',
        'https://user:password@example.com/a.git',
        'https://example.com/a.git?b',
        'a\nb',
      ].map((repository) => ({ repository })),
      ...['-x', 'a..b', 'a:b', 'a b', 'a.lock', '@{-1}', '', '*', '/a', 'a//b'].map((branch) => ({
        repository: 'docs',
        branch,
      })),
      { repository: 'docs', link: 'javascript:{path}' },
      { repository: 'docs', user: 'a:b' },
    ],
    request: { ...outside(base, server.port), secret },
    write: async (name, text) => void repository.commit([{ write: name, text }]),
    remove: async (name) => void repository.commit([{ remove: name }]),
    rename: async (from, to) => void repository.commit([{ rename: from, to }]),
    downloads: () => downloads,
    faults: {
      limit: (times, retryAfterMs) => void (limited = { times, retryAfterMs }),
      setToken: (isValid) => void (isTokenValid = isValid),
      cutPages: (times) => void (server.cut = times),
      forgetCursors: () => rmSync(join(base, 'work/clone.git'), { recursive: true, force: true }),
    },
    async close() {
      await server.close();
      rmSync(base, { recursive: true, force: true });
    },
  };
}

testSourceConnector({ describe, it }, 'git over HTTP', open, [
  'limit',
  'setToken',
  'cutPages',
  'forgetCursors',
  'downloads',
]);

describe('the source git', () => {
  let base: string;
  let repository: TestRepository;
  let server: GitServer;
  let sync = createMemorySync();
  beforeEach(async () => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-git-source-')));
    mkdirSync(join(base, 'work'));
    repository = makeRepository(join(base, 'allowed/docs.git'));
    server = await openGitServer(join(base, 'allowed'));
    sync = createMemorySync();
  });
  afterEach(async () => {
    await server.close();
    rmSync(base, { recursive: true, force: true });
  });

  const run = (config: object = {}, request: Partial<SourceRequest> = {}): Promise<SyncReport> =>
    syncSource({
      connector: gitSource,
      request: {
        ...outside(base, server.port),
        config: gitSource.config.parse({ repository: 'allowed/docs.git', ...config }),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
        ...request,
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  const names = (): readonly string[] => [...sync.documents.keys()].sort();
  const write = (...paths: readonly string[]) => paths.map((path) => ({ write: path, text: `${path}\n` }));
  const remote = (): object => ({ repository: `http://site.test:${server.port}/docs.git` });

  it('reads one branch, and only the files that match its patterns', async () => {
    repository.commit(
      write(
        'a.md',
        'docs/b.md',
        'docs/deep/c.md',
        'docs/old/d.md',
        'docs/e.txt',
        '.github/f.md',
        'x/node_modules/g.md',
      ),
    );
    repository.commit(write('branch only.md'), { branch: 'feature/one', from: null });
    await run();
    expect(names()).toEqual(['a.md', 'docs/b.md', 'docs/deep/c.md', 'docs/e.txt', 'docs/old/d.md']);
    sync = createMemorySync();
    await run({ include: ['docs/**/*.md', '*.md'], exclude: ['docs/old/**'] });
    expect(names()).toEqual(['a.md', 'docs/b.md', 'docs/deep/c.md']);
    sync = createMemorySync();
    await run({ ...remote(), branch: 'feature/one', link: 'https://example.com/{path}?plain' });
    expect([...sync.documents.values()].map(({ id, url }) => [id, url])).toEqual([
      ['branch only.md', 'https://example.com/branch%20only.md?plain'],
    ]);
    await expect(run({ ...remote(), branch: 'missing' })).rejects.toMatchObject({
      code: 'source_failed',
      message: expect.stringContaining('no such branch'),
    });
  });

  it('follows a force push, also to a commit without common history', async () => {
    const first = repository.commit(write('a.md', 'b.md'));
    repository.commit([...write('c.md'), { remove: 'a.md' }]);
    await run(remote());
    expect(names()).toEqual(['b.md', 'c.md']);
    repository.commit(write('d.md'), { from: first });
    await run(remote());
    expect(names()).toEqual(['a.md', 'b.md', 'd.md']);
    repository.commit(write('e.md', 'b.md'), { from: null });
    expect(await run(remote())).toMatchObject({ named: 1, stored: 1, removed: 2 });
    expect(names()).toEqual(['b.md', 'e.md']);
  });

  it('reads no links, submodules, LFS files and large files, and removes a file that became one', async () => {
    const commit = repository.commit(write('a.md', 'b.md', 'c.md'));
    await run();
    repository.commit([
      { write: 'a.md', text: '/etc/passwd', mode: '120000' },
      { write: 'b.md', text: commit, mode: '160000' },
      { write: 'c.md', text: 'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n' },
      { write: 'large.md', text: 'x'.repeat(1_001) },
    ]);
    await run();
    expect(names()).toEqual(['c.md']);
    expect([...sync.failures].map(([id, { code }]) => `${id} ${code}`)).toEqual([
      'c.md source_failed',
      'large.md document_too_large',
    ]);
  });

  it('starts no program that the repository, the user or a pattern names', async () => {
    repository.commit(write('a.md'));
    const touched = join(base, 'touched');
    const script = join(base, 'hook');
    writeFileSync(script, `#!/bin/sh\ntouch ${touched}\n`, { mode: 0o755 });
    mkdirSync(join(repository.folder, 'hooks'));
    for (const name of ['post-checkout', 'reference-transaction', 'pre-auto-gc', 'post-update'])
      writeFileSync(join(repository.folder, 'hooks', name), readFileSync(script), { mode: 0o755 });
    writeFileSync(
      join(repository.folder, 'config'),
      `[core]\n bare = true\n repositoryformatversion = 0\n fsmonitor = ${script}\n alternateRefsCommand = ${script}\n sshCommand = ${script}\n[uploadpack]\n packObjectsHook = ${script}\n[remote "origin"]\n promisor = true\n url = ext::${script}\n uploadpack = ${script}\n`,
    );
    await run({ include: [`--output=${touched}`, '*.md'] });
    await run(remote());
    expect(names()).toEqual(['a.md']);
    expect(readdirSync(base)).not.toContain('touched');
  });

  it('reads no repository outside the allowed folders', async () => {
    const other = makeRepository(join(base, 'outside/private.git'));
    other.commit(write('private.md'));
    const refused = (path: string) => expect(run({ repository: path })).rejects.toMatchObject({ code: 'forbidden' });
    for (const path of ['outside/private.git', other.folder, 'allowed/../outside/private.git']) await refused(path);
    symlinkSync(other.folder, join(base, 'allowed/link.git'));
    await refused('allowed/link.git');
    const alternate = makeRepository(join(base, 'allowed/alternate.git')).folder;
    mkdirSync(join(alternate, 'objects/info'), { recursive: true });
    writeFileSync(join(alternate, 'objects/info/alternates'), `${other.folder}/objects\n`);
    await refused('allowed/alternate.git');
    const linked = makeRepository(join(base, 'allowed/linked.git')).folder;
    rmSync(join(linked, 'objects'), { recursive: true });
    symlinkSync(join(other.folder, 'objects'), join(linked, 'objects'));
    await refused('allowed/linked.git');
    mkdirSync(join(base, 'allowed/tree'));
    writeFileSync(join(base, 'allowed/tree/.git'), `gitdir: ${other.folder}\n`);
    await expect(run({ repository: 'allowed/tree' })).rejects.toMatchObject({ code: 'source_failed' });
    expect(names()).toEqual([]);
  });

  it('connects only to allowed servers, and follows no redirect elsewhere', async () => {
    repository.commit(write('a.md'));
    await expect(run({ repository: `http://127.0.0.1:${server.port}/docs.git` })).rejects.toMatchObject({
      code: 'fetch_blocked',
    });
    await expect(run({ repository: `http://site.test:${server.port}/none.git` })).rejects.toMatchObject({
      code: 'source_failed',
    });
    server.before = (request, response) => {
      const isPost = request.method === 'POST';
      if (isPost) response.writeHead(302, { location: `http://127.0.0.1:${server.port}/docs.git` }).end();
      return isPost;
    };
    await expect(run(remote())).rejects.toMatchObject({ code: expect.stringMatching(/^source_/) });
    expect(names()).toEqual([]);
  });

  it('shows the secret neither in errors nor in the clone', async () => {
    repository.commit(write('a.md'));
    server.before = (request, response) => {
      if (request.method === 'GET') return false;
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`${request.headers.authorization} ${token}`);
      return true;
    };
    const error = await run(remote(), { secret }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'source_unreachable' });
    const work = join(base, 'work');
    const kept = readdirSync(work, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
    expect(kept.length).toBeGreaterThan(0);
    for (const text of [String(error), JSON.stringify(error), ...kept])
      expect(text).not.toMatch(new RegExp(`${token}|${basic.slice(6)}`));
  });

  it('repeats a damaged clone, and packs a clone with many small packs', async () => {
    repository.commit(write('a.md'));
    await run();
    for (let number = 0; number < 21; number += 1) {
      repository.commit([{ write: 'a.md', text: `Text ${number}` }]);
      await run();
    }
    const packs = (): number =>
      readdirSync(join(base, 'work/clone.git/objects/pack')).filter((name) => name.endsWith('.pack')).length;
    expect(packs()).toBeLessThan(5);
    for (const damage of ['HEAD', 'objects']) {
      rmSync(join(base, 'work/clone.git', damage), { recursive: true });
      repository.commit(write(`${damage}.md`));
      await run();
      expect(names()).toContain(`${damage}.md`);
    }
    writeFileSync(join(base, 'work/clone.git/shallow.lock'), '');
    repository.commit(write('lock.md'));
    await run();
    expect(names()).toEqual(['HEAD.md', 'a.md', 'lock.md', 'objects.md']);
  });
});
