import { labelOf } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contentHash } from '../calls/content-hash.js';
import { silentLog } from '../common/log.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';
import { ContentKeeper } from './content-keeper.js';

describe('contents of the audit record', () => {
  let server: TestServer;
  let keeper: ContentKeeper;
  const clock = createFakeClock();
  beforeEach(async () => {
    server = await startTestServer({ clock });
    const { content } = server.heddle.audit;
    keeper = new ContentKeeper(content, clock, silentLog, server.heddle.settings.keepContent);
  });
  afterEach(() => server.close());
  const keep = async (runId: string, text: string, level: 'internal' | 'restricted' = 'internal'): Promise<string> => {
    const hash = contentHash(text);
    keeper.keep({ runId, hash, label: labelOf(level), text });
    await keeper.flush();
    return hash;
  };
  const read = (hash: string) => server.call('GET', `/api/audit/content/${hash}`);

  it('are read by the hash in an audit event, and the reading is recorded', async () => {
    const hash = await keep('r', 'Dear Ada, your balance is 12.');
    expect((await read(hash)).body).toEqual({ hash, text: 'Dear Ada, your balance is 12.' });
    expect((await read(contentHash('other'))).status).toBe(404);
    const seen = await server.heddle.audit.list({ kinds: ['export'] });
    expect(seen).toMatchObject([{ who: 'local', details: { step: 'content seen', hash } }]);
  });

  it('are erased by run, label and time; the chain stays whole and names who erased them', async () => {
    const first = await keep('r', 'one');
    const second = await keep('s', 'two', 'restricted');
    const third = await keep('s', 'three');
    const erase = (query: string) => server.call('DELETE', `/api/audit/content?${query}`);
    expect((await erase('')).status).toBe(400);
    expect((await erase('level=restricted')).body).toEqual({ erased: 1 });
    expect([(await read(first)).status, (await read(second)).status]).toEqual([200, 404]);
    expect((await erase('run=s')).body).toEqual({ erased: 1 });
    expect((await read(third)).status).toBe(404);
    expect((await erase(`before=${clock.now() + 1}`)).body).toEqual({ erased: 1 });
    expect((await server.call('GET', '/api/audit/verify')).body.isWhole).toBe(true);
    const events = await server.heddle.audit.list({ kinds: ['erase'] });
    expect(events.map(({ details }) => details['texts'])).toEqual([1, 1, 1]);
  });

  it('are removed when they are older than the limit of their label', async () => {
    const internal = await keep('r', 'one');
    const restricted = await keep('r', 'two', 'restricted');
    const later = clock.now() + 1;
    expect(await keeper.sweep(new Map([['restricted', later]]))).toBe(1);
    expect([(await read(internal)).status, (await read(restricted)).status]).toEqual([200, 404]);
    expect(await keeper.sweep(new Map([['internal', later]]))).toBe(1);
    expect(await keeper.sweep(new Map([['internal', later]]))).toBe(0);
  });

  it('cannot be read from the database file, and are not kept when the setting is 0 days', async () => {
    await keep('r', 'a-canary-of-the-prompt');
    const off = new ContentKeeper(server.heddle.audit.content, clock, silentLog, {
      public: 0,
      internal: 0,
      confidential: 0,
      restricted: 0,
    });
    const hash = contentHash('not kept');
    off.keep({ runId: 'r', hash, label: labelOf('internal'), text: 'not kept' });
    await off.flush();
    expect((await read(hash)).status).toBe(404);
    const folder = server.heddle.settings.dataFolder;
    for (const name of ['heddle.db', 'heddle.db-wal'])
      expect(readFileSync(join(folder, name)).includes('a-canary-of-the-prompt')).toBe(false);
  });
});
