import { createEmbeddedStore } from '@heddle/adapters/vectors';
import { labelOf } from '@heddle/core';
import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { healthOf } from '../health/health.js';
import { silentLog } from '../common/log.js';
import { openHeddle, type OpenedHeddle } from '../heddle/open-heddle.js';
import { readSettings } from '../settings/read-settings.js';
import { backupFolder, restoreFolder } from '../storage/backup-folder.js';

// Milliseconds; each test opens a Heddle and the worker of its store more than once.
jest.setTimeout(180_000);
let folder: string;
let file: string;
let opened: OpenedHeddle | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-collections-'));
  file = join(folder, 'data', 'collections.db');
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true, force: true });
});

const open = async (): Promise<OpenedHeddle> => {
  await close();
  const settings = readSettings({ HEDDLE_DATA: join(folder, 'data') });
  return (opened = await openHeddle(settings, { kind: 'command', log: silentLog }));
};
const close = async (): Promise<void> => {
  await opened?.close();
  opened = undefined;
};
const reset = ({ parts: { collectionsFile, audit, clock } }: OpenedHeddle): Promise<string | undefined> =>
  collectionsFile?.reset(audit, clock.now()) ?? Promise.reject(new Error('It has no file.'));
const lost = { code: 'storage_corrupt', message: expect.stringContaining('heddle collections reset') };

it('is created at the first use, and refused if it has gone missing since, until a person starts anew', async () => {
  const first = await open();
  expect(await healthOf(first)).toMatchObject({ status: 'ok' });
  expect(existsSync(file)).toBe(false);
  await expect(reset(first)).rejects.toMatchObject({ code: 'conflict' });
  expect(await first.collections.list()).toEqual([]);
  await close();
  rmSync(file);
  const second = await open();
  expect(await healthOf(second)).toMatchObject({ status: 'degraded', storage: { status: 'fault', error: lost } });
  await expect(second.collections.list()).rejects.toMatchObject(lost);
  expect(existsSync(file)).toBe(false);
  const third = await open();
  expect(await reset(third)).toBeUndefined();
  expect(await third.collections.list()).toEqual([]);
  expect(await healthOf(third)).toMatchObject({ status: 'ok' });
  expect(await third.audit.list({ kinds: ['collection'] })).toMatchObject([
    { subject: 'collections', details: { step: 'reset' } },
  ]);
});

it('is moved aside when it was emptied, and left alone when it is intact', async () => {
  await (await open()).collections.list();
  await expect(reset(await open())).rejects.toMatchObject({ code: 'conflict' });
  await close();
  writeFileSync(file, '');
  const heddle = await open();
  expect(await healthOf(heddle)).toMatchObject({ storage: { error: lost } });
  const movedTo = await reset(heddle);
  expect(readFileSync(join(movedTo ?? '', 'collections.db'))).toHaveLength(0);
  expect(await heddle.collections.list()).toEqual([]);
});

it('is reported by health when it disappears while it is open', async () => {
  const heddle = await open();
  await heddle.collections.list();
  rmSync(file);
  expect(await healthOf(heddle)).toMatchObject({ status: 'degraded', storage: { error: lost } });
});

const pets = {
  name: 'pets',
  embedding: 'none',
  dimensions: 4,
  label: labelOf('internal'),
  splitter: { kind: 'markdown', maxTokens: 200, overlapTokens: 20 },
} as const;
const data = (name: string): string => join(folder, 'data', name);
const copy = (from: string, to: string): void => cpSync(join(folder, from), join(folder, to), { recursive: true });

/** Puts a collection into the file, and leaves the folder as after a kill, with the change in the log; a copy is in `killed`. */
async function killedFolder(): Promise<void> {
  await (await open()).collections.list();
  await close();
  const store = createEmbeddedStore({ file });
  await store.create(pets);
  for (let round = 0; round < 100 && !existsSync(data('collections.last')); round += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  copy('data', 'killed');
  await store.close();
  restoreKilled();
}
function restoreKilled(): void {
  rmSync(join(folder, 'data'), { recursive: true });
  copy('killed', 'data');
}

it('is refused when its log was lost while it was closed, until a person accepts the loss', async () => {
  await killedFolder();
  const whole = await open();
  expect(await healthOf(whole)).toMatchObject({ status: 'ok' });
  expect((await whole.collections.list()).map(({ name }) => name)).toEqual(['pets']);
  await close();
  restoreKilled();
  rmSync(`${file}-wal`);
  const heddle = await open();
  const received = { code: 'storage_corrupt', message: expect.stringContaining('newest 1 changes') };
  expect(await healthOf(heddle)).toMatchObject({ status: 'degraded', storage: { status: 'fault', error: received } });
  await expect(heddle.collections.list()).rejects.toMatchObject(received);
  const again = await open();
  again.parts.collectionsFile?.accept();
  expect(await healthOf(again)).toMatchObject({ status: 'ok' });
  expect(await again.collections.list()).toEqual([]);
});

it.each([
  ['its log was removed', () => rmSync(`${file}-wal`), 'storage_failed'],
  ['it was cut', () => truncateSync(file, 4096), 'storage_corrupt'],
])('accepts no more changes, and health reports it, when %s while it is open', async (_what, change, code) => {
  await killedFolder();
  const heddle = await open();
  await heddle.collections.list();
  change();
  expect(await healthOf(heddle)).toMatchObject({ status: 'degraded', storage: { error: { code } } });
  await expect(heddle.collections.drop('pets', { who: 'local' })).rejects.toMatchObject({ code });
});

it('is restored from a backup', async () => {
  const heddle = await open();
  await heddle.collections.list();
  await backupFolder(join(folder, 'data'), join(folder, 'copy'));
  await close();
  rmSync(file);
  await restoreFolder(join(folder, 'copy'), join(folder, 'data'), { force: true });
  const restored = await open();
  expect(await healthOf(restored)).toMatchObject({ status: 'ok' });
  expect(await restored.collections.list()).toEqual([]);
});
