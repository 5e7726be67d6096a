import {
  firstSlices,
  HeddleError,
  type AbTest,
  type LiveChange,
  type VersionStore,
  type WorkflowVersion,
} from '@heddle/core';
import { bundleNamed, check, checkEqual, checkRejects, type SuiteCase, type TablesSubject } from '@heddle/core/testing';
import { createVersionStore } from '../stores/workflows/version-store.js';

/** The version stores of two processes that share a database. */
export interface VersionsSubject {
  readonly one: VersionStore;
  readonly other: VersionStore;
  readonly tables: TablesSubject;
}

/** Creates the subject for the versions suite. */
export const testVersions = (tables: TablesSubject): VersionsSubject => ({
  one: createVersionStore(tables.one),
  other: createVersionStore(tables.other),
  tables,
});

const given: Omit<WorkflowVersion, 'version'> = {
  workflowId: 'w',
  hash: 'h',
  author: 'local',
  note: '',
  publishedAt: 1,
  references: [],
  dataMap: [],
  replyClearance: 'internal',
};

const test: AbTest = {
  id: 't',
  kind: 'ab',
  workflowId: 'w',
  revision: 0,
  note: '',
  control: 1,
  sticky: 'caller',
  promote: 'person',
  arms: [
    { version: 1, share: 0.5 },
    { version: 2, share: 0.5 },
  ],
  primary: { name: 'score:helpful' },
  guards: [],
  minRuns: 20,
  startedAt: 0,
  startedBy: 'local',
  rollbacks: [],
};

const begin = (id: string, revision = 0): LiveChange => ({
  live: {
    version: 1,
    test: { id, kind: 'ab', sticky: 'caller', salt: 's', slices: [...firstSlices(test.arms, 1)] },
  },
  at: 1,
  who: 'local',
  test: { ...test, id, revision },
});

const add = (store: VersionStore, note = '') => store.add({ ...given, note }, bundleNamed('Sample'));

const codesOf = (operations: readonly PromiseSettledResult<unknown>[]): readonly string[] =>
  operations
    .map((operation) =>
      operation.status === 'fulfilled'
        ? 'done'
        : operation.reason instanceof HeddleError
          ? operation.reason.code
          : 'fault',
    )
    .sort();

/** The conformance suite of version stores. */
export const versionsSuite: readonly SuiteCase<VersionsSubject>[] = [
  {
    name: 'numbers versions from 1 without gaps, also those that are published at once',
    async run({ one, other }) {
      const made = await Promise.all([add(one, 'a'), add(other, 'b'), add(one, 'c'), add(other, 'd')]);
      checkEqual(made.map(({ version }) => version).sort(), [1, 2, 3, 4], 'the numbers differ');
      checkEqual(
        await other.list('w'),
        [...made].sort((a, b) => a.version - b.version),
        'the list differs',
      );
      const { bundle, ...stored } = await one.get('w', 2);
      checkEqual(
        [bundle.document.name, stored],
        ['Sample', made.find(({ version }) => version === 2)],
        'the version differs',
      );
      await checkRejects(other.get('w', 5), 'version_not_found');
      checkEqual(await other.list('none'), [], 'another workflow has versions');
    },
  },
  {
    name: 'gives the number of a version to one of two operations that publish, and the other operation a conflict',
    async run({ one, other, tables }) {
      const operations = await Promise.all([
        one.next(given, bundleNamed('Sample')),
        other.next(given, bundleNamed('Sample')),
      ]);
      const settled = await Promise.allSettled([
        tables.one.commit(operations[0].writes),
        tables.other.commit(operations[1].writes),
      ]);
      checkEqual(codesOf(settled), ['conflict', 'done'], 'not exactly one won');
      checkEqual((await one.list('w')).length, 1, 'a number has two versions');
    },
  },
  {
    name: 'moves the live pointer, and remembers what was live',
    async run({ one, other }) {
      await add(one);
      await add(one);
      checkEqual(await one.live('w'), undefined, 'something is live');
      await one.setLive('w', { live: { version: 2 }, at: 1, who: 'local' });
      await other.setLive('w', { live: { version: 1 }, at: 2, who: 'local' });
      checkEqual(
        [await one.live('w'), [...(await other.allLive())]],
        [{ version: 1 }, [['w', { version: 1 }]]],
        'not live',
      );
      checkEqual(
        [await one.hasBeenLive('w', 2), await one.hasBeenLive('w', 3)],
        [true, false],
        'what was live differs',
      );
      await checkRejects(one.setLive('w', { live: { version: 3 }, at: 3, who: 'local' }), 'version_not_found');
      await one.setLive('w', { live: undefined, at: 4, who: 'local' });
      checkEqual([await other.live('w'), (await one.allLive()).size], [undefined, 0], 'it is still live');
    },
  },
  {
    name: 'begins one of two tests at once, and ends it with the pointer that is moved',
    async run({ one, other, tables }) {
      await add(one);
      await add(one);
      const begun = await Promise.allSettled([one.setLive('w', begin('t')), other.setLive('w', begin('u'))]);
      const codes = codesOf(begun);
      // In a database with a single writer, the second operation reads the result of the first one and replaces its test.
      check(
        codes[1] === 'done' && (codes[0] === 'conflict' || codes[0] === 'done'),
        `the operations end with ${codes.join()}`,
      );
      const running = await tables.one.all<{ id: string }>('SELECT id FROM ab_tests WHERE ended_at IS NULL');
      checkEqual(running.length, 1, 'not exactly one test runs');
      const id = running[0]?.id ?? '';
      checkEqual((await one.live('w'))?.test?.id, id, 'the pointer has another test');
      const changes = await Promise.allSettled([
        one.liveWrites('w', begin(id, 1)),
        other.liveWrites('w', begin(id, 1)),
      ]);
      const writes = changes.map((change) => (change.status === 'fulfilled' ? change.value : []));
      const settled = await Promise.allSettled([
        tables.one.commit(writes[0] ?? []),
        tables.other.commit(writes[1] ?? []),
      ]);
      checkEqual(codesOf(settled), ['conflict', 'done'], 'both changes were made');
      await checkRejects(other.setLive('w', begin(id, 1)), 'conflict');
      await one.setLive('w', { live: { version: 2 }, at: 9, who: 'local' });
      checkEqual(await tables.one.all('SELECT id FROM ab_tests WHERE ended_at IS NULL'), [], 'the test goes on');
      await checkRejects(one.setLive('w', begin(id, 2)), 'conflict');
    },
  },
  {
    name: 'keeps the tests of a workflow',
    async run({ one, other }) {
      await one.setTests('w', '{"name":"é \\u0000"}');
      checkEqual(await other.tests('w'), '{"name":"é \\u0000"}', 'the text differs');
      await other.setTests('w', 'b');
      await one.setTests('w', undefined);
      checkEqual(await other.tests('w'), undefined, 'the tests are there');
    },
  },
];
