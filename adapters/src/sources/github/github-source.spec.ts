import { syncSource, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openGithubDouble, type GithubDouble } from './github-double.js';
import { githubSource, waitOf } from './github-source.js';

const repository = 'acme/handbook';

async function open(): Promise<SourceConnectorSubject> {
  const github = await openGithubDouble(repository);
  const issues = new Map<string, { readonly number: number; readonly text: string }>();
  const soon = async (work: () => void): Promise<void> => work();
  const put = (name: string, text: string): void => {
    const comments = [{ author: 'bob', body: text }];
    issues.set(name, { text, number: github.write(issues.get(name)?.number, { title: 'Issue', comments }) });
  };
  const remove = (name: string): void => {
    github.remove(issues.get(name)?.number ?? 0);
    issues.delete(name);
  };
  const config = { repository, server: github.server };
  return {
    connector: githubSource,
    config,
    badConfigs: [
      {},
      { ...config, repository: 'acme' },
      { ...config, repository: 'a/b/../c' },
      { ...config, server: 'ftp://a' },
    ],
    request: github.request,
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => remove(name)),
    rename: (from, to) =>
      soon(() => {
        const text = issues.get(from)?.text ?? '';
        remove(from);
        put(to, text);
      }),
    textOf: (text) => `# Issue\n\n## bob, 2026-02-03\n\n${text}`,
    downloads: () => github.asked.filter((path) => path.includes('/comments')).length,
    faults: github.faults,
    close: () => github.close(),
  };
}

testSourceConnector({ describe, it }, 'github', open, ['limit', 'setToken', 'cutPages', 'downloads']);

describe('the source github', () => {
  let github: GithubDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    github = await openGithubDouble(repository);
    sync = createMemorySync();
  });
  afterEach(() => github.close());

  const run = (config: object = {}): Promise<SyncReport> =>
    syncSource({
      connector: githubSource,
      request: {
        ...github.request,
        config: githubSource.config.parse({ repository, server: `${github.server}/`, ...config }),
        maxBytes: 1_000_000,
        now: () => Date.now(),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });

  it('writes an issue with its comments and facts, and distinguishes pull requests', async () => {
    github.write(undefined, {
      title: 'Leave',
      body: 'How many days?\r\n<!-- a form -->',
      labels: ['hr', 'question'],
      state: 'closed',
      comments: Array.from({ length: 4 }, (_, index) => ({ author: 'bob', body: `Answer ${index}` })),
    });
    github.write(undefined, { title: 'A change', isPull: true });
    await run();
    const [document] = sync.documents.values();
    expect(document).toMatchObject({
      id: 'issues/1',
      title: 'Leave (#1)',
      url: 'https://github.com/acme/handbook/issues/1',
      metadata: { repository, state: 'closed', author: 'ada', labels: 'hr, question' },
    });
    const answers = [0, 1, 2, 3].map((index) => `## bob, 2026-02-03\n\nAnswer ${index}`);
    expect(document?.content).toBe(['# Leave', 'How many days?', ...answers].join('\n\n'));
    await run({ content: 'both' });
    expect([...sync.documents.keys()]).toEqual(['issues/1', 'pull/2']);
    await run({ content: 'both', state: 'open' });
    expect([...sync.documents.keys()]).toEqual(['pull/2']);
  });

  it('reports an issue with too many comments, cuts none off, and reads the others', async () => {
    const comments = Array.from({ length: 5_001 }, () => ({ author: 'bob', body: 'x' }));
    github.write(undefined, { comments });
    github.write(undefined, { title: 'Short' });
    expect(await run()).toMatchObject({ stored: 1, failed: 1 });
    expect([...sync.failures]).toMatchObject([['issues/1', { code: 'document_too_large' }]]);
  });

  it('names the repository that it cannot see, and sends its secret to no other host', async () => {
    await expect(run({ repository: 'acme/none' })).rejects.toMatchObject({ code: 'source_failed' });
    await expect(run({ server: github.server.replace('site.test', 'other.test') })).rejects.toMatchObject({
      code: 'secret_host_refused',
    });
  });

  it('waits until the rate limit is reset', () => {
    const now = 1_700_000_000_000;
    const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1700000090' };
    expect(waitOf({ status: 403, headers: reset, now })).toBe(90_000);
    expect(waitOf({ status: 403, headers: { ...reset, 'x-ratelimit-remaining': '7' }, now })).toBeUndefined();
    expect(waitOf({ status: 403, headers: { 'retry-after': '5' }, now })).toBe(5_000);
    expect(waitOf({ status: 401, headers: reset, now })).toBeUndefined();
  });
});
