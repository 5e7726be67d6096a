/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  alerts,
  button,
  dialogTitle,
  field,
  fill,
  hostileNames,
  openFeaturePage,
  optionsOf,
  pageText,
  press,
  textsOf,
  type FeaturePage,
} from '../session/testing/feature-page.js';
import { CachesSection } from './CachesSection.js';
import { ConversationsSection } from './ConversationsSection.js';

const stored = (id: string, more: object = {}) => ({
  id,
  title: `session-${id}`,
  turns: 3,
  level: 'internal',
  createdAt: 1,
  updatedAt: 2,
  owner: { project: 'default', workflow: 'w', subject: 'user:ada' },
  ...more,
});
const list = 'GET /api/conversations';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer(list, { conversations: [stored('c1')], names: {} });
  page.answer('GET /api/workflows', {
    workflows: [{ id: 'w', slug: 'letters', name: 'Letters', nodes: 1, issues: 0, updatedAt: 1 }],
  });
});
afterEach(() => page.leave());

const lastQuery = (): object =>
  Object.fromEntries(
    new URLSearchParams(
      page.requests.findLast(({ path }) => path.startsWith('/api/conversations?'))?.path.split('?')[1],
    ),
  );

describe('the list of conversations', () => {
  it('says that it loads, that there are no conversations, and that none matches the filters', async () => {
    page.answer(list, { conversations: [], names: {} });
    const release = page.hold(list);
    await page.show(<ConversationsSection />);
    expect(pageText()).toContain('Loading conversations…');
    await release();
    expect(pageText()).toContain('No conversations yet.');
    await fill('Search conversations', 'nobody');
    expect(pageText()).toContain('No conversation matches. Change the filters.');
  });

  it('is filtered by a search, which the export uses too', async () => {
    await page.show(<ConversationsSection />);
    await fill('Search conversations', ' invoice ');
    expect(lastQuery()).toEqual({ search: 'invoice', limit: '50' });
    expect(document.querySelector('a[download]')?.getAttribute('href')).toBe(
      '/api/conversations/export?search=invoice',
    );
  });

  it('shows an error, and loads again on request', async () => {
    page.refuse(list, 403, 'forbidden', 'Your role does not allow this.');
    await page.show(<ConversationsSection />);
    expect(alerts().join()).toContain('Your role does not allow this.');
    page.answer(list, { conversations: [stored('c1')], names: {} });
    await press('Retry');
    expect(textsOf('tbody th')).toEqual(['session-c1']);
  });

  it('is not requested without the right', async () => {
    page.signInAs([]);
    await page.show(<ConversationsSection />);
    expect(pageText()).toContain('Reading conversations needs');
    expect(page.requests.some(({ path }) => path.startsWith('/api/conversations'))).toBe(false);
  });

  it.each(hostileNames)('shows %s in a session as text', async (_case, session) => {
    page.answer(list, { conversations: [stored('c1', { title: session })], names: {} });
    await page.show(<ConversationsSection />);
    expect(textsOf('tbody th')).toEqual([session]);
    expect(document.querySelector('tbody img, tbody b')).toBeNull();
  });

  it('loads older conversations on request', async () => {
    page.answer(list, { conversations: [stored('c2')], names: {}, next: 'c2' });
    page.answer('GET /api/conversations?limit=50&after=c2', { conversations: [stored('c1')], names: {} });
    await page.show(<ConversationsSection />);
    await press('Show older conversations');
    expect(textsOf('tbody th')).toEqual(['session-c2', 'session-c1']);
    expect(button('Show older conversations')).toBeUndefined();
  });

  it('keeps a conversation that cannot be erased', async () => {
    page.disconnect('DELETE /api/conversations/c1');
    await page.show(<ConversationsSection />);
    await press('Erase session-c1');
    expect(pageText()).toContain('Its 3 turns are erased permanently.');
    await press('Erase conversation');
    expect(alerts().join()).toContain('Heddle does not answer');
    expect(dialogTitle()).toBe('Erase the conversation “session-c1”?');
  });
});

describe('the assignment of a conversation', () => {
  const open = async (): Promise<void> => {
    page.answer(list, { conversations: [stored('c1', { owner: undefined })], names: {} });
    page.answer('GET /api/projects/default/members', {
      members: [{ member: 'user:bo', name: 'Bo', roles: ['editor'] }],
    });
    await page.show(<ConversationsSection />);
    await press('Assign session-c1');
  };

  it('goes to a member of the project', async () => {
    page.answer('POST /api/conversations/c1/assign', {});
    await open();
    expect(optionsOf('Subject')).toEqual(['Select', 'Bo', 'Another subject']);
    expect(button('Assign conversation')?.disabled).toBe(true);
    await fill('Workflow', 'w');
    await fill('Subject', 'user:bo');
    await press('Assign conversation');
    expect(page.sent()).toEqual([
      {
        method: 'POST',
        path: '/api/conversations/c1/assign',
        body: { project: 'default', workflow: 'w', subject: 'user:bo' },
      },
    ]);
    expect(dialogTitle()).toBeUndefined();
  });

  it('is not sent for an invalid subject', async () => {
    await open();
    await fill('Subject', 'another');
    await fill('Id of the subject', 'somebody');
    await fill('Workflow', 'w');
    await press('Assign conversation');
    expect(page.sent()).toEqual([]);
    expect(alerts().join()).toContain('Enter a subject');
    expect(field('Id of the subject')?.value).toBe('somebody');
  });
});

describe('the caches', () => {
  const cache = (name: string, more: object = {}) => ({
    project: 'default',
    workflow: 'w',
    name,
    entries: 2,
    hits: 5,
    saved: {},
    ...more,
  });
  const show = (...caches: readonly object[]): Promise<void> => {
    page.answer('GET /api/caches', { caches, hits: 0, saved: {} });
    return page.show(<CachesSection />);
  };

  it('are none at first', async () => {
    await show();
    expect(pageText()).toContain('No cached results yet.');
  });

  it.each([
    ['of one workflow', {}, 'Letters'],
    ['of all workflows', { workflow: undefined }, 'All workflows of default'],
    ['of a deleted workflow', { workflow: 'gone' }, 'gone'],
  ])('tell the scope %s', async (_case, more, text) => {
    await show(cache('prices', more));
    expect(textsOf('tbody th')).toEqual([text]);
  });

  it('cannot be cleared when they are empty, or without the right', async () => {
    await show(cache('prices', { entries: 0 }));
    expect(button('Clear the cache prices')).toBeUndefined();
    page.signInAs('viewer');
    await show(cache('prices'));
    expect(button('Clear the cache prices')).toBeUndefined();
  });

  it('show why clearing was refused', async () => {
    page.refuse('DELETE /api/caches', 409, 'conflict', 'The project is archived.');
    await show(cache('prices'));
    await press('Clear the cache prices');
    await press('Clear cache');
    expect(page.sent()[0]?.path).toBe('/api/caches?name=prices&workflow=w');
    expect(alerts().join()).toContain('The project is archived.');
  });
});
