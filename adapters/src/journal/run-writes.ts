import { HeddleError, type Blobs, type Clock, type PlanBundle, type RunAcceptance, type RunRecord } from '@heddle/core';
import { failpoint, hasFailpoint } from '../database/failpoint.js';
import { GroupCommit } from '../database/group-commit.js';
import type { JournalProjection } from '../database/journal-projection.js';
import { layOutLog } from '../database/log/lay-out-log.js';
import type { HeddleDatabase } from '../database/open-database.js';
import type { DeltaEvent } from './delta-buffer.js';
import { storeLarge } from './records/large-values.js';
import { projectRecords, type Projections } from './records/project-records.js';
import { failAfterCommit, failBeforeCommit } from './records/record-failpoints.js';
import { prepareAppend, type PreparedAppend } from './records/record-rows.js';
import { RecordWriter } from './records/record-writer.js';
import type { RunAcceptances } from './run-acceptances.js';
import type { RunStates } from './run-states.js';
import { StreamTexts } from './stream-texts.js';

interface RunWritesOptions {
  readonly blobs: Blobs;
  readonly clock: Clock;
  readonly projections: readonly JournalProjection[];
}

/** Writes acceptances, records and streamed text. Each write shares a commit with those of other runs. */
export class RunWrites {
  private readonly database: HeddleDatabase;
  private readonly blobs: Blobs;
  private readonly projections: readonly JournalProjection[];
  private readonly project: Projections | undefined;
  private readonly acceptances: RunAcceptances;
  private readonly states: RunStates;
  private readonly writer: RecordWriter;
  private readonly streams: StreamTexts;
  private readonly group: GroupCommit;
  /** Runs whose latest append waits for its blobs. Later appends of such a run wait too, so that they commit in order. */
  private readonly waiting = new Map<string, Promise<void>>();
  private isClosed = false;
  /** Stops the preparation of the log. It begins with the first acceptance, because a process that only reads needs no space for writes. */
  private stopLayingOut: (() => void) | undefined;

  constructor(
    database: HeddleDatabase,
    states: RunStates,
    acceptances: RunAcceptances,
    { blobs, clock, projections }: RunWritesOptions,
  ) {
    this.database = database;
    this.states = states;
    this.acceptances = acceptances;
    this.blobs = blobs;
    this.projections = projections;
    this.project = projectRecords(projections);
    this.writer = new RecordWriter(database, states);
    this.streams = new StreamTexts(clock, () => this.group.request());
    this.group = this.createGroup();
  }

  /** Commits a run with its bundle. Resolves with the hash of the bundle once the log was flushed after the commit. */
  async accept(run: RunAcceptance, bundle: PlanBundle, onCommitted: () => void = noop): Promise<string> {
    this.refuseClosed();
    const write = await this.acceptances.prepare(run, bundle);
    const apply = (): string => {
      for (const projection of this.projections) projection.admit?.(run);
      const bundleHash = write();
      for (const projection of this.projections) projection.accept?.(run, bundleHash);
      return bundleHash;
    };
    const begin = (): void => {
      failpoint('accept-after-commit');
      onCommitted();
      this.stopLayingOut ??= layOutLog(this.database);
    };
    return this.group.submit({ key: run.runId, apply, isPowerSafe: true, onCommitted: begin });
  }

  /** Serialises records at once, stores their large values as blobs, and then commits. Returns the seq of the first record. */
  append(runId: string, records: readonly RunRecord[], isPowerSafe: boolean): number | Promise<number> {
    try {
      this.refuseClosed();
      const prepared = prepareAppend(runId, records, isPowerSafe);
      const before = this.waiting.get(runId);
      return before === undefined && !prepared.isLarge
        ? this.submit(runId, prepared, records)
        : this.submitBehind(runId, before, prepared, records);
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new HeddleError('internal', String(error)));
    }
  }

  saveDeltas(runId: string, deltas: readonly DeltaEvent[]): void {
    if (!this.isClosed && deltas.length > 0) this.streams.add(runId, deltas);
  }

  /** Commits everything that waits, including streamed text. */
  flush(): void {
    this.streams.makeDue();
    this.group.flush();
  }

  /** Resolves when everything committed so far survives a power loss; undefined if it already does. */
  flushed(): Promise<void> | undefined {
    return this.group.flushed();
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.streams.close();
    this.stopLayingOut?.();
    await Promise.allSettled(this.waiting.values());
    this.flush();
  }

  private createGroup(): GroupCommit {
    const { states, writer, streams } = this;
    return new GroupCommit(this.database, {
      onBegin() {
        states.refresh();
        for (const [runId, rows] of streams.takeDue() ?? []) writer.writeDeltas(runId, rows);
      },
      onEnd: writer.inserts.flush,
      onCommit: () => streams.onCommit(),
      onRollback() {
        states.clear();
        writer.inserts.discard();
        streams.onRollback();
      },
    });
  }

  private submit(runId: string, prepared: PreparedAppend, records: readonly RunRecord[]): number | Promise<number> {
    const { rows, change, isPowerSafe } = prepared;
    const apply = (): number => {
      const first = this.writer.write(runId, prepared);
      this.project?.write(runId, records);
      this.streams.dropEnded(runId, change);
      failBeforeCommit(rows);
      return first;
    };
    const work = { key: runId, apply, isPowerSafe };
    // A caller waits for a result, so it is committed at once if no other run is being written. A start is committed at the end of the
    // tick.
    const committed =
      change.ended !== undefined && this.states.isOnly(runId) ? this.group.submitAlone(work) : this.group.submit(work);
    if (!hasFailpoint) return committed;
    const fail = (first: number): number => {
      failAfterCommit(rows);
      return first;
    };
    return typeof committed === 'number' ? fail(committed) : committed.then(fail);
  }

  private async submitBehind(
    runId: string,
    before: Promise<void> | undefined,
    prepared: PreparedAppend,
    records: readonly RunRecord[],
  ): Promise<number> {
    const ready = (async () => {
      await before;
      for (const row of prepared.rows) if (row.large !== undefined) row.blobs = await storeLarge(row.large, this.blobs);
    })();
    this.waiting.set(runId, ready);
    try {
      await ready;
    } finally {
      if (this.waiting.get(runId) === ready) this.waiting.delete(runId);
    }
    return this.submit(runId, prepared, records);
  }

  private refuseClosed(): void {
    if (this.isClosed) throw new HeddleError('shutting_down', 'The journal is closed: Heddle is stopping.');
  }
}

const noop = (): void => undefined;
