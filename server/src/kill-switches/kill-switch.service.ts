import type { KillSwitchStore, StoredKillSwitch } from '@heddle/adapters/stores';
import {
  HeddleError,
  type Audit,
  type AuditEventOf,
  type Clock,
  type GuardedWrite,
  type Journal,
  type RunSummary,
  type KillSwitchesReply,
  type KillSwitchReply,
  type Tables,
} from '@heddle/core';
import type { Log } from '../common/log.js';
import type { TopicHub } from '../live/topic-hub.js';
import type { Driver } from '../runs/driver.js';
import type { RunHandles } from '../runs/state/run-handles.js';
import { groupOf } from '../runs/run-queue.js';
import { killSwitchOf, pauseOf } from './kill-switch-guard.js';
import { killSwitchTarget, killSwitchWarnings, type KillSwitchTargets } from './kill-switch-target.js';

interface KillSwitchServiceDependencies {
  readonly killSwitches: KillSwitchStore;
  readonly audit: Audit;
  readonly journal: Journal;
  readonly driver: Driver;
  readonly handles: RunHandles;
  readonly clock: Clock;
  readonly targets: KillSwitchTargets;
  readonly topics: Pick<TopicHub, 'changed'>;
}

/** The topic of the live socket that sends the kill switches to its watchers. */
export const killSwitchTopic = 'kill-switches';

/** How many paused runs a release reads. */
const mostPaused = 100_000;

/** Kill switches. Each takes effect at once and stays active, also after a restart, until a person releases it. */
export class KillSwitchService {
  constructor(private readonly dependencies: KillSwitchServiceDependencies) {}

  list(): readonly StoredKillSwitch[] {
    return this.dependencies.killSwitches.list();
  }

  /** All active kill switches, as watchers of the topic get them. */
  state(): KillSwitchesReply {
    return { killSwitches: [...this.list()] };
  }

  /** Errors: `not_found`. */
  get(target: string): StoredKillSwitch {
    const killSwitch = this.dependencies.killSwitches.get(target);
    if (killSwitch === undefined)
      throw new HeddleError('not_found', `There is no kill switch '${target}': heddle stop lists what is stopped.`);
    return killSwitch;
  }

  /**
   * Sets a kill switch, and pauses the runs in memory that it covers as a whole. For a tool or connection, a run is paused at its next call
   * of it. The reply says how many runs were paused now. Errors: `workflow_not_found`, `connection_not_found`.
   */
  async set(named: string, reason: string, who: string): Promise<KillSwitchReply> {
    const { killSwitches, handles, journal, clock, targets } = this.dependencies;
    const target = await killSwitchTarget(named, targets);
    const killSwitch = { target, reason, who, time: clock.now() };
    await this.write(killSwitch, { step: 'set', reason }, killSwitches.write.set(killSwitch));
    let runs = 0;
    for (const handle of handles.all) {
      const { workflowId } = await journal.summary(handle.runId);
      if (killSwitchOf({ get: (name) => (name === target ? killSwitch : undefined) }, workflowId) === undefined)
        continue;
      handle.pause(pauseOf(killSwitch));
      runs += 1;
    }
    const warnings = await killSwitchWarnings(target, targets);
    return { target, runs, ...(warnings.length === 0 ? {} : { warnings: [...warnings] }) };
  }

  /**
   * Follows the kill switches that other processes set: pauses the runs of this process that they cover, and notifies watchers. Returns a
   * function that stops this.
   */
  follow({ tables, log }: { readonly tables: Pick<Tables, 'watch'>; readonly log: Log }): () => void {
    const { topics } = this.dependencies;
    let looking: Promise<void> = Promise.resolve();
    return tables.watch('kill switches', () => {
      topics.changed(killSwitchTopic, 'all', () => Promise.resolve(this.state()));
      looking = looking
        .then(() => this.pauseCovered())
        .catch((err: unknown) =>
          log.error({ err }, 'runs that a kill switch covers could not be paused; their next calls are refused'),
        );
    });
  }

  private async pauseCovered(): Promise<void> {
    const { killSwitches, handles, journal } = this.dependencies;
    if (killSwitches.list().length === 0) return;
    for (const handle of handles.all) {
      const { workflowId } = await journal.summary(handle.runId);
      const killSwitch = killSwitchOf(killSwitches, workflowId);
      if (killSwitch !== undefined) handle.pause(pauseOf(killSwitch));
    }
  }

  /** Releases a kill switch. The runs that it paused continue, unless another one covers them. Errors: `not_found`, `conflict`. */
  async release(named: string, who: string): Promise<KillSwitchReply> {
    const { killSwitches, driver, targets } = this.dependencies;
    // A kill switch can be released even if its target does not exist any more.
    const target = killSwitches.get(named) === undefined ? await killSwitchTarget(named, targets) : named;
    const killSwitch = this.get(target);
    await this.write({ ...killSwitch, who }, { step: 'released' }, killSwitches.write.remove(target));
    const paused = await this.pausedRuns(target);
    const free = paused.filter(({ workflowId }) => killSwitchOf(killSwitches, workflowId) === undefined);
    for (const summary of free) driver.enqueueResume(summary.runId, groupOf(summary));
    return { target, runs: free.length };
  }

  private async pausedRuns(target: string): Promise<readonly RunSummary[]> {
    const { journal } = this.dependencies;
    const paused: RunSummary[] = [];
    for (const summary of await journal.list({ status: ['paused'], limit: mostPaused })) {
      const events = await journal.events(summary.runId, { after: Math.max(0, summary.lastSeq - 1) });
      if (events.some((event) => event.type === 'run-pause' && event.cause?.target === target)) paused.push(summary);
    }
    return paused;
  }

  private async write(
    { who, target: subject }: StoredKillSwitch,
    details: AuditEventOf<'stop'>['details'],
    writes: readonly GuardedWrite[],
  ): Promise<void> {
    const { audit, topics } = this.dependencies;
    await audit.commit({ kind: 'stop', who, subject, details }, writes);
    topics.changed(killSwitchTopic, subject, () => Promise.resolve(this.state()));
  }
}
