import {
  HeddleError,
  longestSlug,
  parseStoredDocument,
  serialiseDocument,
  workflowNotFound,
  WorkflowVersion,
  type Clock,
  type CommitWrites,
  type GuardedWrite,
  type PlanBundle,
  type Tables,
  type WorkflowDocument,
} from '@heddle/core';
import { bundleTextInSlices } from '../../database/bundle-text.js';
import { checkSlug } from './slug.js';
import { prepareAndCommit } from '../prepare-and-commit.js';
import { namedVersionValues } from './version-rows.js';

/** The first version of a workflow, with which the workflow gets a new slug. */
export interface FirstVersion {
  readonly slug: string;
  readonly version: Omit<WorkflowVersion, 'version' | 'formerSlug'>;
  readonly bundle: PlanBundle;
  /**
   * Returns a draft with the new slug if it refers to the workflow by the former one; undefined if it does not, or means another workflow.
   */
  readonly follow: (document: WorkflowDocument, id: string, formerSlug: string) => WorkflowDocument | undefined;
  /** Moves the kill switches that use the slug, in the same transaction. */
  readonly moveKillSwitches: (formerSlug: string) => MovedKillSwitches;
  /** Default: commits without other writes. */
  readonly commit?: CommitWrites<NamedVersion>;
}

/** The kill switches that move with a slug. */
export interface MovedKillSwitches {
  readonly targets: readonly string[];
  readonly writes: readonly GuardedWrite[];
}

/** The result: the version, the slug, the ids of the changed drafts, and the moved kill switches. */
export type NamedVersion = WorkflowVersion & {
  readonly slug: string;
  readonly followed: readonly string[];
  readonly killSwitches: readonly string[];
};

/** Stores first versions that change the slug. */
export interface FirstVersions {
  /**
   * Stores version 1, changes the slug, and updates the drafts that refer to the former one, all in one transaction. Errors: `conflict` if
   * the slug is taken or a version exists, `bad_request`, `workflow_not_found`.
   */
  add(first: FirstVersion): Promise<NamedVersion>;
  /** The ids of workflows that had this slug before their first version. Runs and versions from before still refer to them by it. */
  formerly(slug: string): Promise<readonly string[]>;
}

/** A draft that may refer to the former slug. */
interface Draft {
  readonly id: string;
  readonly revision: number;
  readonly document: string;
}

/** Selects the drafts that contain the quoted slug. `replace` compares case-sensitively in both databases. */
const naming = "FROM workflows WHERE replace(document, @quoted, '') <> document";

/**
 * Creates the store, on the tables of workflows and versions.
 *
 * @example const version = await createFirstVersions(tables, clock).add({ slug: 'greet', version, bundle, follow, moveKillSwitches });
 */
export function createFirstVersions(tables: Tables, clock: Pick<Clock, 'now'>): FirstVersions {
  return {
    async add(first) {
      const { commit = (writes) => tables.commit(writes) } = first;
      const { made } = await prepareAndCommit(
        () => prepare(tables, Math.trunc(clock.now()), first),
        ({ made: named, writes }) => commit(writes, named),
      );
      return made;
    },
    async formerly(slug) {
      if (slug.length > longestSlug) return [];
      const sql =
        "SELECT body FROM versions WHERE version = 1 AND replace(body, @named, '') <> body ORDER BY workflow_id";
      const named = JSON.stringify({ formerSlug: slug }).slice(1, -1);
      const rows = await tables.all<{ body: string }>(sql, { named });
      // This code has written the JSON in `body`.
      const versions = rows.map(({ body }) => JSON.parse(body) as { workflowId: string; formerSlug?: string });
      return versions.filter(({ formerSlug }) => formerSlug === slug).map(({ workflowId }) => workflowId);
    },
  };
}

