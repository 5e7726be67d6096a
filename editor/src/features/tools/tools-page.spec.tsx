/** @jest-environment jsdom */
import type { ToolServerSummary } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { ToolsPage } from './ToolsPage.js';

const server = (id: string, more: Partial<ToolServerSummary> = {}): ToolServerSummary => ({
  id,
  title: '',
  clearance: 'internal',
  label: 'internal',
  isLocal: false,
  isEnabled: true,
  kind: 'http',
  place: 'mcp.example.com',
  activity: { state: 'idle', inFlight: 0 },
  tools: { approved: 2 },
  ...more,
});
const list = 'GET /api/tools/servers';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { servers: [server('files')] });
});
afterEach(() => {
  page.leave();
  window.history.replaceState(null, '', '/');
});

const rows = (): readonly string[] => textsOf('.connection');

describe('the tool servers', () => {
  it('say that they load, and then that there are none', async () => {
    page.answer(list, { servers: [] });
    const release = page.hold(list);
    await page.show(<ToolsPage />);
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No tool servers yet.');
  });

  it.each<[string, Partial<ToolServerSummary>, string]>([
    ['is idle', {}, 'Connects on use'],
    ['is connected', { activity: { state: 'connected', inFlight: 0 } }, 'Connected'],
    ['has calls', { activity: { state: 'connected', inFlight: 3 } }, '3 active'],
    ['is disabled', { isEnabled: false }, 'Disabled'],
    ['needs a sign-in', { signIn: { isNeeded: true } }, 'Sign-in needed'],
    ['failed', { activity: { state: 'idle', inFlight: 0, problem: 'It closed the connection.' } }, 'Last call failed'],
    ['is tried again', { activity: { state: 'waiting', inFlight: 0, retryAt: 0 } }, 'Failing, next attempt in 1 s'],
    ['changed a tool', { tools: { changed: 1 } }, 'A changed tool is disabled until you review it'],
    ['has tools to review', { tools: { new: 2, changed: 1 } }, 'Review 3'],
    ['has no tools yet', { tools: {} }, 'Tools not loaded yet'],
    ['is a command', { kind: 'stdio', place: 'npx' }, 'Commandnpx'],
  ])('show a server that %s', async (_case, more, text) => {
    page.answer(list, { servers: [server('files', more)] });
    await page.show(<ToolsPage />);
    expect(rows()[0]).toContain(text);
  });

  it.each(hostileNames)('show %s as text', async (_case, name) => {
    const title = name.slice(0, 200);
    page.answer(list, {
      servers: [server('files', { title, activity: { state: 'idle', inFlight: 0, problem: name } })],
    });
    await page.show(<ToolsPage />);
    expect(textsOf('.connection-name')).toEqual([`${title}files`]);
    expect(textsOf('.tool-problem')).toEqual([name]);
    expect(document.querySelector('.connection img, .connection b')).toBeNull();
  });

  it('show an error, and load again on request', async () => {
    page.refuse(list, 500, 'internal', 'The registry cannot be read.');
    await page.show(<ToolsPage />);
    expect(alerts().join()).toContain('The registry cannot be read.');
    page.answer(list, { servers: [server('files')] });
    await press('Retry');
    expect(rows()).toHaveLength(1);
  });

  it.each([
    ['owner', true, true],
    ['editor', false, false],
    ['viewer', false, false],
  ] as const)('offer to the role %s a registration: %s, and a test: %s', async (role, mayRegister, mayTest) => {
    page.signInAs(role);
    page.answer(list, { servers: [server('files', { tools: { new: 1 }, signIn: { isNeeded: true } })] });
    await page.show(<ToolsPage />);
    expect([button('Register server'), button('Sign in to files')].map((one) => one !== undefined)).toEqual([
      mayRegister,
      mayRegister,
    ]);
    expect([button('Test files'), button('Review 1')].map((one) => one !== undefined)).toEqual([mayTest, mayTest]);
  });
});

