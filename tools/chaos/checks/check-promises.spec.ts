import { describe, expect, it } from '@jest/globals';
import type { RunRecord } from '@heddle/core';
import {
  began,
  cancelled,
  clients,
  decided,
  delta,
  done,
  end,
  entry,
  evidence,
  kept,
  labelled,
  numbered,
  plain,
  runOf,
  snapshot,
  start,
  watch,
  watching,
  wish,
} from '../__fixtures__/history.js';
import { checkPromises } from './check-promises.js';
import type { Evidence } from '../evidence.js';

const brokenIn = (history: Evidence): string[] => [...new Set(checkPromises(history).map(({ promise }) => promise))];

describe('the checker of the eight promises', () => {
  const recovered: RunRecord = { type: 'run-resume', time: 1_030, reason: 'recovered' };
  const again = { startedAt: 1_000, listeningAt: 1_020, diedAt: undefined };
  const first = { startedAt: 0, listeningAt: 1, diedAt: 25 };
  const repeated: readonly RunRecord[] = [
    began,
    start('effect', 20),
    recovered,
    start('effect', 1_040),
    end('effect', 1_060),
    { ...done, time: 1_100 },
  ];

  it.each<readonly [string, Evidence]>([
    ['a plain run', evidence()],
    [
      'a running node that is repeated under its key',
      evidence({
        runs: [runOf(repeated)],
        lives: [first, again],
        ledger: [entry('effect', 22), entry('effect', 1_050)],
      }),
    ],
    [
      'a node that must not run twice, repeated because a person decided so',
      evidence({
        runs: [runOf([began, start('once', 20), decided('once', 50, { decision: 'run' }), end('once', 70), done])],
        ledger: [entry('once', 30), entry('once', 60)],
      }),
    ],
    [
      'a run that failed because a person decided so',
      evidence({
        runs: [
          runOf([
            began,
            start('once', 20),
            decided('once', 50, { decision: 'fail' }),
            {
              type: 'run-end',
              time: 60,
              status: 'failed',
              error: { code: 'at_most_once', message: '', retryable: false },
            },
          ]),
        ],
        ledger: [],
      }),
    ],
    [
      'a cancel whose end came late, because the process died',
      evidence({
        runs: [runOf([began, wish(20), { ...recovered }, cancelled(1_500)])],
        lives: [first, again],
        clients: clients({ cancels: [{ runId: 'one', status: 'running' }] }),
      }),
    ],
    [
      'a suspended run that a start leaves alone',
      evidence({
        runs: [
          runOf([
            began,
            { type: 'run-suspend', time: 20, requests: ['a'] },
            { type: 'run-resume', time: 9_000, reason: 'answered' },
            { ...done, time: 9_100 },
          ]),
        ],
        lives: [first, again],
        ledger: [],
      }),
    ],
    [
      'a cancel that came while the process was stopped',
      evidence({
        runs: [runOf([began, wish(20), cancelled(3_900)])],
        ledger: [],
        disturbances: [{ kind: 'stop', startedAt: 15, endedAt: 3_000 }],
      }),
    ],
    [
      'a run that was resumed once the process was continued',
      evidence({
        runs: [runOf([began, { ...recovered, time: 4_500 }, { ...done, time: 4_600 }])],
        lives: [first, again],
        ledger: [],
        disturbances: [{ kind: 'stop', startedAt: 1_100, endedAt: 3_000 }],
      }),
    ],
    [
      'a run that was resumed late on a machine that is four times slower',
      evidence({
        runs: [runOf([began, { ...recovered, time: 4_500 }, { ...done, time: 4_600 }])],
        lives: [first, again],
        ledger: [],
        slowness: 4,
      }),
    ],
    [
      'an answer with a time just before the previous record',
      evidence({ runs: [runOf([...plain.slice(0, 5), decided('ask', 79, { word: 'warp' }), done])] }),
    ],
    ['a watch that broke off and continued', watching(watch(kept.slice(0, 3)), watch(kept.slice(3), 3))],
    [
      'a text that a watcher joined late',
      watching(watch([...kept.slice(0, 2), snapshot('a'), delta(1, 'bc'), ...kept.slice(2)])),
    ],
  ])('finds nothing wrong with %s', (_, history) => {
    expect(checkPromises(history)).toEqual([]);
  });

  it.each<readonly [string, string, Evidence]>([
    ['G1', 'an accepted run that is missing', evidence({ runs: [] })],
    ['G1', 'a run that never ended', evidence({ runs: [runOf(plain.slice(0, -1))] })],
    [
      'G1',
      'a run that lost a part of its outputs',
      evidence({
        runs: [runOf([...plain.slice(0, -1), { ...done, outputs: labelled({ word: 'warp', answer: '' }) }])],
      }),
    ],
    [
      'G1',
      'a run that failed for an unexpected reason',
      evidence({
        runs: [
          runOf([
            began,
            { type: 'run-end', time: 60, status: 'failed', error: { code: 'internal', message: '', retryable: false } },
          ]),
        ],
        ledger: [],
      }),
    ],
    [
      'G1',
      'an acknowledged answer that was forgotten',
      evidence({ clients: clients({ answers: [{ runId: 'one', requestId: 'ask-ask', value: { word: 'weft' } }] }) }),
    ],
    [
      'G1',
      'an acknowledged cancel that was forgotten',
      evidence({ clients: clients({ cancels: [{ runId: 'one', status: 'running' }] }) }),
    ],
    [
      'G1',
      'an acknowledged cancel that was ignored',
      evidence({
        runs: [runOf([...plain.slice(0, -1), wish(110), done])],
        clients: clients({ cancels: [{ runId: 'one', status: 'running' }] }),
      }),
    ],
    [
      'G1',
      'a run that was cancelled without a request',
      evidence({ runs: [runOf([began, cancelled(20)])], ledger: [] }),
    ],
    [
      'G2',
      'a second result',
      evidence({ runs: [runOf([...plain.slice(0, 3), end('effect', 45), ...plain.slice(3)])] }),
    ],
    [
      'G2',
      'a start after the result',
      evidence({ runs: [runOf([...plain.slice(0, 3), start('effect', 45), ...plain.slice(3)])] }),
    ],
    [
      'G2',
      'an effect after its result',
      evidence({ ledger: [entry('effect', 30), entry('once', 60), entry('effect', 500)] }),
    ],
    ['G3', 'an effect without a key', evidence({ ledger: [entry('effect', 30, { key: undefined })] })],
    [
      'G3',
      'an effect under two keys',
      evidence({ ledger: [entry('effect', 30), entry('effect', 31, { key: 'other' })] }),
    ],
    [
      'G3',
      'two effects under one key',
      evidence({ ledger: [entry('effect', 30), entry('once', 60, { key: 'key-effect' })] }),
    ],
    [
      'G3',
      'two bodies under one key',
      evidence({ ledger: [entry('effect', 22, { body: 'a' }), entry('effect', 30, { body: 'b' })] }),
    ],
    ['G4', 'a node that ran twice without asking', evidence({ ledger: [entry('once', 60), entry('once', 61)] })],
    [
      'G4',
      'a node that ran twice although a person decided against it',
      evidence({
        runs: [runOf([...plain.slice(0, 4), decided('once', 60, { decision: 'fail' }), ...plain.slice(4)])],
        ledger: [entry('once', 60), entry('once', 70)],
      }),
    ],
    [
      'G4',
      'a node that ran in a run and in the one that continues it',
      evidence({
        runs: [
          runOf([began, start('once', 20), wish(30), cancelled(40)]),
          runOf([began, start('once', 120), end('once', 180), done], { runId: 'two', rootId: 'one' }),
        ],
        ledger: [entry('once', 25), entry('once', 130)],
      }),
    ],
    [
      'G5',
      'a run that was not resumed in time',
      evidence({
        runs: [runOf([began, { ...recovered, time: 3_500 }, { ...done, time: 3_600 }])],
        lives: [first, again],
        ledger: [],
      }),
    ],
    ['G6', 'a second end', evidence({ runs: [runOf([...plain, cancelled(950)])] })],
    ['G6', 'something after the end', evidence({ runs: [runOf([...plain, wish(950)])] })],
    [
      'G6',
      'an end that differs from the one that a client saw',
      evidence({ clients: clients({ seen: [{ runId: 'one', status: 'cancelled' }] }) }),
    ],
    ['G7', 'a cancel that took too long', evidence({ runs: [runOf([began, wish(20), cancelled(1_100)])], ledger: [] })],
    [
      'G7',
      'a cancel that took too long after the process was continued',
      evidence({
        runs: [runOf([began, wish(20), cancelled(5_000)])],
        ledger: [],
        disturbances: [{ kind: 'stop', startedAt: 15, endedAt: 3_000 }],
      }),
    ],
    [
      'G7',
      'a cancel that took too long before the process was stopped',
      evidence({
        runs: [runOf([began, wish(20), cancelled(2_000)])],
        ledger: [],
        disturbances: [{ kind: 'stop', startedAt: 1_100, endedAt: 3_000 }],
      }),
    ],
    [
      'G5',
      'a run that was not resumed in time after the process was continued',
      evidence({
        runs: [runOf([began, { ...recovered, time: 6_500 }, { ...done, time: 6_600 }])],
        lives: [first, again],
        ledger: [],
        disturbances: [{ kind: 'stop', startedAt: 1_100, endedAt: 3_000 }],
      }),
    ],
    [
      'G7',
      'a connection that stayed open',
      evidence({
        runs: [runOf([began, start('effect', 15), wish(20), cancelled(30)])],
        ledger: [entry('effect', 16, { closedAt: 1_500 })],
      }),
    ],
    [
      'G8',
      'a gap in the journal',
      evidence({ runs: [runOf(plain, { events: numbered(plain).filter(({ seq }) => seq !== 2) })] }),
    ],
    ['G8', 'records out of order', evidence({ runs: [runOf([began, start('effect', 40), end('effect', 30), done])] })],
    [
      'G8',
      'an answer with a time long before the previous record',
      evidence({ runs: [runOf([began, start('effect', 2_000), decided('ask', 100, { word: 'warp' }), done])] }),
    ],
    ['G8', 'a gap in a watch', watching(watch(kept.filter(({ seq }) => seq !== 2)))],
    ['G8', 'an event twice', watching(watch([...kept.slice(0, 2), ...kept.slice(1)]))],
    ['G8', 'an event again after a break', watching(watch(kept.slice(2), 3))],
    ['G8', 'an event that the journal does not have', watching(watch([...kept, { ...began, runId: 'one', seq: 8 }]))],
    ['G8', 'an event that differs from the journal', watching(watch([{ ...began, runId: 'one', seq: 1, time: 11 }]))],
    ['G8', 'a piece of text that is missing', watching(watch([...kept.slice(0, 2), delta(0, 'a'), delta(2, 'c')]))],
    ['G8', 'a piece of text that came twice', watching(watch([...kept.slice(0, 2), delta(0, 'a'), delta(0, 'a')]))],
    ['G8', 'a text that is not the result', watching(watch([...kept.slice(0, 2), delta(0, 'xyz'), ...kept.slice(2)]))],
  ])('reports %s for %s', (promise, _, history) => {
    expect(brokenIn(history)).toContain(promise);
  });
});
