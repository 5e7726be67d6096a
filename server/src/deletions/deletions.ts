import type { DeletedKind, Deletion, DeletionStore } from '@heddle/adapters/stores';
import { isDone } from '@heddle/adapters/database';
import { HeddleError, type Audit, type AuditEvent, type GuardedWrite, type Tables } from '@heddle/core';
import type { Log } from '../common/log.js';
import type { TrustedClock } from '../common/trusted-clock.js';

/** How long something deleted can be restored. Editors offer it for 10 seconds; the rest covers requests on their way. */
const restorableMs = 15_000;
/** The most open deletions of a kind within one collection. A further one finishes the oldest at once. */
const mostOpen = 1_000;
/** The wait before a failed removal is tried again. */
const retryMs = 60_000;

const kinds = [
  'workflow',
  'collection',
  'document',
  'conversation',
  'fact',
  'dataset',
  'prompt',
  'trigger',
  'run',
] as const;

/** Removes something for good. If it is already gone, there is nothing to do. */
type Remove = (deletion: Deletion) => Promise<void>;

type Named = Pick<Deletion, 'kind' | 'within' | 'id'>;

/**
 * Deletions that can be undone. The mark of a deletion is stored before the reply, so it survives a crash, and something stays deleted
 * after the browser tab is closed. Until it is removed, the stores hide it (`without-deleted-*.ts`).
 */
export class Deletions {
  private readonly removers = new Map<DeletedKind, Remove>();
  private readonly removing = new Map<string, Promise<void>>();
  private stopTimer: (() => void) | undefined;
  private isStarted = false;
  private working: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: DeletionStore,
    private readonly tables: Pick<Tables, 'note'>,
    private readonly audit: Pick<Audit, 'commit'>,
    private readonly clock: TrustedClock,
    private readonly log: Log,
  ) {}

  /** Registers how a kind is removed for good. */
  removeWith(kind: DeletedKind, remove: Remove): void {
    this.removers.set(kind, remove);
  }

  /** Open deletions, oldest first; `within` limits them to one collection. */
  list(kind: DeletedKind, within?: string): readonly Deletion[] {
    return this.store.list(kind, within);
  }

  find(kind: DeletedKind, id: string, within = ''): Deletion | undefined {
    return this.store.list(kind, within).find((deletion) => deletion.id === id);
  }

  /** Hides something, and removes it when it can no longer be restored. `guards` make the commit fail if it may not be removed. */
  async begin(deletion: Omit<Deletion, 'time'>, guards: readonly GuardedWrite[] = []): Promise<void> {
    const open = this.list(deletion.kind, deletion.within);
    const [oldest] = open;
    if (oldest !== undefined && open.length >= mostOpen) await this.finish(oldest);
    const marked = { ...deletion, time: this.clock.trusted.now() };
    await this.audit.commit(eventOf(deletion, 'deleted'), [...guards, this.store.write.set(marked)]);
    this.arm();
  }

  /** Makes something visible again. Returns false if there is no such deletion or its time is over. */
  async restore(kind: DeletedKind, id: string, by: Pick<Deletion, 'who' | 'project'>, within = ''): Promise<boolean> {
    const deletion = this.find(kind, id, within);
    if (deletion === undefined || this.isDue(deletion) || this.removing.has(keyOf(deletion))) return false;
    const event = eventOf({ ...deletion, ...by }, 'restored');
    return isDone(this.audit.commit(event, [this.store.write.restore(deletion)]));
  }

  /** Removes something now, because its name is used again or an erasure includes it. */
  finish(deletion: Deletion): Promise<void> {
    const key = keyOf(deletion);
    const known = this.removing.get(key);
    if (known !== undefined) return known;
    const work = this.remove(deletion).finally(() => this.removing.delete(key));
    this.removing.set(key, work);
    return work;
  }

  /** Forgets the deletions in a collection that was itself removed. */
  forgetWithin(within: string): Promise<void> {
    return this.tables.note(this.list('document', within).map((deletion) => this.store.write.remove(deletion)));
  }

  /** Removes everything that can no longer be restored. A failed removal does not stop the others; the first error is thrown at the end. */
  async sweep(): Promise<void> {
    const errors: unknown[] = [];
    for (const deletion of this.all().filter((one) => this.isDue(one)))
      await this.finish(deletion).catch((error: unknown) => errors.push(error));
    if (errors.length > 0) throw errors[0];
  }

  /** Begins to remove things when their time is over, which only a server does. */
  start(): void {
    this.isStarted = true;
    this.arm();
  }

  /** Checks for deletions by other processes. */
  check(): void {
    this.arm();
  }

  async stop(): Promise<void> {
    this.isStarted = false;
    this.stopTimer?.();
    await this.working;
    await Promise.allSettled(this.removing.values());
  }

  private async remove(deletion: Deletion): Promise<void> {
    // Meanwhile it was restored, or another process is removing it.
    if (!(await isDone(this.tables.note([this.store.write.begin(deletion)])))) return;
    try {
      await this.removers.get(deletion.kind)?.(deletion);
    } catch (error) {
      await this.tables.note([this.store.write.giveBack(deletion)]);
      throw error;
    }
    await this.tables.note([this.store.write.remove(deletion)]);
  }

  private all(): readonly Deletion[] {
    return kinds.flatMap((kind) => this.list(kind));
  }

  private isDue({ time }: Deletion): boolean {
    return this.clock.trusted.now() >= time + restorableMs;
  }

  private arm(least = 0): void {
    this.stopTimer?.();
    const due = Math.min(...this.all().map(({ time }) => time + restorableMs));
    if (!this.isStarted || due === Infinity) return;
    const { steady, trusted } = this.clock;
    const wait = Math.max(least, due - trusted.now());
    this.stopTimer = steady.at(steady.now() + wait, () => {
      this.working = this.sweep().then(
        () => this.arm(),
        (err: unknown) => {
          this.log.warn({ err }, 'a deleted thing could not be removed; it stays hidden, and this is tried again');
          this.arm(retryMs);
        },
      );
    });
  }
}

