import {
  AnnotationRequest,
  CreateQueueRequest,
  HeddleError,
  LabelLevel,
  withoutUndefined,
  type Annotation,
  type AnnotationStore,
  type Clock,
  type NewItem,
  type QueueProgress,
  type StoredItem,
  type StoredQueue,
} from '@heddle/core';
import { randomUUID } from 'node:crypto';
import { commitPowerSafe } from '../database/commit-power-safe.js';
import type { HeddleDatabase } from '../database/open-database.js';
import { overwriting } from '../database/overwriting.js';
import { withStorageErrors } from '../database/storage-error.js';

interface QueueRow {
  readonly id: string;
  readonly project: string;
  readonly body: string;
  readonly created_at: number;
}

interface ItemRow {
  readonly number: number;
  readonly run: string;
  readonly other: string;
  readonly label: string;
}

interface AnnotationRow {
  readonly item: number;
  readonly run: string;
  readonly other: string;
  readonly who: string;
  readonly body: string;
  readonly time: number;
}

/** A person, in a queue, now. */
interface Visit {
  readonly queue: string;
  readonly who: string;
  readonly now: number;
}

/** What the functions of the store share. */
interface Shared {
  readonly statements: ReturnType<typeof prepareQueues> &
    ReturnType<typeof prepareItems> &
    ReturnType<typeof prepareAnnotations>;
  readonly clock: Pick<Clock, 'now'>;
  /** Errors: `not_found`. */
  readonly get: (id: string) => StoredQueue;
  readonly read: <T>(work: () => T) => T;
  /** In one transaction, whose deletions overwrite. */
  readonly change: <T>(work: () => T) => T;
}

/** Annotation queues in heddle.db. @example const annotations = createAnnotationStore(database, clock); */
export function createAnnotationStore(database: HeddleDatabase, clock: Pick<Clock, 'now'>): AnnotationStore {
  const { connection, file } = database;
  const statements = { ...prepareQueues(connection), ...prepareItems(connection), ...prepareAnnotations(connection) };
  const read = <T>(work: () => T): T => withStorageErrors(file, work);
  const change = <T>(work: () => T): T => commitPowerSafe(database, () => overwriting(connection, work));
  const get = (id: string): StoredQueue => {
    const row = read(() => statements.byId.get(id));
    if (row === undefined) throw new HeddleError('not_found', `There is no annotation queue '${id.slice(0, 80)}'.`);
    return queueOf(row);
  };
  const shared: Shared = { statements, clock, get, read, change };
  return { ...queuesOf(shared), ...workOf(shared) };
}

/** The queues themselves. */
function queuesOf({
  statements,
  clock,
  get,
  read,
  change,
}: Shared): Pick<AnnotationStore, 'create' | 'list' | 'get' | 'change' | 'delete' | 'add'> {
  return {
    create(request, project) {
      const id = randomUUID();
      change(() => statements.insert.run({ id, project, body: JSON.stringify(request), now: clock.now() }));
      return get(id);
    },
    list: () => read(() => statements.all.all().map(queueOf)),
    get,
    change(id, { name, assignees }) {
      const { id: _id, project: _project, createdAt: _time, ...queue } = get(id);
      const body = { ...queue, name: name ?? queue.name, assignees: assignees ?? queue.assignees };
      change(() => statements.update.run(JSON.stringify(body), id));
      return get(id);
    },
    delete(id) {
      get(id);
      change(() => statements.remove.run(id));
    },
    add: (id, items) => {
      const { project } = get(id);
      return change(() => items.filter((one) => addItem(statements, { id, project }, one)).length);
    },
  };
}

