import { afterEach, expect, it } from '@jest/globals';
import { acceptanceOf, appendTo, bundleNamed, records } from '@heddle/core/testing';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startTestServer, type TestServer } from '../../testing/test-server.js';

let server: TestServer | undefined;
afterEach(async () => server?.close());

it('shows a run with a missing large value: an error in place of that value, and all others', async () => {
  const own = (server = await startTestServer({ withStoredJournal: true }));
  const { heddle } = own;
  const { journal } = heddle.parts;
  await journal.accept(acceptanceOf('run-1'), bundleNamed('Sample'));
  await appendTo(journal, 'run-1', [records.runStart(), records.nodeEnd('large', 'x'.repeat(100_000))]);
  const blobs = join(heddle.settings.dataFolder, 'blobs');
  for (const name of readdirSync(blobs).filter((entry) => /^[0-9a-f]{2}$/.test(entry)))
    rmSync(join(blobs, name), { recursive: true });
  await appendTo(journal, 'run-1', [records.nodeEnd('small', 'kept'), records.runEnd()]);
  const run = await own.call('GET', '/api/runs/run-1');
  expect(run.status).toBe(200);
  expect(run.body.summary.status).toBe('done');
  const value = (path: string) => own.call('GET', `/api/runs/run-1/values?path=${path}&port=text`);
  const lost = await value('large');
  expect([lost.status, lost.body.error.code]).toEqual([503, 'storage_corrupt']);
  expect(lost.body.error.message).toMatch(/sha256:.*is missing/);
  expect((await value('small')).body.value).toBe('kept');
});
