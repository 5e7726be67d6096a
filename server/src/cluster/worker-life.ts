import { createClaimedJournal, keepWorker, type ClaimedJournal, type KeptWorker } from '@heddle/adapters/cluster';
import {
  fromErrorValue,
  HeddleError,
  isStoreFault,
  momentsSource,
  RunEvent,
  steadySource,
  toErrorValue,
  toHeddleError,
  type Claimant,
  type HintReceiver,
  type LivingState,
  type NewWorker,
  type RunClaim,
  type RunHint,
  type TimeSource,
} from '@heddle/core';
import { resumeRun, startRun, type EngineHost, type RunHandle, type RunOutcome } from '@heddle/engine';
import { crashesInARow, crashLoop } from '../runs/crashes-in-a-row.js';
import { carryOut } from './carry-out.js';
import { workTimes, type WorkerParts, type WorkTimes } from './worker-parts.js';

/** A run that sleeps for less than this is claimed again by the worker that had it. For longer sleeps the reconciler sends hints. */
const shortWaitMs = 60_000;

interface Work {
  readonly claim: RunClaim;
  readonly className: string;
  handle: RunHandle | undefined;
  /** Whether the run's last processes ended without a new record. */
  hasCrashed: boolean;
  readonly gone: Promise<void>;
}

/**
 * One life of a worker, under one boot id. It claims runs that hints name, executes them, and carries out commands to them. When it loses
 * its rights to them, it stops its runs and ends; other workers take these runs.
 */
export class WorkerLife {
  private readonly journal: ClaimedJournal;
  private readonly host: EngineHost;
  private readonly times: WorkTimes;
  private readonly time: TimeSource;
  private readonly works = new Map<string, Work>();
  private readonly carried = new Set<string>();
  private readonly cancels = new Set<() => void>();
  private receiver: HintReceiver | undefined;
  private kept: KeptWorker | undefined;
  /** How many runs it works on that came without a hint. */
  private direct = 0;
  /** How many runs `take` is claiming now. */
  private claiming = 0;
  /** Whether a run may be waiting for a slot here. */
  private mayWait = false;
  private hintedAt: number;
  private isOver = false;
  /** Set while an operator drains the worker; it takes no runs then. */
  private isDraining: boolean;
  private end: (() => void) | undefined;

  /** Resolves when this life is over: after a drain, or because others declared it dead or retired. */
  readonly over: Promise<void> = new Promise((resolve) => (this.end = resolve));

  constructor(
    private readonly parts: WorkerParts,
    private readonly worker: NewWorker,
  ) {
    this.times = parts.times ?? workTimes;
    this.time = steadySource(parts.clock);
    this.hintedAt = this.time.now();
    this.isDraining = worker.isDraining ?? false;
    this.journal = createClaimedJournal(parts.journal, (runId) => void this.works.get(runId)?.handle?.release());
    this.host = {
      ...parts.host,
      clock: parts.clock,
      journal: this.journal,
      emit: (runId, events) => this.emit(runId, events),
      checkEffects: () => this.checkEffects(),
    };
  }

  get boot(): string {
    return this.worker.boot;
  }

  /** How many runs it has in memory. */
  get size(): number {
    return this.works.size;
  }

  /** Whether an operator is draining it. */
  get drains(): boolean {
    return this.isDraining;
  }

  has(runId: string): boolean {
    return this.works.has(runId);
  }

  /** Claims a run at once, if this worker has a free slot and no other worker has the run. Returns whether this worker has it. */
  async take(runId: string): Promise<boolean> {
    if (this.isOver || this.works.has(runId)) return this.works.has(runId);
    if (this.free() === 0) {
      this.mayWait = true;
      return false;
    }
    this.claiming += 1;
    let claim: RunClaim | undefined;
    try {
      claim = await this.parts.claims.claim(runId, this.claimant());
    } finally {
      this.claiming -= 1;
    }
    if (claim === undefined) return false;
    const taken = claim;
    void this.takeDirectly(() => this.work(taken));
    return true;
  }

  /** Carries out the open commands to its runs. */
  readCommands(): Promise<void> {
    return this.works.size === 0 ? Promise.resolve() : this.carryOutAll();
  }