/** The current slug, if it may be changed. */
async function movable(tables: Tables, id: string, slug: string): Promise<string> {
  const before = await tables.get<{ slug: string }>('SELECT slug FROM workflows WHERE id = @id', { id });
  if (before === undefined) throw workflowNotFound(id);
  const version = await tables.get('SELECT 1 FROM versions WHERE workflow_id = @id LIMIT 1', { id });
  if (version !== undefined) throw slugInUse(before.slug);
  const values = { id, slug: checkSlug(slug) };
  if ((await tables.get('SELECT 1 FROM workflows WHERE slug = @slug AND id <> @id', values)) !== undefined)
    throw slugTaken(slug);
  return before.slug;
}

async function prepare(
  tables: Tables,
  now: number,
  { slug, version: given, bundle, follow, moveKillSwitches }: FirstVersion,
) {
  const { workflowId } = given;
  const formerSlug = await movable(tables, workflowId, slug);
  const version = WorkflowVersion.parse({ ...given, version: 1, formerSlug });
  const { text } = await bundleTextInSlices(bundle);
  const quoted = JSON.stringify(formerSlug);
  const drafts = await tables.all<Draft>(`SELECT id, revision, document ${naming} ORDER BY id`, { quoted });
  const changes = drafts.flatMap((draft) => {
    const changed = follow(parseStoredDocument(draft.document), draft.id, formerSlug);
    return changed === undefined ? [] : [{ id: draft.id, write: draftChange(draft, serialiseDocument(changed), now) }];
  });
  const moved = { id: workflowId, write: move({ id: workflowId, slug, formerSlug, now }) };
  const { targets, writes } = moveKillSwitches(formerSlug);
  const made = { ...version, slug, followed: changes.map(({ id }) => id), killSwitches: targets };
  const all: readonly GuardedWrite[] = [
    firstVersion(version, text, formerSlug),
    // Fails if a draft that contains the slug was added or removed in the meantime.
    { sql: `SELECT 1 ${naming}`, values: { quoted }, rows: drafts.length },
    // Sorted by id, so that two concurrent operations do not deadlock.
    ...[...changes, moved].sort((left, right) => (left.id < right.id ? -1 : 1)).map(({ write }) => write),
    ...writes,
  ];
  return { made, writes: all };
}

const firstVersion = (version: WorkflowVersion, bundle: string, formerSlug: string): GuardedWrite => ({
  sql: `INSERT INTO versions (workflow_id, version, body, bundle, checksum) VALUES (@workflow_id, @version, @body, @bundle, @checksum)
    ON CONFLICT DO NOTHING`,
  values: namedVersionValues({ workflow_id: version.workflowId, version: 1, body: JSON.stringify(version), bundle }),
  rows: 1,
  otherwise: () => slugInUse(formerSlug),
});

/** Also changes `updated_at`, so that no store uses a cached revision. */
const move = (values: {
  readonly id: string;
  readonly slug: string;
  readonly formerSlug: string;
  readonly now: number;
}): GuardedWrite => ({
  sql: `UPDATE workflows SET slug = @slug, updated_at = CASE WHEN updated_at < @now THEN @now ELSE updated_at + 1 END
    WHERE id = @id AND slug = @formerSlug AND NOT EXISTS (SELECT 1 FROM workflows w WHERE w.slug = @slug AND w.id <> @id)`,
  values,
  rows: 1,
});

const draftChange = ({ id, revision }: Draft, document: string, now: number): GuardedWrite => ({
  sql: 'UPDATE workflows SET document = @document, updated_at = @now, revision = revision + 1 WHERE id = @id AND revision = @revision',
  values: { id, revision, document, now },
  rows: 1,
});

const slugInUse = (slug: string): HeddleError =>
  new HeddleError(
    'conflict',
    `Workflow '${slug}' has versions, and its callers use this slug: only the first version can change it.`,
    { details: { slug } },
  );

const slugTaken = (slug: string): HeddleError =>
  new HeddleError('conflict', `The slug '${slug}' is taken by another workflow: choose another one.`, {
    details: { slug },
  });
