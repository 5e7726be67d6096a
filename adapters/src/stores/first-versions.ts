import {
  HeddleError,
  parseStoredDocument,
  serialiseDocument,
  workflowNotFound,
  WorkflowVersion,
  type Clock,
  type PlanBundle,
  type WorkflowDocument,
} from '@heddle/core';
import { answer } from '../database/answer.js';
import { bundleText } from '../database/bundle-text.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { withStorageErrors } from '../database/storage-error.js';
import { checkSlug } from './slug.js';
import { insertVersion, versionValues, type VersionValues } from './version-rows.js';

/** The first version of a workflow that is called otherwise from then on. */
export interface FirstVersion {
  readonly slug: string;
  readonly version: Omit<WorkflowVersion, 'version' | 'formerSlug'>;
  readonly bundle: PlanBundle;
  /** A draft that names the workflow by its former slug, with the new one; undefined where it does not, or means another one. */
  readonly follow: (document: WorkflowDocument, id: string, formerSlug: string) => WorkflowDocument | undefined;
  /** Moves what else uses the slug, in the same transaction: plain SQL. Returns the kill switches that it moved. */
  readonly moveKillSwitches: (formerSlug: string) => readonly string[];
}

/** What became of it: the version, the slug, the drafts that follow, by id, and the stops. */
export type NamedVersion = WorkflowVersion & {
  readonly slug: string;
  readonly followed: readonly string[];
  readonly killSwitches: readonly string[];
};

/** First versions that come with another slug. */
export interface FirstVersions {
  /**
   * Stores version 1, moves the workflow to the slug, and lets the drafts follow that name the former one: all of it in one transaction, or
   * nothing. Errors: `conflict` where the slug is taken or there is a version, `bad_request`, `workflow_not_found`.
   */
  add(first: FirstVersion): Promise<NamedVersion>;
  /** The ids of workflows that were called so before their first version: what was accepted or published earlier names them so for ever. */
  formerly(slug: string): Promise<readonly string[]>;
}

/**
 * First versions in heddle.db, over the tables of the stores of workflows and versions.
 *
 * @example const version = await createFirstVersions(database, clock).add({ slug: 'greet', version, bundle, follow });
 */
export function createFirstVersions(database: HeddleDatabase, clock: Pick<Clock, 'now'>): FirstVersions {
  const { file } = database;
  const { slugOf, isTaken, hasVersion, move, insert, naming, change, former } = prepareStatements(database);

  /** The slug until now, where the workflow may be moved. */
  function movable(id: string, slug: string): string {
    const before = slugOf.get(id);
    if (before === undefined) throw workflowNotFound(id);
    if (hasVersion.get(id) !== undefined)
      throw new HeddleError(
        'conflict',
        `Workflow '${before}' has versions, and its callers name it so: only the first version may come with another slug.`,
        { details: { slug: before } },
      );
    if (isTaken.get(checkSlug(slug), id) !== undefined)
      throw new HeddleError('conflict', `The slug '${slug}' is taken by another workflow: choose another one.`, {
        details: { slug },
      });
    return before;
  }

  return {
    add: ({ slug, version: given, bundle, follow, moveKillSwitches }) =>
      answer(() =>
        commitPowerSafe(database, () => {
          const { workflowId } = given;
          const formerSlug = movable(workflowId, slug);
          const now = Math.trunc(clock.now());
          const version = WorkflowVersion.parse({ ...given, version: 1, formerSlug });
          const [body, text] = [JSON.stringify(version), bundleText(bundle).text];
          insert.run(...versionValues({ workflow_id: workflowId, version: 1, body, bundle: text }));
          move.run(slug, now, workflowId);
          const followed = naming.all(formerSlug).flatMap(({ id, document }) => {
            const changed = follow(parseStoredDocument(document), id, formerSlug);
            if (changed === undefined) return [];
            change.run(serialiseDocument(changed), now, id);
            return [id];
          });
          return { ...version, slug, followed, killSwitches: moveKillSwitches(formerSlug) };
        }),
      ),
    formerly: (slug) => answer(() => withStorageErrors(file, () => former.all(slug))),
  };
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    slugOf: connection.prepare<[string], string>('SELECT slug FROM workflows WHERE id = ?').pluck(),
    isTaken: connection.prepare<[string, string], number>('SELECT 1 FROM workflows WHERE slug = ? AND id <> ?').pluck(),
    hasVersion: connection.prepare<[string], number>('SELECT 1 FROM versions WHERE workflow_id = ?').pluck(),
    // The time moves too, so that no store goes on with what it has read of it.
    move: connection.prepare<[string, number, string]>(
      'UPDATE workflows SET slug = ?, updated_at = max(updated_at + 1, ?) WHERE id = ?',
    ),
    insert: connection.prepare<VersionValues>(insertVersion),
    naming: connection.prepare<[string], { readonly id: string; readonly document: string }>(
      'SELECT id, document FROM workflows WHERE instr(document, json_quote(?)) > 0 ORDER BY id',
    ),
    change: connection.prepare<[string, number, string]>(
      'UPDATE workflows SET document = ?, updated_at = ?, revision = revision + 1 WHERE id = ?',
    ),
    former: connection
      .prepare<[string], string>(
        `SELECT workflow_id FROM versions WHERE version = 1 AND json_extract(body, '$.formerSlug') = ?`,
      )
      .pluck(),
  };
}
