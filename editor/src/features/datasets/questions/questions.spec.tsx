/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { act } from 'react';
import { meStore } from '../../../data/access/known-me.js';
import { readMe } from '../../../data/access/me-store.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import type { Session } from '../../session/session.js';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, buttonNamed, choose, one, pageText, pressButton, texts, type } from '../../../ui/testing/fake-person.js';
import { AskQuestions } from './AskQuestions.js';
import { MineNegatives } from './MineNegatives.js';
import { negativesText, quoteParts, reportText } from './questions-text.js';
import { ReviewRows } from './ReviewRows.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
Object.assign(HTMLDialogElement.prototype, { showModal: () => undefined, close: () => undefined });

const row = (id: string, more: object = {}, flags: readonly string[] = []) => ({
  id,
  hash: `hash-${id}`,
  inputs: { question: `Why ${id}?` },
  expected: `Because ${id}`,
  label: 'internal',
  unreviewed: true,
  tags: ['generated'],
  references: [{ document: 'faq.md', text: 'It is so\n“because” of x.', grade: 1 }],
  metadata: {
    generated: {
      model: 'small',
      kind: 'factual',
      collection: 'faq',
      passages: ['p'],
      quote: 'so because of',
      flags,
      seed: 0,
      prompt: { name: 'q', version: 1, hash: 'h' },
    },
  },
  ...more,
});

let page: FakePage;
let sent: { readonly path: string; readonly body: unknown }[];
let replies: Record<string, unknown>;
let roles: readonly string[];
let decided: number;
beforeEach(() => {
  sent = [];
  decided = 0;
  roles = ['owner'];
  replies = {
    'GET /api/datasets/d/rows?review=open&limit=100': { rows: [row('a', {}, ['not-found']), row('b')] },
    'POST /api/datasets/d/rows/a/review': {},
    'POST /api/datasets/d/rows/b/review': {},
    'GET /api/collections': { collections: [{ name: 'faq', title: 'FAQ' }] },
    'GET /api/models': { models: [] },
    'GET /api/connections': { connections: [] },
    'POST /api/datasets/d/questions': { jobId: 'j' },
  };
  page = openFakePage(
    (method, path, body) => {
      if (method !== 'GET') sent.push({ path, body });
      if (path === '/api/auth/me')
        return {
          isSignInNeeded: true,
          hasUsers: true,
          principal: { id: 'user:u', kind: 'user', name: 'Una', roles: { default: roles } },
        };
      return replies[`${method} ${path}`];
    },
    () => ({ status: 409, body: { error: { code: 'conflict', message: 'Changed meanwhile.', retryable: false } } }),
  );
});
afterEach(() => {
  page.leave();
  meStore.setState({ me: undefined });
});

async function show(element = <ReviewRows dataset="d" onDecided={() => (decided += 1)} />): Promise<void> {
  const live = createLiveClient(createFakeSocket());
  await act(async () => {
    await readMe();
    page.root.render(<SessionProvider value={{ live } as unknown as Session}>{element}</SessionProvider>);
  });
}
const key = (name: string, more: KeyboardEventInit = {}): Promise<void> =>
  act(async () => void window.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, ...more })));

