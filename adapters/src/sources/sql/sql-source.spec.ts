import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { syncSource, type SourceRequest, type SyncReport } from '@heddle/core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { checkHost } from '../../fetch/index.js';
import { createSourceFiles } from '../../files/index.js';
import { startPostgres, type InnerPostgres } from '../../testing/inner-postgres.js';
import { isAfter, lowestOf } from './modified.js';
import { sqlSource } from './sql-source.js';

let postgres: InnerPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.close());

/** The outside of the connector: `db.test` is the server. */
function outside(base: string): Partial<SourceRequest> {
  const loopback = [{ address: '127.0.0.1', family: 4 as const }];
  return {
    files: createSourceFiles({ folders: [join(base, 'allowed')] }),
    checkHost: (host, port) =>
      checkHost(host, port, { allowedHosts: ['db.test'], resolve: () => Promise.resolve(loopback) }),
    workFolder: () => Promise.resolve(join(base, 'work')),
    maxBytes: 1_000,
    now: () => Date.now(),
  };
}

function makeBase(): string {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-sql-source-')));
  for (const name of ['allowed', 'work', 'outside']) mkdirSync(join(base, name));
  return base;
}

const server = (): string => `postgres://reader@db.test:${postgres.port}/postgres`;
const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

async function open(rows: 'all' | 'modified'): Promise<SourceConnectorSubject> {
  const base = makeBase();
  await postgres.query('DROP TABLE IF EXISTS docs');
  await postgres.query(
    'CREATE TABLE docs (id text PRIMARY KEY, body text, changed timestamptz, gone boolean DEFAULT false)',
  );
  const put = (id: string, text: string) =>
    postgres.query(
      `INSERT INTO docs VALUES (${literal(id)}, ${literal(text)}, clock_timestamp(), false)
       ON CONFLICT (id) DO UPDATE SET body = excluded.body, changed = excluded.changed, gone = false`,
    );
  const remove = (id: string) =>
    postgres.query(
      rows === 'all'
        ? `DELETE FROM docs WHERE id = ${literal(id)}`
        : `UPDATE docs SET gone = true, changed = clock_timestamp() WHERE id = ${literal(id)}`,
    );
  const query = 'SELECT id, body AS text, changed AS modified, gone AS deleted FROM docs -- all of them';
  const good = { database: server(), query, tls: 'off' };
  return {
    connector: sqlSource,
    config: { ...good, rows },
    badConfigs: [
      {},
      ...[
        'oracle://a@b/c',
        'file:/etc/passwd',
        ':memory:',
        'postgres://host/db',
        'postgres://user:password@host/db',
        'postgres://user@host/db?host=/tmp',
        'postgres://user@/db',
        'postgres://user@host/',
      ].map((database) => ({ ...good, database })),
      { ...good, query: '' },
      { ...good, maxRows: 0 },
    ],
    request: outside(base),
    write: async (name, text) => void (await put(name, text)),
    remove: async (name) => void (await remove(name)),
    rename: async (from, to) => {
      const [row] = (await postgres.query(`SELECT body FROM docs WHERE id = ${literal(from)}`)) as { body: string }[];
      await remove(from);
      await put(to, row?.body ?? '');
    },
    async close() {
      rmSync(base, { recursive: true, force: true });
    },
  };
}

testSourceConnector({ describe, it }, 'sql with all rows', () => open('all'));
testSourceConnector({ describe, it }, 'sql with modified rows', () => open('modified'));

