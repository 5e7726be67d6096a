import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAnchor } from '../audit/audit-anchor.js';
import { chainHead } from '../audit/audit-log.js';
import { readKeyFile } from '../connections/vault/key-file.js';
import { readFolderMark, refuseMovedFolder, writeFolderMark } from '../database/files/folder-mark.js';
import { openDatabase, type HeddleDatabase } from '../database/open-database.js';
import { openPostgres } from '../postgres/open-postgres.js';
import { refuseMoved } from '../postgres/refuse-moved.js';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { newDatabase } from '../testing/new-database.js';
import { wallClock } from '../testing/wall-clock.js';
import { fillEveryTable } from './__fixtures__/every-row.js';
import { movedTables } from './moved-tables.js';
import { examinePostgres, moveToFolder, type ToFolder } from './move-to-folder.js';
import { examineFolder, moveToPostgres, type ToPostgres } from './move-to-postgres.js';

const server = process.env['HEDDLE_TEST_POSTGRES'];
const where = server === undefined ? 'skipped: no Postgres is installed (apt-get install postgresql)' : 'installed';
const suite = server === undefined ? describe.skip : describe;

suite(`a move between a folder and Postgres (${where})`, () => {
  const temporary = temporaryFolder();
  let postgres: TestDatabase | undefined = undefined;
  let database: HeddleDatabase | undefined = undefined;
  let folders = 0;
  let folder = '';
  const newFolder = (): string => {
    const made = join(temporary.folder, `data-${(folders += 1)}`);
    mkdirSync(made);
    return made;
  };
  beforeEach(async () => {
    postgres = await openTestDatabase();
    folder = newFolder();
    database = openDatabase(newDatabase(folder));
  }, 120_000);
  afterEach(async () => {
    database?.close();
    await postgres?.close();
  });
  afterAll(() => temporary.remove());

  const there = (more: Partial<ToPostgres> = {}): ToPostgres => ({
    folder,
    database: database!,
    keyFile: join(folder, 'secret.key'),
    url: postgres!.url,
    clock: wallClock,
    leaseMs: 10_000,
    replacesText: false,
    startsOver: false,
    mayLose: true,
    ...more,
  });
  const back = (target: string, more: Partial<ToFolder> = {}): ToFolder => ({
    folder: target,
    filesFolder: folder,
    keyFile: join(folder, 'secret.key'),
    url: postgres!.url,
    clock: wallClock,
    leaseMs: 10_000,
    leavesFiles: true,
    startsOver: false,
    mayLose: true,
    ...more,
  });
  const fill = (rows: number, more: Readonly<Record<string, number>> = {}): void => {
    fillEveryTable(database!, join(folder, 'secret.key'), (table) => more[table] ?? rows);
    const key = readKeyFile(join(folder, 'secret.key'), () => false);
    writeAnchor(join(folder, 'audit.head'), { ...chainHead(database!.connection), time: 1 }, key);
  };

  /** Every row of a table as the file has it, except what a move creates again. */
  const dump = ({ connection }: HeddleDatabase, table: string): readonly string[] =>
    connection
      .prepare<[], Record<string, unknown>>(`SELECT ${table === 'versions' ? 'rowid, *' : '*'} FROM ${table}`)
      .all()
      .map(({ checksum: _checksum, ...row }) => {
        if (table === 'records') delete row['number'];
        return JSON.stringify(row);
      })
      .toSorted();

  it('moves every row of every table there and back', async () => {
    // Some tables have more rows than a batch, and keys of every kind: numbers, texts, both, and bytes.
    fill(9, { records: 1_100, workflows: 70, human_inputs: 70, passage_headers: 70, audit: 150, budget_spend: 70 });
    const before = new Map(movedTables.map((name) => [name, dump(database!, name)]));
    expect([...before].filter(([, rows]) => rows.length < 9).map(([name]) => name)).toEqual([]);
    const moved = await moveToPostgres(there());
    expect(moved).toMatchObject({ tables: movedTables.length, secrets: 9, wasDone: false, badRecord: undefined });
    const target = newFolder();
    await moveToFolder(back(target));
    const arrived = openDatabase(join(target, 'heddle.db'));
    try {
      for (const [name, rows] of before) {
        const after = dump(arrived, name);
        // The move itself is recorded at the end of the chain, on both sides.
        if (name === 'audit') expect(after.filter((row) => !row.includes('moved'))).toEqual(rows);
        else expect([name, after]).toEqual([name, rows]);
      }
    } finally {
      arrived.close();
    }
  }, 120_000);

  const filled = (rows = 4): void => {
    fill(rows);
  };
  const query = (sql: string): Promise<readonly unknown[]> => postgres!.query(sql);
  const rowsThere = async (table: string): Promise<number> =>
    ((await query(`SELECT count(*)::int AS count FROM heddle.${table}`)) as { count: number }[])[0]?.count ?? -1;
  /** Finds the database as a server does at its start. */
  const start = async (): Promise<void> => {
    const opened = await openPostgres({ url: postgres!.url, clock: wallClock, connections: 1 });
    try {
      await opened.transaction((ask) => refuseMoved(opened, ask));
    } finally {
      await opened.close();
    }
  };
  /** Ends a move after this many batches, with an error of the program. */
  const endsAfter = (batches: number): ToPostgres['onProgress'] => {
    let left = batches;
    return ({ step }) => {
      if (step === 'copy' && (left -= 1) < 0) throw new Error('ended here');
    };
  };

  describe('that ends in the middle', () => {
    it('leaves the folder unchanged and a target that refuses to start; the next move continues', async () => {
      filled();
      await expect(moveToPostgres(there({ onProgress: endsAfter(30) }))).rejects.toThrow('ended here');
      expect(readFolderMark(folder)).toBeUndefined();
      await expect(start()).rejects.toMatchObject({
        code: 'move_unfinished',
        message: expect.stringContaining(folder),
      });
      const copied: string[] = [];
      await moveToPostgres(there({ onProgress: ({ step, table }) => void (step === 'copy' && copied.push(table)) }));
      expect(copied).toHaveLength(movedTables.length - 31);
      await start();
    });

    it('begins again when the folder has changed meanwhile', async () => {
      filled();
      await expect(moveToPostgres(there({ onProgress: endsAfter(movedTables.length - 2) }))).rejects.toThrow(
        'ended here',
      );
      const { connection } = database!;
      connection.exec(
        'UPDATE workflows SET document = \'{"changed":true}\' WHERE id = (SELECT min(id) FROM workflows)',
      );
      connection.exec('DELETE FROM idempotency_keys');
      connection.exec("INSERT INTO kill_switches VALUES ('new', 'reason', 'ada', 1)");
      await moveToPostgres(there());
      expect(await rowsThere('idempotency_keys')).toBe(0);
      expect(await query("SELECT id FROM heddle.workflows WHERE document LIKE '%changed%'")).toHaveLength(1);
      expect(await rowsThere('kill_switches')).toBe(5);
    });

    it('fails when its connections are cut, and continues at the next try', async () => {
      filled();
      let isCut = false;
      const cut = async (): Promise<void> => {
        isCut = true;
        await query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'heddle-move'");
      };
      let cutting = Promise.resolve();
      const onProgress: ToPostgres['onProgress'] = ({ step, table }) => {
        if (!isCut && step === 'copy' && table === 'runs') cutting = cut();
      };
      // The mark at the end waits for the cut.
      const moving = moveToPostgres(there({ onProgress, beside: () => cutting }));
      await expect(moving).rejects.toMatchObject({ code: 'database_unreachable' });
      expect(readFolderMark(folder)).toBeUndefined();
      await expect(start()).rejects.toMatchObject({ code: 'move_unfinished' });
      expect(await moveToPostgres(there())).toMatchObject({ wasDone: false });
      await start();
    });

    it('fails when the disk of Postgres is full, and continues at the next try', async () => {
      filled();
      await expect(moveToPostgres(there({ onProgress: endsAfter(3) }))).rejects.toThrow('ended here');
      await query(`CREATE FUNCTION heddle.full() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = '53100'; END $$`);
      await query(
        'CREATE TRIGGER z_full BEFORE INSERT ON heddle.workflows FOR EACH ROW EXECUTE FUNCTION heddle.full()',
      );
      await expect(moveToPostgres(there())).rejects.toMatchObject({ code: 'storage_full' });
      expect(readFolderMark(folder)).toBeUndefined();
      await expect(start()).rejects.toMatchObject({ code: 'move_unfinished' });
      await query('DROP FUNCTION heddle.full CASCADE');
      await moveToPostgres(there());
      await start();
    });

    it('on the way back leaves Postgres unchanged and a folder that refuses to start; the next move continues', async () => {
      filled();
      await moveToPostgres(there());
      const target = newFolder();
      await expect(moveToFolder(back(target, { onProgress: endsAfter(30) }))).rejects.toThrow('ended here');
      await start();
      expect(() => refuseMovedFolder(target)).toThrow(expect.objectContaining({ code: 'move_unfinished' }));
      const copied: string[] = [];
      await moveToFolder(
        back(target, { onProgress: ({ step, table }) => void (step === 'copy' && copied.push(table)) }),
      );
      expect(copied).toHaveLength(movedTables.length - 31);
      refuseMovedFolder(target);
      await expect(start()).rejects.toMatchObject({ code: 'storage_moved', message: expect.stringContaining(target) });
      // The next call only reports that it is done.
      await expect(moveToFolder(back(target))).rejects.toMatchObject({ code: 'storage_moved' });
    });

    it('on the way back begins again when Postgres has changed meanwhile', async () => {
      filled();
      await moveToPostgres(there());
      const target = newFolder();
      await expect(moveToFolder(back(target, { onProgress: endsAfter(movedTables.length - 2) }))).rejects.toThrow(
        'ended here',
      );
      await query('UPDATE heddle.workflows SET document = \'{"changed":true}\'');
      await query('DELETE FROM heddle.api_keys');
      await moveToFolder(back(target));
      const arrived = openDatabase(join(target, 'heddle.db'));
      expect(dump(arrived, 'api_keys')).toEqual([]);
      expect(dump(arrived, 'workflows').every((row) => row.includes('changed'))).toBe(true);
      arrived.close();
    });

    it('continues when it was verified and only its end is missing', async () => {
      filled();
      await expect(moveToPostgres(there({ onProgress: endsAfter(3) }))).rejects.toThrow('ended here');
      const [move] = (await query('SELECT id FROM heddle.moves')) as { id: string }[];
      writeFolderMark(folder, { id: move!.id, state: 'left', other: 'postgres://there/heddle' });
      await expect(moveToPostgres(there({ startsOver: true }))).rejects.toMatchObject({ code: 'conflict' });
      await moveToPostgres(there());
      await start();
    });

    it('is removed with --start-over, and only then by a move from another folder', async () => {
      filled();
      await expect(moveToPostgres(there({ onProgress: endsAfter(50) }))).rejects.toThrow('ended here');
      database!.close();
      folder = newFolder();
      database = openDatabase(newDatabase(folder));
      fill(2);
      await expect(moveToPostgres(there())).rejects.toMatchObject({ code: 'conflict' });
      await moveToPostgres(there({ startsOver: true }));
      expect(await rowsThere('runs')).toBe(2);
    });
  });

  describe('is refused, and changes nothing', () => {
    it('when the database has data', async () => {
      filled(2);
      await query("INSERT INTO heddle.policies VALUES ('mine', '{}', 1)");
      await expect(moveToPostgres(there())).rejects.toMatchObject({
        code: 'conflict',
        details: { tables: ['policies'] },
      });
      expect([await rowsThere('policies'), await rowsThere('runs')]).toEqual([1, 0]);
      await start();
    });

    it('when a process uses the database', async () => {
      filled(2);
      await start();
      await query(
        `INSERT INTO heddle.workers (boot, name, version, capabilities, slots) VALUES (gen_random_uuid(), 'one', '1', '{}', 1)`,
      );
      await expect(moveToPostgres(there())).rejects.toMatchObject({
        code: 'storage_locked',
        message: expect.stringContaining('one'),
      });
      await query('DELETE FROM heddle.workers');
      const process = await openPostgres({ url: postgres!.url, clock: wallClock, connections: 1 });
      await expect(moveToPostgres(there())).rejects.toMatchObject({ code: 'storage_locked' });
      await process.close();
    });

    it('when another move, or a start, fills the database', async () => {
      filled(2);
      let other: Promise<unknown> | undefined;
      let starting: Promise<unknown> | undefined;
      const onProgress: ToPostgres['onProgress'] = ({ step, table }) => {
        if (step !== 'copy' || table !== 'runs' || other !== undefined) return;
        other = moveToPostgres(there()).catch((error: unknown) => error);
        starting = start().catch((error: unknown) => error);
      };
      // The verification of the first move waits for the answers of the other two.
      const moving = moveToPostgres(
        there({ onProgress, beside: async () => void (await Promise.all([other, starting])) }),
      );
      await moving;
      expect(await other).toMatchObject({ code: 'storage_locked' });
      expect(await starting).toMatchObject({ code: expect.stringMatching(/^(?:storage_locked|move_unfinished)$/) });
    });

    it('when a row was damaged in the file', async () => {
      filled(2);
      database!.connection.exec("UPDATE records SET body = body || ' ' WHERE seq = 1");
      await expect(moveToPostgres(there())).rejects.toMatchObject({ code: 'storage_corrupt' });
    });

    it('when the key does not open the secrets', async () => {
      filled(2);
      const keyFile = join(newFolder(), 'other.key');
      readKeyFile(keyFile, () => true);
      await expect(moveToPostgres(there({ keyFile }))).rejects.toMatchObject({
        code: 'move_blocked',
        details: { issues: [{ code: 'secret_unreadable' }] },
      });
    });

    it('when older conversations must be migrated first', async () => {
      database!.connection.exec("INSERT INTO memory_batches VALUES ('s', 'b')");
      // A start that has migrated older conversations removes their tables.
      database!.connection.exec('DROP TABLE memory_turns');
      const { stops } = await examineFolder(there());
      expect(stops.map(({ message }) => message)).toEqual([expect.stringContaining('start it on the folder')]);
    });

    it('on the way back, when the folder has data, values are missing, or an answer is not carried out', async () => {
      filled();
      await moveToPostgres(there());
      await expect(moveToFolder(back(folder))).rejects.toMatchObject({ code: 'conflict' });
      const target = newFolder();
      writeFileSync(join(target, 'notes.txt'), 'mine');
      await expect(moveToFolder(back(target))).rejects.toMatchObject({ code: 'conflict' });
      expect((await examinePostgres(back(target))).stops).toMatchObject([{ code: 'conflict' }]);
      expect((await examinePostgres(back(join(target, 'none')))).stops).toEqual([]);
      const other = newFolder();
      await query(
        `UPDATE heddle.runs SET blobs = '[{"id":"sha256:${'a'.repeat(64)}"}]' WHERE number = (SELECT min(number) FROM heddle.runs)`,
      );
      await query(`INSERT INTO heddle.commands (id, run, kind, body) VALUES (gen_random_uuid(), 'r', 'cancel', '{}')`);
      await expect(moveToFolder(back(other, { leavesFiles: false }))).rejects.toMatchObject({
        code: 'move_blocked',
        details: { issues: [{ code: 'blob_not_found' }, { code: 'move_blocked' }] },
      });
      expect(existsSync(join(other, 'heddle.db'))).toBe(false);
      await start();
    });
  });

  it('reports rows with the character 0, and replaces it only on request', async () => {
    filled(2);
    const { connection } = database!;
    connection.prepare("UPDATE prompts SET title = 'a' || char(0) || 'b' WHERE id LIKE '%-1'").run();
    const { stops, refusedCount } = await examineFolder(there());
    expect([stops.map(({ message }) => message), refusedCount]).toEqual([
      [expect.stringContaining('prompts.title where id =')],
      0,
    ]);
    await expect(moveToPostgres(there())).rejects.toMatchObject({ code: 'move_blocked' });
    expect(await moveToPostgres(there({ replacesText: true }))).toMatchObject({ replacedTexts: 1 });
    expect(await query("SELECT title FROM heddle.prompts WHERE id LIKE '%-1'")).toEqual([{ title: 'a\uFFFDb' }]);
  });

  it('never replaces a character of the audit log', async () => {
    database!.connection
      .prepare(`INSERT INTO audit VALUES (1, 1, 'setting', 'a' || char(0), NULL, 's', 1, '{}', 'p', 'h')`)
      .run();
    await expect(moveToPostgres(there({ replacesText: true }))).rejects.toMatchObject({ code: 'move_blocked' });
  });

  it('finds differences, and then does not finish the move', async () => {
    filled();
    await start();
    await query('CREATE RULE lose AS ON INSERT TO heddle.workflows WHERE length(NEW.id) > 0 DO INSTEAD NOTHING');
    await expect(moveToPostgres(there())).rejects.toMatchObject({
      code: 'move_differs',
      details: { tables: ['workflows'] },
    });
    expect(readFolderMark(folder)).toBeUndefined();
    await expect(start()).rejects.toMatchObject({ code: 'move_unfinished' });
  });

  it('lets both sides work: new rows get new numbers, triggers work, and the password is stored nowhere', async () => {
    filled();
    const { connection } = database!;
    connection.exec("UPDATE sqlite_sequence SET seq = 5000 WHERE name = 'run_scores'");
    const url = new URL(postgres!.url);
    url.password = 'canary';
    const moved = await moveToPostgres(there({ url: url.href }));
    expect(() => refuseMovedFolder(folder)).toThrow(expect.objectContaining({ code: 'storage_moved' }));
    expect(
      JSON.stringify([moved, readFolderMark(folder), await query('SELECT * FROM heddle.audit_entries')]),
    ).not.toContain('canary');
    expect(await moveToPostgres(there())).toMatchObject({ wasDone: true });
    const last = async (sql: string): Promise<unknown> => Object.values((await query(sql))[0] as object)[0];
    const newest = Number(await last('SELECT max(number) FROM heddle.runs'));
    await query(`INSERT INTO heddle.runs (id, workflow_name, status, run_trigger, accepted_at, bundle, acceptance, batch)
      SELECT 'new', workflow_name, 'queued', run_trigger, 1, bundle, '{"workflowName":"n","rootId":"new","inputs":{}}', batch FROM heddle.runs LIMIT 1`);
    expect(Number(await last("SELECT number FROM heddle.runs WHERE id = 'new'"))).toBe(newest + 1);
    await query("UPDATE heddle.runs SET status = 'done', ended_at = 5 WHERE id = 'new'");
    expect(await last(`SELECT count(*)::int FROM heddle.rollup_queue WHERE run = ${newest + 1}`)).toBe(1);
    await expect(query('DELETE FROM heddle.audit')).rejects.toThrow('append-only');
    const target = newFolder();
    await moveToFolder(back(target));
    const arrived = openDatabase(join(target, 'heddle.db'));
    try {
      const of = arrived.connection;
      expect(of.prepare('SELECT seq FROM sqlite_sequence WHERE name = ?').pluck().get('run_scores')).toBe(5000);
      expect(of.prepare("SELECT number FROM runs WHERE id = 'new'").pluck().get()).toBe(newest + 1);
      expect(() => of.exec('DELETE FROM audit')).toThrow('append-only');
      const triggers = "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'";
      expect(of.prepare(triggers).pluck().get()).toBe(connection.prepare(triggers).pluck().get());
      expect(of.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(of.pragma('foreign_key_check')).toEqual([]);
    } finally {
      arrived.close();
    }
  });

  it('moves text that a stopped process left, except what its execution has replaced', async () => {
    filled();
    await moveToPostgres(there());
    const [run] = (await query('SELECT number::int, last_seq::int FROM heddle.runs ORDER BY number LIMIT 1')) as {
      number: number;
      last_seq: number;
    }[];
    const delta = (path: string): string =>
      `INSERT INTO heddle.deltas (run, path, attempt, port, start, text) VALUES (${run!.number}, '${path}', 1, 'text', 0, '"left \\ud83e"')`;
    await query(delta('open'));
    await query(delta('ended'));
    await query(
      `INSERT INTO heddle.records (run, seq, type, time, path, attempt, body) VALUES (${run!.number}, ${run!.last_seq + 1}, 'node-end', 1, 'ended', 1, '{}')`,
    );
    await query(`UPDATE heddle.runs SET last_seq = last_seq + 1 WHERE number = ${run!.number}`);
    const target = newFolder();
    await moveToFolder(back(target));
    const arrived = openDatabase(join(target, 'heddle.db'));
    const texts = arrived.connection.prepare("SELECT path, text FROM deltas WHERE port = 'text'").all();
    arrived.close();
    expect(texts).toEqual([{ path: 'open', text: 'left \uFFFD' }]);
  });
});