  private emit(runId: string, events: Parameters<EngineHost['emit']>[1]): void {
    this.parts.onEvents?.(runId, events);
    this.parts.bus?.publish(runId, events);
  }

  private isAlive(): boolean {
    return this.kept?.isAlive() ?? false;
  }

  /**
   * Refuses effects if the worker was silent for too long. A process that stood still can reach an effect before its own timer fires. Its
   * runs are released first, so that they record no error.
   */
  private checkEffects(): void {
    if (this.isAlive()) return;
    void this.leave();
    throw new HeddleError('run_lost', `The worker ${this.boot} was silent for too long: others may have its runs.`);
  }

  /** Registers the worker and begins to take runs. Errors: `database_*`, `storage_*`. */
  async begin(): Promise<void> {
    const { workers, clock, lifeTimes, dispatch, log } = this.parts;
    this.kept = await keepWorker(this.worker, {
      workers,
      clock,
      times: lifeTimes,
      capabilities: this.parts.capabilities,
      onState: (state) => this.follow(state),
      onLost: (reason) => {
        log.warn({ boot: this.boot, reason }, 'the worker lost its runs');
        void this.leave();
      },
    });
    if (this.isOver) return;
    const { classes = ['cpu'], slots } = this.worker;
    this.receiver = dispatch?.receive({ classes, slots, onHint: (hint) => this.followHint(hint) });
    if (this.isDraining) this.setSlots();
    const stop = this.parts.bus?.listen(this.boot, () => void this.readCommands().catch(() => undefined)); // The next check finds the commands.
    if (stop !== undefined) this.cancels.add(stop);
    this.every(this.times.commandMs, () => this.readCommands());
    this.every(this.times.watchMs, () => this.watch());
  }

  /** Takes no more runs, lets short runs end, hands the others over with hints, and leaves the registry. */
  async drain(): Promise<void> {
    const { workers, log } = this.parts;
    const within = (milliseconds: number, work: Promise<unknown>): Promise<unknown> =>
      Promise.race([work, this.pause(milliseconds)]);
    const whole = async (): Promise<void> => {
      await workers.drain(this.boot).catch(() => undefined); // If this fails, the reconciler finds the worker dead.
      void this.receiver?.close();
      await within(this.times.graceMs, Promise.all([...this.works.values()].map(({ gone }) => gone)));
      await this.stopRuns();
      await workers.leave(this.boot).catch((error: unknown) => log.warn({ err: error }, 'the worker could not leave'));
    };
    await within(this.times.drainMs, whole());
    await within(this.times.graceMs, this.leave());
  }

  /** Applies an operator's decision: a worker that drains hands its runs over, after short ones had time to end. */
  private follow(state: LivingState): void {
    this.isDraining = state === 'draining';
    this.parts.log.info({ boot: this.boot, state }, 'an operator changed whether the worker takes runs');
    this.setSlots();
    if (!this.isDraining)
      void this.watch().catch(() => undefined); // The next check finds runs that wait.
    else
      this.later(this.time, this.time.now() + this.times.graceMs, async () => {
        if (this.isDraining) await Promise.all([...this.works.values()].map(async ({ handle }) => handle?.release()));
      });
  }

  private claimant(): Claimant {
    return { boot: this.boot, capabilities: this.parts.capabilities?.() ?? this.worker.capabilities };
  }

  private setSlots(): void {
    this.receiver?.setSlots(this.isDraining ? 0 : Math.max(0, this.worker.slots - this.direct));
  }

  private free(): number {
    if (this.isDraining) return 0;
    return Math.max(0, this.worker.slots - this.works.size - this.claiming);
  }

  private async followHint(hint: RunHint): Promise<void> {
    this.hintedAt = this.time.now();
    if (this.isOver || this.free() === 0 || this.works.has(hint.runId)) return;
    await this.tryRun(hint.runId);
  }

  /** Claims a run and works on it until it leaves memory. Does nothing if another worker has the run or it is not ready. */
  private async tryRun(runId: string): Promise<void> {
    const claim = await this.parts.claims.claim(runId, this.claimant());
    if (claim !== undefined) await this.work(claim);
  }

