/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  extendFigures,
  figuresKey,
  metricsOf,
  reportAb,
  startFigures,
  type AbFigures,
  type AbTest,
} from '@heddle/core';
import { act, type ReactElement } from 'react';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import {
  all,
  buttonNamed,
  choose,
  one,
  pageText,
  press,
  pressButton,
  pressKey,
  texts,
  type,
} from '../../../ui/testing/fake-person.js';
import type { Session } from '../../session/session.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { AbCard } from './AbCard.js';
import { AbDetails } from './AbDetails.js';
import { evenShares } from './ArmChoice.js';
import { moveBorder } from './ShareBar.js';
import { StartAb } from './StartAb.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not implement the methods of a dialog.
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const test: AbTest = {
  id: 't',
  kind: 'ab',
  workflowId: 'w',
  revision: 3,
  note: 'A shorter prompt',
  control: 1,
  sticky: 'caller',
  arms: [
    { version: 1, share: 0.6 },
    { version: 2, share: 0.2 },
    { version: 3, share: 0.2 },
  ],
  primary: { name: 'feedback' },
  guards: [{ metric: { name: 'errors' }, against: 'limit', value: 0.1 }],
  minRuns: 20,
  promote: 'person',
  startedAt: 1_000,
  startedBy: 'local',
  rollbacks: [],
};

/** A report in which version 3 wins, unless there are no runs. */
function reportOf(given: AbTest, runs: number) {
  const counts = new Map<string, AbFigures>();
  const add = (version: number, name: string, value: number): void => {
    const metric = metricsOf(given).find((metricOfTest) => metricOfTest.name === name);
    if (metric === undefined) throw new Error(name);
    const key = figuresKey(version, name);
    counts.set(key, extendFigures(counts.get(key) ?? startFigures(given, metric), metric.unit, value, true));
  };
  for (let run = 0; run < runs; run += 1)
    for (const { version } of given.arms) {
      add(version, 'errors', 0);
      add(version, 'feedback', version === 3 || run % 2 === 0 ? 1 : 0);
    }
  return reportAb(given, counts);
}

let page: FakePage;
let sent: [string, unknown][];
let tests: ReturnType<typeof reportOf>[];
let isRefused = false;
beforeEach(() => {
  sent = [];
  isRefused = false;
  tests = [reportOf(test, 200)];
  page = openFakePage(
    (method, path, body) => {
      if (method === 'GET') return path.endsWith('/ab') ? { tests } : { versions: [] };
      sent.push([`${method} ${path}`, body]);
      return isRefused ? undefined : tests[0];
    },
    () => ({ status: 409, body: { error: { code: 'conflict', message: 'The test was changed meanwhile.' } } }),
  );
});
afterEach(() => page.leave());

async function show(element: ReactElement): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    page.root.render(<SessionProvider value={{ live } as unknown as Session}>{element}</SessionProvider>);
  });
  for (let tick = 0; tick < 4; tick += 1) await act(async () => Promise.resolve());
}
const showDetails = (mayPublish = true): Promise<void> =>
  show(<AbDetails workflow="w" first="t" mayPublish={mayPublish} onClose={() => undefined} />);

describe('the card of a test', () => {
  it('shows the verdict and the shares, and how a test ended', async () => {
    await show(<AbCard report={reportOf(test, 200)} workflow="w" mayPublish />);
    expect(one('.ab-verdict').textContent).toMatch(/^Version 3 is better than version 1 in Feedback/);
    expect(one('.share-bar').getAttribute('aria-label')).toBe(
      'Shares of callers. Control, version 1: 60%, Version 2: 20%, Version 3: 20%',
    );
    const ended = { ...test, outcome: 'promoted', winner: 3, endedAt: 2, endedBy: 'heddle' } as const;
    await show(<AbCard report={reportOf(ended, 200)} workflow="w" mayPublish />);
    expect([pageText(), all('.share-bar')]).toEqual([
      expect.stringContaining('Version 3 was promoted by its rule'),
      [],
    ]);
  });

  it('shows a canary without a run', async () => {
    const canary: AbTest = { ...test, kind: 'canary', primary: undefined, arms: test.arms.slice(0, 2) };
    await show(<AbCard report={reportOf(canary, 0)} workflow="w" mayPublish={false} />);
    expect([texts('h3')[0], one('.ab-verdict').textContent]).toEqual([
      expect.stringMatching(/^Canary Running/),
      'No run of the canary has ended yet.',
    ]);
    expect(buttonNamed('Figures')).toBeDefined();
  });
});

