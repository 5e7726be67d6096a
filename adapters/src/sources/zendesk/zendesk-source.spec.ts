import { syncSource, type SyncReport } from '@heddle/core';
import { createMemorySync, testSourceConnector, type SourceConnectorSubject } from '@heddle/core/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openZendeskDouble, type ZendeskDouble } from './zendesk-double.js';
import { zendeskSource } from './zendesk-source.js';

const soon = async (work: () => void): Promise<void> => work();

/** Gives each name a number, always the same one. */
function numbers(): (name: string) => number {
  const known = new Map<string, number>();
  return (name) => {
    const id = known.get(name) ?? known.size + 1;
    known.set(name, id);
    return id;
  };
}

async function openArticles(): Promise<SourceConnectorSubject> {
  const zendesk = await openZendeskDouble();
  const idOf = numbers();
  const texts = new Map<string, string>();
  const config = { site: zendesk.server, user: zendesk.user };
  const put = (name: string, body: string): void => {
    texts.set(name, body);
    zendesk.writeArticle(idOf(name), { body });
  };
  const segments = ['1=oidc-group:one', '2=oidc-group:two'];
  return {
    connector: zendeskSource,
    config: { ...config, segments },
    badConfigs: [
      {},
      { ...config, site: `${zendesk.server}/hc` },
      { ...config, site: 'ftp://a' },
      { ...config, user: 'ada' },
      { ...config, content: 'all' },
      { ...config, locale: 'en us' },
      { ...config, days: 0 },
      { ...config, segments: ['one=oidc-group:one'] },
      { ...config, segments: ['1=everybody'] },
    ],
    request: zendesk.request,
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => zendesk.removeArticle(idOf(name))),
    rename: (from, to) =>
      soon(() => {
        zendesk.removeArticle(idOf(from));
        put(to, texts.get(from) ?? '');
      }),
    textOf: (text) => `<html><head><title>Page</title></head><body>${text}</body></html>`,
    faults: {
      ...zendesk.faults,
      setReaders: (name, readers) =>
        soon(() =>
          zendesk.writeArticle(idOf(name), {
            segments: readers.length === 0 ? [3] : readers.map((reader) => (reader === 'oidc-group:one' ? 1 : 2)),
          }),
        ),
    },
    close: () => zendesk.close(),
  };
}

async function openTickets(): Promise<SourceConnectorSubject> {
  const zendesk = await openZendeskDouble();
  const idOf = numbers();
  const texts = new Map<string, string>();
  const put = (name: string, body: string): void => {
    texts.set(name, body);
    zendesk.writeTicket(idOf(name), {
      isDeleted: false,
      subject: 'Page',
      comments: [{ body, public: true, author: 7 }],
    });
  };
  return {
    connector: zendeskSource,
    config: { site: zendesk.server, user: zendesk.user, content: 'tickets' },
    badConfigs: [{ content: 'tickets' }],
    request: { ...zendesk.request, now: () => Date.UTC(2026, 0, 3) },
    write: (name, text) => soon(() => put(name, text)),
    remove: (name) => soon(() => zendesk.removeTicket(idOf(name))),
    rename: (from, to) =>
      soon(() => {
        zendesk.removeTicket(idOf(from));
        put(to, texts.get(from) ?? '');
      }),
    textOf: (text) => `# Page\n\n## Ada, 2026-01-02\n\n${text.trim()}`,
    downloads: () => zendesk.asked.filter((path) => path.includes('/comments')).length,
    faults: { ...zendesk.faults, forgetCursors: () => zendesk.forgetCursors() },
    close: () => zendesk.close(),
  };
}

testSourceConnector({ describe, it }, 'zendesk, articles', openArticles, [
  'limit',
  'setToken',
  'cutPages',
  'setReaders',
]);
testSourceConnector({ describe, it }, 'zendesk, tickets', openTickets, [
  ...(['limit', 'setToken', 'cutPages', 'forgetCursors', 'downloads'] as const),
]);

