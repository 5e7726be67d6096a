import { describe, expect, it } from '@jest/globals';
import {
  began,
  cancelled,
  clients,
  done,
  entry,
  evidence,
  labelled,
  plain,
  runOf,
  start,
  wish,
} from '../__fixtures__/history.js';
import type { Disturbance, Evidence } from '../evidence.js';
import { expectedOutputs } from '../workflow.js';
import { checkPromises, heldRequests } from './check-promises.js';

const cluster = { leaseMs: 10_000 };
const fault = (kind: Disturbance['kind'], startedAt: number, endedAt: number): Disturbance => ({
  kind,
  startedAt,
  endedAt,
});
const history = (more: Partial<Evidence>): Evidence => evidence({ cluster, ...more });
const late = [entry('effect', 30), entry('effect', 25_000), entry('once', 60)];
const message = (arrivedAt: number) => ({ id: 'message-1', runId: 'one', arrivedAt, answeredAt: arrivedAt + 5 });
const copied = expectedOutputs('tag', true);
const slowCancel = {
  runs: [runOf([began, start('effect', 20), wish(40), cancelled(12_000)])],
  ledger: [],
  notifications: [],
};

describe('the checker of a cluster', () => {
  it.each<readonly [string, Evidence]>([
    ['a history without faults', history({})],
    [
      'a late request of a process that was stopped',
      history({ ledger: late, disturbances: [fault('stop', 10, 24_900)] }),
    ],
    [
      'a message that another process sent again while the first one did not reach the database',
      history({ notifications: [message(950), message(9_000)], disturbances: [fault('partition', 900, 15_000)] }),
    ],
    [
      'a run with a copied letter',
      history({
        cluster: { ...cluster, hasFiles: true },
        runs: [
          runOf([
            ...plain.slice(0, -1),
            { ...done, outputs: labelled({ ...copied, word: 'warp', answer: 'A thread.' }) },
          ]),
        ],
      }),
    ],
    ['a cancel whose process was killed', history({ ...slowCancel, disturbances: [fault('kill-worker', 50, 5_000)] })],
  ])('accepts %s', (_, given) => {
    expect(checkPromises(given)).toEqual([]);
  });

  it.each<readonly [string, string, Evidence]>([
    [
      'G2',
      'a late request without a stopped process',
      history({ ledger: late, disturbances: [fault('cut', 10, 24_900)] }),
    ],
    [
      'G2',
      'a late request long after a process continued',
      history({ ledger: late, disturbances: [fault('stop', 10, 20_000)] }),
    ],
    ['G2', 'a message that was repeated without a fault', history({ notifications: [message(950), message(9_000)] })],
    ['G7', 'a late end of a cancel without a fault', history(slowCancel)],
    ['G1', 'a run without its letter', history({ cluster: { ...cluster, hasFiles: true } })],
    ['G1', 'a run that is lost', history({ runs: [], ledger: [], notifications: [], clients: clients({ seen: [] }) })],
    [
      'G5',
      'a run that stalled',
      history({ runs: [runOf([...plain].map((record) => ({ ...record, time: record.time + 20_000 })))], ledger: [] }),
    ],
  ])('reports %s for %s', (promise, _, given) => {
    expect(checkPromises(given).map((violation) => violation.promise)).toContain(promise);
  });

  it('counts late requests of stopped processes', () => {
    expect(heldRequests(history({ ledger: late, disturbances: [fault('stop', 10, 24_900)] }))).toBe(1);
    expect(heldRequests(history({ ledger: late }))).toBe(0);
  });
});