describe('the figures of a test', () => {
  it('have an interval for each arm as text and as a drawing, and say how callers are counted', async () => {
    await showDetails();
    expect(texts('.ab-ends')).toContainEqual(
      expect.stringMatching(/^\+50\.0 points \(\+\d+\.\d to \+\d+\.\d points\)$/),
    );
    expect(all('.interval-mark[data-tone="better"]').length).toBe(1);
    expect(texts('.ab-guards li')[1]).toMatch(/^Holds Version 3\. Failed runs: 0\.0 %/);
    expect(one('.ab-method').textContent).toContain('Each caller counts once');
    expect(pageText()).toContain('A shorter prompt');
  });

  it('are shown without buttons to a user who may not publish', async () => {
    await showDetails(false);
    expect([buttonNamed('Stop test'), buttonNamed('Save shares'), all('[role="slider"]')]).toEqual([
      undefined,
      undefined,
      [],
    ]);
  });

  it('change shares by the keyboard, and send the revision that was loaded', async () => {
    await showDetails();
    expect(buttonNamed('Save shares')?.disabled).toBe(true);
    await pressKey(all('[role="slider"]')[0]!, 'ArrowLeft');
    await pressKey(all('[role="slider"]')[0]!, 'PageDown');
    expect(all('[role="slider"]')[0]!.getAttribute('aria-valuetext')).toBe('Control, version 1: 49%, Version 2: 31%');
    await pressButton('Save shares');
    const shares = [0.49, 0.31, 0.2].map((share, index) => ({ version: index + 1, share }));
    expect(sent).toEqual([['POST /api/workflows/w/ab/t/shares', { revision: 3, arms: shares }]]);
  });

  it('show a conflict with the change of another user', async () => {
    isRefused = true;
    await showDetails();
    await pressKey(all('[role="slider"]')[1]!, 'Home');
    await pressButton('Save shares');
    expect(pageText()).toContain('The test was changed meanwhile.');
    expect(buttonNamed('Read again')).toBeDefined();
  });

  it('promote an arm, and stop the test', async () => {
    await showDetails();
    await pressButton('Promote version 3');
    await pressButton('Stop test');
    expect(sent).toEqual([
      ['POST /api/workflows/w/ab/t/promote', { version: 3 }],
      ['POST /api/workflows/w/ab/t/stop', undefined],
    ]);
  });

  it('show tests that have ended, without an arm to promote', async () => {
    tests = [reportOf(test, 0), reportOf({ ...test, id: 'old', outcome: 'stopped', endedAt: 5, endedBy: 'local' }, 30)];
    await showDetails();
    await choose(one('select'), 'old');
    expect(pageText()).toContain('Stopped: all callers got the control again.');
    expect(buttonNamed('Promote version 3')).toBeUndefined();
  });
});

describe('a new test', () => {
  const start = (versions: readonly number[]): Promise<void> =>
    show(<StartAb workflow="w" live={1} versions={versions} onClose={() => undefined} />);

  it('starts with the live version and the newest other one, and sends the chosen settings', async () => {
    await start([3, 2, 1]);
    const boxes = all<HTMLInputElement>('input[type="checkbox"]');
    expect(boxes.map(({ checked, disabled }) => [checked, disabled])).toEqual([
      [true, false],
      [false, false],
      [true, true],
    ]);
    await press(boxes[1]!);
    await choose(all('select')[0]!, 'score');
    expect(buttonNamed('Start test')?.disabled).toBe(true);
    await type(one('input[placeholder="groundedness"]'), 'helpful');
    await act(async () => one<HTMLFormElement>('form').requestSubmit());
    expect(sent[0]).toEqual([
      'POST /api/workflows/w/ab',
      {
        arms: [
          { version: 1, share: 0.34 },
          { version: 3, share: 0.33 },
          { version: 2, share: 0.33 },
        ],
        guards: [{ metric: { name: 'errors' }, against: 'limit', value: 0.1 }],
        primary: { name: 'score:helpful', better: 'higher' },
        sticky: 'caller',
        promote: 'person',
        minRuns: 20,
        note: '',
      },
    ]);
  });

  it('has at most five arms', async () => {
    await start([9, 8, 7, 6, 5, 4, 1]);
    for (const box of all<HTMLInputElement>('input[type="checkbox"]').slice(1, 4)) await press(box);
    const boxes = all<HTMLInputElement>('input[type="checkbox"]');
    expect(boxes.filter(({ checked }) => checked)).toHaveLength(5);
    expect(boxes.filter(({ checked, disabled }) => !checked && !disabled)).toEqual([]);
  });
});

it('shares always add up to 100 %, and a border stays between its neighbours', () => {
  expect(evenShares([1, 2, 3]).map(({ percent }) => percent)).toEqual([34, 33, 33]);
  expect(moveBorder(evenShares([1, 2]), 0, 80).map(({ percent }) => percent)).toEqual([100, 0]);
  expect(moveBorder(evenShares([1, 2, 3]), 1, -80).map(({ percent }) => percent)).toEqual([34, 0, 66]);
});
