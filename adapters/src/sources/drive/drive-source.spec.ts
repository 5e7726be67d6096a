import { syncSource, type SourceRequest, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openDriveDouble, type DriveDouble } from './drive-double.js';
import { createDriveSource } from './drive-source.js';

async function open(): Promise<SourceConnectorSubject> {
  const drive = await openDriveDouble();
  const soon = async (work: () => void): Promise<void> => work();
  const idOf = (name: string): string => name.replace(/\W/g, '-');
  const texts = new Map<string, string>();
  const put = (name: string, text: string): void => {
    texts.set(name, text);
    drive.write(idOf(name), { name, text, permissions: [{ type: 'anyone' }] });
  };
  return {
    connector: createDriveSource({ api: drive.server, tokens: drive.tokens }),
    config: {},
    badConfigs: [{ folder: '../x' }, { user: 'ada' }, { readers: 'all' }, { maxFiles: 0 }],
    request: { ...drive.request, secret: drive.secret },
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => drive.remove(idOf(name))),
    rename: (from, to) =>
      soon(() => {
        drive.remove(idOf(from));
        put(to, texts.get(from) ?? '');
      }),
    downloads: () => drive.asked.filter((path) => path.includes('alt=media')).length,
    faults: {
      ...drive.faults,
      setReaders: (name, readers) =>
        soon(() =>
          drive.write(idOf(name), {
            permissions: readers.map((reader) => ({ type: 'group', emailAddress: reader.replace('oidc-group:', '') })),
          }),
        ),
    },
    close: () => drive.close(),
  };
}

testSourceConnector({ describe, it }, 'drive', open, ['setToken', 'cutPages', 'downloads', 'setReaders']);

describe('the source drive', () => {
  let drive: DriveDouble;
  let sync = createMemorySync();
  const waits: number[] = [];
  beforeEach(async () => {
    drive = await openDriveDouble();
    sync = createMemorySync();
    waits.length = 0;
  });
  afterEach(() => drive.close());

  const run = (config: object = {}, request: Partial<SourceRequest> = {}): Promise<SyncReport> => {
    const connector = createDriveSource({ api: drive.server, tokens: drive.tokens });
    return syncSource({
      connector,
      request: {
        ...drive.request,
        secret: drive.secret,
        config: connector.config.parse(config),
        maxBytes: 1_000,
        now: () => Date.now(),
        signal: new AbortController().signal,
        wait: (ms: number) => Promise.resolve(void waits.push(ms)),
        ...request,
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  };

  it('exports Google documents, leaves out files without text, and reports files that it may not download', async () => {
    const google = 'application/vnd.google-apps.';
    drive.write('doc-1', { name: 'Plan', mimeType: `${google}document`, text: 'exported' });
    drive.write('form-1', { mimeType: `${google}form` });
    drive.write('link-1', { mimeType: `${google}shortcut` });
    drive.write('large', { text: 'x'.repeat(2_000) });
    drive.write('locked', { text: 'x', refusal: 'cannotDownloadFile' });
    expect(await run()).toMatchObject({ stored: 1, failed: 2 });
    expect(sync.documents.get('doc-1')).toMatchObject({
      title: 'Plan',
      url: 'https://drive.google.com/file/d/doc-1/view',
      mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    });
    expect([...sync.failures].map(([id, { code }]) => [id, code])).toEqual([
      ['large', 'document_too_large'],
      ['locked', 'source_failed'],
    ]);
  });

  it('reads a folder recursively, each file once', async () => {
    drive.write('folder-a', { mimeType: 'application/vnd.google-apps.folder', parent: 'other' });
    drive.write('folder-b', { mimeType: 'application/vnd.google-apps.folder', parent: 'folder-a' });
    drive.write('in-a', { text: 'a', parent: 'folder-a' });
    drive.write('in-b', { text: 'b', parent: 'folder-b' });
    drive.write('outside', { text: 'c', parent: 'other' });
    await run({ folder: 'folder-a' });
    expect([...sync.documents.keys()].sort()).toEqual(['in-a', 'in-b']);
    await expect(run({ maxFiles: 2 })).rejects.toMatchObject({ code: 'source_failed' });
    expect(sync.documents.size).toBe(2);
  });

  it('has the readers of Drive: no reader when Drive names none, everyone when Drive says so', async () => {
    const ada = { type: 'user', emailAddress: 'ada@acme.test' };
    const permissions = [
      ada,
      { type: 'group', emailAddress: 'hr@acme.test' },
      { type: 'user', emailAddress: 'gone@acme.test', deleted: true },
    ];
    drive.write('people', { text: '1', permissions });
    drive.write('in-drive', { text: '2', permissions: [...permissions, ada, ada], isShared: true });
    drive.write('public', { text: '3', permissions: [ada, { type: 'anyone' }] });
    drive.write('domain', { text: '4', permissions: [{ type: 'domain' }] });
    drive.write('none', { text: '5' });
    await run();
    const readers = (): object =>
      Object.fromEntries([...sync.documents].map(([id, document]) => [id, document.readers]));
    const people = ['oidc-group:hr@acme.test', 'user:ada@acme.test'];
    const named = { people, 'in-drive': people, public: undefined, none: [] };
    expect(readers()).toEqual({ ...named, domain: [] });
    await run({ domain: 'everybody' });
    expect(readers()).toEqual({ ...named, domain: undefined });
    await run({ readers: 'collection' });
    expect(Object.values(readers())).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });

  it('signs in as the account or for a user, and sends only signatures of its key', async () => {
    drive.write('a-file', { text: 'a' });
    await run({ user: 'ada@acme.test' });
    expect(drive.claims()).toMatchObject({
      iss: 'heddle@acme.iam.gserviceaccount.com',
      sub: 'ada@acme.test',
      aud: drive.tokens,
      scope: 'https://www.googleapis.com/auth/drive.readonly',
    });
    expect(drive.asked.join()).not.toContain('PRIVATE');
    const other = await openDriveDouble();
    for (const value of [other.key, 'no json', '{}', JSON.stringify({ client_email: 'a', private_key: 'b' })])
      await expect(
        run({}, { secret: { ...drive.secret, valueFor: () => Promise.resolve(value) } }),
      ).rejects.toMatchObject({ code: 'source_unauthorized' });
    await other.close();
    await expect(run({}, { secret: undefined })).rejects.toMatchObject({ code: 'source_unauthorized' });
  });

  it('waits when it has sent too many requests', async () => {
    drive.write('a-file', { text: 'a' });
    drive.faults.limit(2, 0);
    await expect(run()).resolves.toMatchObject({ stored: 1 });
    expect(waits.length).toBeGreaterThan(0);
  });
});
