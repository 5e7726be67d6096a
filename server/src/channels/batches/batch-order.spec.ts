import { BatchReply, HeddleError, localPrincipal } from '@heddle/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { TestServer } from '../../testing/test-server.js';
import { openPublished, until } from '../testing/open-published.js';

let server: TestServer;
afterEach(() => server.close());

const path = '/api/workflows/echo/batches';
/** More rows than one transaction changes. */
const rows = 5_000;

/** A batch that was cancelled before it ran. */
async function openCancelled(): Promise<string> {
  server = await openPublished();
  const { channels, publishing } = server.heddle;
  // No row starts.
  Object.assign(publishing.runs, { start: () => Promise.reject(new HeddleError('busy', 'Not now.')) });
  const body = { rows: Array.from({ length: rows }, (_, index) => ({ question: `row ${index}` })), concurrency: 1 };
  const { id } = BatchReply.parse((await server.call('POST', path, body)).body);
  await channels.batches.cancel('echo', id, localPrincipal);
  expect(await server.heddle.parts.channels.batches.counts(id)).toMatchObject({ cancelled: rows, waiting: 0 });
  return id;
}

describe('a batch whose rows are changed in pieces', () => {
  it('stays cancelled when it is cancelled during a retry', async () => {
    const id = await openCancelled();
    const { batches } = server.heddle.channels;
    const store = server.heddle.parts.channels.batches;
    const retried = batches.retry('echo', id, localPrincipal).catch(() => undefined);
    await until(async () => ((await store.counts(id)).waiting > 0 ? true : undefined));
    await batches.cancel('echo', id, localPrincipal);
    await retried;
    expect((await store.get(id)).state).toBe('cancelled');
    expect(await store.counts(id)).toMatchObject({ waiting: 0, running: 0 });
  });

  it('goes on when it is retried during a cancel', async () => {
    const id = await openCancelled();
    const { batches } = server.heddle.channels;
    const store = server.heddle.parts.channels.batches;
    await batches.retry('echo', id, localPrincipal);
    expect((await store.counts(id)).waiting).toBe(rows);
    const cancelled = batches.cancel('echo', id, localPrincipal);
    await until(async () => ((await store.counts(id)).cancelled > 0 ? true : undefined));
    await batches.retry('echo', id, localPrincipal);
    await cancelled;
    expect((await store.get(id)).state).toBe('going');
    expect(await store.counts(id)).toMatchObject({ cancelled: 0, waiting: rows });
  });

  it('retries every row when it is paused meanwhile', async () => {
    const id = await openCancelled();
    const store = server.heddle.parts.channels.batches;
    const retried = server.heddle.channels.batches.retry('echo', id, localPrincipal);
    await until(async () => ((await store.counts(id)).waiting > 0 ? true : undefined));
    await server.heddle.parts.tables.commit([store.write.setState(id, 'paused')]);
    await retried;
    expect(await store.counts(id)).toMatchObject({ cancelled: 0, waiting: rows });
  });
});
