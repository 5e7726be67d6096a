/** @jest-environment jsdom */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { GraphEntityReply } from '@heddle/core';
import { act } from 'react';
import { createLiveClient } from '../../../data/live/live-client.js';
import { createFakeSocket, type FakeSocket } from '../../../data/testing/fake-socket.js';
import { openFakePage, type FakePage } from '../../../ui/testing/fake-page.js';
import { all, buttonNamed, one, pageText, press, pressButton, texts, type } from '../../../ui/testing/fake-person.js';
import type { Session } from '../../session/session.js';
import { SessionProvider } from '../../session/SessionProvider.js';
import { EntitiesPage } from './EntitiesPage.js';
import { statedRelations } from './graph-text.js';
import { markedExcerpt } from './marked-excerpt.js';
import { boxEdge, boxSize, neighbourhoodOf } from './neighbourhood.js';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
// The graph is drawn by a lazy part that needs sizes from a real browser: the browser spec covers it.
globalThis.ResizeObserver = class {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
};

const entity = (id: string, passages = 3) => ({ id, name: id.toUpperCase(), type: 'person', passages, documents: 2 });
const ada: GraphEntityReply = {
  entity: { id: 'ada', name: 'Ada Lovelace', type: 'person', passages: 60, documents: 2 },
  merged: [],
  mentions: [
    { document: 'a.md', title: 'Notes', passage: 'a.md#1', text: 'Then Ada Lovelace wrote to Babbage.' },
    { document: 'b.md', title: 'b.md', passage: 'b.md#0', text: 'Ada\nLovelace was here.' },
  ],
  relations: [
    { source: 'ada', target: 'babbage', text: 'wrote to', document: 'a.md', passage: 'a.md#1' },
    { source: 'ada', target: 'babbage', text: 'Wrote to', document: 'a.md', passage: 'a.md#4' },
    { source: 'byron', target: 'ada', text: 'father of', document: 'far.md', passage: 'far.md#9' },
  ],
  neighbours: [
    { id: 'babbage', name: 'Charles Babbage', type: 'person', shared: 2 },
    { id: 'london', name: 'London', type: 'place', shared: 0 },
  ],
};

let page: FakePage;
let socket: FakeSocket;
let asked: string[];
let replies: Record<string, unknown>;
beforeEach(() => {
  asked = [];
  replies = {
    '/api/collections/faq': { name: 'faq', title: 'FAQ' },
    '/api/collections/faq/graph': {
      options: { model: 'names' },
      documents: 4,
      missing: 0,
      failures: [],
      entities: 51,
      relations: 3,
    },
    '/api/collections/faq/graph/entities?limit=50': { entities: [entity('ada', 60), entity('babbage')], next: 'n' },
    '/api/collections/faq/graph/entities?after=n&limit=50': { entities: [entity('london')] },
    '/api/collections/faq/graph/entities?query=lon&limit=50': { entities: [entity('london')] },
    '/api/collections/faq/graph/entities?query=lonx&limit=50': { entities: [] },
    '/api/collections/faq/graph/entity?id=ada': ada,
  };
  page = openFakePage(
    (_method, path) => {
      asked.push(path);
      return replies[path];
    },
    () => ({ status: 404, body: { error: { code: 'graph_missing', message: 'Nothing here.', retryable: false } } }),
  );
  socket = createFakeSocket();
});
afterEach(() => page.leave());

async function open(id?: string): Promise<void> {
  const session = { live: createLiveClient(socket), runs: { leave: () => undefined } } as unknown as Session;
  await act(async () =>
    page.root.render(
      <SessionProvider value={session}>
        <EntitiesPage name="faq" entity={id} />
      </SessionProvider>,
    ),
  );
  await act(async () => {
    socket.connect();
    socket.answer();
  });
}
const hrefs = (selector: string): (string | null)[] => all(selector).map((link) => link.getAttribute('href'));

describe('the entities of a collection', () => {
  it('are listed with further pages, and searched', async () => {
    await open();
    expect(pageText()).toContain('51 entities, 3 relations · found by names');
    expect(hrefs('[aria-label=Entities] .rows a')).toEqual([
      '/collections/faq/entities/ada',
      '/collections/faq/entities/babbage',
    ]);
    expect(texts('[aria-label=Entities] li')[0]).toBe('ADAperson60 passages\n2 documents');
    await pressButton('Show more');
    expect(hrefs('[aria-label=Entities] .rows a')).toHaveLength(3);
    expect(buttonNamed('Show more')).toBeUndefined();
    await type(one('input[type=search]'), ' lon');
    expect(hrefs('[aria-label=Entities] .rows a')).toEqual(['/collections/faq/entities/london']);
    await type(one('input[type=search]'), 'lonx');
    expect(pageText()).toContain('No entity has “lonx” in its name.');
  });

  it('are loaded again when a job has found some', async () => {
    await open();
    const before = asked.filter((path) => path.endsWith('/entities?limit=50')).length;
    const job = { jobId: 'j', kind: 'graph', subject: 'faq', progress: { documents: 4, done: 1 }, createdAt: 1 };
    await act(async () => socket.send('jobs', [{ ...job, status: 'running' }]));
    expect(pageText()).toContain('finding entities: 1 of 4 documents');
    await act(async () => socket.send('jobs', [{ ...job, status: 'done' }]));
    expect(asked.filter((path) => path.endsWith('/entities?limit=50')).length).toBeGreaterThan(before + 1);
    expect(pageText()).not.toContain('finding entities');
  });

  it('lead back to the collection when it has no graph', async () => {
    replies['/api/collections/faq/graph'] = { documents: 4, missing: 4, failures: [], entities: 0, relations: 0 };
    await open();
    expect(pageText()).toContain('This collection has no knowledge graph.');
    expect(one('a.button').getAttribute('href')).toBe('/collections/faq');
  });

  it('say that none was found', async () => {
    replies['/api/collections/faq/graph/entities?limit=50'] = { entities: [] };
    await open();
    expect(pageText()).toContain('No entity was found in the documents.');
  });
});

