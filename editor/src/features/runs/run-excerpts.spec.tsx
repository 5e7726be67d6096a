/** @jest-environment jsdom */
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { RunSummary } from '@heddle/core';
import { act, type ReactElement } from 'react';
import { meStore } from '../../data/access/known-me.js';
import { readMe } from '../../data/access/me-store.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { all, texts } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { RunExcerptLines } from './RunExcerptLines.js';
import { useExcerpts } from './use-excerpts.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

let page: FakePage;
let asked: string[];
let roles: readonly string[];
let answers: Record<string, unknown> | undefined;
beforeEach(() => {
  asked = [];
  roles = ['owner'];
  answers = { a: { question: { kind: 'text', text: 'How long?' }, answer: { kind: 'text', text: 'Two years.' } } };
  page = openFakePage((_method, path) => {
    if (path === '/api/auth/me')
      return {
        isSignInNeeded: true,
        hasUsers: true,
        principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
      };
    if (!path.startsWith('/api/run-excerpts')) return {};
    asked.push(path);
    return answers === undefined ? undefined : { excerpts: answers };
  });
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

const run = (runId: string, status = 'done') => ({ runId, status }) as RunSummary; // the fields that the excerpts read
function Rows({ runs }: { readonly runs: readonly RunSummary[] }): ReactElement {
  const excerpts = useExcerpts(runs);
  return (
    <ul>
      {runs.map(({ runId }) => (
        <li key={runId}>
          <RunExcerptLines excerpt={excerpts.get(runId)} />
        </li>
      ))}
    </ul>
  );
}
const session = { live: createLiveClient(createFakeSocket()), runs: { leave: () => undefined } };
const show = (runs: readonly RunSummary[]): Promise<void> =>
  act(async () => {
    page.root.render(
      <SessionProvider value={session as unknown as Session}>
        <Rows runs={runs} />
      </SessionProvider>,
    );
  });

it('excerpts are requested once for a run and a status, and shown with their names', async () => {
  await act(() => readMe());
  await show([run('a', 'running'), run('b')]);
  expect(asked).toEqual(['/api/run-excerpts?runs=a%2Cb']);
  expect(texts('li')).toEqual(['QQuestion: How long?AAnswer: Two years.', '']);
  await show([run('a', 'running'), run('b')]);
  expect(asked).toHaveLength(1);
  // A run that has ended meanwhile has an answer.
  await show([run('a'), run('b')]);
  expect(asked.at(-1)).toBe('/api/run-excerpts?runs=a');
});

it('excerpts of a long list are requested in parts', async () => {
  await act(() => readMe());
  await show(Array.from({ length: 120 }, (_, index) => run(`r${index}`)));
  expect(asked).toHaveLength(3);
});

it('excerpts are not requested without the right to read values', async () => {
  roles = [];
  await act(() => readMe());
  await show([run('a')]);
  expect(asked).toEqual([]);
});

it('excerpts are missing after an error, and requested again with the next change', async () => {
  answers = undefined;
  await act(() => readMe());
  await show([run('a')]);
  expect(texts('li')).toEqual(['']);
  answers = { a: { question: { kind: 'large', text: '' } } };
  await show([run('a'), run('b')]);
  expect(asked.at(-1)).toBe('/api/run-excerpts?runs=a%2Cb');
  expect(texts('li')[0]).toBe('QQuestion: Too large for a list');
});

it('excerpts show markup as text', async () => {
  await act(async () => {
    page.root.render(
      <RunExcerptLines
        excerpt={{
          question: { kind: 'text', text: '<img src=x onerror=alert(1)>' },
          answer: { kind: 'empty', text: '' },
        }}
      />,
    );
  });
  expect(all('img')).toEqual([]);
  expect(texts('bdi')).toEqual(['<img src=x onerror=alert(1)>', 'Empty']);
});
