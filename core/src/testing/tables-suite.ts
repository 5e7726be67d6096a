import { HeddleError } from '../errors/heddle-error.js';
import type { GuardedWrite, StoredValue } from '../ports/database/guarded-write.js';
import type { CachedTable } from '../ports/database/cached-rows.js';
import type { Tables } from '../ports/database/tables.js';
import { check, checkEqual, checkRejects, type SuiteCase } from './suite.js';

/** The tables of one database as two processes see them. If the database has a single writer, both may be the same. */
export interface TablesSubject {
  readonly one: Tables;
  readonly other: Tables;
}

const addUser = (id: string, more: Partial<GuardedWrite> & { readonly name?: string } = {}): GuardedWrite => ({
  sql: 'INSERT INTO users (id, email, name, created_at) VALUES (@id, @email, @name, @now) ON CONFLICT DO NOTHING',
  values: { id, email: `${id}@example.org`, name: more.name ?? 'A', now: 1.5 },
  rows: 1,
  otherwise: () => new HeddleError('user_exists', 'taken'),
  ...more,
});

const rename = (id: string, from: string, to: string): GuardedWrite => ({
  sql: 'UPDATE users SET name = @to WHERE id = @id AND name = @from',
  values: { id, from, to },
  rows: 1,
});

const names = async (tables: Tables): Promise<readonly unknown[]> =>
  (await tables.all<{ name: string }>('SELECT name FROM users ORDER BY id')).map(({ name }) => name);

const bytes = Uint8Array.from([0, 255, 10, 39, 92]);

const reading: readonly SuiteCase<TablesSubject>[] = [
  {
    name: 'gives values as they were written: texts, numbers, bytes and nothing',
    async run({ one, other }) {
      const name = "O'Neil @id \\ $1 ? 🎉";
      await one.commit([
        addUser('u1', { name }),
        {
          sql: 'UPDATE users SET totp = @bytes, totp_step = @step WHERE id = @id',
          values: { id: 'u1', bytes, step: 4e9 },
        },
      ]);
      const row = await other.get<Record<string, StoredValue>>(
        "SELECT name, totp, totp_step, password, created_at, '@id it''s' AS text FROM users WHERE id = @id",
        { id: 'u1' },
      );
      checkEqual([...(row?.totp as Uint8Array)], [...bytes], 'the bytes differ');
      checkEqual(
        { ...row, totp: 0 },
        { name, totp: 0, totp_step: 4e9, password: null, created_at: 1.5, text: "@id it's" },
        'a value differs',
      );
      checkEqual(
        await other.get('SELECT id FROM users WHERE id = @id', { id: 'none' }),
        undefined,
        'nothing is something',
      );
      checkEqual(await other.get('SELECT count(*) AS n FROM users'), { n: 1 }, 'a count is no number');
    },
  },
  {
    name: 'compares with each of a list, in joins too, and sorts texts by their bytes',
    async run({ one }) {
      await one.commit(['b', 'Z', 'a', 'ä'].map((id) => addUser(id, { name: id })));
      const ids = JSON.stringify(['b', 'Z', 'ä', 'none', "'; DROP TABLE users; --"]);
      const rows = await one.all('SELECT name FROM users WHERE id IN (EACH @ids) ORDER BY name', { ids });
      checkEqual(rows, [{ name: 'Z' }, { name: 'b' }, { name: 'ä' }], 'other rows were found');
      const joined = 'SELECT u.id FROM users u JOIN projects p ON p.id = +@project WHERE u.email = +@email';
      checkEqual(
        await one.all(joined, { project: 'default', email: 'a@example.org' }),
        [{ id: 'a' }],
        'the join differs',
      );
    },
  },
  {
    name: 'looks up what was committed last, by this process and by another',
    async run({ one, other }) {
      const byId = one.lookup<{ name: string }>('SELECT name FROM users WHERE id = @id');
      checkEqual(await byId({ id: 'u1' }), undefined, 'it was there before');
      await one.commit([addUser('u1')]);
      checkEqual(await byId({ id: 'u1' }), { name: 'A' }, 'the own commit is not seen');
      await other.note([rename('u1', 'A', 'B')]);
      // A caching process checks once per tick whether another one has written. A late timer can run before the end of its tick.
      for (let tick = 0; tick < 2; tick += 1) await new Promise((resolve) => setTimeout(resolve, 1));
      checkEqual(await byId({ id: 'u1' }), { name: 'B' }, 'the commit of another is not seen');
    },
  },
];

