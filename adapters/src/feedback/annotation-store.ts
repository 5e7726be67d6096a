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
  type Tables,
} from '@heddle/core';
import { prepareAndCommit } from '../stores/prepare-and-commit.js';
import { claimed, isOpen, missingItem, saidOfItem, writesOf } from './annotation-writes.js';

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

const queueColumns = 'id, project, body, created_at';
const itemColumns = 'number, run, other, label';

/** Annotation queues on any database. @example const annotations = createAnnotationStore(sqliteTables(database), clock); */
export function createAnnotationStore(tables: Tables, clock: Pick<Clock, 'now'>): AnnotationStore {
  const find = async (id: string): Promise<QueueRow> => {
    const row = await tables.get<QueueRow>(`SELECT ${queueColumns} FROM annotation_queues WHERE id = @id`, { id });
    if (row === undefined) throw new HeddleError('not_found', `There is no annotation queue '${id.slice(0, 80)}'.`);
    return row;
  };
  const get = async (id: string): Promise<StoredQueue> => queueOf(await find(id));
  return {
    write: writesOf(clock),
    get,
    async list() {
      const sql = `SELECT ${queueColumns} FROM annotation_queues ORDER BY created_at DESC, id`;
      return (await tables.all<QueueRow>(sql)).map(queueOf);
    },
    async changed(id, { name, assignees }) {
      const row = await find(id);
      const { id: _id, project: _project, createdAt: _time, ...before } = queueOf(row);
      const body = JSON.stringify({
        ...before,
        name: name ?? before.name,
        assignees: assignees ?? before.assignees,
      } satisfies Readonly<Record<keyof CreateQueueRequest, unknown>>);
      const sql = 'UPDATE annotation_queues SET body = @body WHERE id = @id AND body = @before';
      const writes = [{ sql, values: { id, body, before: row.body }, rows: 1 }];
      return { queue: queueOf({ ...row, body }), writes };
    },
    async annotations(id) {
      const sql = `SELECT item, run, other, who, body, time FROM annotations JOIN annotation_items ON number = item
        WHERE queue = +@id ORDER BY time, item, who`;
      return (await tables.all<AnnotationRow>(sql, { id: (await get(id)).id })).map(annotationOf);
    },
    ...itemsOf(tables, clock),
  };
}

function itemsOf(
  tables: Tables,
  clock: Pick<Clock, 'now'>,
): Pick<AnnotationStore, 'missing' | 'next' | 'item' | 'last' | 'progress'> {
  return {
    async missing(id, items) {
      const sql = 'SELECT run, other FROM annotation_items WHERE queue = @id AND run IN (EACH @runs)';
      const runs = JSON.stringify(items.map((one) => one.runs[0] ?? ''));
      const found = await tables.all<{ readonly run: string; readonly other: string }>(sql, { id, runs });
      const known = new Set(found.map(({ run, other }) => JSON.stringify(runsOf(run, other))));
      return items.filter(({ runs: own }) => isNew(known, own));
    },
    async next(id, who, until) {
      const found = await prepareAndCommit(
        () => findNext(tables, { queue: id, who, now: clock.now() }),
        async (row) => {
          if (row === undefined) return;
          await tables.note(claimed({ queue: id, who, now: clock.now() }, row.number, until, { isOpen: true }));
        },
      );
      return found && itemOf(found);
    },
    async item(id, item) {
      const sql = `SELECT ${itemColumns} FROM annotation_items WHERE number = @item AND queue = @id`;
      const row = await tables.get<ItemRow>(sql, { item, id });
      if (row === undefined) throw missingItem(id, item);
      return itemOf(row);
    },
    async last(id, who) {
      const sql = `SELECT ${itemColumns} FROM annotations JOIN annotation_items ON number = item
        WHERE queue = +@id AND who = +@who ORDER BY time DESC, number DESC LIMIT 1`;
      const row = await tables.get<ItemRow>(sql, { id, who });
      return row && itemOf(row);
    },
    async progress(id, who) {
      const values = { queue: id, who, now: clock.now() };
      return (await tables.get<QueueProgress>(progressSql, values)) ?? { items: 0, done: 0, open: 0 };
    },
  };
}

const progressSql = `SELECT count(*) AS items, coalesce(sum(CASE WHEN (${saidOfItem}) >= needed THEN 1 ELSE 0 END), 0) AS done,
    coalesce(sum(CASE WHEN ${isOpen} THEN 1 ELSE 0 END), 0) AS open
  FROM annotation_items WHERE queue = @queue`;

/** The item that the person works on now, or else the next item that needs an annotation of this person. */
async function findNext(
  tables: Tables,
  visit: { readonly queue: string; readonly who: string; readonly now: number },
): Promise<ItemRow | undefined> {
  const open = `SELECT ${itemColumns} FROM annotation_items WHERE queue = @queue AND ${isOpen}`;
  const mine = `${open} AND EXISTS (SELECT 1 FROM annotation_claims WHERE item = number AND who = @who AND until > @now)`;
  return (
    (await tables.get<ItemRow>(`${mine} ORDER BY number LIMIT 1`, visit)) ??
    (await tables.get<ItemRow>(`${open} ORDER BY number LIMIT 1`, visit))
  );
}

/** Adds the runs of an item to the known runs, and returns whether any of them was new. */
function isNew(known: Set<string>, runs: NewItem['runs']): boolean {
  const key = JSON.stringify(runs);
  if (known.has(key)) return false;
  known.add(key);
  return true;
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
