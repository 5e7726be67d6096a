import {
  HeddleError,
  LivePointer,
  renameVersion,
  versionsOfPointer,
  WorkflowVersion,
  type GuardedWrite,
  type Tables,
  type VersionStore,
} from '@heddle/core';
import { testWrites } from '../../ab/ab-tests.js';
import { inSlices } from '../../event-loop/in-slices.js';
import { bundleTextInSlices, parseBundleSteps } from '../../database/bundle-text.js';
import { damagedRow } from '../../database/damage/damaged-row.js';
import { addNext } from '../add-next.js';
import { isWholeVersion, namedVersionValues, versionColumns, type StoredVersionRow } from './version-rows.js';

/**
 * Stores published versions. They are numbered from 1 without gaps and never change.
 *
 * @example const versions = createVersionStore(sqliteTables(database));
 */
export function createVersionStore(tables: Tables): VersionStore {
  const find = async (workflowId: string, version: number): Promise<StoredVersionRow> => {
    const sql = `SELECT ${versionColumns} FROM versions WHERE workflow_id = @workflowId AND version = @version`;
    return wholeVersion(await tables.get<StoredVersionRow>(sql, { workflowId, version }), workflowId, version);
  };
  const next: VersionStore['next'] = async (given, bundle) => {
    const { text } = await bundleTextInSlices(bundle);
    const sql = 'SELECT max(version) AS version FROM versions WHERE workflow_id = @workflowId';
    const last = await tables.get<{ version: number | null }>(sql, { workflowId: given.workflowId });
    const version = WorkflowVersion.parse({ ...given, version: (last?.version ?? 0) + 1 });
    return { version, writes: [versionWrite(version, text)] };
  };
  const liveWrites: VersionStore['liveWrites'] = async (workflowId, change) => {
    const { live: pointer } = change;
    if (pointer !== undefined)
      for (const version of [pointer.version, ...(change.test?.arms ?? []).map((arm) => arm.version)])
        await find(workflowId, version);
    const lock = 'SELECT 1 FROM versions WHERE workflow_id = @workflowId AND version = 1 FOR UPDATE';
    return [
      { sql: lock, values: { workflowId }, rows: { least: 0 } },
      ...(await testWrites(tables, workflowId, change)),
      pointer === undefined ? cleared('live_versions', workflowId) : pointed(workflowId, pointer),
      ...(pointer === undefined ? [] : versionsOfPointer(pointer)).map((version) => ({
        sql: 'INSERT INTO once_live (workflow_id, version) VALUES (@workflowId, @version) ON CONFLICT DO NOTHING',
        values: { workflowId, version },
      })),
    ];
  };
  return {
    next,
    liveWrites,
    testsWrites,
    add: (given, bundle) =>
      addNext(
        () => next(given, bundle),
        (writes) => tables.commit(writes),
      ),
    get: async (workflowId, version) => {
      const row = await find(workflowId, version);
      return { ...parseVersion(row.body), bundle: await inSlices(parseBundleSteps(row.bundle)) };
    },
    live: async (workflowId) => {
      const sql = 'SELECT body FROM live_versions WHERE workflow_id = @workflowId';
      const row = await tables.get<{ body: string }>(sql, { workflowId });
      return row === undefined ? undefined : LivePointer.parse(JSON.parse(row.body));
    },
    allLive: rememberPointers(tables),
    setLive: async (workflowId, change) => tables.commit(await liveWrites(workflowId, change)),
    ...readVersions(tables),
    setTests: (workflowId, content) => tables.commit(testsWrites(workflowId, content)),
  };
}

/** Reads that do not verify the bundle. */
function readVersions(tables: Tables): Pick<VersionStore, 'list' | 'hasBeenLive' | 'tests'> {
  return {
    list: async (workflowId) => {
      const sql = 'SELECT body FROM versions WHERE workflow_id = @workflowId ORDER BY version';
      return (await tables.all<{ body: string }>(sql, { workflowId })).map(({ body }) => parseVersion(body));
    },
    hasBeenLive: async (workflowId, version) => {
      const sql = 'SELECT 1 FROM once_live WHERE workflow_id = @workflowId AND version = @version';
      return (await tables.get(sql, { workflowId, version })) !== undefined;
    },
    tests: async (workflowId) => {
      const sql = 'SELECT content FROM workflow_tests WHERE workflow_id = @workflowId';
      return (await tables.get<{ content: string }>(sql, { workflowId }))?.content;
    },
  };
}

/** Reads all live pointers, and parses them again only if one has changed. */
function rememberPointers(tables: Tables): VersionStore['allLive'] {
  let known: { readonly text: string; readonly pointers: Map<string, LivePointer> } | undefined;
  return async () => {
    const sql = 'SELECT workflow_id AS "workflowId", body FROM live_versions ORDER BY workflow_id';
    const rows = await tables.all<{ workflowId: string; body: string }>(sql);
    const text = JSON.stringify(rows);
    if (known?.text !== text) known = { text, pointers: pointersOf(rows) };
    return known.pointers;
  };
}

const versionWrite = (version: WorkflowVersion, bundle: string): GuardedWrite => ({
  sql: `INSERT INTO versions (workflow_id, version, body, bundle, checksum) VALUES (@workflow_id, @version, @body, @bundle, @checksum)
    ON CONFLICT DO NOTHING`,
  values: namedVersionValues({
    workflow_id: version.workflowId,
    version: version.version,
    body: JSON.stringify(version),
    bundle,
  }),
  rows: 1,
});

const pointed = (workflowId: string, pointer: LivePointer): GuardedWrite => ({
  sql: `INSERT INTO live_versions (workflow_id, body) VALUES (@workflowId, @body)
    ON CONFLICT (workflow_id) DO UPDATE SET body = excluded.body`,
  values: { workflowId, body: JSON.stringify(pointer) },
});

const cleared = (table: string, workflowId: string): GuardedWrite => ({
  sql: `DELETE FROM ${table} WHERE workflow_id = @workflowId`,
  values: { workflowId },
});

function testsWrites(workflowId: string, content: string | undefined): readonly GuardedWrite[] {
  if (content === undefined) return [cleared('workflow_tests', workflowId)];
  const sql = `INSERT INTO workflow_tests (workflow_id, content) VALUES (@workflowId, @content)
    ON CONFLICT (workflow_id) DO UPDATE SET content = excluded.content`;
  return [{ sql, values: { workflowId, content } }];
}

const parseVersion = (body: string): WorkflowVersion => WorkflowVersion.parse(renameVersion(JSON.parse(body)));

function pointersOf(rows: readonly { readonly workflowId: string; readonly body: string }[]): Map<string, LivePointer> {
  return new Map(rows.map(({ workflowId, body }) => [workflowId, LivePointer.parse(JSON.parse(body))]));
}

/** Checks that a row exists and is unchanged since it was written. Errors: `version_not_found`, `storage_corrupt`. */
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
