/** @jest-environment jsdom */
import type { AuditRecord } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { projectStore } from '../../data/access/project-store.js';
import {
  alerts,
  button,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  optionsOf,
  pageText,
  press,
  textsOf,
  tick,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { AuditSection } from './AuditSection.js';

const record = (number: number, more: Partial<AuditRecord> = {}): AuditRecord => ({
  act: 'run',
  time: 1_000 * number,
  who: 'user:ada',
  subject: 'workflow:w',
  isAllowed: true,
  details: {},
  number,
  previous: `hash-${number - 1}`,
  hash: `hash-${number}`,
  ...more,
});
const list = 'GET /api/audit';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { records: [record(2), record(1)] });
  page.answer('GET /api/workflows', {
    workflows: [{ id: 'w', slug: 'letters', name: 'Letters', nodes: 1, issues: 0, updatedAt: 1 }],
  });
});
afterEach(() => page.leave());

const rows = (): readonly string[] => textsOf('tbody > tr');
const lastQuery = (): URLSearchParams =>
  new URLSearchParams(page.requests.findLast(({ path }) => path.startsWith('/api/audit?'))?.path.split('?')[1]);

describe('the audit log', () => {
  it('says that it loads, and then shows the newest event first', async () => {
    const release = page.hold(list);
    await page.show(<AuditSection />);
    expect(pageText()).toContain('Loading audit log…');
    await release();
    expect(textsOf('.audit-open')).toEqual(['2', '1']);
  });

  it('says that there are no events yet', async () => {
    page.answer(list, { records: [] });
    await page.show(<AuditSection />);
    expect(pageText()).toContain('No events yet.');
  });

  it('says that the filters match nothing', async () => {
    page.answer(list, { records: [] });
    await page.show(<AuditSection />);
    await fill('Actor', 'user:nobody');
    expect(pageText()).toContain('No event matches. Change the filters.');
  });

  it.each([
    [403, 'forbidden', 'Your role does not allow this.'],
    [503, 'storage_failed', 'The database cannot be read.'],
  ])('shows a refusal with the status %s, and loads again on request', async (status, code, message) => {
    page.refuse(list, status, code, message);
    await page.show(<AuditSection />);
    expect(alerts().join()).toContain(status === 503 ? 'database' : message);
    page.answer(list, { records: [record(1)] });
    await press('Retry');
    expect(rows()).toHaveLength(1);
    expect(alerts()).toEqual([]);
  });

  it.each(['viewer', 'runner', 'editor'] as const)('is not requested for the role %s', async (role) => {
    page.signInAs(role);
    await page.show(<AuditSection />);
    expect(pageText()).toContain('Reading the audit log needs');
    expect(page.requests.some(({ path }) => path.startsWith('/api/audit'))).toBe(false);
  });

  it('marks refused events', async () => {
    page.answer(list, { records: [record(2, { isAllowed: false }), record(1)] });
    await page.show(<AuditSection />);
    expect(rows().map((row) => row.includes('refused'))).toEqual([true, false]);
  });

  it('names share pages and users by the names of the reply', async () => {
    page.answer(list, {
      records: [record(1, { who: 'share:l_1', subject: 'connection:office' })],
      names: { 'share:l_1': 'Help desk' },
    });
    await page.show(<AuditSection />);
    expect(textsOf('.audit-link')).toEqual(['share Help desk', 'connection office']);
  });

  it.each(hostileNames)('shows %s in the details as text', async (_case, name) => {
    page.answer(list, { records: [record(1, { details: { step: name } })] });
    await page.show(<AuditSection />);
    expect(textsOf('.audit-details')).toEqual([name.slice(0, 60).trim()]);
    expect(document.querySelector('tbody img, tbody b')).toBeNull();
    await press('Details of event 1');
    expect(JSON.parse(textsOf('.audit-record')[0] ?? '')).toMatchObject({ details: { step: name } });
  });

  it('opens one event at a time, and closes it again', async () => {
    await page.show(<AuditSection />);
    await press('Details of event 2');
    expect(button('Details of event 2')?.getAttribute('aria-expanded')).toBe('true');
    await press('Details of event 1');
    expect(button('Details of event 2')?.getAttribute('aria-expanded')).toBe('false');
    expect(textsOf('.audit-record')).toHaveLength(1);
    expect(JSON.parse(textsOf('.audit-record')[0] ?? '')).toMatchObject({ previous: 'hash-0', hash: 'hash-1' });
    await press('Details of event 1');
    expect(textsOf('.audit-record')).toEqual([]);
  });
});

