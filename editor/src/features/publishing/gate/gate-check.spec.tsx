/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GateReport, GateRuleResult, PublishCheck } from '@heddle/core';
import { act, useState, type ReactElement } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import { readMe } from '../../../data/access/me-store.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { all, buttonNamed, one, pageText, press, pressButton, texts, type } from '../../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { GateCheck } from './GateCheck.js';
import { firstChoice, obstacleOf, publishRequest } from '../publish-plan.js';
import { useGate } from './use-gate.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const rule = (more: Partial<GateRuleResult> = {}): GateRuleResult => ({
  rule: 'right',
  title: 'Right answers',
  kind: 'dataset',
  project: 'default',
  state: 'failed',
  experiment: 'x_1',
  figures: [
    {
      title: 'Exact, mean',
      value: 0.5,
      wanted: 0.8,
      side: 'at-least',
      unit: 'score',
      isPassed: false,
      note: 'One row is open.',
    },
  ],
  ...more,
});
const reportOf = (...rules: readonly GateRuleResult[]): GateReport => ({
  workflowId: 'w1',
  hash: 'sha256:1',
  rules: [...rules],
  isPassed: rules.every(({ state }) => state === 'passed'),
});
const check: PublishCheck = {
  isReady: true,
  nextVersion: 2,
  issues: [],
  testCount: 0,
  dataMap: [],
  dataMapHash: 'h',
  isDataMapAccepted: true,
  references: [],
  isChanged: true,
};

let page: FakePage;
let roles: readonly string[];
let sent: unknown[];
let next: GateReport;
beforeEach(() => {
  [roles, sent, next] = [['owner'], [], reportOf(rule())];
  page = openFakePage((method, path, body) => {
    if (method !== 'GET') sent.push({ path, body });
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    return path.startsWith('/api/workflows/w1/gate') ? next : undefined;
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

function Dialog({ first }: { readonly first: GateReport | undefined }): ReactElement {
  const gate = useGate('w1', first);
  const [choice, setChoice] = useState(firstChoice);
  const checked = { ...check, gate: gate.report };
  return (
    <>
      <GateCheck gate={gate} choice={choice} onChange={setChoice} />
      <output>{obstacleOf(checked, undefined, choice)}</output>
      <code>{JSON.stringify(publishRequest(checked, choice)?.overrideGate)}</code>
    </>
  );
}
async function show(first: GateReport | undefined): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(
      <SessionProvider value={{ live } as unknown as Session}>
        <Dialog first={first} />
      </SessionProvider>,
    );
  });
}

describe('the gate in the publish dialog', () => {
  it('is hidden when no rule applies to the workflow', async () => {
    await show(undefined);
    expect(texts('.check')).toEqual([]);
    expect(one('output').textContent).toBe('');
  });

  it('shows each figure beside its limit, links to the experiment, and blocks publishing', async () => {
    await show(
      reportOf(
        rule(),
        rule({
          rule: 'r',
          title: 'Replay',
          kind: 'replay',
          state: 'passed',
          figures: [],
          experiment: undefined,
          replay: 'p1',
        }),
      ),
    );
    expect(one('h3').textContent).toBe('Blocks publishing: Gate: 1 of 2 rules passed');
    expect(pageText()).toContain('Exact, mean: 0.5, at least 0.8 One row is open.');
    expect(all<HTMLAnchorElement>('.check a').map((link) => link.getAttribute('href'))).toEqual([
      '/quality/experiments/x_1',
      '/quality/replays/p1',
    ]);
    expect(one('output').textContent).toBe('The gate does not pass.');
  });

  it('runs the missing rules', async () => {
    next = reportOf(rule({ state: 'running', figures: [], progress: { done: 2, total: 9 } }));
    await show(reportOf(rule({ state: 'stale', figures: [], message: 'The draft changed.' })));
    await pressButton('Run what is missing');
    expect(sent).toEqual([{ path: '/api/workflows/w1/gate/run', body: { again: [] } }]);
    expect(pageText()).toContain('Running, 2 of 9');
  });

  it('runs one rule again', async () => {
    await show(reportOf(rule()));
    await press(buttonNamed('Run again: Right answers') ?? one('.check button'));
    expect(sent.at(-1)).toEqual({ path: '/api/workflows/w1/gate/run', body: { again: ['right'] } });
  });

  it('does not wait for tests, which publishing runs', async () => {
    await show(reportOf(rule({ kind: 'tests', state: 'not-run', figures: [], experiment: undefined })));
    expect(one('output').textContent).toBe('');
  });

  it('can be overridden by an owner with a reason', async () => {
    await show(reportOf(rule()));
    await press(one('input[type=checkbox]'));
    expect(one('output').textContent).toBe('Say why it is published past the gate.');
    await type(one('textarea'), ' The shop is down. ');
    expect(one('output').textContent).toBe('');
    expect(one('code').textContent).toBe('{"reason":"The shop is down."}');
  });

  it('can neither be overridden nor run by an approver', async () => {
    roles = ['approver'];
    await show(reportOf(rule({ state: 'not-run', figures: [] })));
    expect(all('input[type=checkbox]')).toEqual([]);
    expect(texts('.check button')).toEqual([]);
    expect(pageText()).toContain('An editor of the project can run what is missing.');
  });

  it('ignores a report of another draft', async () => {
    next = { ...reportOf(rule({ state: 'passed' })), hash: 'sha256:2' };
    await show(reportOf(rule({ state: 'not-run', figures: [] })));
    await pressButton('Run what is missing');
    expect(pageText()).toContain('Not run');
  });
});
