/** @jest-environment jsdom */
import { ConnectionReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { ConnectionPage } from './ConnectionPage.js';
import { ConnectionsPage } from './ConnectionsPage.js';

const idle = { circuit: 'closed', inFlight: 0, waiting: 0 };
const connection = (id: string, more: object = {}): ConnectionReply =>
  ConnectionReply.parse({ id, kind: 'openai', key: 'vault', activity: idle, ...more });
const list = 'GET /api/connections';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { connections: [connection('office')] });
  page.answer('GET /api/connections/presets', { presets: [] });
  page.answer('GET /api/connections/office', connection('office', { baseUrl: 'https://office.example/v1' }));
});
afterEach(() => {
  page.leave();
  window.history.replaceState(null, '', '/');
});

describe('the list of connections', () => {
  it('says that it loads, and then that there are no connections', async () => {
    page.answer(list, { connections: [] });
    const release = page.hold(list);
    await page.show(<ConnectionsPage />);
    expect(pageText()).toContain('Loading…');
    await release();
    expect(pageText()).toContain('No connections yet.');
  });

  it.each([
    ['has a key', {}, 'Key set'],
    ['needs a key', { key: 'none' }, 'Needs a key'],
    ['has its key from the environment', { key: 'environment' }, 'Key from the environment'],
    ['is disabled', { isEnabled: false }, 'Disabled'],
    ['is paused after failures', { activity: { ...idle, circuit: 'open' } }, 'Paused after failures'],
    ['is retried after failures', { activity: { ...idle, circuit: 'half-open' } }, 'Retrying after failures'],
    ['has calls', { activity: { ...idle, inFlight: 2, waiting: 1 } }, '2 active, 1 waiting'],
    ['was never tested', {}, 'Not tested with these settings'],
    ['answered', { lastTest: { isReachable: true, ms: 210, models: [], at: 1 } }, 'Answered in 210 ms'],
    ['did not answer', { lastTest: { isReachable: false, ms: 1, models: [], at: 1 } }, 'Last test failed'],
    ['is a server of your own', { isLocal: true }, 'Own'],
    ['has a region', { region: 'eu' }, 'eu'],
    ['has an address', { baseUrl: 'https://office.example/v1' }, 'office.example'],
  ])('shows a connection that %s', async (_case, more, text) => {
    page.answer(list, { connections: [connection('office', more)] });
    await page.show(<ConnectionsPage />);
    expect(textsOf('.connection')[0]).toContain(text);
  });

  it.each(hostileNames)('shows %s in a title as text', async (_case, name) => {
    const title = name.slice(0, 200);
    page.answer(list, { connections: [connection('office', { title })] });
    await page.show(<ConnectionsPage />);
    expect(textsOf('.connection-name')).toEqual([`${title}office`]);
    expect(document.querySelector('.connection img, .connection b')).toBeNull();
  });

  it('counts a long list', async () => {
    page.answer(list, { connections: Array.from({ length: 300 }, (_, index) => connection(`c${index}`)) });
    await page.show(<ConnectionsPage />);
    expect(textsOf('h2')).toContain('300 connections');
    expect(textsOf('.connection')).toHaveLength(300);
  });

  it('tests a connection, and then loads again', async () => {
    page.answer('POST /api/connections/office/test', { isReachable: true, ms: 5, models: ['m'] });
    const release = page.hold('POST /api/connections/office/test');
    await page.show(<ConnectionsPage />);
    await press('Test office');
    expect(pageText()).toContain('Testing: lists the models and requests a one-word reply…');
    expect(button('Test office')?.disabled).toBe(true);
    await release();
    expect(page.sent()).toEqual([{ method: 'POST', path: '/api/connections/office/test', body: {} }]);
    expect(page.count(list)).toBe(2);
  });

  it.each([
    [403, 'forbidden', 'Your role does not allow this.'],
    [409, 'conflict', 'The connection was deleted.'],
  ])('shows why a test was refused with %s', async (status, code, message) => {
    page.refuse('POST /api/connections/office/test', status, code, message);
    await page.show(<ConnectionsPage />);
    await press('Test office');
    expect(alerts().join()).toContain(message);
  });

  it('hides changes and unknown tests from a viewer', async () => {
    page.signInAs('viewer');
    await page.show(<ConnectionsPage />);
    expect([button('Add connection'), button('Test office')]).toEqual([undefined, undefined]);
    expect(pageText()).not.toContain('Not tested');
  });
});