/** The error for something that can no longer be restored. */
export const goneForGood = (what: string): HeddleError =>
  new HeddleError(
    'not_found',
    `${what} can no longer be restored: this is possible for a few seconds after it is deleted.`,
  );

const keyOf = ({ kind, within, id }: Named): string => JSON.stringify([kind, within, id]);

function eventOf(deletion: Omit<Deletion, 'time'>, end: 'deleted' | 'restored'): AuditEvent {
  const { kind, id, within, who, project } = deletion;
  const by = { kind: 'erase', who, project } as const;
  switch (kind) {
    case 'document':
      return {
        ...by,
        subject: `collection:${within}` as const,
        details: { step: `document ${end}` as const, document: id },
      };
    case 'collection':
      return { ...by, subject: `collection:${id}` as const, details: { step: `collection ${end}` as const } };
    case 'workflow':
      return { ...by, subject: `workflow:${id}` as const, details: { step: `workflow ${end}` as const } };
    case 'trigger':
      return {
        ...by,
        subject: `workflow:${within}` as const,
        details: { step: `trigger ${end}` as const, trigger: id },
      };
    case 'dataset':
      return { ...by, subject: `dataset:${id}` as const, details: { step: `dataset ${end}` as const } };
    case 'run':
      return { ...by, subject: `run:${id}` as const, details: { step: `run ${end}` as const } };
    case 'prompt':
      return { ...by, subject: `prompt:${id}` as const, details: { step: `prompt ${end}` as const } };
    case 'fact':
      return { ...by, subject: `fact:${id}` as const, details: { step: `fact ${end}` as const } };
    case 'conversation':
      return { ...by, subject: `conversation:${id}` as const, details: { step: `conversation ${end}` as const } };
  }
}
