import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Evidence, Violation } from '../evidence.js';

/**
 * Writes everything that is known about the runs with violations to a file, because the database is deleted after the chaos run. Returns
 * the path.
 */
export function writeEvidence(evidence: Evidence, violations: readonly Violation[]): string {
  const { runs, ledger, notifications, disturbances, lives, clients } = evidence;
  const named = new Set(violations.map(({ runId }) => runId));
  const of = runs.filter(({ runId }) => named.has(runId));
  const tags = new Set(of.map(({ tag }) => tag));
  const isNamed = ({ runId }: { readonly runId: string }): boolean => named.has(runId);
  const kept = {
    violations,
    disturbances,
    lives,
    runs: of,
    ledger: ledger.filter(({ tag }) => tags.has(tag)),
    notifications: notifications.filter(isNamed),
    clients: {
      accepted: clients.accepted.filter(isNamed),
      seen: clients.seen.filter(isNamed),
      answers: clients.answers.filter(isNamed),
      cancels: clients.cancels.filter(isNamed),
      watches: clients.watches.filter(isNamed),
      streams: clients.streams.filter(isNamed),
    },
  };
  const file = join(mkdtempSync(join(tmpdir(), 'heddle-chaos-')), 'evidence.json');
  writeFileSync(file, JSON.stringify(kept, undefined, 2));
  return file;
}