const committing: readonly SuiteCase<TablesSubject>[] = [
  {
    name: 'commits all writes of an operation in their order, or none',
    async run({ one }) {
      await one.commit([addUser('u1'), rename('u1', 'A', 'B'), rename('u1', 'B', 'C')]);
      checkEqual(await names(one), ['C'], 'a write is missing');
      await checkRejects(one.commit([addUser('u2'), rename('u1', 'B', 'D'), addUser('u3')]), 'conflict');
      await checkRejects(one.commit([rename('u1', 'C', 'D'), addUser('u2'), addUser('u1')]), 'user_exists');
      checkEqual(await names(one), ['C'], 'a part of a refused operation was kept');
      await one.commit([]);
    },
  },
  {
    name: 'refuses fewer and more rows than an operation expects, also those that it only reads',
    async run({ one }) {
      await one.commit([addUser('u1'), addUser('u2')]);
      const update = { sql: 'UPDATE users SET is_disabled = 1', values: {} };
      const seen = { sql: 'SELECT 1 FROM users', values: {} };
      for (const rows of [1, 3, { least: 3 }, { most: 1 }, 0]) {
        await checkRejects(one.commit([{ ...update, rows }]), 'conflict');
        await checkRejects(one.commit([{ ...seen, rows }]), 'conflict');
      }
      for (const rows of [2, { least: 2 }, { least: 1, most: 2 }, undefined])
        await one.commit([
          { ...seen, ...(rows === undefined ? {} : { rows }) },
          { ...update, ...(rows === undefined ? {} : { rows }) },
        ]);
    },
  },
  {
    name: 'sees in each write what the ones before did',
    async run({ one }) {
      const requireRows = (rows: number): GuardedWrite => ({
        sql: 'SELECT 1 FROM users WHERE id = @id',
        values: { id: 'u1' },
        rows,
      });
      await one.commit([requireRows(0), addUser('u1'), requireRows(1)]);
    },
  },
  {
    name: 'answers conflict where the row that a new one belongs to is gone',
    async run({ one }) {
      const link = {
        sql: 'INSERT INTO one_time_links (hash, purpose, user_id, expires_at) VALUES (@hash, @purpose, @user, @end)',
        values: { hash: 'h', purpose: 'password', user: 'none', end: 1 },
      };
      await checkRejects(one.commit([addUser('u1'), link]), 'conflict');
      checkEqual(await names(one), [], 'a part of the operation was kept');
    },
  },
  {
    name: 'calls who keeps copies of a table in memory, before the commit is acknowledged and not after a refused one',
    async run({ one }) {
      let calls = 0;
      const end = one.watch('users', () => (calls += 1));
      await one.commit([addUser('u1', { topic: 'users' }), addUser('u2', { topic: 'users' }), addUser('u3')]);
      checkEqual(calls, 1, 'the commit was not notified once');
      await checkRejects(one.commit([addUser('u4', { topic: 'users' }), addUser('u1')]), 'user_exists');
      await one.note([addUser('u5', { topic: 'users' })]);
      checkEqual(calls, 2, 'a refused commit was notified, or a note was not');
      end();
      await one.commit([addUser('u6', { topic: 'users' })]);
      checkEqual(calls, 2, 'the listener was called after its end');
    },
  },
];

const grants: CachedTable = {
  topic: 'grants',
  table: 'grants',
  columns: 'kind, id, projects',
  key: ['kind', 'id'],
  only: "kind <> 'secret'",
  order: ['kind', 'id'],
};

interface GrantRow {
  readonly id: string;
  readonly projects: string;
}

const grant = (id: string, projects: string, kind = 'model'): GuardedWrite => ({
  sql: `INSERT INTO grants (kind, id, projects) VALUES (@kind, @id, @projects)
    ON CONFLICT (kind, id) DO UPDATE SET projects = excluded.projects`,
  values: { kind, id, projects },
  topic: 'grants',
  touches: [kind, id],
});

const removeAll: GuardedWrite = { sql: 'DELETE FROM grants', values: {}, topic: 'grants' };