describe('an entity', () => {
  it('shows its relations, with the passages that state them', async () => {
    await open('ada');
    expect(one('[aria-label=Entity] h2').textContent).toBe('Ada Lovelace');
    expect(pageText()).toContain('person · 60 passages in 2 documents');
    const relations = all('[aria-label=Entity] li').filter(({ className }) => className.includes('relation'));
    expect(relations.map(({ textContent }) => textContent)).toEqual([
      'Ada Lovelace wrote to Charles BabbageNotesNotes (2)',
      'byron father of Ada Lovelacefar.md',
    ]);
    expect(relations.flatMap((one) => [...one.querySelectorAll('a')].map((link) => link.getAttribute('href')))).toEqual(
      [
        '/collections/faq/entities/babbage',
        '/collections/faq?document=a.md&passage=a.md%231',
        '/collections/faq?document=a.md&passage=a.md%234',
        '/collections/faq/entities/byron',
        '/collections/faq?document=far.md&passage=far.md%239',
      ],
    );
  });

  it('shows its neighbours and its passages with the name marked', async () => {
    await open('ada');
    expect(hrefs('a[data-tip*="·"]')).toEqual([
      '/collections/faq/entities/babbage',
      '/collections/faq/entities/london',
    ]);
    expect(texts('mark')).toEqual(['Ada Lovelace', 'Ada\nLovelace']);
    expect(hrefs('.result a')).toEqual([
      '/collections/faq?document=a.md&passage=a.md%231',
      '/collections/faq?document=b.md&passage=b.md%230',
    ]);
    expect(pageText()).toContain('The first 2 of 60 passages.');
    await press(one<HTMLAnchorElement>('.result a'));
    expect(location.pathname + location.search).toBe('/collections/faq?document=a.md&passage=a.md%231');
  });

  it('that no readable document mentions says so beside the list', async () => {
    await open('gone');
    expect(pageText()).toContain('No document that you may read mentions “gone”.');
    expect(hrefs('[aria-label=Entities] .rows a')).toHaveLength(2);
  });
});

describe('the drawing of an entity', () => {
  it('has the entity in the middle, and lines that say a relation and its direction', () => {
    const { boxes, lines } = neighbourhoodOf(ada);
    expect(boxes.map(({ id }) => id)).toEqual(['ada', 'babbage', 'london']);
    expect(boxes[0]).toMatchObject({ x: 0, y: 0 });
    expect(lines).toEqual([
      { neighbour: 'babbage', text: 'wrote to +1', direction: 'to', share: 1 },
      { neighbour: 'london', text: '', direction: undefined, share: 0 },
    ]);
  });

  it('shows at most ten neighbours, related ones first, without overlapping boxes', () => {
    const neighbours = Array.from({ length: 40 }, (_, index) => ({ ...entity(`e${index}`), shared: 40 - index }));
    const relations = [{ source: 'e39', target: 'ada', text: 'knows', document: 'd', passage: 'p' }];
    const { boxes, lines } = neighbourhoodOf({ ...ada, neighbours, relations });
    expect(boxes).toHaveLength(11);
    expect(boxes[1]?.id).toBe('e39');
    expect(lines[0]).toMatchObject({ text: 'knows', direction: 'from' });
    for (const one of boxes)
      for (const other of boxes)
        if (one !== other)
          expect(Math.abs(one.x - other.x) >= boxSize.width || Math.abs(one.y - other.y) >= boxSize.height).toBe(true);
  });

  it('ends its lines at the boxes', () => {
    expect(boxEdge({ x: 0, y: 0 }, { x: 300, y: 0 })).toEqual({ x: boxSize.width / 2, y: 0 });
    expect(boxEdge({ x: 0, y: 0 }, { x: 0, y: -300 }, 4)).toEqual({ x: 0, y: -boxSize.height / 2 - 4 });
    expect(boxEdge({ x: 5, y: 5 }, { x: 5, y: 5 })).toEqual({ x: 5, y: 5 });
  });
});

describe('relations and excerpts', () => {
  it('join the same relation of several passages', () => {
    expect(statedRelations([...ada.relations, ...ada.relations])).toMatchObject([
      { text: 'wrote to', stated: [{ passage: 'a.md#1' }, { passage: 'a.md#4' }] },
      { text: 'father of', stated: [{ passage: 'far.md#9' }] },
    ]);
  });

  it('mark a whole name, even with punctuation between its parts, and shorten a long text around it', () => {
    const marked = (text: string, name: string) =>
      markedExcerpt(text, name)
        .filter(({ isMarked }) => isMarked)
        .map((part) => part.text);
    expect(marked('J. R. R. Tolkien, not J R R Tolkiens', 'J. R. R. Tolkien')).toEqual(['J. R. R. Tolkien']);
    expect(marked('C++ and c++', '++')).toEqual([]);
    const long = `${'word '.repeat(300)}Acme ${'more '.repeat(300)}`;
    const excerpt = markedExcerpt(long, 'acme');
    expect(excerpt.map(({ text }) => text).join('').length).toBeLessThan(480);
    expect(excerpt[0]?.text.startsWith('… word')).toBe(true);
    expect(marked(long, 'acme')).toEqual(['Acme']);
  });
});
