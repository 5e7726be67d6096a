import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  workflowNotFound,
  parseDocumentSteps,
  serialiseDocumentSteps,
  slugOf,
  type Clock,
  type StoredWorkflow,
  type WorkflowDocument,
  type WorkflowStore,
} from '@heddle/core';
import { inSlices } from '../event-loop/in-slices.js';
import { answer } from '../database/answer.js';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { rememberReads } from '../database/remember-reads.js';
import { checkSlug, freeSlug } from './slug.js';
import { withStorageErrors } from '../database/storage-error.js';

/** A row of `workflows`; its types are enforced by the STRICT table. */
interface Row {
  readonly id: string;
  readonly slug: string;
  readonly revision: number;
  readonly created_at: number;
  readonly updated_at: number;
  readonly document: string;
}

/**
 * Workflows in heddle.db. A document is stored as its canonical text, and parsed once for each revision. Large documents are written
 * and parsed piece by piece, outside the transaction.
 *
 * @example const workflows = createWorkflowStore(database, clock);
 */
export function createWorkflowStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): WorkflowStore {
  const { file } = database;
  const { byId, bySlug, all, insert, update, remove } = prepareStatements(database);
  const rowOf = rememberReads(database, (idOrSlug) => byId.get(idOrSlug) ?? bySlug.get(idOrSlug));
  const revisions = new ParsedRevisions();
  const isTaken = (slug: string): boolean => bySlug.get(slug) !== undefined;
  const write = <T>(work: () => T): T => commitPowerSafe(database, work);

  function find(idOrSlug: string): Row {
    const row = rowOf(idOrSlug);
    if (row === undefined) throw workflowNotFound(idOrSlug);
    return row;
  }

  return {
    create: async (document, options = {}) => {
      const written = await writtenOf(document);
      const made = await answer(() =>
        write(() => {
          const wanted = options.slug === undefined ? undefined : checkFree(options.slug, isTaken);
          const now = Math.trunc(clock.now());
          const row = {
            id: randomUUID(),
            slug: wanted ?? freeSlug(slugOf(document.name), isTaken),
            revision: 1,
            created_at: now,
            updated_at: now,
            document: written.text,
          };
          insert.run(row);
          return row;
        }),
      );
      return revisions.workflowOf(made, Promise.resolve(written.document));
    },
    get: async (idOrSlug) => revisions.workflowOf(withStorageErrors(file, () => find(idOrSlug))),
    list: async () => Promise.all(withStorageErrors(file, () => all.all()).map((row) => revisions.workflowOf(row))),
    save: async (id, document, options) => {
      const written = await writtenOf(document);
      const saved = await answer(() =>
        write(() => {
          const row = checkRevision(find(id), options.expected);
          update.run(written.text, Math.trunc(clock.now()), row.id, row.revision);
          return find(row.id);
        }),
      );
      return revisions.workflowOf(saved, Promise.resolve(written.document));
    },
    delete: (id, options = {}) =>
      answer(() => {
        const { id: removed } = write(() => {
          const row = checkRevision(find(id), options.expected);
          remove.run(row.id, row.revision);
          return row;
        });
        revisions.forget(removed);
      }),
  };
}

function prepareStatements({ connection }: HeddleDatabase) {
  return {
    byId: connection.prepare<[string], Row>('SELECT * FROM workflows WHERE id = ?'),
    bySlug: connection.prepare<[string], Row>('SELECT * FROM workflows WHERE slug = ?'),
    all: connection.prepare<[], Row>('SELECT * FROM workflows ORDER BY updated_at DESC, slug'),
    insert: connection.prepare<Row>(
      'INSERT INTO workflows VALUES (@id, @slug, @revision, @created_at, @updated_at, @document)',
    ),
    update: connection.prepare<[string, number, string, number]>(
      'UPDATE workflows SET document = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND revision = ?',
    ),
    remove: connection.prepare<[string, number]>('DELETE FROM workflows WHERE id = ? AND revision = ?'),
  };
}

/** The row, if the caller saw its latest revision. Errors: `conflict`. */
function checkRevision(row: Row, expected: number | undefined): Row {
  if (expected === undefined || expected === row.revision) return row;
  throw new HeddleError(
    'conflict',
    `Workflow '${row.slug}' is at revision ${row.revision}, not ${expected}: another person saved it meanwhile. Load it again and repeat your change.`,
    { details: { workflow: row.id, revision: row.revision, expected } },
  );
}

/** A slug that a person chose. Errors: `bad_request` if it is not allowed, `conflict` if it is taken. */
function checkFree(given: string, isTaken: (slug: string) => boolean): string {
  const slug = checkSlug(given);
  if (!isTaken(slug)) return slug;
  throw new HeddleError('conflict', `The slug '${slug}' is taken by another workflow: choose another one.`, {
    details: { slug },
  });
}

/** A revision that is parsed, or being parsed. */
interface Parsed {
  readonly revision: number;
  readonly updatedAt: number;
  readonly workflow: Promise<StoredWorkflow>;
}

/** Parses each revision once: all readers of a revision get the same object. */
class ParsedRevisions {
  private readonly parsed = new Map<string, Parsed>();

  /** `document` is given if the caller has parsed it already. */
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

async function read(row: Row, document: Promise<WorkflowDocument>): Promise<StoredWorkflow> {
  const { id, slug, revision } = row;
  return { id, slug, revision, createdAt: row.created_at, updatedAt: row.updated_at, document: await document };
}

/** The canonical text, and the document as it parses again: what is stored can be read. */
async function writtenOf(
  document: WorkflowDocument,
): Promise<{ readonly text: string; readonly document: WorkflowDocument }> {
  const text = await inSlices(serialiseDocumentSteps(document));
  return { text, document: await inSlices(parseDocumentSteps(text, true)) };
}