const keeping: readonly SuiteCase<TablesSubject>[] = [
  {
    name: 'keeps rows in memory: own commits count at once, those of another process after a check',
    async run({ one, other }) {
      await other.commit([grant('before', 'p')]);
      const mine = one.keep<GrantRow>(grants);
      const its = other.keep<GrantRow>(grants);
      await Promise.all([one.refresh(), other.refresh()]);
      const projectsOf = (rows: typeof mine, id: string) => rows.of('model', id).map(({ projects }) => projects);
      const { revision } = mine;
      checkEqual(
        [projectsOf(mine, 'before'), projectsOf(its, 'before'), projectsOf(mine, 'a')],
        [['p'], ['p'], []],
        'before',
      );
      await one.commit([grant('a', 'x'), grant('b', 'x'), grant('s', 'x', 'secret')]);
      checkEqual([projectsOf(mine, 'a'), mine.of('secret', 's')], [['x'], []], 'an own commit does not count');
      check(mine.revision !== revision, 'the revision stays');
      await other.refresh();
      checkEqual(projectsOf(its, 'a'), ['x'], 'the commit of another process does not count');
      await other.note([grant('a', 'y')]);
      await one.refresh();
      checkEqual([projectsOf(its, 'a'), projectsOf(mine, 'a'), projectsOf(mine, 'b')], [['y'], ['y'], ['x']], 'a note');
      checkEqual(
        mine.all().map(({ id }) => id),
        ['a', 'b', 'before'],
        'the rows differ',
      );
      await checkRejects(one.commit([grant('a', 'z'), rename('nobody', 'a', 'b')]), 'conflict');
      checkEqual(projectsOf(mine, 'a'), ['y'], 'a refused commit counts');
      await other.commit([removeAll]);
      await one.refresh();
      checkEqual([mine.all(), its.all()], [[], []], 'removed rows are there');
    },
  },
  {
    name: 'has the same rows in all processes after many changes at once',
    async run({ one, other }) {
      const mine = one.keep<GrantRow>(grants);
      const its = other.keep<GrantRow>(grants);
      await Promise.all([one.refresh(), other.refresh()]);
      await Promise.all(
        Array.from({ length: 60 }, (_, index) =>
          (index % 2 === 0 ? one : other).commit([
            grant(`g${index % 20}`, `${index}`),
            ...(index % 15 === 0 ? [removeAll] : []),
          ]),
        ),
      );
      await Promise.all([one.refresh(), other.refresh()]);
      const stored = await one.all<GrantRow>('SELECT kind, id, projects FROM grants ORDER BY kind, id');
      checkEqual([mine.all(), its.all()], [stored, stored], 'the rows differ');
      checkEqual(
        stored.map(({ id }) => [mine.of('model', id), its.of('model', id)]),
        stored.map((row) => [[row], [row]]),
        'the rows of a key differ',
      );
    },
  },
];

const racing: readonly SuiteCase<TablesSubject>[] = [
  {
    name: 'lets one of several operations win that make the same thing at once, and gives the others their error',
    async run({ one, other }) {
      for (let round = 0; round < 10; round++) {
        const operations = [one, other, one, other].map((tables) => tables.commit([addUser(`u${round}`)]));
        const errors = (await Promise.allSettled(operations)).flatMap((operation) =>
          operation.status === 'rejected' ? [operation.reason as HeddleError] : [],
        );
        checkEqual(
          errors.map(({ code }) => code),
          ['user_exists', 'user_exists', 'user_exists'],
          'not exactly one won',
        );
      }
    },
  },
  {
    name: 'lets one of two operations win that read the same row and change it',
    async run({ one, other }) {
      await one.commit([addUser('u1', { name: '0' })]);
      let lost = 0;
      for (let round = 0; round < 10; round++) {
        const before = String(round);
        await Promise.all([one.get('SELECT 1 FROM users'), other.get('SELECT 1 FROM users')]);
        const operations = [one, other].map((tables) => tables.commit([rename('u1', before, String(round + 1))]));
        for (const operation of await Promise.allSettled(operations)) {
          if (operation.status === 'fulfilled') continue;
          lost += 1;
          checkEqual((operation.reason as HeddleError).code, 'conflict', 'the loser has another error');
        }
      }
      checkEqual(lost, 10, 'not exactly one won in each round');
      checkEqual(await names(one), ['10'], 'a change is missing');
    },
  },
  {
    name: 'keeps a rule over several rows: operations that lock one common row see each other',
    async run({ one, other }) {
      await one.commit([addUser('u1'), addUser('u2')]);
      // At least one of the two must stay enabled.
      const disable = (id: string): readonly GuardedWrite[] => [
        { sql: 'SELECT 1 FROM projects WHERE id = @id FOR UPDATE', values: { id: 'default' }, rows: 1 },
        { sql: 'UPDATE users SET is_disabled = 1 WHERE id = @id', values: { id }, rows: 1 },
        {
          sql: 'SELECT 1 FROM users WHERE is_disabled = 0',
          values: {},
          rows: { least: 1 },
          otherwise: () => new HeddleError('last_owner', 'one stays'),
        },
      ];
      for (let round = 0; round < 10; round++) {
        await one.commit([{ sql: 'UPDATE users SET is_disabled = 0', values: {} }]);
        const operations = await Promise.allSettled([one.commit(disable('u1')), other.commit(disable('u2'))]);
        const lost = operations.flatMap((operation) =>
          operation.status === 'rejected' ? [(operation.reason as HeddleError).code] : [],
        );
        checkEqual(lost, ['last_owner'], 'not exactly one won');
        check((await one.get('SELECT 1 FROM users WHERE is_disabled = 0')) !== undefined, 'nobody is left');
      }
    },
  },
];

/** What every database guarantees to Heddle's stores. The tables contain no rows except the first project. */
export const tablesSuite: readonly SuiteCase<TablesSubject>[] = [...reading, ...committing, ...keeping, ...racing];
