import type { ConnectionHub } from '@heddle/adapters/connections';
import type { StoredProviderBatch } from '@heddle/adapters/provider-batches';
import type { KillSwitchStore } from '@heddle/adapters/stores';
import type { Clock } from '@heddle/core';
import { pause } from '../common/pause.js';
import { killSwitchOf } from '../kill-switches/kill-switch-guard.js';
import { workOnBatch, type StepDependencies } from './batch-steps.js';

/** When waiting calls become a batch: at whichever limit is reached first. */
interface GatherSettings {
  /** How many calls wait. */
  readonly calls: number;
  /** How many milliseconds the oldest call has waited. */
  readonly afterMs: number;
}

export interface CollectorDependencies extends StepDependencies {
  readonly clock: Clock;
  readonly connections: Pick<ConnectionHub, 'batches'>;
  readonly killSwitches: Pick<KillSwitchStore, 'get' | 'list'>;
  readonly gather: GatherSettings;
  /** Called in each round, because results may have arrived. */
  readonly onRound: () => Promise<void>;
}

/** The most characters of request bodies in one batch. Providers accept 200 MB. */
const mostBytes = 50 * 1024 * 1024;
const roundMs = 1_000;
const stoppedMs = 30_000;

/** Gathers calls into batches and advances the batches, one after the other for each connection. */
export class BatchCollector {
  private stopping = new AbortController();
  private readonly working = new Map<string, Promise<void>>();
  private going: Promise<void> | undefined;
  private wake: () => void = () => undefined;

  constructor(private readonly dependencies: CollectorDependencies) {}

  start(): void {
    if (this.going !== undefined) return;
    this.stopping = new AbortController();
    this.going = this.rounds();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.going;
    await Promise.allSettled(this.working.values());
    this.going = undefined;
  }

  /** Starts the next round at once, because there is new work. */
  kick(): void {
    this.wake();
  }

  private async rounds(): Promise<void> {
    const { store, clock, log, onRound } = this.dependencies;
    const { signal } = this.stopping;
    while (!signal.aborted) {
      // Created before the store is checked, so that no call of `kick` in between is missed.
      const kicked = new Promise<void>((resolve) => (this.wake = resolve));
      let hasWork = true;
      try {
        await this.round();
        await onRound();
        hasWork = await store.hasWork();
      } catch (err) {
        log.warn({ err }, 'batches of providers are checked again');
      }
      await (hasWork ? pause(clock, roundMs, signal) : kicked);
    }
  }

  private async round(): Promise<void> {
    const { store, clock } = this.dependencies;
    await this.gather(clock.now());
    const due = new Map<string, StoredProviderBatch[]>();
    for (const batch of await store.due(clock.now()))
      due.set(batch.connection, [...(due.get(batch.connection) ?? []), batch]);
    for (const [connection, batches] of due) {
      if (this.working.has(connection)) continue;
      const done = this.workOn(connection, batches).finally(() => this.working.delete(connection));
      this.working.set(connection, done);
    }
  }

  private async gather(now: number): Promise<void> {
    const { store, killSwitches, gather } = this.dependencies;
    const without = killSwitches
      .list()
      .flatMap(({ target }) => (target.startsWith('workflow:') ? [target.slice('workflow:'.length)] : []));
    for (const { connection, model, endpoint, calls, oldest } of await store.groups(without)) {
      const isDue = calls >= gather.calls || now - oldest >= gather.afterMs || oldest > now + gather.afterMs;
      if (!isDue || this.isStopped(connection)) continue;
      await store.open({ connection, model, endpoint }, { calls: gather.calls, bytes: mostBytes, without }, now);
    }
  }

  /** Whether a kill switch covers the connection. Then nothing is sent to it and nothing is read. */
  private isStopped(connection: string): boolean {
    const call = { kind: 'generate', subject: connection, connection } as const;
    return killSwitchOf(this.dependencies.killSwitches, undefined, call) !== undefined;
  }

  private async workOn(connection: string, batches: readonly StoredProviderBatch[]): Promise<void> {
    const { store, clock, connections, log } = this.dependencies;
    const { signal } = this.stopping;
    try {
      for (const batch of batches) {
        if (signal.aborted) return;
        if (this.isStopped(connection)) await store.later(batch.id, clock.now() + stoppedMs, 'A kill switch is on.');
        else await workOnBatch(batch, () => connections.batches(connection), this.dependencies, signal);
      }
    } catch (err) {
      // For example after a fault of the store. The next round finds the batch unchanged.
      log.warn({ err, connection }, 'batches of a connection are tried again');
    }
  }
}
