/** @jest-environment jsdom */
import { afterEach, expect, it } from '@jest/globals';
import { act } from 'react';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { HooksSection } from './hooks/HooksSection.js';
import { SchedulesSection } from './schedules/SchedulesSection.js';
import { noNews } from './use-trigger-states.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const about = { workflowId: 'w', owner: 'local', createdAt: 1, isPaused: false };
const problem = { code: 'input_unknown', message: "The workflow takes no input 'colour'.", input: 'colour' };
const schedule = (name: string, problems: readonly object[]) => ({
  ...about,
  id: name,
  name,
  cron: '0 9 * * 1',
  timeZone: 'UTC',
  inputs: {},
  catchUp: 'one',
  catchUpLimit: 1,
  next: [4_000_000_000_000],
  words: 'Every Monday at 9:00',
  notes: [],
  problems,
});
const hook = (name: string, problems: readonly object[]) => ({
  ...about,
  id: name,
  name,
  scheme: 'standard',
  ratePerMinute: 60,
  path: `/v1/hooks/${name}`,
  problems,
});
let page: FakePage;

afterEach(() => page.leave());

/** The content of the card with a name. */
function card(name: string): { readonly text: string; readonly tone: string | null } {
  const found = document.querySelector(`[aria-label="${name}"].trigger`);
  return { text: found?.textContent ?? '', tone: found?.getAttribute('data-tone') ?? null };
}

const stateOf = (name: string): string | null | undefined =>
  document.querySelector(`[aria-label="${name}"] .trigger-state`)?.textContent;

it('a webhook and a schedule that cannot start a run say why, and the others do not', async () => {
  page = openFakePage((_method, path) => {
    if (path.endsWith('/hooks')) return { hooks: [hook('orders', [problem]), hook('fine', [])] };
    return path.endsWith('/schedules')
      ? { schedules: [schedule('weekly', [problem]), schedule('good', [])] }
      : undefined;
  });
  await act(async () => {
    page.root.render(
      <SessionProvider value={{ live: createLiveClient(createFakeSocket()) } as unknown as Session}>
        <HooksSection workflow="w" ports={[]} news={noNews} />
        <SchedulesSection workflow="w" ports={[]} news={noNews} />
      </SessionProvider>,
    );
    await new Promise((resolve) => setTimeout(resolve, 0));
  });
  for (const name of ['orders', 'weekly']) {
    expect(card(name).text).toContain('It cannot start a run now:');
    expect(card(name).text).toContain(problem.message);
    expect(stateOf(name)).toBe('Starts no runs');
    expect(card(name).tone).toBe('bad');
  }
  for (const name of ['fine', 'good']) {
    expect(card(name).text).not.toContain('cannot start a run');
    expect(card(name).tone).toBe('on');
  }
});
