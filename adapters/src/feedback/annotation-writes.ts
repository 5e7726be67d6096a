import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  type AnnotationWrites,
  type Clock,
  type GuardedWrite,
  type NewItem,
  type ItemAnnotation,
  type StoredQueue,
} from '@heddle/core';

interface Visit {
  readonly queue: string;
  readonly who: string;
  readonly now: number;
}

/** The number of annotations of an item. Skipped ones do not count. */
export const saidOfItem = 'SELECT count(*) FROM annotations WHERE item = number AND is_skipped = 0';
/** The number of other people who work on an item now and have not annotated it yet. */
const working = `SELECT count(*) FROM annotation_claims AS claims WHERE claims.item = number AND claims.who <> @who AND claims.until > @now
  AND NOT EXISTS (SELECT 1 FROM annotations WHERE item = number AND annotations.who = claims.who)`;
/** Whether an item needs this person. */
export const isOpen = `NOT EXISTS (SELECT 1 FROM annotations WHERE item = number AND who = @who) AND (${saidOfItem}) + (${working}) < needed`;

export const missingItem = (queue: string, item: number): HeddleError =>
  new HeddleError('not_found', `The queue '${queue.slice(0, 80)}' has no item ${item}.`);

const missingQueue = (id: string) => (): HeddleError =>
  new HeddleError('not_found', `There is no annotation queue '${id.slice(0, 80)}'.`);

/** A lock: other claims and annotations of items in this queue are committed before or after this. */
const lockOf = (id: string): GuardedWrite => ({
  sql: 'SELECT 1 FROM annotation_queues WHERE id = @id FOR UPDATE',
  values: { id },
  rows: 1,
  otherwise: missingQueue(id),
});

export function writesOf(clock: Pick<Clock, 'now'>): AnnotationWrites {
  const visitOf = (queue: string, who: string): Visit => ({ queue, who, now: clock.now() });
  return {
    create(request, project) {
      const queue = { ...request, id: randomUUID(), project, createdAt: clock.now() };
      const sql = 'INSERT INTO annotation_queues (id, project, body, created_at) VALUES (@id, @project, @body, @now)';
      const values = { id: queue.id, project, body: JSON.stringify(request), now: queue.createdAt };
      return { queue, writes: [{ sql, values }] };
    },
    delete: (id) => [
      {
        sql: 'DELETE FROM annotation_queues WHERE id = @id',
        values: { id },
        rows: 1,
        otherwise: missingQueue(id),
        overwrites: true,
      },
    ],
    add: (queue, items) => [lockOf(queue.id), ...items.flatMap((item) => itemInsertion(queue, item))],
    annotate: (said) => annotated(said, visitOf(said.queue, said.who)),
    undo: (id, item, who, until) => [
      lockOf(id),
      {
        sql: 'DELETE FROM annotations WHERE item = @item AND who = @who',
        values: { item, who },
        rows: 1,
        overwrites: true,
      },
      ...claimed(visitOf(id, who), item, until, { isOpen: false }),
    ],
  };
}

function itemInsertion({ id, project }: StoredQueue, item: NewItem): readonly GuardedWrite[] {
  const { runs, needed, label, workflow, subject, batches } = item;
  const [run = '', other = ''] = runs;
  const key = { queue: id, run, other };
  return [
    {
      sql: `INSERT INTO annotation_items (queue, run, other, needed, label, project, workflow, subject)
        VALUES (@queue, @run, @other, @needed, @label, @project, @workflow, @subject) ON CONFLICT DO NOTHING`,
      values: { ...key, needed, label, project, workflow: workflow ?? null, subject },
      rows: 1,
    },
    ...batches.map((batch): GuardedWrite => ({
      sql: `INSERT INTO annotation_batches (item, batch) SELECT number, CAST(@batch AS text) FROM annotation_items
        WHERE queue = @queue AND run = @run AND other = @other ON CONFLICT DO NOTHING`,
      values: { ...key, batch },
    })),
  ];
}

/**
 * Claims an item for a person and ends the other claims of this person in the queue. Errors of the commit: `conflict` if the item must be
 * open and is not.
 */
export function claimed(
  visit: Visit,
  item: number,
  until: number,
  { isOpen: mustBeOpen }: { readonly isOpen: boolean },
): readonly GuardedWrite[] {
  const ofItem = 'FROM annotation_items WHERE number = @item AND queue = @queue';
  return [
    lockOf(visit.queue),
    forgottenClaims(visit),
    {
      sql: `INSERT INTO annotation_claims (item, who, until)
        SELECT number, CAST(@who AS text), CAST(@until AS double precision) ${ofItem}${mustBeOpen ? ` AND ${isOpen}` : ''}
        ON CONFLICT (item, who) DO UPDATE SET until = excluded.until`,
      values: { ...visit, item, until },
      rows: 1,
    },
  ];
}

const forgottenClaims = (visit: Visit): GuardedWrite => ({
  sql: `DELETE FROM annotation_claims WHERE (who = @who OR until <= @now)
    AND item IN (SELECT number FROM annotation_items WHERE queue = @queue)`,
  values: { ...visit },
});

function annotated({ queue, item, said }: ItemAnnotation, visit: Visit): readonly GuardedWrite[] {
  const { who, now } = visit;
  const ofItem = 'SELECT 1 FROM annotation_items WHERE number = @item AND queue = @queue';
  const body = JSON.stringify(said);
  return [
    lockOf(queue),
    { sql: ofItem, values: { item, queue }, rows: 1, otherwise: () => missingItem(queue, item) },
    {
      sql: `${ofItem} AND (EXISTS (SELECT 1 FROM annotations WHERE item = number AND who = @who) OR (${isOpen}))`,
      values: { ...visit, item },
      rows: 1,
      otherwise: () =>
        new HeddleError(
          'conflict',
          'Your time for this item is over, and others have annotated it: take the next one.',
        ),
    },
    {
      sql: `INSERT INTO annotations (item, who, body, is_skipped, time) VALUES (@item, @who, @body, @isSkipped, @now)
        ON CONFLICT (item, who) DO UPDATE SET body = excluded.body, is_skipped = excluded.is_skipped, time = excluded.time`,
      values: { item, who, now, body, isSkipped: said.isSkipped ? 1 : 0 },
      overwrites: true,
    },
    forgottenClaims(visit),
  ];
}
