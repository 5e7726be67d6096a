import { syncSource, type SourceRequest, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { client, openSharepointDouble, tenant, type SharepointDouble } from './sharepoint-double.js';
import { createSharepointSource } from './sharepoint-source.js';

const settings = { site: 'https://acme.sharepoint.com/sites/HR', tenant, client };
const serversOf = ({ server }: SharepointDouble) => ({ graph: server, login: server });

async function open(): Promise<SourceConnectorSubject> {
  const sharepoint = await openSharepointDouble();
  const texts = new Map<string, string>();
  const soon = async (work: () => void): Promise<void> => work();
  const idOf = (name: string): string => name.replace(/\W/g, '-');
  const put = (name: string, text: string): void => {
    texts.set(name, text);
    sharepoint.write(idOf(name), { name, text });
  };
  return {
    connector: createSharepointSource(serversOf(sharepoint)),
    config: settings,
    badConfigs: [
      {},
      { ...settings, site: 'http://acme.sharepoint.com' },
      { ...settings, tenant: 'a/b' },
      { ...settings, client: 'app' },
    ],
    request: { ...sharepoint.request, secret: sharepoint.secret },
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => sharepoint.remove(idOf(name))),
    rename: (from, to) =>
      soon(() => {
        sharepoint.remove(idOf(from));
        put(to, texts.get(from) ?? '');
      }),
    downloads: () => sharepoint.asked.filter((path) => path.endsWith('/content')).length,
    faults: { ...sharepoint.faults, forgetCursors: () => sharepoint.forget() },
    close: () => sharepoint.close(),
  };
}

testSourceConnector({ describe, it }, 'sharepoint', open, [
  'limit',
  'setToken',
  'cutPages',
  'downloads',
  'forgetCursors',
]);

describe('the source sharepoint', () => {
  let sharepoint: SharepointDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    sharepoint = await openSharepointDouble();
    sync = createMemorySync();
  });
  afterEach(() => sharepoint.close());

  const run = (config: object = {}, request: Partial<SourceRequest> = {}): Promise<SyncReport> => {
    const connector = createSharepointSource(serversOf(sharepoint));
    return syncSource({
      connector,
      request: {
        ...sharepoint.request,
        secret: sharepoint.secret,
        config: connector.config.parse({ ...settings, ...config }),
        maxBytes: 100,
        now: () => Date.now(),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
        ...request,
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  };

  it('reads all or some libraries of a site, and lists them again when the selection changes', async () => {
    sharepoint.libraries.set('drive-2', 'Plans');
    sharepoint.write('a', { name: 'a.txt', text: 'A.' });
    sharepoint.write('b', { name: 'b.txt', text: 'B.', library: 'drive-2' });
    await run();
    expect([...sync.documents.values()]).toMatchObject([
      { id: 'drive-1/a', title: 'a.txt', url: 'https://acme.sharepoint.com/a', mediaType: 'text/plain' },
      { id: 'drive-2/b', title: 'b.txt' },
    ]);
    await run({ libraries: ['Plans'] });
    expect([...sync.documents.keys()]).toEqual(['drive-2/b']);
    await expect(run({ libraries: ['Plans', 'None'] })).rejects.toMatchObject({ code: 'source_failed' });
  });

  it('follows changes and new names, and reports a file that is too large', async () => {
    for (const id of ['a', 'b', 'c', 'd']) sharepoint.write(id, { name: `${id}.txt`, text: id });
    await run();
    sharepoint.write('a', { name: 'renamed.txt' });
    sharepoint.write('b', { text: 'x'.repeat(200) });
    sharepoint.remove('c');
    expect(await run()).toMatchObject({ failed: 1, removed: 1 });
    expect(sync.documents.get('drive-1/a')?.title).toBe('renamed.txt');
    expect([...sync.failures]).toMatchObject([['drive-1/b', { code: 'document_too_large' }]]);
  });

  it('signs in as the application', async () => {
    sharepoint.write('a', { text: 'A.' });
    await run();
    expect(Object.fromEntries(sharepoint.form())).toMatchObject({
      grant_type: 'client_credentials',
      client_id: client,
      scope: 'https://graph.microsoft.com/.default',
    });
    const secret = { ...sharepoint.secret, valueFor: () => Promise.resolve('wrong') };
    await expect(run({}, { secret })).rejects.toMatchObject({ code: 'source_unauthorized' });
  });
});
