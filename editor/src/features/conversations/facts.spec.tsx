/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { undoStore } from '../../ui/states/undo-store.js';
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
import { ConversationsSection } from './ConversationsSection.js';

const stored = (id: string, more: object = {}) => ({
  id,
  key: `key-${id}`,
  text: `text of ${id}`,
  label: { level: 'internal', marks: [] },
  run: 'r1',
  createdAt: 1,
  updatedAt: 2,
  owner: { project: 'default', workflow: 'w', subject: 'user:ada' },
  ...more,
});
const list = 'GET /api/facts';
const rules = '/api/projects/default/retention';

let page: FeaturePage;
beforeEach(() => {
  page = openFeaturePage();
  page.signInAs('owner');
  page.answer('GET /api/conversations', { conversations: [], names: {} });
  page.answer(list, { facts: [stored('f1')], names: { 'user:ada': 'Ada' } });
  page.answer('GET /api/workflows', {
    workflows: [{ id: 'w', slug: 'letters', name: 'Letters', nodes: 1, issues: 0, updatedAt: 1 }],
  });
});
afterEach(() => {
  undoStore.setState({ offers: [] });
  page.leave();
});

const open = async (tab: 'Facts' | 'Retention'): Promise<void> => {
  await page.show(<ConversationsSection />);
  await press(tab);
};

describe('the list of facts', () => {
  it('shows the subject and the run of a fact, and says when there are none', async () => {
    await open('Facts');
    expect(textsOf('tbody th')).toEqual(['key-f1text of f1']);
    for (const text of ['Ada', 'Letters']) expect(pageText()).toContain(text);
    expect(document.querySelector('tbody a')?.getAttribute('href')).toContain('/runs/r1');
    page.answer(list, { facts: [], names: {} });
    await fill('Search facts', 'nobody');
    expect(pageText()).toContain('No fact matches. Change the filters.');
    await fill('Search facts', '');
    expect(pageText()).toContain('No facts yet.');
  });

  it('is filtered by a search, which the export uses too', async () => {
    await open('Facts');
    await fill('Search facts', ' tea ');
    expect(page.requests.at(-1)?.path).toBe('/api/facts?search=tea&limit=50');
    expect(document.querySelector('a[download]')?.getAttribute('href')).toBe('/api/facts/export?search=tea');
  });

  it.each(hostileNames)('shows %s as text', async (_case, name) => {
    page.answer(list, { facts: [stored('f1', { key: name, text: name })], names: {} });
    await open('Facts');
    expect(textsOf('tbody th')).toEqual([name]);
    expect(document.querySelector('tbody img, tbody b')).toBeNull();
  });

  it('changes the text and the end of a fact', async () => {
    page.answer('POST /api/facts/f1', stored('f1', { text: 'new' }));
    await open('Facts');
    await press('Edit key-f1');
    expect([dialogTitle(), field('Text')?.value, button('Save')?.disabled]).toEqual([
      'Edit “key-f1”',
      'text of f1',
      true,
    ]);
    await fill('Text', 'new');
    await fill('Expires on', '2090-01-02');
    await press('Save');
    expect(page.sent()).toMatchObject([
      { path: '/api/facts/f1', body: { text: 'new', expiresAt: new Date('2090-01-02T00:00').getTime() } },
    ]);
    expect(dialogTitle()).toBeUndefined();
    expect(page.count(`${list}?limit=50`)).toBe(2);
  });

  it('deletes a fact, offers to undo it, and says why a fact could not be deleted', async () => {
    page.answer('DELETE /api/facts/f1', { facts: 1 });
    await open('Facts');
    await press('Delete key-f1');
    expect(page.sent()).toMatchObject([{ method: 'DELETE', path: '/api/facts/f1?undo=true' }]);
    expect(undoStore.getState().offers.map(({ what }) => what)).toEqual(['the fact “key-f1”']);
    page.disconnect('DELETE /api/facts/f1');
    await press('Delete key-f1');
    expect(alerts().join()).toContain('Heddle does not answer');
  });

  it('lets a viewer change only the facts about that viewer', async () => {
    page.signInAs(['viewer']);
    const owner = { project: 'default', workflow: 'w', subject: 'user:bob' };
    page.answer(list, { facts: [stored('f1'), stored('f2', { owner })], names: {} });
    await open('Facts');
    expect([button('Edit key-f1') === undefined, button('Edit key-f2') === undefined]).toEqual([false, true]);
  });
});

describe('retention', () => {
  it('shows what the installation keeps, and saves rules', async () => {
    page.answer(`GET ${rules}`, { rules: [{ subjects: 'visitor', level: 'public', days: 5 }], most: 30 });
    page.answer(`PUT ${rules}`, (body) => ({ ...(body as object), most: 30 }));
    await open('Retention');
    expect(pageText()).toContain('for 30 days');
    expect(optionsOf('Of').slice(0, 3)).toEqual(['Everyone', 'Users', 'End users of keys']);
    expect([field('Of')?.value, field('Days')?.value, button('Save')?.disabled]).toEqual(['visitor', '5', true]);
    await fill('Days', '7');
    await press('Add rule');
    await press('Save');
    expect(page.sent()).toMatchObject([
      {
        method: 'PUT',
        body: {
          rules: [
            { subjects: 'visitor', level: 'public', days: 7 },
            { level: 'public', days: 30 },
          ],
        },
      },
    ]);
    expect(button('Save')?.disabled).toBe(true);
    await press('Remove rule 2');
    await press('Remove rule 1');
    expect(pageText()).toContain('No rules in this project.');
  });

  it('says what is wrong with a rule, and shows a viewer no buttons', async () => {
    page.answer(`GET ${rules}`, { rules: [{ level: 'public', days: 5 }] });
    page.refuse(`PUT ${rules}`, 400, 'bad_request', 'A rule has 50 days.');
    await open('Retention');
    await fill('Days', '50');
    await press('Save');
    expect(alerts().join()).toContain('A rule has 50 days.');
    page.leave();
    page = openFeaturePage();
    page.signInAs(['viewer']);
    page.answer('GET /api/conversations', { conversations: [], names: {} });
    page.answer('GET /api/workflows', { workflows: [] });
    page.answer(`GET ${rules}`, { rules: [{ level: 'public', days: 5 }] });
    await open('Retention');
    expect([button('Save'), button('Add rule'), button('Remove rule 1')]).toEqual([undefined, undefined, undefined]);
  });
});
