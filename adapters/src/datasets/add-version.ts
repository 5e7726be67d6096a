import { randomUUID } from 'node:crypto';
import {
  HeddleError,
  type Clock,
  type DatasetRow,
  type DatasetWrite,
  type DatasetWriteReply,
  type GuardedWrite,
  type StatementValues,
  type Tables,
} from '@heddle/core';
import { isDone } from '../sql/is-done.js';
import { prepareAndCommit } from '../stores/prepare-and-commit.js';
import { changes, reads } from './dataset-sql.js';
import { writeRows } from './write-rows.js';

/** How long after its last batch a write of another process counts as ended, in milliseconds. */
const staleMs = 30_000;

interface State {
  readonly version: number;
  readonly rows: number;
  /** Changes with each erasure that affected its rows. */
  readonly erasures: number;
}

export interface Writing {
  readonly tables: Tables;
  readonly clock: Pick<Clock, 'now'>;
  /** Whether no other process writes to this database. Then a new write does not wait for one that an ended process left. */
  readonly isAlone: boolean;
}

export const datasetNotFound = (id: string): HeddleError =>
  new HeddleError('not_found', `There is no dataset '${id}'.`);

export const otherWriteRuns = (id: string): HeddleError =>
  new HeddleError('conflict', `Another write to the dataset '${id}' is running: wait until it has ended.`, {
    details: { dataset: id },
  });

/** If the last batch of a writer is older than this time, it has ended silently. */
export const staleBefore = ({ clock, isAlone }: Pick<Writing, 'clock' | 'isAlone'>): number =>
  isAlone ? Number.MAX_SAFE_INTEGER : clock.now() - staleMs;

/** Writes one version. Its rows become visible with its last commit. */
export class VersionWriter {
  private readonly writing: Writing;
  private readonly id: string;
  private readonly writer = randomUUID();

  constructor(writing: Writing, id: string) {
    this.writing = writing;
    this.id = id;
  }

  /** Errors: those of `DatasetStore.addVersion`. */
  async write(rows: AsyncIterable<DatasetRow> | Iterable<DatasetRow>, how: DatasetWrite): Promise<DatasetWriteReply> {
    const { tables } = this.writing;
    const first = await this.begin();
    try {
      if (how.base !== undefined && how.base !== first.version)
        throw changedMeanwhile(this.id, how.base, first.version);
      const version = first.version + 1;
      await tables.note(this.takenBack(first.version));
      const counts = await writeRows({ tables, id: this.id, version, hold: () => this.hold() }, rows);
      const removed = counts.replaced + (await this.remove(version, how));
      if (counts.added + removed > 0) return await this.end(first, { ...counts, removed }, how);
      await tables.note([this.change(changes.release)]);
      return { version: first.version, rows: first.rows, added: 0, removed: 0, unchanged: counts.unchanged };
    } catch (error) {
      // If another writer has claimed the dataset by now, nothing is rolled back.
      await isDone(tables.note([...this.takenBack(first.version), this.change(changes.release)]));
      throw error;
    }
  }

  /** Claims the dataset for this writer. Errors: `not_found`; `conflict` while another writer has it. */
  private async begin(): Promise<State> {
    const { tables, clock } = this.writing;
    const values = { id: this.id, writer: this.writer, now: clock.now(), stale: staleBefore(this.writing) };
    await this.state();
    await tables.note([{ sql: changes.claim, values, rows: 1, otherwise: () => otherWriteRuns(this.id) }]);
    return this.state();
  }

  private async state(): Promise<State> {
    const found = await this.writing.tables.get<State>(reads.state, { id: this.id });
    if (found === undefined) throw datasetNotFound(this.id);
    return found;
  }

  /** Checks that this writer still has its claim. Errors of the commit: `conflict`. */
  private hold(): GuardedWrite {
    const values = { id: this.id, writer: this.writer, now: this.writing.clock.now() };
    return { sql: changes.hold, values, rows: 1, otherwise: () => takenOver(this.id) };
  }

  /** Rolls back all changes above a version. */
  private takenBack(version: number): readonly GuardedWrite[] {
    return [
      this.hold(),
      ...[changes.removePending, changes.unremovePending, changes.unsee].map((sql) => this.change(sql, { version })),
    ];
  }

  /** Removes rows that the new version does not have, and returns their number. Rows from this write itself stay. */
  private async remove(version: number, { mode, remove = [], twins }: DatasetWrite): Promise<number> {
    const ids = JSON.stringify(remove);
    const keep = twins?.keep ?? '';
    const splits = twins?.of === 'leaks' ? 1 : 0;
    const unseen = mode === 'replace' ? await this.removeBy('unseen', 'removeUnseen', { version }) : 0;
    const named = remove.length > 0 ? await this.removeBy('named', 'removeNamed', { version, ids }) : 0;
    const doubled = twins === undefined ? 0 : await this.removeBy('doubled', 'removeTwins', { version, keep, splits });
    return unseen + named + doubled;
  }

  private async removeBy(
    count: 'unseen' | 'named' | 'doubled',
    change: 'removeUnseen' | 'removeNamed' | 'removeTwins',
    values: StatementValues,
  ): Promise<number> {
    const { tables } = this.writing;
    const found = await tables.get<{ readonly rows: number }>(reads[count], { ...values, id: this.id });
    await tables.note([this.hold(), this.change(changes[change], values)]);
    return found?.rows ?? 0;
  }

  /** Makes the version visible. If an erasure removed rows meanwhile, the rows are counted again. */
  private async end(
    { version: before, erasures }: State,
    { added, removed, unchanged }: { readonly added: number; readonly removed: number; readonly unchanged: number },
    { who, note }: DatasetWrite,
  ): Promise<DatasetWriteReply> {
    const version = before + 1;
    const now = this.writing.clock.now();
    const more = added - removed;
    await prepareAndCommit(
      () => this.state(),
      (state) =>
        this.writing.tables.note([
          this.hold(),
          { ...this.change(changes.advance, { version, more, now, erasures: state.erasures }), rows: 1 },
          ...(state.erasures === erasures ? [] : [this.change(changes.countRows)]),
          this.change(changes.insertVersion, { added, removed, who, note, now }),
        ]),
    );
    const { rows } = await this.state();
    return { version, rows, added, removed, unchanged };
  }

  private change(sql: string, values: StatementValues = {}): GuardedWrite {
    return { sql, values: { ...values, id: this.id, writer: this.writer } };
  }
}

const takenOver = (id: string): HeddleError =>
  new HeddleError(
    'conflict',
    `The write to the dataset '${id}' sent no rows for ${staleMs / 1_000} s, and another write started: repeat it.`,
    { details: { dataset: id } },
  );

const changedMeanwhile = (id: string, base: number, version: number): HeddleError =>
  new HeddleError(
    'conflict',
    `The dataset has version ${version}; the change was made on version ${base}: load the dataset again.`,
    { details: { dataset: id, version, base } },
  );