describe('the source sql', () => {
  let base: string;
  let sync = createMemorySync();
  beforeEach(() => {
    base = makeBase();
    sync = createMemorySync();
  });
  afterEach(() => rmSync(base, { recursive: true, force: true }));

  const run = (config: object, request: Partial<SourceRequest> = {}): Promise<SyncReport> =>
    syncSource({
      connector: sqlSource,
      request: {
        ...outside(base),
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

  const lists = (): Readonly<Record<string, unknown>> =>
    Object.fromEntries([...sync.documents].map(([id, { readers }]) => [id, readers]));

  describe('on Postgres', () => {
    it('makes documents of the columns with known names, and metadata of the others', async () => {
      await run({
        format: 'html',
        query: `SELECT 7 AS id, '<p>x</p>' AS text, 'Title' AS title, 'javascript:alert(1)' AS url, 12::bigint AS size, 1.5::numeric AS "the ""share""",
          true AS is_open, DATE '2026-01-02' AS day, NULL AS nothing; `,
      });
      const [document] = sync.documents.values();
      expect(document).toMatchObject({
        id: '7',
        title: 'Title',
        url: undefined,
        content: '<p>x</p>',
        mediaType: 'text/html',
        metadata: { size: 12, 'the "share"': 1.5, is_open: true, day: '2026-01-02' },
      });
      expect(existsSync(join(base, 'work/rows.jsonl'))).toBe(false);
    });

    it('reports rows without text and with too much text, and removes nothing when there are too many rows', async () => {
      const query = `SELECT * FROM (VALUES ('a', 'a'), ('b', NULL), ('c', repeat('x', 1001))) AS t (id, text)`;
      await run({ query });
      expect(failures()).toEqual(['b source_failed', 'c document_too_large']);
      await expect(run({ query, maxRows: 2 })).rejects.toMatchObject({ code: 'source_failed' });
      expect([...sync.documents.keys()]).toEqual(['a']);
    });

    it('removes nothing when several rows have one id, and reads versions of a row in their order', async () => {
      await run({ query: "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS t (id, text)" });
      const query = `SELECT * FROM (VALUES (1, 'old', 1), (1, 'new', 2)) AS t (id, text, modified)`;
      await expect(run({ query })).rejects.toMatchObject({
        code: 'source_failed',
        message: expect.stringContaining("several rows with the id '1'"),
      });
      expect([...sync.documents.keys()]).toEqual(['1', '2']);
      await run({ query, rows: 'modified' });
      expect(sync.documents.get('1')).toMatchObject({ content: 'new' });
    });

    it('removes and stores nothing where rows have no id, and counts them', async () => {
      await run({ query: "SELECT 1 AS id, 'a' AS text" });
      const query = "SELECT * FROM (VALUES ('b', 'b', 1), (NULL, 'c', 2), ('', 'd', 3)) AS t (id, text, modified)";
      for (const rows of ['all', 'modified'])
        await expect(run({ query, rows })).rejects.toMatchObject({
          code: 'source_failed',
          message: expect.stringMatching(/^2 of the 3 rows of the query have no id: .*WHERE id IS NOT NULL/),
          details: { rows: 3, withoutId: 2 },
        });
      expect([...sync.documents.keys()]).toEqual(['1']);
    });

    it('takes the readers of a row from a text, a JSON array and an array, and re-labels a row whose list changed', async () => {
      const readersColumn = 'who';
      for (const type of ['text', 'json', 'jsonb', 'text[]', 'varchar[]']) {
        sync = createMemorySync();
        const written = (names: readonly string[]): string =>
          type === 'text'
            ? literal(names.join(' , '))
            : type.endsWith('[]')
              ? `ARRAY[${names.map(literal).join()}]::${type}`
              : `${literal(JSON.stringify(names))}::${type}`;
        const query = (first: readonly string[]): string =>
          `SELECT 'a' AS id, 'text' AS text, ${written(first)} AS who UNION ALL SELECT 'b', 'b', NULL UNION ALL SELECT 'c', 'c', ${written([])}`;
        await run({ query: query(['user:u_1', 'oidc-group:Legal']), readersColumn });
        expect([type, lists()]).toEqual([type, { a: ['oidc-group:Legal', 'user:u_1'], b: undefined, c: [] }]);
        expect(sync.documents.get('b')?.usesDefaultReaders).toBe(true);
        expect(sync.documents.get('a')?.metadata).toEqual({});
        expect(await run({ query: query(['local']), readersColumn })).toMatchObject({ unchanged: 3, stored: 0 });
        expect([type, lists()['a']]).toEqual([type, ['local']]);
      }
    });

    it('lets nobody read a row whose readers cannot be read, and says which row and column', async () => {
      const query = (who: string): string => `SELECT 'a' AS id, 'text' AS text, ${who} AS who`;
      const good = query("'local'");
      const readersColumn = 'who';
      for (const bad of [
        "'everybody'",
        "'local,'",
        '\'["local"\'',
        "'{local}'",
        `'"local"'`,
        "'[null]'",
        '\'["local", 7]\'',
        "ARRAY['local', NULL]",
        "'null'::jsonb",
        'ARRAY[1, 2]',
        "E'user:a\\u202eb'",
        "'local,' || repeat('local,', 700000)",
        "'[\"user:1' || repeat('\",\"user:1', 10001) || '\"]'",
      ]) {
        sync = createMemorySync();
        await run({ query: good, readersColumn });
        for (let time = 0; time < 2; time += 1) {
          expect(await run({ query: query(bad), readersColumn })).toMatchObject({ named: 1, stored: 0, failed: 1 });
          expect([bad, lists()]).toEqual([bad, { a: [] }]);
          expect(sync.failures.get('a')).toMatchObject({
            code: 'source_failed',
            message: expect.stringMatching(/^The column 'who' of the row 'a' names no readers: /),
          });
        }
        await run({ query: good, readersColumn });
        expect([bad, lists(), failures()]).toEqual([bad, { a: ['local'] }, []]);
      }
    });

    it('needs the readers column that it is given', async () => {
      const query = "SELECT 1 AS id, 'a' AS text, 'local' AS who";
      await expect(run({ query, readersColumn: 'whom' })).rejects.toMatchObject({
        message: expect.stringContaining("must have one column 'whom'"),
      });
      expect(() => run({ query, readersColumn: 'text' })).toThrow('another meaning');
      await run({ query, readersColumn: '' });
      expect(sync.documents.get('1')).toMatchObject({ metadata: { who: 'local' } });
      expect(lists()).toEqual({ 1: undefined });
    });

    it('reports that a query must be one SELECT', async () => {
      for (const query of ['DELETE FROM pg_class RETURNING 1', 'SHOW server_version', 'SELECT 1; SELECT 2', 'SELEC id'])
        await expect(run({ query })).rejects.toMatchObject({
          message: expect.stringContaining('Postgres refuses the query, which must be one SELECT: syntax error'),
        });
    });

    it('writes nothing, and runs one statement', async () => {
      await postgres.query('DROP TABLE IF EXISTS kept');
      await postgres.query('CREATE TABLE kept AS SELECT 1 AS id');
      await postgres.query(
        'CREATE OR REPLACE FUNCTION drop_it() RETURNS text LANGUAGE plpgsql AS $$ BEGIN DELETE FROM kept; RETURN 1; END $$',
      );
      for (const query of [
        'DELETE FROM kept RETURNING id, id AS text',
        'WITH d AS (DELETE FROM kept RETURNING id) SELECT id, id AS text FROM d',
        'SELECT drop_it() AS id, 1 AS text',
        'SELECT 1 AS id, 2 AS text) AS q; COMMIT; DELETE FROM kept; SELECT * FROM (SELECT 1 AS id, 2 AS text',
        'SELECT 1 AS id',
        'SELECT 1 AS id, 2 AS id, 3 AS text',
        'SELECT',
      ])
        await expect(run({ query })).rejects.toMatchObject({ code: 'source_failed' });
      expect(await postgres.query('SELECT id FROM kept')).toEqual([{ id: 1 }]);
    });

    it('reports a wrong query as such, not as a refused sign-in, whatever its text', async () => {
      for (const column of ['password', 'sasl', 'certificate', 'self-signed'])
        await expect(run({ query: `SELECT 1 AS id, "${column}" AS text` })).rejects.toMatchObject({
          code: 'source_failed',
          message: expect.stringMatching(`^Postgres refuses the query: column "${column}" does not exist`),
        });
    });

    it('connects only to allowed servers, and reports one that does not answer', async () => {
      const query = 'SELECT 1 AS id, 2 AS text';
      await expect(
        run({ query, database: `postgres://reader@127.0.0.1:${postgres.port}/postgres` }),
      ).rejects.toMatchObject({ code: 'fetch_blocked' });
      await expect(run({ query, database: 'postgres://reader@db.test:1/postgres' })).rejects.toMatchObject({
        code: 'source_unreachable',
      });
    });

    it.each([undefined, 'verify', 'unverified'])(
      'asks for TLS and sends nothing to a server without it (tls: %s)',
      async (tls) => {
        let received = '';
        const plain = createServer((socket) => {
          socket.on('error', () => undefined);
          socket.on('data', (chunk) => {
            received += chunk.toString('hex');
            socket.write('N');
          });
        });
        await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
        const database = `postgres://reader@db.test:${(plain.address() as AddressInfo).port}/postgres`;
        const reading = run({ query: 'SELECT 1 AS id, 2 AS text', database, tls });
        await expect(reading).rejects.toMatchObject({
          code: 'source_failed',
          message: expect.stringContaining('TLS setting of the source'),
        });
        await new Promise((resolve) => plain.close(resolve));
        // The request for TLS, and nothing after the refusal.
        expect(received).toBe('0000000804d2162f');
      },
    );
  });

  describe('on SQLite', () => {
    const make = (name = 'allowed/a.db'): InstanceType<typeof Database> => {
      const database = new Database(join(base, name));
      database.exec(
        `CREATE TABLE docs (id TEXT PRIMARY KEY, text TEXT, modified TEXT, deleted INTEGER DEFAULT 0, size INTEGER DEFAULT 3)`,
      );
      return database;
    };
    const query = 'SELECT * FROM docs';
    const file = { database: 'allowed/a.db', query };

    it('follows new and modified rows', async () => {
      const database = make();
      const put = (id: string, modified: string, deleted = 0): unknown =>
        database
          .prepare('INSERT OR REPLACE INTO docs VALUES (?, ?, ?, ?, 3)')
          .run(id, `${id} ${modified}`, modified, deleted);
      put('a', '2026-01-01T00:00:00Z');
      put('b', '2026-01-01T00:10:00Z');
      put('c', '9999-01-01T00:00:00Z');
      const modified = { ...file, rows: 'modified' };
      expect(await run(modified)).toMatchObject({ named: 3, stored: 3 });
      expect(sync.documents.get('a')).toMatchObject({ metadata: { size: 3 } });
      put('late', '2026-01-01T00:06:00Z');
      put('a', '2026-01-01T00:11:00Z', 1);
      expect(await run(modified)).toMatchObject({ named: 3, stored: 1, unchanged: 2, removed: 1 });
      expect([...sync.documents.keys()].sort()).toEqual(['b', 'c', 'late']);
      database.exec("DELETE FROM docs WHERE id = 'b'");
      await run(file);
      expect([...sync.documents.keys()].sort()).toEqual(['c', 'late']);
      database.close();
    });

    it('takes readers of rows, and refuses rows without an id', async () => {
      const database = make();
      const readersColumn = 'who';
      const columns =
        "SELECT id, text, CASE id WHEN 'a' THEN 'local, user:u_1' WHEN 'b' THEN '[]' WHEN 'c' THEN 7 END AS who FROM docs";
      database.exec("INSERT INTO docs (id, text) VALUES ('a', 'a'), ('b', 'b'), ('c', 'c'), ('d', 'd')");
      await run({ ...file, query: columns, readersColumn });
      expect(lists()).toEqual({ a: ['local', 'user:u_1'], b: [], c: [], d: undefined });
      expect(failures()).toEqual(['c source_failed']);
      database.exec("INSERT INTO docs (id, text) VALUES (NULL, 'x')");
      await expect(run(file)).rejects.toMatchObject({
        message: expect.stringMatching(/^1 of the 5 rows of the query has no id: /),
      });
      expect(sync.documents.size).toBe(4);
      database.close();
    });

    it('removes missing rows', async () => {
      const database = make();
      database.exec("INSERT INTO docs (id, text) VALUES ('a', 'a'), ('b', 'b')");
      await run(file);
      database.exec("DELETE FROM docs WHERE id = 'b'");
      expect(await run(file)).toMatchObject({ named: 1, unchanged: 1, removed: 1 });
      database.close();
    });

    it('reads no file outside the allowed folders, writes nothing, and stops an endless query', async () => {
      make('outside/b.db').close();
      const database = make();
      database.exec("INSERT INTO docs (id, text) VALUES ('a', 'a')");
      symlinkSync(join(base, 'outside/b.db'), join(base, 'allowed/link.db'));
      writeFileSync(join(base, 'allowed/text.db'), 'no database at all, but long enough to be looked at as one');
      const refused = async (code: string, config: object): Promise<void> =>
        expect(await run({ ...file, ...config }).catch((error: unknown) => error)).toMatchObject({ code });
      await refused('forbidden', { database: 'outside/b.db' });
      await refused('forbidden', { database: join(base, 'outside/b.db') });
      await refused('forbidden', { database: 'allowed/link.db' });
      await refused('file_not_found', { database: 'allowed/none.db' });
      await refused('source_failed', { database: 'allowed' });
      await refused('source_failed', { database: 'allowed/text.db' });
      const other = join(base, 'outside/b.db');
      for (const bad of [
        'DELETE FROM docs RETURNING id, text',
        `ATTACH '${other}' AS other`,
        'SELECT 1 AS id, 2 AS text) AS q; DELETE FROM docs; SELECT * FROM (SELECT 1',
        "SELECT load_extension('x') AS id, 1 AS text",
      ])
        await refused('source_failed', { query: bad });
      await refused('source_failed', {
        query:
          'WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT max(id) AS id, 1 AS text FROM n',
        timeoutSeconds: 1,
      });
      expect(database.prepare('SELECT count(*) AS rows FROM docs').get()).toEqual({ rows: 1 });
      database.close();
    });
  });

  it('reads the rows shortly before the newest time or number again', () => {
    expect(lowestOf('2026-01-01 00:01:00.5+00', 90)).toBe('2025-12-31 23:59:30');
    expect(lowestOf('2026-01-01T00:01:00Z', 0)).toBe('2026-01-01T00:01:00');
    expect(lowestOf('9007199254740993', 1)).toBe('9007199254740992');
    expect(lowestOf('2.5', 1)).toBe('1.5');
    expect(lowestOf('2026-01-01', 5)).toBe('2026-01-01');
    expect(
      ['infinity', '9999-01-01 00:00:00', '2026-01-01 00:00:00', '5'].map((at) => isAfter(at, 1_800_000_000_000)),
    ).toEqual([true, true, false, false]);
  });
});
