/** @jest-environment jsdom */
import type { HealthReply, SettingsReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  cancelDialog,
  dialogTitle,
  fill,
  hostileNames,
  openFeaturePage,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { GeneralSection } from './GeneralSection.js';
import { SettingsPage } from './SettingsPage.js';
import { SettingsTable } from './SettingsTable.js';
import { StorageSection } from './StorageSection.js';

const health = (more: Partial<HealthReply> = {}): HealthReply => ({
  status: 'ok',
  version: '1.2.3',
  pid: 7,
  uptimeSeconds: 90,
  memoryMb: 120,
  storage: { status: 'ok' },
  runs: { running: 1, queued: 2, suspended: 3, maxRunning: 8, maxQueued: 100 },
  executions: [],
  waiting: [],
  stuck: 0,
  retention: { classes: [] },
  ...more,
});
const setting = (name: string, more: Partial<SettingsReply['settings'][number]> = {}) => ({
  name,
  value: '1',
  default: '1',
  allowed: 'A number',
  help: `The help of ${name}.`,
  source: 'default' as const,
  ...more,
});
const list = 'GET /api/settings';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/health', health());
  page.answer(list, { settings: [setting('HEDDLE_DATA', { value: '/srv/data', source: 'environment' })] });
});
afterEach(() => page.leave());

describe('the settings page', () => {
  it.each([
    ['owner', ['Users', 'Grants', 'API keys', 'Audit log', 'All settings'], []],
    ['viewer', ['General', 'My account', 'Projects', 'Kill switch'], ['Users', 'Grants', 'API keys', 'Audit log']],
    ['local', ['Users', 'Node packages'], []],
  ] as const)('lists the sections of the user %s', async (user, shown, hidden) => {
    page.signInAs(user);
    await page.show(<SettingsPage section="" />);
    const titles = textsOf('.settings-nav a');
    for (const title of shown) expect(titles).toContain(title);
    for (const title of hidden) expect(titles).not.toContain(title);
  });

  it('marks the open section, and names the page after it', async () => {
    await page.show(<SettingsPage section="users" />);
    expect(textsOf('.settings-nav [aria-current=page]')).toEqual(['Users']);
    expect(document.title).toContain('Users');
  });

  it('keeps the open section in the list even without the right to it', async () => {
    page.signInAs('viewer');
    await page.show(<SettingsPage section="users" />);
    expect(textsOf('.settings-nav [aria-current=page]')).toEqual(['Users']);
  });

  it.each(hostileNames)('says that a section called %s does not exist', async (_case, section) => {
    await page.show(<SettingsPage section={section} />);
    expect(textsOf('h1')).toEqual(['Page not found']);
    expect(pageText()).toContain(section);
    expect(document.querySelector('.settings-body img, .settings-body b')).toBeNull();
    expect(button('Go to the first section')?.getAttribute('href')).toBe('/settings');
  });
});

describe('the general section', () => {
  it('shows the facts of this server', async () => {
    await page.show(<GeneralSection />);
    const facts = textsOf('dl.facts > div');
    expect(facts).toContain('Version1.2.3');
    expect(facts).toContain('StateHealthy');
    expect(facts).toContain('Runs1 of 8 running, 2 queued, 3 suspended');
    expect(facts).toContain('StuckNone');
    expect(facts).toContain('Data folder/srv/data');
  });

  it.each<[string, Partial<HealthReply>, string]>([
    ['needs attention', { status: 'degraded' }, 'StateNeeds attention'],
    ['has stuck runs', { stuck: 4 }, 'Stuck4'],
    ['has secrets without a host', { secretsWithoutHost: [{ name: 'crm', owner: 'default' }] }, 'hostcrm'],
  ])('says that the server %s', async (_case, more, text) => {
    page.answer('GET /api/health', health(more));
    await page.show(<GeneralSection />);
    expect(textsOf('dl.facts').join()).toContain(text);
  });

  it('requests no settings that the user may not read', async () => {
    page.signInAs('viewer');
    await page.show(<GeneralSection />);
    expect(page.count(list)).toBe(0);
    expect(pageText()).not.toContain('Data folder');
  });

  it('works without the server', async () => {
    page.disconnect('GET /api/health');
    await page.show(<GeneralSection />);
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(textsOf('h2')).toContain('This device');
    page.answer('GET /api/health', health());
    await press('Retry');
    expect(textsOf('dl.facts').join()).toContain('1.2.3');
  });

  it('shows the shortcuts, and returns the focus', async () => {
    await page.show(<GeneralSection />);
    await press('Show shortcuts');
    expect(dialogTitle()).toBe('Keyboard shortcuts');
    await cancelDialog();
    expect(dialogTitle()).toBeUndefined();
    expect(document.activeElement).toBe(button('Show shortcuts'));
  });
});

