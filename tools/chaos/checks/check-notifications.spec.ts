import { describe, expect, it } from '@jest/globals';
import { clients, evidence } from '../__fixtures__/history.js';
import { checkPromises } from './check-promises.js';
import type { Evidence } from '../evidence.js';

const published = clients({ streams: [{ runId: 'one', after: 0, events: [] }] });
const notifications = (arrivedAt: number, answeredAt: number | undefined = arrivedAt + 5, id = 'message-1') => ({
  id,
  runId: 'one',
  arrivedAt,
  answeredAt,
});
const history = (more: Partial<Evidence>): Evidence => evidence({ clients: published, ...more });
const first = { startedAt: 0, listeningAt: 1, diedAt: 1_100 };
const second = { startedAt: 1_110, listeningAt: 1_200, diedAt: undefined };

describe('the checker of webhooks', () => {
  it.each<readonly [string, Evidence]>([
    ['a message that was answered', history({ notifications: [notifications(1_000)] })],
    [
      'a message that was repeated until it was answered',
      history({ notifications: [{ ...notifications(1_000), answeredAt: undefined }, notifications(6_000)] }),
    ],
    [
      'a message that came again because a kill hid its answer',
      history({ notifications: [notifications(1_000), notifications(1_300)], lives: [first, second] }),
    ],
    [
      'an answer that a refusing disk delayed until the kill',
      history({
        notifications: [notifications(1_000), notifications(9_000)],
        lives: [
          { ...first, diedAt: 8_000 },
          { ...second, startedAt: 8_010, listeningAt: 8_100 },
        ],
        disturbances: [{ kind: 'io', startedAt: 900, endedAt: 3_000 }],
      }),
    ],
  ])('finds nothing wrong with %s', (_, evidenceOf) => {
    expect(checkPromises(evidenceOf)).toEqual([]);
  });

  it.each<readonly [string, string, Evidence]>([
    ['G1', 'a run whose end was not sent', history({ notifications: [] })],
    [
      'G1',
      'a message without an answer',
      history({ notifications: [{ ...notifications(1_000), answeredAt: undefined }] }),
    ],
    [
      'G2',
      'a message that came again without a kill',
      history({ notifications: [notifications(1_000), notifications(1_300)] }),
    ],
    [
      'G2',
      'a message that came again after a kill long after its answer',
      history({
        notifications: [notifications(1_000), notifications(9_000)],
        lives: [
          { ...first, diedAt: 8_000 },
          { ...second, startedAt: 8_010, listeningAt: 8_100 },
        ],
      }),
    ],
    [
      'G2',
      'a message that came twice again after one kill',
      history({
        notifications: [notifications(1_000), notifications(1_300), notifications(1_600)],
        lives: [first, second],
      }),
    ],
  ])('reports %s for %s', (promise, _, evidenceOf) => {
    expect(checkPromises(evidenceOf)).toMatchObject([{ promise }]);
  });
});