/** What people do in queues. */
function workOf(shared: Shared): Omit<AnnotationStore, keyof ReturnType<typeof queuesOf>> {
  const { statements, clock, get, read, change } = shared;
  const visitOf = (queue: string, who: string): Visit => ({ queue, who, now: clock.now() });
  const claim = (visit: Visit, item: number, until: number): void => {
    statements.forgetClaims.run(visit);
    statements.claim.run({ item, who: visit.who, until });
  };
  return {
    next: (id, who, until) =>
      change(() => {
        const visit = visitOf(id, who);
        const found = statements.claimed.get(visit) ?? statements.next.get(visit);
        if (found === undefined) return undefined;
        claim(visit, found.number, until);
        return itemOf(found);
      }),
    item: (id, item) => itemIn(shared, id, item),
    annotate: (id, item, who, said) => change(() => annotate(shared, visitOf(id, who), item, said)),
    undo: (id, who, until) =>
      change(() => {
        const last = statements.last.get(id, who);
        if (last === undefined) return undefined;
        statements.unsay.run(last.number, who);
        claim(visitOf(id, who), last.number, until);
        return itemOf(last);
      }),
    annotations: (id) => read(() => statements.annotations.all(get(id).id).map(annotationOf)),
    progress: (id, who) => read(() => statements.progress.get(visitOf(id, who)) ?? { items: 0, done: 0, open: 0 }),
  };
}

function itemIn({ statements, read }: Shared, id: string, item: number): StoredItem {
  const row = read(() => statements.item.get(item, id));
  if (row === undefined) throw new HeddleError('not_found', `The queue '${id.slice(0, 80)}' has no item ${item}.`);
  return itemOf(row);
}

function annotate(shared: Shared, visit: Visit, item: number, said: AnnotationRequest): void {
  const { statements } = shared;
  const { queue, who, now } = visit;
  itemIn(shared, queue, item);
  const isFree = statements.isFree.get({ ...visit, item }) !== undefined;
  if (!isFree && statements.said.get(item, who) === undefined)
    throw new HeddleError(
      'conflict',
      'Your time for this item is over, and others have annotated it: take the next one.',
    );
  statements.write.run({ item, who, now, body: JSON.stringify(said), isSkipped: said.isSkipped ? 1 : 0 });
  statements.forgetClaims.run(visit);
}

function addItem(
  { addItem: insert, addBatch }: ReturnType<typeof prepareItems>,
  { id, project }: { readonly id: string; readonly project: string },
  { runs, needed, label, workflow, subject, batches }: NewItem,
): boolean {
  const [run = '', other = ''] = runs;
  const row = { queue: id, run, other, needed, label, project, workflow: workflow ?? null, subject };
  const { changes, lastInsertRowid } = insert.run(row);
  if (changes === 0) return false;
  for (const batch of batches) addBatch.run(Number(lastInsertRowid), batch);
  return true;
}

function prepareQueues(connection: HeddleDatabase['connection']) {
  return {
    byId: connection.prepare<[string], QueueRow>('SELECT * FROM annotation_queues WHERE id = ?'),
    all: connection.prepare<[], QueueRow>('SELECT * FROM annotation_queues ORDER BY created_at DESC, id'),
    insert: connection.prepare<[{ id: string; project: string; body: string; now: number }]>(
      'INSERT INTO annotation_queues (id, project, body, created_at) VALUES (@id, @project, @body, @now)',
    ),
    update: connection.prepare<[string, string]>('UPDATE annotation_queues SET body = ? WHERE id = ?'),
    remove: connection.prepare<[string]>('DELETE FROM annotation_queues WHERE id = ?'),
  };
}

/** The annotations that an item has; one that was skipped is none. */
const said = 'SELECT count(*) FROM annotations WHERE item = number AND is_skipped = 0';
/** People who work on an item now, and have not said anything about it. */
const working = `SELECT count(*) FROM annotation_claims AS claims WHERE claims.item = number AND claims.who <> @who AND until > @now
  AND NOT EXISTS (SELECT 1 FROM annotations WHERE item = number AND annotations.who = claims.who)`;
/** Whether an item needs this person. */
const isOpen = `NOT EXISTS (SELECT 1 FROM annotations WHERE item = number AND who = @who) AND (${said}) + (${working}) < needed`;

