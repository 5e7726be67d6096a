import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  workflowNotFound,
  parseDocumentSteps,
  serialiseDocumentSteps,
  slugOf,
  type Clock,
  type GuardedWrite,
  type StoredWorkflow,
  type Tables,
  type WorkflowDocument,
  type WorkflowStore,
} from '@heddle/core';
import { inSlices } from '../../event-loop/in-slices.js';
import { checkSlug, freeSlug } from './slug.js';
import { prepareAndCommit } from '../prepare-and-commit.js';

interface Row {
  readonly id: string;
  readonly slug: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly document: string;
}

const columns = 'id, slug, revision, created_at, updated_at, document';

/**
 * Stores workflows. A document is stored as its canonical text, and parsed once for each revision. Large documents are written and parsed
 * in pieces, outside the transaction.
 *
 * @example const workflows = createWorkflowStore(tables, clock);
 */
export function createWorkflowStore(tables: Tables, clock: Pick<Clock, 'now'>): WorkflowStore {
  const byId = tables.lookup<Row>(`SELECT ${columns} FROM workflows WHERE id = @id`);
  const bySlug = tables.lookup<Row>(`SELECT ${columns} FROM workflows WHERE slug = @slug`);
  const revisions = new ParsedRevisions();
  const isTaken = async (slug: string): Promise<boolean> =>
    (await tables.get('SELECT 1 FROM workflows WHERE slug = @slug', { slug })) !== undefined;
  const known = async (idOrSlug: string): Promise<Row> => {
    // An id has priority over an equal slug of another workflow.
    const row = (await byId({ id: idOrSlug })) ?? (await bySlug({ slug: idOrSlug }));
    if (row === undefined) throw workflowNotFound(idOrSlug);
    return row;
  };
  const newRow = async (document: WorkflowDocument, text: string, slug: string | undefined): Promise<Row> => {
    const now = Math.trunc(clock.now());
    const wanted = slug === undefined ? await freeSlug(slugOf(document.name), isTaken) : checkSlug(slug);
    if (slug !== undefined && (await isTaken(slug))) throw slugTaken(slug);
    return { id: randomUUID(), slug: wanted, revision: 1, created_at: now, updated_at: now, document: text };
  };
  const alone = (writes: readonly GuardedWrite[]): Promise<void> => tables.commit(writes);

  return {
    async create(document, { slug, commit = alone } = {}) {
      const { text, document: parsed } = await writtenOf(document);
      const made = await prepareAndCommit(
        () => newRow(document, text, slug),
        (row) => commit([insertion(row)], storedOf(row, parsed)),
      );
      return revisions.workflowOf(made, Promise.resolve(parsed));
    },
    get: async (idOrSlug) => revisions.workflowOf(await known(idOrSlug)),
    list: async () => {
      const rows = await tables.all<Row>(`SELECT ${columns} FROM workflows ORDER BY updated_at DESC, slug`);
      return Promise.all(rows.map((row) => revisions.workflowOf(row)));
    },
    async save(id, document, { expected, commit = alone }) {
      const { text, document: parsed } = await writtenOf(document);
      // Without an expected revision, any revision is replaced.
      const { next } = await prepareAndCommit(
        async () => {
          const row = checkRevision(await known(id), expected);
          const now = Math.trunc(clock.now());
          return { row, next: { ...row, document: text, revision: row.revision + 1, updated_at: now } };
        },
        ({ row, next }) => commit([change(row, next)], storedOf(next, parsed)),
      );
      return revisions.workflowOf(next, Promise.resolve(parsed));
    },
    async delete(id, { expected, commit = alone } = {}) {
      const removed = await prepareAndCommit(
        async () => checkRevision(await known(id), expected),
        (row) => commit([removal(row)]),
      );
      revisions.forget(removed.id);
    },
  };
}

const insertion = (row: Row): GuardedWrite => ({
  sql: `INSERT INTO workflows (${columns}) VALUES (@id, @slug, @revision, @created_at, @updated_at, @document) ON CONFLICT DO NOTHING`,
  values: { ...row },
  rows: 1,
  otherwise: () => slugTaken(row.slug),
});

const change = (row: Row, { document, updated_at: time }: Row): GuardedWrite => ({
  sql: 'UPDATE workflows SET document = @document, updated_at = @time, revision = revision + 1 WHERE id = @id AND revision = @revision',
  values: { document, time, id: row.id, revision: row.revision },
  ...sameRevision(row),
});

/** Dependent rows are deleted with the workflow. */
const removal = (row: Row): GuardedWrite => ({
  sql: 'DELETE FROM workflows WHERE id = @id AND revision = @revision',
  values: { id: row.id, revision: row.revision },
  ...sameRevision(row),
});

const sameRevision = ({ id, slug, revision }: Row): Pick<GuardedWrite, 'rows' | 'otherwise'> => ({
  rows: 1,
  otherwise: () =>
    new HeddleError(
      'conflict',
      `Workflow '${slug}' is no longer at revision ${revision}: another person saved it meanwhile. Load it again and repeat your change.`,
      { details: { workflow: id, revision } },
    ),
});

const storedOf = (row: Row, document: WorkflowDocument): StoredWorkflow => ({
  id: row.id,
  slug: row.slug,
  revision: row.revision,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  document,
});

/** Checks that the caller saw the latest revision, and returns the row. Errors: `conflict`. */
function checkRevision(row: Row, expected: number | undefined): Row {
  if (expected === undefined || expected === row.revision) return row;
  throw new HeddleError(
    'conflict',
    `Workflow '${row.slug}' is at revision ${row.revision}, not ${expected}: another person saved it meanwhile. Load it again and repeat your change.`,
    { details: { workflow: row.id, revision: row.revision, expected } },
  );
}

const slugTaken = (slug: string): HeddleError =>
  new HeddleError('conflict', `The slug '${slug}' is taken by another workflow: choose another one.`, {
    details: { slug },
  });

interface Parsed {
  readonly revision: number;
  readonly updatedAt: number;
  readonly workflow: Promise<StoredWorkflow>;
}

/** Parses each revision only once. All readers of a revision get the same object. */
class ParsedRevisions {
  private readonly parsed = new Map<string, Parsed>();

  /** `document` is set if the caller has parsed it already. */
  workflowOf(row: Row, document?: Promise<WorkflowDocument>): Promise<StoredWorkflow> {
    const known = this.parsed.get(row.id);
    if (known?.revision === row.revision && known.updatedAt === row.updated_at) return known.workflow;
    const workflow = read(row, document ?? inSlices(parseDocumentSteps(row.document, true)));
    const now = { revision: row.revision, updatedAt: row.updated_at, workflow };
    this.parsed.set(row.id, now);
    workflow.catch(() => {
      if (this.parsed.get(row.id) === now) this.parsed.delete(row.id);
    });
    return workflow;
  }

  forget(id: string): void {
    this.parsed.delete(id);
  }
}

const read = async (row: Row, document: Promise<WorkflowDocument>): Promise<StoredWorkflow> =>
  storedOf(row, await document);

/** The canonical text of a document, and the document parsed from it again. So everything that is stored can be read. */
async function writtenOf(
  document: WorkflowDocument,
): Promise<{ readonly text: string; readonly document: WorkflowDocument }> {
  const text = await inSlices(serialiseDocumentSteps(document));
  return { text, document: await inSlices(parseDocumentSteps(text, true)) };
}
