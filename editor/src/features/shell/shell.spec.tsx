/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { act, type ReactElement } from 'react';
import { currentProject } from '../../data/access/current-project.js';
import { projectStore } from '../../data/access/project-store.js';
import { readKillSwitches } from '../../data/queries/kill-switches-store.js';
import { createFakeSocket, type FakeSocket } from '../../data/testing/fake-socket.js';
import { createLiveClient } from '../../data/live/live-client.js';
import { all, one, pageText, pressButton, pressKey, texts, type } from '../../ui/testing/fake-person.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { createDocumentStore } from '../document/document-store.js';
import { SessionProvider } from '../session/SessionProvider.js';
import type { Session } from '../session/session.js';
import { createViewStore, showToast } from '../view/view-store.js';
import { railStore } from '../../ui/navigation/rail-store.js';
import { ConnectionBanner } from './ConnectionBanner.js';
import { KillSwitchBanner } from './KillSwitchBanner.js';
import { ProjectPicker } from './ProjectPicker.js';
import { Rail } from './Rail.js';
import { Toast } from './Toast.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// jsdom does not scroll.
Object.assign(Element.prototype, { scrollIntoView: () => undefined });
Object.assign(window, { matchMedia: () => ({ matches: false, addEventListener: () => undefined }) });

let page: FakePage;
let socket: FakeSocket;
let session: Session;
let killSwitches: unknown;
beforeEach(() => {
  jest.useFakeTimers();
  killSwitches = { killSwitches: [] };
  socket = createFakeSocket();
  session = {
    live: createLiveClient(socket),
    view: createViewStore(),
    documents: createDocumentStore(),
  } as unknown as Session;
  page = openFakePage((_method, path) => {
    if (path === '/api/kill-switches') return killSwitches;
    return path === '/api/workflows'
      ? { workflows: [{ id: 'w1', slug: 'orders', name: 'Orders', nodes: 1, issues: 0, updatedAt: 1 }] }
      : undefined;
  });
});
afterEach(async () => {
  killSwitches = { killSwitches: [] };
  await act(() => readKillSwitches());
  page.leave();
  jest.useRealTimers();
  projectStore.setState({ projects: undefined, isChoosing: false });
  currentProject.setState({ id: undefined });
  window.history.replaceState(null, '', '/');
});
const show = (element: ReactElement): Promise<void> =>
  act(async () => page.root.render(<SessionProvider value={session}>{element}</SessionProvider>));
const wait = (ms: number): Promise<void> => act(async () => jest.advanceTimersByTime(ms));

describe('the banner about the connection', () => {
  it('is hidden for a short break', async () => {
    socket.connect();
    await show(<ConnectionBanner />);
    await act(async () => socket.disconnect());
    await wait(1400);
    expect(pageText()).toBe('');
    await act(async () => socket.connect());
    await wait(5000);
    expect(pageText()).toBe('');
  });

  it('appears for a longer break, and disappears with the reconnect', async () => {
    await show(<ConnectionBanner />);
    await wait(1500);
    expect(texts('[role=status] span')).toEqual(['No connection to Heddle. Reconnecting…']);
    await pressButton('Retry now');
    expect([pageText(), session.live.isConnected]).toEqual(['', true]);
  });

  it('waits again with each break', async () => {
    await show(<ConnectionBanner />);
    await wait(1500);
    await act(async () => socket.connect());
    await act(async () => socket.disconnect());
    expect(pageText()).toBe('');
    await wait(1500);
    expect(pageText()).toContain('No connection');
  });
});

describe('a short message', () => {
  it.each([
    ['about an action', false, 4000],
    ['about a refusal', true, 8000],
  ])('%s disappears automatically', async (_what, isRefusal, ms) => {
    await show(<Toast />);
    await act(async () => showToast(session.view, 'Copied <b>2</b> nodes', isRefusal));
    expect(texts('.toast')).toEqual(['Copied <b>2</b> nodes']);
    expect(one('.toast').dataset['refusal']).toBe(isRefusal ? 'true' : undefined);
    await wait(ms - 1);
    expect(texts('.toast')).toHaveLength(1);
    await wait(1);
    expect(texts('.toast')).toEqual([]);
  });

  it('restarts its time with the next message, and is announced to screen readers', async () => {
    await show(<Toast />);
    await act(async () => showToast(session.view, 'One'));
    await wait(3000);
    await act(async () => showToast(session.view, 'Two'));
    await wait(3000);
    expect(texts('[aria-live=polite]')).toEqual(['Two']);
  });
});

