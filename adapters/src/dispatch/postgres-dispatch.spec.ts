import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Dispatch } from '@heddle/core';
import { dispatchSuite } from '@heddle/core/testing';
import { openTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { createPostgresDispatch, type PostgresDispatchOptions } from './postgres-dispatch.js';

/** The Postgres inside the test process has one session, and a listener would occupy it. */
const missing = process.env['HEDDLE_TEST_POSTGRES'] === undefined ? 'no Postgres server is installed' : undefined;
const times = { lockMs: 3_000, stalledMs: 500 };

(missing === undefined ? describe : describe.skip)(
  `hints in Postgres${missing === undefined ? '' : ` (${missing})`}`,
  () => {
    let database: TestDatabase;
    let schema = '';
    const opened: Dispatch[] = [];
    const open = async (more: Partial<PostgresDispatchOptions> = {}): Promise<Dispatch> => {
      const dispatch = await createPostgresDispatch({ url: database.url, schema, times, ...more });
      opened.push(dispatch);
      return dispatch;
    };
    const receive = (dispatch: Dispatch): string[] => {
      const got: string[] = [];
      dispatch.receive({ classes: ['cpu'], slots: 1, onHint: ({ runId }) => Promise.resolve(void got.push(runId)) });
      return got;
    };
    const reached = async (what: () => boolean): Promise<void> => {
      while (!what()) await new Promise((resolve) => setTimeout(resolve, 10));
    };
    /** Sends new hints until one arrives: hints that are sent while the server is away are lost. */
    const untilOneArrives = async (sender: Dispatch, got: readonly string[], name: string): Promise<void> => {
      for (let number = 0; !got.some((runId) => runId.startsWith(name)); number += 1) {
        await sender.send([{ runId: `${name}-${number}`, class: 'cpu', epoch: 0 }]).catch(() => undefined);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    beforeAll(async () => {
      database = await openTestDatabase();
    }, 60_000);
    beforeEach(() => {
      schema = `queue_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
    });
    afterEach(async () => {
      for (const dispatch of opened.splice(0)) await dispatch.close();
    });
    afterAll(() => database?.close());

    for (const promise of dispatchSuite) it(promise.name, () => promise.run({ open }), 60_000);

    it('creates its tables when several processes start together', async () => {
      const [sender, worker] = await Promise.all([open(), open(), open(), open()]);
      const got = receive(worker);
      await sender.send([{ runId: 'a', class: 'cpu', epoch: 0 }]);
      await reached(() => got.length > 0);
      expect(got).toEqual(['a']);
    }, 60_000);

    it('continues by itself after the server has ended all connections, including those that listen', async () => {
      const sender = await open();
      const worker = await open();
      const got = receive(worker);
      await sender.send([{ runId: 'before', class: 'cpu', epoch: 0 }]);
      await reached(() => got.includes('before'));
      for (let time = 1; time <= 3; time += 1) {
        const ended = await database.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE application_name = 'heddle' AND datname = current_database() AND pid <> pg_backend_pid()`,
        );
        expect(ended.length).toBeGreaterThan(0);
        await untilOneArrives(sender, got, `after ${time}`);
      }
    }, 60_000);

    it('creates no tables without the right to, and needs no such right when they exist', async () => {
      await expect(open({ mayMigrate: false })).rejects.toMatchObject({ code: 'database_outdated' });
      await open();
      const user = `user_${schema}`;
      await database.query(`CREATE ROLE ${user} LOGIN PASSWORD 'x'`);
      try {
        // BullMQ creates a sequence for each queue when it adds several jobs.
        await database.query(`GRANT USAGE, CREATE ON SCHEMA ${schema} TO ${user}`);
        await database.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${user}`);
        await database.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${user}`);
        const url = Object.assign(new URL(database.url), { username: user, password: 'x' }).href;
        for (const mayMigrate of [false, true]) {
          const limited = await open({ url, mayMigrate });
          const got = receive(limited);
          await limited.send([{ runId: `one ${mayMigrate}`, class: 'cpu', epoch: 0 }]);
          await limited.send(
            ['two', 'three'].map((name) => ({ runId: `${name} ${mayMigrate}`, class: 'cpu', epoch: 0 })),
          );
          await reached(() => got.length === 3);
          await limited.close();
        }
      } finally {
        await database.query(`DROP OWNED BY ${user}`);
        await database.query(`DROP ROLE ${user}`);
      }
    }, 60_000);

    it('refuses tables of a newer version, and reports a silent server without its password', async () => {
      await open();
      await database.query(`UPDATE ${schema}.migration SET min_client_version = 99`);
      await expect(open()).rejects.toMatchObject({ code: 'database_newer' });
      const url = 'postgres://heddle:canary@127.0.0.1:1/heddle';
      const refused = await open({ url }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'database_unreachable' });
      expect(String(refused)).not.toContain('canary');
    }, 60_000);
  },
);
