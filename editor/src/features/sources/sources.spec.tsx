/** @jest-environment jsdom */
import type { JobReply, SourceKind, SourceReply } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { createLiveClient } from '../../data/live/live-client.js';
import { LiveContext } from '../../data/live/live-context.js';
import { createFakeSocket } from '../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../ui/testing/fake-page.js';
import { bodyOf, changeOf, draftOf, idFrom, missingOf, secretProblem } from './source-draft.js';
import { factsOf, stateOf } from './source-text.js';
import { SourcesPanel } from './SourcesPanel.js';

Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });
(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

const source: SourceReply = {
  id: 'docs',
  kind: 'folder',
  title: 'Docs',
  config: { path: 'docs' },
  isPaused: false,
  isRemoving: false,
  collection: 'faq',
  project: 'default',
  createdBy: 'local',
  createdAt: 1,
  schedule: { cron: '0 * * * *', timeZone: 'Europe/Paris' },
  state: { documents: 3, failures: 0, syncedAt: 1 },
};
const kind: SourceKind = {
  kind: 'folder',
  title: 'Folder',
  description: 'Files.',
  secret: 'none',
  hasReaders: false,
  isIncremental: false,
  config: { type: 'object', properties: { path: { type: 'string', title: 'Folder' } }, required: ['path'] },
};

describe('the page of sources', () => {
  let page: FakePage;
  let sources: readonly SourceReply[];
  const asked: (readonly [string, string, unknown])[] = [];
  beforeEach(() => {
    asked.length = 0;
    page = openFakePage((method, path, body) => {
      if (method !== 'GET') asked.push([method, path, body]);
      if (path.includes('/failures'))
        return { failures: [{ id: 'a.pdf', code: 'document_damaged', message: 'It is damaged.', at: 1 }] };
      if (path === '/api/sources/kinds') return { kinds: [kind] };
      if (path === '/api/secrets') return { secrets: [] };
      return method === 'GET' ? { sources } : {};
    });
  });
  afterEach(() => page.leave());

  const show = (given: readonly SourceReply[], jobs: readonly JobReply[] = []): Promise<void> => {
    sources = given;
    const live = createLiveClient(createFakeSocket());
    return act(async () =>
      page.root.render(
        <LiveContext value={live}>
          <SourcesPanel name="faq" level="internal" jobs={jobs} />
        </LiveContext>,
      ),
    );
  };
  const press = (name: string): Promise<void> =>
    act(async () => {
      const buttons = [...document.querySelectorAll<HTMLButtonElement>('button')];
      buttons.find((one) => one.textContent?.trim() === name || one.ariaLabel === name)?.click();
    });
  const text = (): string => document.body.textContent ?? '';

  it('shows the state, starts a sync, and pauses the source', async () => {
    await show([source]);
    expect(text()).toContain('In sync');
    await press('Sync now');
    expect(asked).toEqual([['POST', '/api/collections/faq/sources/docs/sync', {}]]);
    await press('Pause Docs');
    expect(asked.at(-1)).toEqual(['PATCH', '/api/collections/faq/sources/docs', { isPaused: true }]);
  });

  it('says why a sync failed, and asks before an empty source removes its documents', async () => {
    const error = { code: 'source_empty', message: 'The source names no document.', at: 1 };
    await show([{ ...source, state: { ...source.state, error } }]);
    expect(text()).toContain('The source names no document.');
    await press('The source is empty: remove its documents');
    expect(document.querySelector('dialog')?.textContent).toContain('removes 3 documents from the collection');
    await press('Cancel');
    expect([asked, document.querySelector('dialog')]).toEqual([[], null]);
    await press('The source is empty: remove its documents');
    await press('Remove 3 documents');
    expect(document.querySelector('dialog')).toBeNull();
    expect(asked).toEqual([['POST', '/api/collections/faq/sources/docs/sync', { mayEmpty: true }]]);
  });

  it('names its kind by the title, or by its id if this server does not offer the kind', async () => {
    await show([source, { ...source, id: 'old', kind: 'gone', title: 'Old' }]);
    expect([...document.querySelectorAll('header .quiet')].map(({ textContent }) => textContent)).toEqual([
      'Folder',
      'gone',
    ]);
  });

  it('lists the documents that failed when the list is opened', async () => {
    await show([{ ...source, state: { ...source.state, failures: 1 } }]);
    expect(text()).not.toContain('It is damaged.');
    const details = document.querySelector('details.synced-failures') as HTMLDetailsElement;
    await act(async () => {
      details.open = true;
      details.dispatchEvent(new Event('toggle'));
    });
    expect(text()).toContain('It is damaged.');
  });

  it('says what a source is when there is none, and what a new one lacks', async () => {
    await show([]);
    expect(text()).toContain('A source keeps documents in sync');
    await press('Add a source');
    expect(text()).toContain('Write a title.');
  });
});

describe('the text of a source', () => {
  const job = {
    jobId: 'j',
    kind: 'sync',
    subject: 'faq',
    status: 'running',
    progress: { documents: 12 },
    createdAt: 1,
  } as const;
  it.each<[string, Partial<SourceReply>, JobReply | undefined, string, string]>([
    ['in sync', {}, undefined, 'In sync', 'done'],
    ['paused', { isPaused: true }, undefined, 'Paused', 'resting'],
    ['running', {}, job, 'Syncing: 12 documents', 'running'],
    ['being deleted', { isRemoving: true, isPaused: true }, undefined, 'Is being deleted', 'running'],
    [
      'failed',
      { state: { ...source.state, error: { code: 'x', message: 'm', at: 1 } } },
      undefined,
      'Sync failed',
      'bad',
    ],
    ['with failures', { state: { ...source.state, failures: 2 } }, undefined, 'In sync, without 2 documents', 'bad'],
    ['new', { state: { documents: 0, failures: 0 } }, undefined, 'Not synced yet', 'resting'],
  ])('names the state of a source that is %s', (_, more, running, expected, tone) => {
    expect(stateOf({ ...source, ...more }, running)).toEqual({ text: expected, tone });
  });

  it('sends only what changed, and keeps the time zone', () => {
    const draft = draftOf(source, '');
    expect(changeOf(draft, source)).toEqual({});
    expect(changeOf({ ...draft, title: 'New', cron: '*/5 * * * *' }, source)).toEqual({
      title: 'New',
      schedule: { cron: '*/5 * * * *', timeZone: 'Europe/Paris' },
    });
    expect(changeOf({ ...draft, cron: '' }, source)).toEqual({ schedule: null });
  });

  it('says when the next sync is, if one is planned', () => {
    const nextAt = 1_000_000 + 7 * 60_000;
    const facts = factsOf({ ...source, state: { ...source.state, nextAt } }, 1_000_000);
    expect(Object.fromEntries(facts)).toMatchObject({ Schedule: 'Every hour', 'Next sync': 'in 7 min' });
    expect(Object.fromEntries(factsOf(source, 1_000_000))).not.toHaveProperty('Next sync');
  });

  it('shows no counts of an earlier sync when the last one failed', () => {
    const counts = { named: 2, stored: 2, unchanged: 0, removed: 0, failed: 0 };
    const state = { ...source.state, counts };
    expect(Object.fromEntries(factsOf({ ...source, state }, 1))).toMatchObject({ Result: '2 new or changed' });
    const failed = { ...state, error: { code: 'source_failed', message: 'm', at: 1 } };
    expect(Object.fromEntries(factsOf({ ...source, state: failed }, 1))).not.toHaveProperty('Result');
  });

  it('takes the time zone of a new schedule from the browser', () => {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const draft = { ...draftOf(undefined, 'folder'), title: 'x', cron: '0 3 * * *' };
    expect(bodyOf(draft, 'x').schedule).toEqual({ cron: '0 3 * * *', timeZone });
    const { schedule: _, ...unscheduled } = source;
    expect(changeOf({ ...draftOf(unscheduled, ''), cron: '0 3 * * *' }, unscheduled).schedule).toEqual({
      cron: '0 3 * * *',
      timeZone,
    });
  });

  it('refuses a password instead of the name of a secret', () => {
    expect(secretProblem('hunter2 is it')).toContain('not its value');
    expect([secretProblem(''), secretProblem(' crm-key ')]).toEqual([undefined, undefined]);
    const draft = { ...draftOf(undefined, 'folder'), title: 'x', config: { path: 'docs' }, secret: 'hunter2 is it' };
    expect(missingOf(draft, { ...kind, secret: 'optional' })).toBe('Correct the secret.');
  });

  it('derives an id from a title, and names what is missing', () => {
    expect(idFrom('Größe & Handbuch 2', [])).toBe('gro-e-handbuch-2');
    expect(idFrom('123', ['source'])).toBe('source-2');
    const empty = draftOf(undefined, 'folder');
    expect(missingOf(empty, kind)).toBe('Write a title.');
    expect(missingOf({ ...empty, title: 'x' }, kind)).toBe('Fill in “Folder”.');
    expect(missingOf({ ...empty, title: 'x', config: { path: 'docs' } }, kind)).toBeUndefined();
  });
});