describe('the banner about kill switches', () => {
  const stop = (target: string, reason = 'It misbehaves.') => ({ target, reason, who: 'user:u', time: 1 });

  it('is hidden while none is on', async () => {
    await show(<KillSwitchBanner />);
    expect(pageText()).toBe('');
  });

  it.each([
    ['all', 'Everything is stopped'],
    ['workflow:w1', 'The workflow Orders is stopped'],
    ['workflow:gone', 'The workflow gone is stopped'],
    ['tool:mail:send', 'The tool mail:send is stopped'],
    ['connection:house', 'The connection house is stopped'],
  ])('names the target %s', async (target, text) => {
    killSwitches = { killSwitches: [stop(target)] };
    await show(<KillSwitchBanner />);
    expect(pageText()).toContain(`${text}: It misbehaves.`);
    expect(all<HTMLAnchorElement>('a').length).toBe(1);
  });

  const tell = (...on: readonly object[]): Promise<void> =>
    act(async () => socket.send('kill-switches', [{ killSwitches: on }]));

  it('shows what another user sets and releases, through the live connection', async () => {
    await show(<KillSwitchBanner />);
    await act(async () => socket.connect());
    expect(socket.requests).toEqual([{ topic: 'kill-switches' }]);
    await tell(stop('all'), stop('tool:a'), stop('tool:b'));
    expect(pageText()).toContain('Everything is stopped: It misbehaves. And 2 more.');
    await tell(stop('workflow:w1'));
    expect(pageText()).toContain('The workflow Orders is stopped');
    await tell();
    expect(pageText()).toBe('');
  });

  it('ignores a reply that is older than the last message', async () => {
    let arrive = (): void => undefined;
    const held = new Promise<void>((resolve) => (arrive = resolve));
    const answer = globalThis.fetch;
    globalThis.fetch = (...request) => held.then(() => answer(...request));
    await show(<KillSwitchBanner />);
    await act(async () => socket.connect());
    await tell(stop('all'));
    await act(async () => arrive());
    expect(pageText()).toContain('Everything is stopped');
  });

  it('stays while the server is unreachable, and after a malformed message', async () => {
    killSwitches = { killSwitches: [stop('all')] };
    await show(<KillSwitchBanner />);
    killSwitches = undefined;
    await act(() => readKillSwitches());
    await act(async () => socket.connect());
    await act(async () => socket.send('kill-switches', [{ killSwitches: 'none' }]));
    expect(pageText()).toContain('Everything is stopped');
  });
});

describe('the list of projects', () => {
  const project = (id: string, more: object = {}) => ({
    id,
    name: `Project ${id}`,
    roles: ['editor'],
    isManager: false,
    ...more,
  });
  const names = (): string[] => texts('[role=option] .picker-name');
  beforeEach(() => {
    currentProject.setState({ id: 'a' });
    projectStore.setState({
      isChoosing: true,
      projects: [
        project('a'),
        project('b', { roles: ['viewer', 'approver'] }),
        project('old', { archivedAt: 1 }),
      ] as never,
    });
  });

  it('offers projects that are not archived, marks the current one, and links to their management', async () => {
    await show(<ProjectPicker />);
    expect(names()).toEqual(['Project a', 'Project b', 'Manage projects']);
    expect(texts('.picker-note')).toEqual(['current · editor', 'viewer, approver']);
  });

  it('finds a project by its name', async () => {
    await show(<ProjectPicker />);
    await type(one('[role=combobox]'), 'PROJECT b');
    expect(names()).toEqual(['Project b']);
    await type(one('[role=combobox]'), 'old');
    expect(texts('.picker-empty')).toEqual(['No project has this name.']);
  });

  it('closes without a switch for the current project, with Escape, and for the management', async () => {
    await show(<ProjectPicker />);
    await pressKey(one('[role=combobox]'), 'Enter');
    expect([projectStore.getState().isChoosing, currentProject.getState().id]).toEqual([false, 'a']);
    projectStore.setState({ isChoosing: true });
    await pressKey(one('[role=combobox]'), 'ArrowDown');
    await pressKey(one('[role=combobox]'), 'Escape');
    expect([projectStore.getState().isChoosing, currentProject.getState().id]).toEqual([false, 'a']);
    await type(one('[role=combobox]'), 'manage');
    await pressKey(one('[role=combobox]'), 'Enter');
    expect(window.location.pathname).toContain('/settings');
    expect(currentProject.getState().id).toBe('a');
  });
});

describe('the navigation', () => {
  afterEach(() => {
    localStorage.clear();
    act(() => railStore.setState({ isOpen: false }));
  });
  const isOpen = (): boolean => one('.rail').dataset['open'] !== undefined;

  it('shows labels after a press of its button, and remembers that', async () => {
    await show(<Rail page="models" />);
    expect([isOpen(), one('.rail-toggle').getAttribute('aria-expanded'), texts('.rail-label')]).toEqual([
      false,
      'false',
      [],
    ]);
    await pressButton('Show labels');
    expect([isOpen(), localStorage.getItem('heddle.rail')]).toEqual([true, 'open']);
    expect(texts('.rail-item .rail-label').slice(0, 9)).toEqual([
      'Home',
      'Templates',
      'Runs',
      'Dashboard',
      'Models',
      'Collections',
      'Quality',
      'Inbox',
      'Integrations',
    ]);
    await pressButton('Hide labels');
    expect([isOpen(), localStorage.getItem('heddle.rail')]).toEqual([false, null]);
  });

  it('opens and closes with its key, but not while the user types', async () => {
    await show(
      <>
        <Rail page="home" />
        <input />
      </>,
    );
    await pressKey(one('input'), 'N', { shiftKey: true });
    expect(isOpen()).toBe(false);
    await pressKey(document.body, 'N', { shiftKey: true });
    expect(isOpen()).toBe(true);
    await pressKey(one('input'), 'N', { shiftKey: true });
    expect(isOpen()).toBe(true);
    await pressKey(document.body, 'N', { shiftKey: true });
    expect(isOpen()).toBe(false);
  });

  it('names each page by its label, marks the shown one, and explains a label in its tooltip', async () => {
    railStore.setState({ isOpen: true });
    await show(<Rail page="spend" />);
    for (const link of all('.rail-item[href]'))
      expect(link.getAttribute('aria-label')).toContain(link.querySelector('.rail-label')?.textContent);
    expect(all('[aria-current=page]').map((link) => [link.getAttribute('aria-label'), link.dataset['tip']])).toEqual([
      ['Integrations', 'Connections, tools, policies and spend'],
    ]);
  });
});