describe('the filters of the audit log', () => {
  it.each([
    ['Event', 'sign-in', { act: 'sign-in' }],
    ['Actor', ' user:bo ', { who: 'user:bo' }],
    ['Subject', 'workflow:w', { subject: 'workflow:w' }],
    ['From', '2026-01-02T03:04', { from: String(new Date(2026, 0, 2, 3, 4).getTime()) }],
    ['Until', '2026-01-02T03:04', { to: String(new Date(2026, 0, 2, 3, 4).getTime()) }],
  ])('send %s to the server, and export the same events', async (name, value, query) => {
    await page.show(<AuditSection />);
    await fill(name, value);
    expect(Object.fromEntries(lastQuery())).toEqual({ ...query, limit: '100' });
    const exports = [...document.querySelectorAll('a[download]')].map((one) => one.getAttribute('href') ?? '');
    expect(exports.map((path) => Object.fromEntries(new URLSearchParams(path.split('?')[1])))).toEqual([
      { ...query, format: 'jsonl' },
      { ...query, format: 'csv' },
    ]);
  });

  it('take the actor and the subject from a row', async () => {
    await page.show(<AuditSection />);
    await press('Ada');
    expect(field('Actor')?.value).toBe('user:ada');
    await press('workflow Letters');
    expect(Object.fromEntries(lastQuery())).toEqual({ who: 'user:ada', subject: 'workflow:w', limit: '100' });
  });

  it('offer projects only when there are several', async () => {
    const project = (id: string) => ({ id, name: id.toUpperCase(), roles: ['owner' as const], isManager: true });
    projectStore.setState({ projects: [project('default')] });
    await page.show(<AuditSection />);
    expect(field('Project')).toBeUndefined();
    act(() => projectStore.setState({ projects: [project('default'), project('shop')] }));
    await page.show(<AuditSection />);
    expect(optionsOf('Project')).toEqual(['Any', 'DEFAULT', 'SHOP']);
    await fill('Project', 'shop');
    expect(lastQuery().get('project')).toBe('shop');
  });

  it('offer to refresh when new events do not appear automatically', async () => {
    await page.show(<AuditSection />);
    expect(button('Refresh')).toBeUndefined();
    await tick('New events appear automatically');
    page.answer(list, { records: [record(3), record(2), record(1)] });
    await press('Refresh');
    expect(textsOf('.audit-open')).toEqual(['3', '2', '1']);
  });
});

describe('a long audit log', () => {
  const many = (from: number, count: number) => Array.from({ length: count }, (_, index) => record(from - index));

  it('loads older events on request, until there are none', async () => {
    page.answer(list, { records: many(250, 100) });
    page.answer('GET /api/audit?limit=100&before=151', { records: many(150, 100) });
    page.answer('GET /api/audit?limit=100&before=51', { records: many(50, 50) });
    await page.show(<AuditSection />);
    expect(rows()).toHaveLength(100);
    await press('Show older events');
    expect(rows()).toHaveLength(200);
    await press('Show older events');
    expect(rows()).toHaveLength(250);
    expect(button('Show older events')).toBeUndefined();
  });

  it('keeps the loaded events when older ones cannot be loaded', async () => {
    page.answer(list, { records: many(250, 100) });
    page.disconnect('GET /api/audit?limit=100&before=151');
    await page.show(<AuditSection />);
    await press('Show older events');
    expect(rows()).toHaveLength(100);
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(button('Show older events')?.disabled).toBe(false);
  });
});

describe('the check of the chain', () => {
  const verify = 'GET /api/audit/verify';

  it('says that all events are intact, with the end of the chain to keep', async () => {
    page.answer(verify, { isWhole: true, records: 12_345, head: 'sha256:abc' });
    await page.show(<AuditSection />);
    await press('Verify chain');
    expect(textsOf('.verified strong')).toEqual(['All 12,345 events are intact.']);
    expect(textsOf('.verified code')).toEqual(['12345 sha256:abc']);
  });

  it('names the first event that was altered, and why', async () => {
    page.answer(verify, { isWhole: false, records: 9, head: 'h', bad: { number: 7, reason: 'Its hash is wrong.' } });
    await page.show(<AuditSection />);
    await press('Verify chain');
    expect(pageText()).toContain('The audit log was altered: event 7 is the first invalid one. Its hash is wrong.');
    expect(document.querySelector('.verified')?.hasAttribute('data-whole')).toBe(false);
  });

  it('cannot be started twice, and shows an error', async () => {
    page.refuse(verify, 403, 'forbidden', 'Your role does not allow this.');
    const release = page.hold(verify);
    await page.show(<AuditSection />);
    await press('Verify chain');
    expect(button('Verifying the audit log')?.disabled).toBe(true);
    await release();
    expect(alerts().join()).toContain('Your role does not allow this.');
    expect(button('Verify chain')?.disabled).toBe(false);
  });
});
