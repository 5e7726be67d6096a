import { sqliteTables } from '../database/sqlite-tables.js';
import { HeddleError, type RunEvent } from '@heddle/core';
import { acceptanceOf, appendTo, bundleNamed, createFakeClock, labelled, records } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openAudited, type AuditedJournal } from '../audit/__fixtures__/audited-journal.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { createDamages, type Damages } from '../database/damage/damages.js';
import { codeOf } from '../database/storage-error.js';
import { createScrub, type Scrub } from './scrub.js';
import { createVersionStore } from '../stores/workflows/version-store.js';
import { namedVersionValues } from '../stores/workflows/version-rows.js';

const runIds = ['run-1', 'run-2', 'run-3'];

describe('stored data after one bit has changed', () => {
  let temporary: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    temporary = temporaryFolder();
  });
  afterEach(() => temporary.remove());
  const clock = createFakeClock(1_000);
  const inFolder = (name: string): string => join(temporary.folder, name);
  const open = (): AuditedJournal => openAudited(temporary.folder, clock);

  async function fill({ journal }: AuditedJournal): Promise<void> {
    for (const runId of runIds) {
      const inputs = { text: labelled('in '.repeat(40)), large: labelled('large '.repeat(20_000)) };
      await journal.accept(acceptanceOf(runId, { inputs }), bundleNamed('Sample'));
      await appendTo(journal, runId, [records.runStart(), records.nodeStart('early')]);
      for (let node = 0; node < 12; node += 1)
        await appendTo(journal, runId, [
          records.nodeStart(`node-${node}`),
          records.nodeEnd(`node-${node}`, `answer ${node} `.repeat(300)),
        ]);
      await appendTo(journal, runId, [records.nodeEnd('early'), records.runEnd()]);
    }
  }
  /** All parts of a run, or the code of the error. */
  const check = async (read: () => Promise<unknown>): Promise<unknown> =>
    read().then(
      (value) => JSON.stringify(value),
      (error: unknown) => (error instanceof HeddleError ? error.code : String(error)),
    );
  async function readAll({ journal }: AuditedJournal): Promise<unknown[]> {
    const found: unknown[] = [];
    for (const runId of runIds)
      found.push(
        await check(() => journal.events(runId)),
        await check(() => journal.acceptance(runId)),
        await check(() => journal.bundle(runId)),
      );
    return found;
  }

  it('is never returned wrong: 200 flips anywhere in the database', async () => {
    const first = open();
    await fill(first);
    await first.close();
    const whole = readFileSync(inFolder('heddle.db'));
    const outside = ['audit.head', 'audit.last'].map((name) => [name, readFileSync(inFolder(name))] as const);
    const opened = open();
    const truth = await readAll(opened);
    await opened.close();
    const outcomes = { same: 0, refused: 0, reported: 0 };
    const wrong: unknown[] = [];
    for (let flip = 0; flip < 200; flip += 1) {
      const draw = createHash('sha256').update(`flip ${flip}`).digest();
      const at = draw.readUInt32LE(0) % whole.length;
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << ((draw[4] ?? 0) % 8));
      for (const end of ['-wal', '-shm']) rmSync(inFolder(`heddle.db${end}`), { force: true });
      writeFileSync(inFolder('heddle.db'), bytes);
      for (const [name, content] of outside) writeFileSync(inFolder(name), content);
      let damaged: AuditedJournal;
      try {
        damaged = open();
      } catch (error) {
        outcomes.refused += 1;
        // A schema that SQLite cannot compile is damaged: `openHeddle` reports that.
        const isRefused =
          error instanceof HeddleError ? error.code.startsWith('storage_') : codeOf(error) === 'SQLITE_ERROR';
        if (!isRefused) wrong.push([flip, at, String(error)]);
        continue;
      }
      const found = await readAll(damaged).catch((error: unknown) => [String(error)]);
      await damaged.close().catch(() => undefined);
      const differing = found.filter((value, index) => value !== truth[index]);
      if (differing.length === 0) outcomes.same += 1;
      else outcomes.reported += 1;
      for (const value of differing)
        if (value !== 'storage_corrupt' && value !== 'storage_failed')
          wrong.push([flip, at, String(value).slice(0, 200)]);
    }
    expect(wrong).toEqual([]);
    expect(outcomes.same + outcomes.refused + outcomes.reported).toBe(200);
    expect(outcomes.reported).toBeGreaterThan(10);
  }, 120_000);

  /** Changes a text of a stored row without the journal, as a flipped bit does. */
  function change(sql: string): void {
    const connection = new Database(inFolder('heddle.db'));
    connection.exec(`DROP TRIGGER IF EXISTS audit_keeps; ${sql}`);
    connection.close();
  }
  async function scrubbed(scrub: Scrub): Promise<void> {
    for (let steps = 0; !(await scrub.step()); steps += 1) expect(steps).toBeLessThan(1_000);
  }
  const scrubOf = (opened: AuditedJournal, damages: Damages): Scrub =>
    createScrub(opened.database, { damages, blobsFolder: inFolder('blobs'), markFile: inFolder('scrub.last') });

  it('is found by the scrub: records, acceptances, workflows, audit records and values', async () => {
    const first = open();
    await fill(first);
    const none = createDamages(first.database, clock);
    await scrubbed(scrubOf(first, none));
    expect(none.list()).toEqual([]);
    await first.close();
    change(`
      UPDATE records SET body = replace(body, 'answer 3', 'answer 2') WHERE number = (SELECT min(number) FROM records WHERE body LIKE '%answer 3%');
      UPDATE runs SET acceptance = replace(acceptance, 'in in', 'in im') WHERE number = 2;
      UPDATE bundles SET content = replace(content, 'Sample', 'Simple');
      UPDATE audit SET who = 'other' WHERE number = 4;`);
    writeFileSync(join(inFolder('blobs'), valueFile()), 'x');
    const opened = open();
    const damages = createDamages(opened.database, clock);
    const scrub = scrubOf(opened, damages);
    await scrubbed(scrub);
    scrub.close();
    const locations = damages.list().map((damage) => damage.place);
    expect(locations.map((name) => name.replace(/sha256:.*/, 'sha256').replace(/records.*/, 'records')).sort()).toEqual(
      ['audit/4', 'blobs/sha256', 'bundles/sha256', 'records', 'runs/2'],
    );
    await opened.close();
    // The next process loads the findings. It drops a finding when the stored value is intact again.
    change("UPDATE audit SET who = 'local' WHERE number = 4; DELETE FROM records WHERE body LIKE '%answer 2%';");
    const next = open();
    const known = createDamages(next.database, clock);
    expect(known.list()).toHaveLength(5);
    const again = scrubOf(next, known);
    for (let step = 0; step < 600; step += 1) await again.step();
    again.close();
    expect(known.list().map((damage) => damage.place)).not.toContain('audit/4');
    expect(known.list()).toHaveLength(3);
    await next.close();
  }, 60_000);
  const valueFile = (): string => {
    const hex = createHash('sha256')
      .update(JSON.stringify('large '.repeat(20_000)))
      .digest('hex');
    return `${hex.slice(0, 2)}/${hex.slice(2)}`;
  };

  it.each([
    ['in the same commit', 'node-3'],
    ['in an earlier commit', 'early'],
  ])('is noticed in the start time of an execution that began %s', async (_name, path) => {
    const first = open();
    await fill(first);
    await first.close();
    change(`UPDATE records SET start_time = start_time + 0.5 WHERE run = 1 AND path = '${path}'`);
    const opened = open();
    await expect(opened.journal.events('run-1')).rejects.toMatchObject({ code: 'storage_corrupt' });
    expect(await opened.journal.events('run-2')).toHaveLength(28);
    await opened.close();
  });

  it('is reported for a published version, by every reader and by the scrub', async () => {
    const first = open();
    const row = { workflow_id: 'w', version: 1, body: '{}', bundle: 'the bundle' };
    first.database.connection
      .prepare('INSERT INTO versions VALUES (@workflow_id, @version, @body, @bundle, @checksum)')
      .run(namedVersionValues(row));
    await first.close();
    change("UPDATE versions SET bundle = 'the bumble'");
    const opened = open();
    await expect(createVersionStore(sqliteTables(opened.database)).get('w', 1)).rejects.toMatchObject({
      code: 'storage_corrupt',
    });
    const damages = createDamages(opened.database, clock);
    const scrub = scrubOf(opened, damages);
    await scrubbed(scrub);
    scrub.close();
    expect(damages.list().map((damage) => damage.place)).toEqual(['versions/1']);
    await opened.close();
  });

  it('is searched by a scrub that continues where it stopped', async () => {
    const first = open();
    await fill(first);
    const damages = createDamages(first.database, clock);
    let steps = 0;
    for (let isLast = false; !isLast; steps += 1) {
      const scrub = scrubOf(first, damages);
      isLast = await scrub.step();
      scrub.close();
      expect(steps).toBeLessThan(20);
    }
    expect(steps).toBeGreaterThan(4);
    await first.close();
  });

  it('is reported for a damaged or missing record, but not for earlier records or rows of an older version', async () => {
    const first = open();
    await fill(first);
    await first.close();
    change(
      "UPDATE records SET body = '{' WHERE run = 1 AND seq = 4; UPDATE records SET checksum = NULL WHERE run = 2;",
    );
    const opened = open();
    const temporary = { code: 'storage_corrupt', message: expect.stringContaining("Record 4 of run 'run-1'") };
    await expect(opened.journal.events('run-1')).rejects.toMatchObject(temporary);
    const events: readonly RunEvent[] = await opened.journal.events('run-2');
    expect(events).toHaveLength(28);
    expect((await opened.journal.events('run-1', { limit: 2 })).map(({ seq }) => seq)).toEqual([1, 2]);
    opened.database.connection.exec('DELETE FROM records WHERE run = 3 AND seq = 4');
    await expect(opened.journal.events('run-3')).rejects.toMatchObject({ code: 'storage_corrupt' });
    await opened.close();
  });
});
