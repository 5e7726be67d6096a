import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  workflowNotFound,
  parseDocument,
  serialiseDocument,
  slugOf,
  type Clock,
  type StoredWorkflow,
  type WorkflowDocument,
  type WorkflowStore,
} from '@heddle/core';
import { answer } from '../answer.js';
import { commitPowerSafe } from '../commit-power-safe.js';
import type { HeddleDatabase } from '../open-database.js';
import { rememberReads } from '../remember-reads.js';
import { checkSlug, freeSlug } from './slug.js';
import { withStorageErrors } from '../storage-error.js';

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
 * Workflows in heddle.db. A document is stored as its canonical text, and parsed once a revision.
 *
 * @example const workflows = createWorkflowStore(database, clock);
 */
export function createWorkflowStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): WorkflowStore {
  const { connection, file } = database;
  const byId = connection.prepare<[string], Row>('SELECT * FROM workflows WHERE id = ?');
  const bySlug = connection.prepare<[string], Row>('SELECT * FROM workflows WHERE slug = ?');
  const rowOf = rememberReads(database, (idOrSlug) => byId.get(idOrSlug) ?? bySlug.get(idOrSlug));
  const all = connection.prepare<[], Row>('SELECT * FROM workflows ORDER BY updated_at DESC, slug');
  const insert = connection.prepare<Row>(
    'INSERT INTO workflows VALUES (@id, @slug, @revision, @created_at, @updated_at, @document)',
  );
  const update = connection.prepare<[string, number, string, number]>(
    'UPDATE workflows SET document = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND revision = ?',
  );
  const remove = connection.prepare<[string, number]>('DELETE FROM workflows WHERE id = ? AND revision = ?');
  const parsed = new Map<string, StoredWorkflow>();

  const write = <T>(work: () => T): T => commitPowerSafe(database, work);

  function stored(row: Row): StoredWorkflow {
    const known = parsed.get(row.id);
    if (known?.revision === row.revision && known.updatedAt === row.updated_at) return known;
    const workflow = {
      id: row.id,
      slug: row.slug,
      revision: row.revision,
      createdAt: row.created_at,
      updatedAt: row.updated_at,
      document: parseDocument(row.document),
    };
    parsed.set(row.id, workflow);
    return workflow;
  }

  function find(idOrSlug: string): Row {
    const row = rowOf(idOrSlug);
    if (row === undefined) throw workflowNotFound(idOrSlug);
    return row;
  }

  /** The row to change, when the caller saw its latest revision. */
  function current(id: string, expected: number | undefined): Row {
    const row = find(id);
    if (expected === undefined || expected === row.revision) return row;
    throw new HeddleError(
      'conflict',
      `Workflow '${row.slug}' is at revision ${row.revision}, not ${expected}: somebody saved it meanwhile. Load it again and repeat your change.`,
      {
        details: { workflow: row.id, revision: row.revision, expected },
      },
    );
  }

  const isTaken = (slug: string): boolean => bySlug.get(slug) !== undefined;
  /** A slug that somebody chose, where it is allowed and free. */
  function freeOf(given: string): string {
    const slug = checkSlug(given);
    if (!isTaken(slug)) return slug;
    throw new HeddleError('conflict', `The slug '${slug}' is taken by another workflow: choose another one.`, {
      details: { slug },
    });
  }

  return {
    create: (document, options = {}) =>
      answer(() =>
        stored(
          write(() => {
            const wanted = options.slug === undefined ? undefined : freeOf(options.slug);
            const now = Math.trunc(clock.now());
            const row = {
              id: randomUUID(),
              slug: wanted ?? freeSlug(slugOf(document.name), isTaken),
              revision: 1,
              created_at: now,
              updated_at: now,
              document: textOf(document),
            };
            insert.run(row);
            return row;
          }),
        ),
      ),
    get: (idOrSlug) => answer(() => withStorageErrors(file, () => stored(find(idOrSlug)))),
    list: () => answer(() => withStorageErrors(file, () => all.all().map(stored))),
    save: (id, document, options) =>
      answer(() =>
        stored(
          write(() => {
            const row = current(id, options.expected);
            update.run(textOf(document), Math.trunc(clock.now()), row.id, row.revision);
            return find(row.id);
          }),
        ),
      ),
    delete: (id, options = {}) =>
      answer(() => {
        const { id: removed } = write(() => {
          const row = current(id, options.expected);
          remove.run(row.id, row.revision);
          return row;
        });
        parsed.delete(removed);
      }),
  };
}

/** The canonical text, which must parse again: what is stored can be read. */
function textOf(document: WorkflowDocument): string {
  const text = serialiseDocument(document);
  parseDocument(text);
  return text;
}
