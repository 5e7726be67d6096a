import { syncSource, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openConfluenceDouble, type ConfluenceDouble } from './confluence-double.js';
import { confluenceSource } from './confluence-source.js';

const htmlOf = (html: string): string => `<html><head><title>Page</title></head><body>${html}</body></html>`;

async function open(): Promise<SourceConnectorSubject> {
  const confluence = await openConfluenceDouble();
  const texts = new Map<string, string>();
  const soon = async (work: () => void): Promise<void> => work();
  const put = (name: string, text: string): void => {
    texts.set(name, text);
    confluence.write(name, { html: text });
  };
  const config = { site: confluence.server, user: confluence.user, spaces: ['HR'] };
  return {
    connector: confluenceSource,
    config,
    badConfigs: [
      {},
      { ...config, site: `${confluence.server}/wiki` },
      { ...config, site: 'ftp://a' },
      { ...config, user: 'ada' },
      { ...config, spaces: [] },
      { ...config, spaces: ['HR,IT'] },
    ],
    request: confluence.request,
    write: (name, text) => soon(() => put(name.replaceAll('/', '-'), text)),
    remove: (name) => soon(() => confluence.remove(name.replaceAll('/', '-'))),
    rename: (from, to) =>
      soon(() => {
        confluence.remove(from.replaceAll('/', '-'));
        put(to.replaceAll('/', '-'), texts.get(from.replaceAll('/', '-')) ?? '');
      }),
    textOf: htmlOf,
    downloads: () => confluence.asked.filter((path) => path.includes('body-format')).length,
    faults: confluence.faults,
    close: () => confluence.close(),
  };
}

testSourceConnector({ describe, it }, 'confluence', open, ['limit', 'setToken', 'cutPages', 'downloads']);

describe('the source confluence', () => {
  let confluence: ConfluenceDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    confluence = await openConfluenceDouble();
    sync = createMemorySync();
  });
  afterEach(() => confluence.close());

  const run = (config: object = {}): Promise<SyncReport> =>
    syncSource({
      connector: confluenceSource,
      request: {
        ...confluence.request,
        config: confluenceSource.config.parse({
          site: confluence.server,
          user: confluence.user,
          spaces: ['HR'],
          ...config,
        }),
        maxBytes: 100,
        now: () => Date.now(),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });

  it('reads the pages of its spaces, with their attachments when they are enabled', async () => {
    const files = [
      { id: 'att1', name: 'plan.txt', text: 'The plan.' },
      { id: 'att2', name: 'large.txt', text: 'x'.repeat(200) },
    ];
    confluence.write('1', { title: 'A < B', html: '<p>Hello.</p>', files });
    confluence.write('2', { space: 'IT', files: [{ id: 'att3', name: 'other.txt', text: 'Other.' }] });
    await run();
    expect([...sync.documents.values()]).toMatchObject([
      {
        id: '1',
        title: 'A < B',
        url: `${confluence.server}/wiki/spaces/HR/pages/1/Page`,
        metadata: { space: 'HR' },
        content: '<html><head><title>A &lt; B</title></head><body><p>Hello.</p></body></html>',
      },
    ]);
    expect(await run({ attachments: true })).toMatchObject({ stored: 1, failed: 1 });
    expect([...sync.documents.keys()]).toEqual(['1', 'att1/plan.txt']);
    await run({ spaces: ['HR', 'IT'], attachments: true });
    expect([...sync.documents.keys()].sort()).toEqual(['1', '2', 'att1/plan.txt', 'att3/other.txt']);
  });

  it('removes nothing when it cannot see a space', async () => {
    confluence.write('1', {});
    await run();
    await expect(run({ spaces: ['HR', 'NONE'] })).rejects.toMatchObject({ code: 'source_failed' });
    expect([...sync.documents.keys()]).toEqual(['1']);
  });
});