describe('the source zendesk', () => {
  let zendesk: ZendeskDouble;
  let sync = createMemorySync();
  beforeEach(async () => {
    zendesk = await openZendeskDouble();
    sync = createMemorySync();
  });
  afterEach(() => zendesk.close());

  const run = (config: object = {}): Promise<SyncReport> =>
    syncSource({
      connector: zendeskSource,
      request: {
        ...zendesk.request,
        config: zendeskSource.config.parse({ site: zendesk.server, user: zendesk.user, ...config }),
        maxBytes: 1_000_000,
        now: () => Date.UTC(2026, 0, 3),
        signal: new AbortController().signal,
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  const readers = (): unknown => Object.fromEntries([...sync.documents].map(([id, one]) => [id, one.readers]));

  it('reads articles with their page and segments, and no drafts', async () => {
    zendesk.writeArticle(1, { title: 'A < B', body: '<p>Hello.</p>' });
    zendesk.writeArticle(2, { draft: true });
    zendesk.writeArticle(3, { segments: [10, 11] });
    zendesk.writeArticle(4, { segments: [12] });
    await run({ segments: ['10=oidc-group:staff', '11=group:support', '99=local'], locale: 'en-us' });
    expect(sync.documents.get('article/1')).toMatchObject({
      title: 'A < B',
      url: `${zendesk.server}/hc/en-us/articles/1`,
      metadata: { locale: 'en-us' },
      content: '<html><head><title>A &lt; B</title></head><body><p>Hello.</p></body></html>',
    });
    expect(readers()).toEqual({
      'article/1': undefined,
      'article/3': ['group:support', 'oidc-group:staff'],
      'article/4': [],
    });
    await run({ readers: 'collection' });
    expect(Object.values(readers() as object)).toEqual([undefined, undefined, undefined]);
  });

  it('reads public comments of tickets, and internal notes only when they are enabled', async () => {
    const comments = [
      { body: 'It is broken.\r\nHelp!', public: true, author: 7 },
      { body: 'Canary: a rude customer.', public: false, author: 8 },
      { body: 'Done.', public: true, author: 8 },
    ];
    zendesk.writeTicket(5, { subject: 'Printer', comments });
    await run({ content: 'tickets' });
    const text = '# Printer\n\n## Ada, 2026-01-02\n\nIt is broken.\nHelp!\n\n## Somebody, 2026-01-02\n\nDone.';
    expect(sync.documents.get('ticket/5')).toMatchObject({
      title: 'Printer (#5)',
      url: `${zendesk.server}/agent/tickets/5`,
      content: text,
      metadata: { status: 'open', tags: 'a' },
    });
    sync = createMemorySync();
    await run({ content: 'tickets', internal: true });
    expect(sync.documents.get('ticket/5')?.content).toContain('## Somebody, 2026-01-02 (internal)\n\nCanary');
  });

  it('shows a ticket to the agents who can see it in Zendesk, and follows changes of these agents', async () => {
    const agent = { role: 'agent', restriction: 'groups', groups: [1] } as const;
    zendesk.agents.set(1, { ...agent, email: 'admin@acme.example', role: 'admin', groups: [] });
    zendesk.agents.set(2, { ...agent, email: 'in@acme.example' });
    zendesk.agents.set(3, { ...agent, email: 'out@acme.example', groups: [2] });
    zendesk.agents.set(4, { ...agent, email: 'own@acme.example', restriction: 'assigned' });
    zendesk.agents.set(5, { ...agent, email: 'all@acme.example', restriction: null, groups: [] });
    for (const id of [1, 2, 3, 4]) zendesk.writeTicket(id, { group: id === 4 ? 2 : 1 });
    await run({ content: 'tickets' });
    const everywhere = ['user:admin@acme.example', 'user:all@acme.example'];
    expect(sync.documents.get('ticket/1')?.readers).toEqual([...everywhere, 'user:in@acme.example']);
    expect(sync.documents.get('ticket/4')?.readers).toEqual([...everywhere, 'user:out@acme.example']);
    zendesk.agents.set(2, { ...agent, email: 'in@acme.example', groups: [] });
    const asked = zendesk.asked.length;
    await run({ content: 'tickets' });
    expect(sync.documents.get('ticket/1')?.readers).toEqual(everywhere);
    expect(zendesk.asked.slice(asked).some((path) => path.includes('/tickets/4/comments'))).toBe(false);
  });

  it('reads only what changed since the last sync, and removes what was deleted', async () => {
    for (const id of [1, 2, 3, 4, 5]) zendesk.writeTicket(id, {});
    await run({ content: 'tickets', readers: 'collection' });
    zendesk.removeTicket(2);
    zendesk.writeTicket(6, {});
    const asked = zendesk.asked.length;
    expect(await run({ content: 'tickets', readers: 'collection' })).toMatchObject({ stored: 1, removed: 1 });
    expect(zendesk.asked.slice(asked).filter((path) => path.includes('/incremental/'))).toHaveLength(1);
    expect([...sync.documents.keys()].sort()).toEqual([1, 3, 4, 5, 6].map((id) => `ticket/${id}`));
  });

  it('continues a long export after the requested wait', async () => {
    for (let id = 1; id <= 10; id += 1) zendesk.writeTicket(id, {});
    let waits = 0;
    const slow = { content: 'tickets', readers: 'collection' };
    sync.killAfter(9);
    await run(slow).catch(() => (waits += 1));
    expect(waits).toBe(1);
    sync.revive();
    const asked = zendesk.asked.length;
    await run(slow);
    expect(zendesk.asked.slice(asked).some((path) => path.includes('start_time'))).toBe(false);
    expect(sync.documents.size).toBe(10);
  });
});
