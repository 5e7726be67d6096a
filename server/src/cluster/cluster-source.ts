import type { ClusterReader, QueueWaits } from '@heddle/adapters/cluster';
import type { ClusterReply, GuardedWrite, LivingState, Workers } from '@heddle/core';

/** What is stored about all processes on a database. */
export interface ClusterSource {
  readonly workers: Pick<Workers, 'list'>;
  readonly reader: Pick<ClusterReader, 'waiting' | 'leases'>;
  readonly waits: Pick<QueueWaits, 'read'>;
  /** The kind of queue that carries the hints about runs. */
  readonly hints: ClusterReply['hints'];
  /** The write that makes a process drain, or take runs again. */
  readonly stateWrite: (boot: string, state: LivingState) => GuardedWrite;
}
