import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syncSource, type SourceRequest, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { checkHost } from '../../fetch/index.js';
import { mariaMissing, startMaria, type TestMaria } from '../../testing/maria-server.js';
import { sqlSource } from './sql-source.js';

const missing = mariaMissing();
const onMaria = missing === undefined ? describe : describe.skip;

onMaria(missing ?? 'rows of MariaDB', () => {
  let maria: TestMaria;
  let base: string;
  beforeAll(async () => {
    maria = await startMaria();
  });
  afterAll(() => maria.close());
  beforeEach(() => {
    base = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-mysql-source-')));
    mkdirSync(join(base, 'work'));
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const server = (host = 'db.test'): string => `mysql://reader@${host}:${maria.port}/test`;
  const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

  /** The outside of the connector: `db.test` is the server. */
  const outside = (password = maria.password): Partial<SourceRequest> => {
    const loopback = [{ address: '127.0.0.1', family: 4 as const }];
    return {
      secret: { handle: { name: 'db' }, valueFor: () => Promise.resolve(password) },
      checkHost: (host, port) =>
        checkHost(host, port, { allowedHosts: ['db.test'], resolve: () => Promise.resolve(loopback) }),
      workFolder: () => Promise.resolve(join(base, 'work')),
      maxBytes: 1_000,
      now: () => Date.now(),
    };
  };

  async function open(rows: 'all' | 'modified'): Promise<SourceConnectorSubject> {
    await maria.query('DROP TABLE IF EXISTS docs');
    await maria.query(
      'CREATE TABLE docs (id varchar(200) PRIMARY KEY, body text, changed datetime(6), gone boolean DEFAULT false) COLLATE utf8mb4_bin',
    );
    const put = (id: string, text: string): Promise<unknown> =>
      maria.query(`REPLACE INTO docs VALUES (${literal(id)}, ${literal(text)}, utc_timestamp(6), false)`);
    const remove = (id: string): Promise<unknown> =>
      maria.query(
        rows === 'all'
          ? `DELETE FROM docs WHERE id = ${literal(id)}`
          : `UPDATE docs SET gone = true, changed = utc_timestamp(6) WHERE id = ${literal(id)}`,
      );
    const good = {
      database: server(),
      tls: 'off',
      query: 'SELECT id, body AS text, changed AS modified, gone AS deleted FROM docs # all of them',
    };
    return {
      connector: sqlSource,
      config: { ...good, rows },
      badConfigs: ['mysql://host/db', 'mysql://user:password@host/db', 'mysql://user@host/'].map((database) => ({
        ...good,
        database,
      })),
      request: outside(),
      write: async (name, text) => void (await put(name, text)),
      remove: async (name) => void (await remove(name)),
      rename: async (from, to) => {
        const [row] = (await maria.query(`SELECT body FROM docs WHERE id = ${literal(from)}`)) as { body: string }[];
        await remove(from);
        await put(to, row?.body ?? '');
      },
    };
  }

  testSourceConnector({ describe, it }, 'sql with all rows of MariaDB', () => open('all'));
  testSourceConnector({ describe, it }, 'sql with modified rows of MariaDB', () => open('modified'));

  describe('the rows', () => {
    let sync = createMemorySync();
    beforeEach(() => {
      sync = createMemorySync();
    });
    const run = (config: object, request: Partial<SourceRequest> = {}): Promise<SyncReport> =>
      syncSource({
        connector: sqlSource,
        request: {
          ...outside(),
          config: sqlSource.config.parse({ database: server(), tls: 'off', ...config }),
          signal: new AbortController().signal,
          wait: () => Promise.resolve(),
          ...request,
        } as never,
        state: sync.state,
        target: sync.target,
        settings: {},
        hash: (text: string) => text,
      });
    const failures = (): readonly string[] => [...sync.failures].map(([id, { code }]) => `${id} ${code}`);

    it('makes documents of the columns with known names, and metadata of the others', async () => {
      await run({
        format: 'html',
        query: `SELECT 7 AS id, '<p>x? 🧵</p>' AS text, 'Title' AS title, 'javascript:alert(1)' AS url, 12 AS size, 1.5 AS \`the \`\`share\`\`\`,
          DATE '2026-01-02' AS day, NULL AS nothing, false AS deleted; `,
      });
      const [document] = sync.documents.values();
      expect(document).toMatchObject({
        id: '7',
        title: 'Title',
        url: undefined,
        content: '<p>x? 🧵</p>',
        mediaType: 'text/html',
        metadata: { size: 12, 'the `share`': 1.5, day: '2026-01-02' },
      });
      expect(existsSync(join(base, 'work/rows.jsonl'))).toBe(false);
    });

    it('reports rows without text and with too much text, and removes nothing when there are too many rows', async () => {
      const query = `SELECT 'a' AS id, 'a' AS text UNION SELECT 'b', NULL UNION SELECT 'c', repeat('x', 1001)`;
      await run({ query });
      expect(failures()).toEqual(['b source_failed', 'c document_too_large']);
      await expect(run({ query, maxRows: 2 })).rejects.toMatchObject({ code: 'source_failed' });
      expect([...sync.documents.keys()]).toEqual(['a']);
    });

    it('takes readers of rows, and refuses rows without an id', async () => {
      const rows = `SELECT 'a' AS id, 'a' AS text, 'local, user:u_1' AS who UNION SELECT 'b', 'b', '[]' UNION SELECT 'c', 'c', 'me'
        UNION SELECT 'd', 'd', NULL UNION SELECT 'e', 'e', JSON_ARRAY('local')`;
      await run({ query: rows, readersColumn: 'who' });
      expect(Object.fromEntries([...sync.documents].map(([id, { readers }]) => [id, readers]))).toEqual({
        a: ['local', 'user:u_1'],
        b: [],
        c: [],
        d: undefined,
        e: ['local'],
      });
      expect(failures()).toEqual(['c source_failed']);
      await expect(run({ query: `${rows} UNION SELECT NULL, 'x', NULL` })).rejects.toMatchObject({
        message: expect.stringMatching(/^1 of the 6 rows of the query has no id: /),
      });
    });

    it('follows growing numbers exactly, even with a question mark in the query', async () => {
      await maria.query('CREATE OR REPLACE TABLE counted (id int PRIMARY KEY, n bigint)');
      await maria.query('INSERT INTO counted VALUES (1, 9007199254740992), (2, 9007199254740993)');
      const query = "SELECT id, concat('Why? ', n) AS text, n AS modified FROM counted";
      const modified = { query, rows: 'modified', overlap: 0 };
      expect(await run(modified)).toMatchObject({ named: 2, stored: 2 });
      await maria.query('INSERT INTO counted VALUES (3, 9007199254740994)');
      expect(await run(modified)).toMatchObject({ named: 2, stored: 1, unchanged: 1 });
    });

    it('reports a wrong query as such, not as a wrong TLS setting, whatever its text', async () => {
      for (const column of ['certificate', 'SSL', 'self-signed'])
        await expect(run({ query: `SELECT 1 AS id, \`${column}\` AS text` })).rejects.toMatchObject({
          code: 'source_failed',
          message: expect.stringMatching(`^The server refuses the query: Unknown column '${column}'`),
        });
    });

    it('writes nothing, runs one statement, and stops an endless query', async () => {
      await maria.query('CREATE OR REPLACE TABLE kept AS SELECT 1 AS id');
      await maria.query(
        'CREATE OR REPLACE FUNCTION drop_it() RETURNS int DETERMINISTIC MODIFIES SQL DATA BEGIN DELETE FROM kept; RETURN 1; END',
      );
      for (const query of [
        'DELETE FROM kept RETURNING id, id AS text',
        'SELECT drop_it() AS id, 1 AS text',
        'SELECT 1 AS id, 2 AS text) AS q; COMMIT; DELETE FROM kept; SELECT * FROM (SELECT 1 AS id, 2 AS text',
        "SELECT 1 AS id, 2 AS text) AS q INTO OUTFILE '/tmp/heddle-never' /*",
        'SELECT 1 AS id',
        'SELECT user AS id, password AS text FROM mysql.user',
        'SELECT',
      ])
        await expect(run({ query })).rejects.toMatchObject({ code: 'source_failed' });
      expect(await maria.query('SELECT id FROM kept')).toEqual([{ id: 1 }]);
      const query = 'SELECT count(*) AS id, 1 AS text FROM seq_1_to_10000000000000';
      await expect(run({ query, timeoutSeconds: 1 })).rejects.toMatchObject({
        code: 'source_failed',
        message: expect.stringContaining('took longer'),
      });
    });

    it('signs in, connects only to allowed servers, and requests TLS', async () => {
      const query = 'SELECT 1 AS id, 2 AS text';
      const refused = async (code: string, config: object, request?: Partial<SourceRequest>): Promise<void> =>
        expect(await run({ query, ...config }, request).catch((error: unknown) => error)).toMatchObject({ code });
      await refused('source_unauthorized', {}, outside('wrong'));
      await refused('source_unauthorized', {}, { secret: undefined });
      await refused('fetch_blocked', { database: server('127.0.0.1') });
      await refused('source_unreachable', { database: 'mariadb://reader@db.test:1/test' });
      await refused('source_failed', { database: server().replace('/test', '/other') });
      await refused('source_failed', { tls: 'verify' });
    });

    it.each([0, 1, 3, 10, 'while it reads'])('stops at the abort, after %s ms', async (when) => {
      const stop = new AbortController();
      const query = 'SELECT sleep(100) AS id, 1 AS text';
      const ended = expect(run({ query, timeoutSeconds: 200 }, { signal: stop.signal })).rejects.toMatchObject({
        code: 'aborted',
      });
      const sleeping = "SELECT 1 FROM information_schema.processlist WHERE state = 'User sleep'";
      if (typeof when === 'number') await new Promise((resolve) => setTimeout(resolve, when));
      else
        while (((await maria.query(sleeping)) as unknown[]).length === 0)
          await new Promise((resolve) => setTimeout(resolve, 20));
      stop.abort();
      await ended;
    });
  });
});