  private async work(claim: RunClaim): Promise<void> {
    const { runId } = claim;
    let leave = (): void => undefined;
    const work: Work = {
      claim,
      className: claim.class,
      handle: undefined,
      hasCrashed: false,
      gone: new Promise((resolve) => (leave = resolve)),
    };
    this.works.set(runId, work);
    this.parts.onClaimed?.(claim);
    this.journal.take(claim);
    try {
      if (!this.isOver) work.handle = await this.open(work);
      const outcome = await work.handle?.done;
      if (outcome === undefined) await this.releaseClaim(work);
      else await this.settle(work, outcome);
    } catch (error) {
      await this.failToRun(work, error);
    } finally {
      // This worker may have claimed the run again since it was released.
      if (this.works.get(runId) === work) {
        this.works.delete(runId);
        this.journal.drop(runId);
        this.parts.handles?.remove(runId);
        this.parts.onLeft?.(runId);
      }
      leave();
      if (this.mayWait && !this.isOver) void this.watch().catch(() => undefined); // The next check finds runs that wait.
    }
  }

  /** Reads a run and continues it. Open commands are carried out in the same tick, because a suspended run would leave memory again. */
  private async open(work: Work): Promise<RunHandle> {
    const { runId } = work.claim;
    const { journal, commands } = this.parts;
    const [acceptance, bundle, events, open] = await Promise.all([
      journal.acceptance(runId),
      journal.bundle(runId),
      journal.events(runId),
      commands.ofRun(runId),
    ]);
    const crashes = crashesInARow(events);
    const { crashLimit = 0 } = this.parts;
    if (crashLimit > 0 && crashes >= crashLimit) throw crashLoop(crashes);
    work.hasCrashed = crashes > 0;
    const accepted = { acceptance, plan: await this.host.compile(bundle) };
    const handle = events.length === 0 ? startRun(this.host, accepted) : resumeRun(this.host, accepted, events);
    work.handle = handle;
    this.parts.handles?.add(runId, handle);
    // Meanwhile the run may have been lost, or the worker may have ended or begun to drain.
    if (this.isOver || this.isDraining) void handle.release();
    for (const command of open) void this.carryOut(handle, command);
    return handle;
  }

  private async settle(work: Work, outcome: RunOutcome): Promise<void> {
    // Such a run could not write to the journal.
    if (outcome.status === 'paused' && outcome.error !== undefined)
      return this.failToRun(work, fromErrorValue(outcome.error));
    // An orderly end is not a crash, so earlier recoveries no longer count.
    if (outcome.status === 'released' && work.hasCrashed) await this.noteReleased(work);
    if (outcome.status === 'suspended' || outcome.status === 'paused' || outcome.status === 'released')
      await this.releaseClaim(work);
    if (outcome.status === 'released') await this.hint(work);
    if (outcome.status === 'suspended') await this.claimSoon(work.claim.runId, outcome.until);
  }

  private async noteReleased({ claim: { runId } }: Work): Promise<void> {
    const record = { type: 'run-resume', time: this.parts.clock.now(), reason: 'released' } as const;
    try {
      await this.journal.append(runId, [record]);
    } catch {
      // Without the record, this end counts as a crash.
    }
  }

  /** Claims a suspended run again if a command arrived meanwhile, or after a wait that is too short for the reconciler to see. */
  private async claimSoon(runId: string, until = Infinity): Promise<void> {
    const claim = (): Promise<void> => this.takeDirectly(() => this.tryRun(runId));
    const moments = momentsSource(this.parts.clock);
    if ((await this.parts.commands.ofRun(runId)).length > 0) void claim();
    else if (until - moments.now() < shortWaitMs) this.later(moments, until, claim);
  }

  private async releaseClaim({ claim }: Work): Promise<void> {
    // If this fails, the reconciler releases the run once this worker is dead.
    await this.parts.claims.release(claim).catch(() => undefined);
  }

  private async hint({ claim, className }: Work): Promise<void> {
    const { runId, epoch } = claim;
    await this.parts.dispatch?.send([{ runId, epoch, class: className }]).catch(() => undefined); // If this fails, the reconciler sends a hint.
  }