describe('a stored connection', () => {
  const show = (id = 'office'): Promise<void> => page.show(<ConnectionPage id={id} name={undefined} />);

  it('that does not exist leads to the list', async () => {
    page.refuse('GET /api/connections/none', 404, 'connection_not_found', 'There is no such connection.');
    await show('none');
    expect(pageText()).toContain('The connection “none” does not exist.');
    expect(button('Go to all connections')).toBeDefined();
  });

  it('is saved without a test, and keeps its key when none is typed', async () => {
    page.answer('PUT /api/connections/office', connection('office'));
    await show();
    await fill('Title', 'Office');
    await press('Save');
    expect(page.sent().map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT /api/connections/office']);
    expect(page.sent()[0]?.body).toMatchObject({ id: 'office', title: 'Office', baseUrl: 'https://office.example/v1' });
    expect(textsOf('[role=status]').join()).toContain('Saved.');
  });

  it('gets a new key apart from its settings', async () => {
    page.answer('PUT /api/connections/office', connection('office'));
    page.answer('PUT /api/connections/office/key', {});
    await show();
    await fill('Replace key', 'sk-secret');
    await press('Save');
    expect(page.sent().map(({ path }) => path)).toEqual(['/api/connections/office', '/api/connections/office/key']);
    expect(JSON.stringify(page.sent()[0]?.body)).not.toContain('sk-secret');
    expect(page.sent()[1]?.body).toEqual({ value: 'sk-secret' });
    expect(field('Replace key')?.value).toBe('');
  });

  it('warns that a key belongs to its address', async () => {
    await show();
    expect(pageText()).not.toContain('Saving deletes the stored key');
    await fill('Base URL', 'https://other.example/v1');
    expect(pageText()).toContain('Saving deletes the stored key, because it belongs to the old address.');
  });

  it.each([
    ['a base URL that is no address', 'Base URL', 'somewhere', 'Enter a full address'],
    ['half a request per minute', 'Requests per minute', '0.5', ''],
    ['a negative timeout', 'Whole call, in seconds', '-1', 'Enter a larger number.'],
  ])('is not sent with %s', async (_case, name, value, text) => {
    await show();
    await fill(name, value);
    await press('Save');
    expect(page.sent()).toEqual([]);
    expect(field(name)?.getAttribute('aria-invalid')).toBe('true');
    expect(pageText()).toContain(text);
    expect(pageText()).toContain('Some fields have errors.');
  });

  it('adds models that a test found', async () => {
    const lastTest = { isReachable: true, ms: 5, models: ['m-1', 'm-2'], at: 1 };
    page.answer('GET /api/connections/office', connection('office', { lastTest }));
    page.answer('PUT /api/connections/office', connection('office'));
    await show();
    await press('Add m-2');
    expect(button('Add m-2')).toBeUndefined();
    await fill('Context of m-2', '32000');
    await press('Save');
    expect(page.sent()[0]?.body).toMatchObject({ models: [{ name: 'm-2', kind: 'generate', contextTokens: 32000 }] });
  });

  it('keeps the form when another user changed the connection meanwhile', async () => {
    page.refuse('PUT /api/connections/office', 409, 'conflict', 'Somebody changed it.');
    await show();
    await fill('Title', 'Office');
    await press('Save');
    expect(alerts().join()).toContain('Somebody changed it.');
    expect(field('Title')?.value).toBe('Office');
    expect(textsOf('[role=status]').join()).not.toContain('Saved.');
  });

  it('loses its key on request', async () => {
    page.answer('DELETE /api/connections/office/key', {});
    await show();
    await press('Remove key');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/connections/office/key', body: undefined }]);
    expect(page.count('GET /api/connections/office')).toBe(2);
  });

  it('is deleted after a confirmation', async () => {
    page.answer('DELETE /api/connections/office', {});
    await show();
    await press('Delete');
    expect(dialogTitle()).toBe('Delete office?');
    expect(page.sent()).toEqual([]);
    await press('Delete connection');
    expect(page.sent()).toEqual([{ method: 'DELETE', path: '/api/connections/office', body: undefined }]);
    expect(window.location.pathname).toBe('/connections');
  });

  it('is read-only for a viewer', async () => {
    page.signInAs('viewer');
    await show();
    expect(document.querySelector<HTMLFieldSetElement>('fieldset.sheet-locked')?.disabled).toBe(true);
    expect([button('Save'), button('Save and test'), button('Delete')]).toEqual([undefined, undefined, undefined]);
  });
});