describe('the test of a tool server', () => {
  const test = 'POST /api/tools/servers/files/test';

  it('lists the tools that answered', async () => {
    page.answer(test, { isReachable: true, ms: 12, name: 'Files 1.0', tools: ['read', 'write'] });
    await page.show(<ToolsPage />);
    await press('Test files');
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/tools/servers/files/test', body: undefined }]);
    expect(textsOf('.test-result summary')).toEqual(['Files 1.0 answered in 12 ms and lists 2 tools']);
    expect(textsOf('.model-names li')).toEqual(['read', 'write']);
    expect(page.count(list)).toBe(2);
  });

  it('cannot be pressed twice', async () => {
    page.answer(test, { isReachable: true, ms: 1, tools: [] });
    const release = page.hold(test);
    await page.show(<ToolsPage />);
    await press('Test files');
    expect(pageText()).toContain('Testing: connects and lists the tools…');
    expect(button('Test files')?.disabled).toBe(true);
    await release();
    expect(pageText()).toContain('The server answered in 1 ms and lists 0 tools');
  });

  it.each([
    ['with the message of the server', 'It refused the key.', 'It refused the key.'],
    ['with advice', undefined, 'Check the URL or the command.'],
  ])('says that nothing answered %s', async (_case, message, text) => {
    page.answer(test, { isReachable: false, ms: 1, tools: [], message });
    await page.show(<ToolsPage />);
    await press('Test files');
    expect(textsOf('.test-result').join()).toContain(text);
  });

  it('shows why it could not start', async () => {
    page.refuse(test, 403, 'forbidden', 'Your role does not allow this.');
    await page.show(<ToolsPage />);
    await press('Test files');
    expect(alerts().join()).toContain('Your role does not allow this.');
    expect(button('Test files')?.disabled).toBe(false);
  });
});

describe('the sign-in to a tool server', () => {
  beforeEach(() => page.answer(list, { servers: [server('files', { signIn: { isNeeded: true } })] }));

  it('requests the page of the server, and does not open an address that is no web page', async () => {
    page.answer('POST /api/tools/servers/files/sign-in', { url: 'data:text/html,steal' });
    await page.show(<ToolsPage />);
    await press('Sign in to files');
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/tools/servers/files/sign-in', body: {} }]);
    expect(window.location.href).not.toContain('steal');
  });

  it('ends on request', async () => {
    page.answer(list, { servers: [server('files', { signIn: { isNeeded: false } })] });
    page.answer('DELETE /api/tools/servers/files/sign-in', server('files', { signIn: { isNeeded: true } }));
    await page.show(<ToolsPage />);
    await press('Sign out of files');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/tools/servers/files/sign-in', body: undefined }]);
    expect(page.count(list)).toBe(2);
  });

  it('is completed once, and its code is removed from the address', async () => {
    window.history.replaceState(null, '', '/tools?state=s1&code=c1');
    page.answer('POST /api/tools/sign-in', server('files'));
    await page.show(<ToolsPage />);
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/tools/sign-in', body: { state: 's1', code: 'c1' } }]);
    expect(window.location.search).toBe('');
    await page.show(<ToolsPage />);
    expect(page.sent()).toHaveLength(1);
  });

  it('shows why it failed', async () => {
    window.history.replaceState(null, '', '/tools?state=s1&error=access_denied');
    page.refuse('POST /api/tools/sign-in', 409, 'conflict', 'You did not agree.');
    await page.show(<ToolsPage />);
    expect(alerts().join()).toContain('You did not agree.');
    expect(window.location.search).toBe('');
  });

  it.each(['?state=s1', '?code=c1', '?tab=2', ''])('does not start with the address /tools%s', async (search) => {
    window.history.replaceState(null, '', `/tools${search}`);
    await page.show(<ToolsPage />);
    expect(page.sent()).toEqual([]);
    expect(window.location.search).toBe(search);
  });
});