  /**
   * Ends a run that cannot begin as failed, so that no caller waits for ever. After a fault of the store, the run is given back and tried
   * again.
   */
  private async failToRun(work: Work, error: unknown): Promise<void> {
    const { code } = toHeddleError(error);
    if (code === 'run_lost' || code === 'run_terminal') return;
    this.logFault(work, error);
    if (!isStoreFault(error) && code !== 'shutting_down' && this.isAlive()) {
      const { runId } = work.claim;
      const time = this.parts.clock.now();
      const end = { type: 'run-end', time, status: 'failed', error: toErrorValue(error, 'internal') } as const;
      try {
        const seq = await this.journal.append(runId, [end]);
        this.emit(runId, [RunEvent.parse({ ...end, runId, seq })]);
        return;
      } catch (second) {
        this.logFault(work, second);
      }
    }
    await this.releaseClaim(work);
  }

  private logFault({ claim }: Work, error: unknown): void {
    this.parts.log.error({ runId: claim.runId, err: error }, 'run could not go on');
  }

  private async carryOutAll(): Promise<void> {
    for (const command of await this.parts.commands.ofOwner(this.boot)) {
      const handle = this.works.get(command.runId)?.handle;
      if (handle !== undefined) void this.carryOut(handle, command);
    }
  }

  private async carryOut(handle: RunHandle, command: Parameters<typeof carryOut>[1]): Promise<void> {
    if (this.carried.has(command.id)) return;
    this.carried.add(command.id);
    try {
      const outcome = await carryOut(handle, command, this.parts.journal);
      if (outcome !== undefined) await this.parts.commands.settle(command.id, outcome);
    } catch (error) {
      this.parts.log.warn({ runId: command.runId, err: error }, 'a command was not carried out; it is tried again');
    } finally {
      this.carried.delete(command.id);
    }
  }

  /** The watchdog: it claims runs that no worker took despite hints, and reopens the receiver if no hints arrive. */
  private async watch(): Promise<void> {
    const free = this.free();
    this.mayWait = free === 0;
    if (free === 0) return;
    const { claims: source, hasHints } = this.parts;
    const mayExpect = this.receiver !== undefined && hasHints?.() !== false;
    const patienceMs = mayExpect ? this.times.patienceMs : 0;
    const claims = await source.claimNext(this.claimant(), free, patienceMs);
    this.mayWait = claims.length === free;
    for (const claim of claims) void this.takeDirectly(() => this.work(claim));
    if (claims.length === 0 || this.time.now() - this.hintedAt < this.times.patienceMs) return;
    this.hintedAt = this.time.now();
    await this.receiver?.reopen();
  }

  /** Works on a run that came without a hint. Meanwhile the receiver gets one slot less. */
  private async takeDirectly(work: () => Promise<void>): Promise<void> {
    if (this.isOver) return;
    this.direct += 1;
    this.setSlots();
    try {
      await work();
    } catch (error) {
      this.parts.log.warn({ err: error }, 'a run could not be claimed');
    } finally {
      this.direct -= 1;
      this.setSlots();
    }
  }

  private async leave(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    for (const cancel of this.cancels) cancel();
    this.cancels.clear();
    this.kept?.stop();
    void this.receiver?.close();
    await this.stopRuns();
    this.end?.();
  }

  private async stopRuns(): Promise<void> {
    const works = [...this.works.values()];
    await Promise.all(works.map(async ({ handle }) => handle?.release()));
    await Promise.all(works.map(({ gone }) => gone));
  }

  private every(milliseconds: number, work: () => Promise<void>): void {
    this.later(this.time, this.time.now() + milliseconds, async () => {
      await work().catch((error: unknown) => this.parts.log.debug({ err: error }, 'the database was away'));
      if (!this.isOver) this.every(milliseconds, work);
    });
  }

  private later(source: TimeSource, time: number, work: () => Promise<void>): void {
    const cancel = source.at(time, () => {
      this.cancels.delete(cancel);
      void work();
    });
    this.cancels.add(cancel);
  }

  private pause(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.time.at(this.time.now() + milliseconds, resolve));
  }
}