describe('the review of rows', () => {
  it('shows a row beside its passage, with the quote marked and a warning to check', async () => {
    await show();
    expect(one('.review-question').textContent).toBe('Why a?');
    expect(one('mark').textContent).toBe('so\n“because” of');
    expect(texts('.review-flags li')).toEqual(['A search with the question does not find its passage.']);
    expect(one<HTMLAnchorElement>('.review-passage a').pathname).toBe('/collections/faq');
  });

  it('works by the keyboard: next, previous, accept, reject', async () => {
    await show();
    await key('n');
    expect(one('.review-question').textContent).toBe('Why b?');
    await key('p');
    await key('a');
    expect(sent).toEqual([{ path: '/api/datasets/d/rows/a/review', body: { decision: 'accept', hash: 'hash-a' } }]);
    expect(one('.review-question').textContent).toBe('Why b?');
    replies['GET /api/datasets/d/rows?review=open&limit=100'] = { rows: [] };
    await key('r');
    expect(sent.at(-1)?.body).toEqual({ decision: 'reject', hash: 'hash-b' });
    expect(decided).toBe(2);
    expect(pageText()).toContain('No row waits for a review.');
  });

  it('edits a row and accepts it, and takes letters in the form as text', async () => {
    await show();
    await key('e');
    const [question] = all('textarea');
    await type(question as HTMLElement, 'Why not?');
    await act(async () => void question?.dispatchEvent(new KeyboardEvent('keydown', { key: 'r', bubbles: true })));
    expect(sent).toEqual([]);
    await act(
      async () =>
        void question?.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true, bubbles: true })),
    );
    expect(sent.at(-1)?.body).toMatchObject({
      decision: 'accept',
      hash: 'hash-a',
      row: { id: 'a', inputs: { question: 'Why not?' }, expected: 'Because a', label: 'internal' },
    });
    expect(sent.at(-1)?.body).not.toHaveProperty('row.unreviewed');
  });

  it('shows for each document of the row whether it is relevant', async () => {
    const references = [
      { document: 'faq.md', text: 'It is so.', grade: 1 },
      { document: 'old.md', grade: 0 },
    ];
    replies['GET /api/datasets/d/rows?review=open&limit=100'] = { rows: [row('a', { references })] };
    await show();
    const documents = all('article').map(({ textContent }) => textContent);
    expect(documents).toEqual(['faq.mdRelevantIt is so.', 'old.mdNot relevant']);
  });

  it('shows proposed documents, and sends the decision about each', async () => {
    const proposed = [
      { document: 'pool.md', text: 'The pool opens at seven.', grade: 0 },
      { document: 'copy.md', text: 'It is so.', grade: 1, because: 'answer' },
      { document: 'zoo.md', text: 'Elephants live here.', grade: 0 },
    ];
    const waiting = row('a', { unreviewed: undefined, proposed });
    replies['GET /api/datasets/d/rows?review=open&limit=100'] = { rows: [waiting] };
    await show();
    expect(all<HTMLSelectElement>('form select').map(({ value }) => value)).toEqual(['0', '1', '0']);
    expect(pageText()).toContain('It has the expected answer');
    expect(pageText()).toContain('The pool opens at seven.');
    const [pool, , zoo] = all<HTMLSelectElement>('form select');
    await choose(pool as HTMLElement, '1');
    await choose(zoo as HTMLElement, 'out');
    await key('a');
    expect(sent.at(-1)?.body).toEqual({
      decision: 'accept',
      hash: 'hash-a',
      proposed: [
        { document: 'pool.md', grade: 1 },
        { document: 'copy.md', grade: 1 },
      ],
    });
  });

  it('says that another user changed the row meanwhile, and offers to load it again', async () => {
    delete replies['POST /api/datasets/d/rows/a/review'];
    await show();
    await pressButton('Accept');
    expect(pageText()).toContain('Changed meanwhile.');
    expect(buttonNamed('Load again')).toBeDefined();
  });

  it('offers a viewer no decision', async () => {
    roles = ['viewer'];
    await show();
    expect(buttonNamed('Accept')).toBeUndefined();
  });
});

describe('asking for questions', () => {
  it('sends the chosen collection, model and count', async () => {
    let job = '';
    await show(<AskQuestions dataset="d" splits={[]} onStarted={(id) => (job = id)} onClose={() => undefined} />);
    await choose(one('dialog select'), 'faq');
    await type(one('dialog [role=combobox]'), 'small');
    const inputs = all('dialog .dataset-fields input');
    await type(inputs[0] as HTMLElement, '5');
    await act(
      async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
    );
    expect(sent).toEqual([
      {
        path: '/api/datasets/d/questions',
        body: { collection: 'faq', model: 'small', kinds: ['factual'], language: '', count: 5 },
      },
    ]);
    expect(job).toBe('j');
  });
});

describe('asking for hard negatives', () => {
  it('sends the chosen collection and count, and no model when none is chosen', async () => {
    let isStarted = false;
    replies['POST /api/datasets/d/negatives'] = { jobId: 'j' };
    await show(
      <MineNegatives dataset="d" splits={[]} onStarted={() => (isStarted = true)} onClose={() => undefined} />,
    );
    await choose(one('dialog select'), 'faq');
    await type(all('dialog .dataset-fields input')[0] as HTMLElement, '5');
    await act(
      async () => void one('dialog form').dispatchEvent(new Event('submit', { bubbles: true, cancelable: true })),
    );
    expect(sent).toEqual([{ path: '/api/datasets/d/negatives', body: { collection: 'faq', each: 5, questions: 200 } }]);
    expect(isStarted).toBe(true);
  });
});

describe('texts of questions', () => {
  it('mark a quote with other punctuation and spaces, and nothing when the quote is missing', () => {
    expect(quoteParts('A (b) c.', 'b c')).toEqual([
      { text: 'A (', isMarked: false },
      { text: 'b) c', isMarked: true },
      { text: '.', isMarked: false },
    ]);
    expect(quoteParts('A', 'z')).toEqual([{ text: 'A', isMarked: false }]);
    expect(quoteParts('A', undefined)).toEqual([{ text: 'A', isMarked: false }]);
  });

  it('summarise the outcome of a job', () => {
    const report = {
      wanted: 3,
      done: 4,
      planned: 9,
      written: 1,
      flagged: 1,
      duplicates: 2,
      unreadable: 0,
      refused: 1,
      failed: 0,
    };
    expect(reportText({ ...report, cost: 0, problems: [] })).toBe(
      '1 question written · 1 to check twice · 2 duplicates dropped · 1 passage above the clearance',
    );
    expect(reportText({})).toBe('');
    expect(negativesText(undefined)).toBe('Choosing questions…');
    const mined = { planned: 3, done: 2, skipped: 0, proposed: 4, relevant: 1, refused: 0, unreadable: 0, failed: 0 };
    expect(negativesText({ ...mined, cost: 0, problems: [] })).toBe(
      '2 of 3 questions searched · 4 hard negatives proposed · 1 as relevant',
    );
  });
});
