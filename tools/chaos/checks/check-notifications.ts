import { dueAfter } from '../disturbances.js';
import type { Evidence, JournalRun, ServerLife, Violation } from '../evidence.js';
import type { WebhookMessage } from '../ledger.js';

/** The maximum milliseconds until the store has the answer of the receiver. */
const keptMs = 2_000;

/** G1, G2 for webhooks: a message is sent for each run that is done, and an answered message is repeated only if a kill hid the answer. */
export function checkNotifications(evidence: Evidence, byId: ReadonlyMap<string, JournalRun>): Violation[] {
  const { clients, notifications } = evidence;
  const notified = new Set(
    notifications.filter(({ answeredAt }) => answeredAt !== undefined).map(({ runId }) => runId),
  );
  const published = new Set(clients.streams.map(({ runId }) => runId));
  const unpublished = [...published]
    .filter((runId) => byId.get(runId)?.status === 'done' && !notified.has(runId))
    .map((runId): Violation => ({ promise: 'G1', runId, message: 'was done, and its webhook was not called' }));
  return [...unpublished, ...checkRepeats(evidence)];
}

function checkRepeats({ notifications, lives, disturbances, slowness, cluster }: Evidence): Violation[] {
  const answered = new Map<string, WebhookMessage>();
  const violations: Violation[] = [];
  const sentAt = (id: string): number => answered.get(id)?.arrivedAt ?? 0;
  for (const message of [...notifications].sort((a, b) => a.arrivedAt - b.arrivedAt)) {
    const { id, runId, arrivedAt, answeredAt } = message;
    const before = answered.get(id)?.answeredAt;
    if (before !== undefined) {
      const kept = dueAfter(before, keptMs * slowness, disturbances);
      const until = Math.min(kept, arrivedAt);
      // In a cluster, another process may repeat the message after a fault of the first process or of its database.
      const isHidden =
        cluster === undefined
          ? lives.some((life) => diedBetween(life, before, until))
          : disturbances.some(({ startedAt, endedAt }) => startedAt <= until && endedAt >= sentAt(id) - keptMs);
      if (!isHidden)
        violations.push({ promise: 'G2', runId, message: `the message ${id} came again after it was answered` });
    }
    if (answeredAt !== undefined) answered.set(id, message);
  }
  return violations;
}

const diedBetween = ({ diedAt }: ServerLife, from: number, to: number): boolean =>
  diedAt !== undefined && diedAt >= from && diedAt <= to;
