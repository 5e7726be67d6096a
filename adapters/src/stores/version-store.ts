import {
  HeddleError,
  LivePointer,
  renameVersion,
  versionsOfPointer,
  WorkflowVersion,
  type PlanBundle,
  type VersionStore,
} from '@heddle/core';
import { answer } from '../database/answer.js';
import { inSlices } from '../event-loop/in-slices.js';
import { bundleTextInSlices, parseBundleSteps } from '../database/bundle-text.js';
import { createTestChanges } from '../ab/ab-tests.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { damagedRow } from '../database/damage/damaged-row.js';
import { rememberReads } from '../database/remember-reads.js';
import { withStorageErrors } from '../database/storage-error.js';
import {
  insertVersion,
  isWholeVersion,
  versionColumns,
  versionValues,
  type StoredVersionRow,
  type VersionValues,
} from './version-rows.js';

/**
 * Published versions in heddle.db. They are numbered from 1 without gaps and never changed.
 *
 * @example const versions = createVersionStore(database);
 */
export function createVersionStore(database: HeddleDatabase): VersionStore {
  const { file } = database;
  const statements = prepareStatements(database);
  const { last, insert, all, live, setLive, clearLive, wentLive, wasLive } = statements;
  const livePointers = rememberReads(database, () => pointersOf(statements.allLive.all()));
  const changeTests = createTestChanges(database);
  const read = <T>(work: () => T): Promise<T> => answer(() => withStorageErrors(file, work));

  const find = (workflowId: string, version: number): StoredVersionRow =>
    wholeVersion(statements.one.get(workflowId, version), workflowId, version);

  return {
    add: async (given, bundle: PlanBundle) => {
      const { text } = await bundleTextInSlices(bundle);
      return answer(() =>
        commitPowerSafe(database, () => {
          const version = WorkflowVersion.parse({ ...given, version: (last.get(given.workflowId) ?? 0) + 1 });
          const body = JSON.stringify(version);
          insert.run(
            ...versionValues({ workflow_id: version.workflowId, version: version.version, body, bundle: text }),
          );
          return version;
        }),
      );
    },
    list: (workflowId) => read(() => all.all(workflowId).map(parseVersion)),
    get: async (workflowId, version) => {
      const row = await read(() => find(workflowId, version));
      return { ...parseVersion(row.body), bundle: await inSlices(parseBundleSteps(row.bundle)) };
    },
    live: (workflowId) =>
      read(() => {
        const body = live.get(workflowId);
        return body === undefined ? undefined : LivePointer.parse(JSON.parse(body));
      }),
    allLive: () => read(() => livePointers('all')),
    setLive: (workflowId, change) =>
      answer(() =>
        commitPowerSafe(database, () => {
          const { live: pointer } = change;
          if (pointer !== undefined) {
            find(workflowId, pointer.version);
            for (const { version } of change.test?.arms ?? []) find(workflowId, version);
          }
          changeTests(workflowId, change);
          if (pointer === undefined) clearLive.run(workflowId);
          else setLive.run(workflowId, JSON.stringify(pointer));
          for (const version of pointer === undefined ? [] : versionsOfPointer(pointer))
            wentLive.run(workflowId, version);
        }),
      ),
    hasBeenLive: (workflowId, version) => read(() => wasLive.get(workflowId, version) !== undefined),
    ...storeTests(database, statements),
  };
}

/** The tests of workflows. */
function storeTests(
  database: HeddleDatabase,
  { testsOf, setTests, clearTests }: ReturnType<typeof prepareStatements>,
): Pick<VersionStore, 'tests' | 'setTests'> {
  return {
    tests: (workflowId) => answer(() => withStorageErrors(database.file, () => testsOf.get(workflowId))),
    setTests: (workflowId, content) =>
      answer(() =>
        commitPowerSafe(database, () => {
          if (content === undefined) clearTests.run(workflowId);
          else setTests.run(workflowId, content);
        }),
      ),
  };
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    last: connection
      .prepare<[string], number | null>('SELECT max(version) FROM versions WHERE workflow_id = ?')
      .pluck(),
    insert: connection.prepare<VersionValues>(insertVersion),
    all: connection
      .prepare<[string], string>('SELECT body FROM versions WHERE workflow_id = ? ORDER BY version')
      .pluck(),
    one: connection.prepare<[string, number], StoredVersionRow>(
      `SELECT ${versionColumns} FROM versions WHERE workflow_id = ? AND version = ?`,
    ),
    live: connection.prepare<[string], string>('SELECT body FROM live_versions WHERE workflow_id = ?').pluck(),
    setLive: connection.prepare<[string, string]>('INSERT OR REPLACE INTO live_versions VALUES (?, ?)'),
    clearLive: connection.prepare<[string]>('DELETE FROM live_versions WHERE workflow_id = ?'),
    wentLive: connection.prepare<[string, number]>('INSERT OR IGNORE INTO once_live VALUES (?, ?)'),
    wasLive: connection
      .prepare<[string, number], number>('SELECT 1 FROM once_live WHERE workflow_id = ? AND version = ?')
      .pluck(),
    allLive: connection.prepare<[], { workflowId: string; body: string }>(
      'SELECT workflow_id AS workflowId, body FROM live_versions ORDER BY workflow_id',
    ),
    testsOf: connection.prepare<[string], string>('SELECT content FROM workflow_tests WHERE workflow_id = ?').pluck(),
    setTests: connection.prepare<[string, string]>('INSERT OR REPLACE INTO workflow_tests VALUES (?, ?)'),
    clearTests: connection.prepare<[string]>('DELETE FROM workflow_tests WHERE workflow_id = ?'),
  };
}

const parseVersion = (body: string): WorkflowVersion => WorkflowVersion.parse(renameVersion(JSON.parse(body)));

function pointersOf(rows: readonly { readonly workflowId: string; readonly body: string }[]): Map<string, LivePointer> {
  return new Map(rows.map(({ workflowId, body }) => [workflowId, LivePointer.parse(JSON.parse(body))]));
}

/** A row as it was written. Errors: `version_not_found`, `storage_corrupt`. */
function wholeVersion(row: StoredVersionRow | undefined, workflowId: string, version: number): StoredVersionRow {
  if (row === undefined)
    throw new HeddleError(
      'version_not_found',
      `The workflow has no version ${version}: list its versions for their numbers.`,
      { details: { workflow: workflowId, version } },
    );
  if (isWholeVersion(row)) return row;
  throw damagedRow(
    `versions/${row.number}`,
    `Version ${version} of the workflow '${workflowId}'`,
    'publish the workflow again',
  );
}