describe('the table of settings', () => {
  const all = [
    setting('HEDDLE_PORT', { value: '9', source: 'command' }),
    setting('HEDDLE_KEY', { value: '', default: '' }),
    setting('HEDDLE_LIMIT'),
  ];
  const names = (): readonly string[] => textsOf('.setting-rows h3');

  beforeEach(() => page.answer(list, { settings: all }));

  it('shows the value, its source, and the default if it differs', async () => {
    await page.show(<SettingsTable />);
    const rows = textsOf('.setting-rows > li');
    expect(rows[0]).toContain('default 1');
    expect(rows[0]).toMatch(/9Command line$/);
    expect(rows[1]).toMatch(/not setDefault$/);
    expect(rows[2]).not.toContain('default 1');
  });

  it.each([
    ['port', ['HEDDLE_PORT']],
    ['HELP of heddle_limit', ['HEDDLE_LIMIT']],
    ['help port', ['HEDDLE_PORT']],
    ['', ['HEDDLE_PORT', 'HEDDLE_KEY', 'HEDDLE_LIMIT']],
    ['nothing like it', []],
  ])('is searched by “%s”', async (query, found) => {
    await page.show(<SettingsTable />);
    await fill('Search settings', query);
    expect(names()).toEqual(found);
    expect(pageText().includes('No setting matches.')).toBe(found.length === 0);
  });

  it('shows only changed settings', async () => {
    await page.show(<SettingsTable />);
    await press('Changed');
    expect(names()).toEqual(['HEDDLE_PORT']);
    await press('All');
    expect(names()).toHaveLength(3);
  });

  it('says that nothing was changed', async () => {
    page.answer(list, { settings: [setting('HEDDLE_LIMIT')] });
    await page.show(<SettingsTable />);
    await press('Changed');
    expect(pageText()).toContain('All settings have their default values.');
  });

  it('compares the value with the default when the host sets it in code', async () => {
    const { source: _source, ...inCode } = setting('HEDDLE_LIMIT', { value: '2' });
    const { source: _other, ...same } = setting('HEDDLE_PORT');
    page.answer(list, { settings: [inCode, same] });
    await page.show(<SettingsTable />);
    await press('Changed');
    expect(names()).toEqual(['HEDDLE_LIMIT']);
    expect(textsOf('.setting-value .badge')).toEqual([]);
  });

  it('shows a refusal', async () => {
    page.refuse(list, 403, 'forbidden', 'Your role does not allow this.');
    await page.show(<SettingsTable />);
    expect(alerts().join()).toContain('Your role does not allow this.');
  });

  it.each(hostileNames)('shows %s in a value as text', async (_case, value) => {
    page.answer(list, { settings: [setting('HEDDLE_NAME', { value })] });
    await page.show(<SettingsTable />);
    expect(textsOf('.setting-value .mono')).toEqual([value]);
    expect(document.querySelector('.setting-value img, .setting-value b')).toBeNull();
  });
});

describe('the section about storage', () => {
  it.each<[string, HealthReply['storage'], string]>([
    ['is writable', { status: 'ok' }, 'The database is writable.'],
    ['is not writable', { status: 'fault' }, 'The database is not writable.'],
    [
      'is full',
      { status: 'fault', error: { code: 'storage_full', message: 'The disk is full.', retryable: true } },
      'The disk is full.',
    ],
  ])('says that the database %s', async (_case, storage, text) => {
    page.answer('GET /api/health', health({ storage }));
    await page.show(<StorageSection />);
    expect(pageText()).toContain(text);
  });

  it.each([
    ['runs', 30, 'Runs in the list', '30 days'],
    ['streams', 1, 'Streamed text of ended nodes', '1 day'],
    ['jobs', 0, 'Imports and downloads in the list', 'Not at all'],
    ['values', undefined, 'Inputs and results of runs', 'As long as the run'],
    ['files', undefined, 'Stored files that no workflow or run uses', 'Forever'],
    ['contents, secret', 7, 'Prompts and answers of the audit log, secret', '7 days'],
    ['something new', 7, 'something new', '7 days'],
  ])('says how long %s are kept: %s days', async (name, days, title, text) => {
    page.answer(
      'GET /api/health',
      health({ retention: { classes: [{ name, ...(days === undefined ? {} : { days }) }] } }),
    );
    await page.show(<StorageSection />);
    expect([...textsOf('tbody th'), ...textsOf('tbody td.figure')]).toEqual([title, text]);
  });

  it.each<[string, HealthReply['retention']['lastSweep'], string]>([
    ['never ran', undefined, 'None since the server started.'],
    ['removed nothing', { at: 1, ms: 1, removed: { runs: 0 } }, 'nothing had expired'],
    ['removed runs', { at: 1, ms: 1, removed: { runs: 3, files: 0, streams: 2 } }, 'removed 3 runs, 2 streams'],
    ['doubted the clock', { at: 1, ms: 1, removed: {}, skipped: 'clock' }, 'the clock of this machine may be wrong'],
    [
      'failed',
      { at: 1, ms: 1, removed: {}, error: { code: 'internal', message: 'A file is locked.', retryable: false } },
      'A file is locked.',
    ],
  ])('says that the last sweep %s', async (_case, lastSweep, text) => {
    page.answer('GET /api/health', health({ retention: { classes: [], ...(lastSweep && { lastSweep }) } }));
    await page.show(<StorageSection />);
    expect(pageText()).toContain(text);
  });
});