function prepareItems(connection: HeddleDatabase['connection']) {
  const columns = 'number, run, other, label';
  return {
    addItem: connection.prepare<
      [
        Omit<NewItem, 'runs' | 'batches' | 'workflow'> & {
          queue: string;
          run: string;
          other: string;
          project: string;
          workflow: string | null;
        },
      ]
    >(`INSERT OR IGNORE INTO annotation_items (queue, run, other, needed, label, project, workflow, subject)
        VALUES (@queue, @run, @other, @needed, @label, @project, @workflow, @subject)`),
    addBatch: connection.prepare<[number, string]>(
      'INSERT OR IGNORE INTO annotation_batches (item, batch) VALUES (?, ?)',
    ),
    item: connection.prepare<[number, string], ItemRow>(
      `SELECT ${columns} FROM annotation_items WHERE number = ? AND queue = ?`,
    ),
    claimed: connection.prepare<[Visit], ItemRow>(`
      SELECT ${columns} FROM annotation_items WHERE queue = @queue AND ${isOpen}
        AND EXISTS (SELECT 1 FROM annotation_claims WHERE item = number AND who = @who AND until > @now) ORDER BY number LIMIT 1`),
    next: connection.prepare<[Visit], ItemRow>(
      `SELECT ${columns} FROM annotation_items WHERE queue = @queue AND ${isOpen} ORDER BY number LIMIT 1`,
    ),
    isFree: connection.prepare<[Visit & { readonly item: number }], { readonly number: number }>(
      `SELECT number FROM annotation_items WHERE queue = @queue AND number = @item AND ${isOpen}`,
    ),
    progress: connection.prepare<[Visit], QueueProgress>(`
      SELECT count(*) AS items, coalesce(sum((${said}) >= needed), 0) AS done, coalesce(sum(${isOpen}), 0) AS open
        FROM annotation_items WHERE queue = @queue`),
  };
}

function prepareAnnotations(connection: HeddleDatabase['connection']) {
  return {
    claim: connection.prepare<[{ item: number; who: string; until: number }]>(
      'INSERT INTO annotation_claims (item, who, until) VALUES (@item, @who, @until) ON CONFLICT (item, who) DO UPDATE SET until = excluded.until',
    ),
    forgetClaims: connection.prepare<[Visit]>(`
      DELETE FROM annotation_claims WHERE (who = @who OR until <= @now) AND item IN (SELECT number FROM annotation_items WHERE queue = @queue)`),
    said: connection.prepare<[number, string], { readonly item: number }>(
      'SELECT item FROM annotations WHERE item = ? AND who = ?',
    ),
    write: connection.prepare<[{ item: number; who: string; body: string; isSkipped: number; now: number }]>(`
      INSERT INTO annotations (item, who, body, is_skipped, time) VALUES (@item, @who, @body, @isSkipped, @now)
      ON CONFLICT (item, who) DO UPDATE SET body = excluded.body, is_skipped = excluded.is_skipped, time = excluded.time`),
    unsay: connection.prepare<[number, string]>('DELETE FROM annotations WHERE item = ? AND who = ?'),
    last: connection.prepare<[string, string], ItemRow>(`
      SELECT number, run, other, label FROM annotations JOIN annotation_items ON number = item
        WHERE queue = ? AND who = ? ORDER BY time DESC, number DESC LIMIT 1`),
    annotations: connection.prepare<[string], AnnotationRow>(`
      SELECT item, run, other, who, body, time FROM annotations JOIN annotation_items ON number = item WHERE queue = ? ORDER BY time, item, who`),
  };
}

const queueOf = ({ id, project, body, created_at: createdAt }: QueueRow): StoredQueue => ({
  ...CreateQueueRequest.parse(JSON.parse(body)),
  id,
  project,
  createdAt,
});

const runsOf = (run: string, other: string): readonly string[] => (other === '' ? [run] : [run, other]);

const itemOf = ({ number, run, other, label }: ItemRow): StoredItem => ({
  item: number,
  runs: runsOf(run, other),
  label: LabelLevel.parse(label),
});

function annotationOf({ item, run, other, who, body, time }: AnnotationRow): Annotation {
  const said = AnnotationRequest.parse(JSON.parse(body));
  return withoutUndefined({ item, runs: [...runsOf(run, other)], who, ...said, time });
}
