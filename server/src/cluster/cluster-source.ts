import type { ClusterReader, QueueWaits } from '@heddle/adapters/cluster';
import type { ClusterReply, GuardedWrite, LivingState, Workers } from '@heddle/core';

/** What all processes on a database say of themselves. */
export interface ClusterSource {
  readonly workers: Pick<Workers, 'list'>;
  readonly reader: Pick<ClusterReader, 'waiting' | 'leases'>;
  readonly waits: Pick<QueueWaits, 'read'>;
  /** Where hints of runs go. */
  readonly hints: ClusterReply['hints'];
  /** The write that lets a process drain, or take runs again. */
  readonly stateWrite: (boot: string, state: LivingState) => GuardedWrite;
}
