import {
  createMemorySync,
  testSourceConnector,
  type MemorySync,
  type SourceConnectorSubject,
} from '@heddle/core/testing';
import { syncSource, type SyncReport } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testFetch } from '../testing/source-request.js';
import { openTestSite, type TestSite } from '../testing/test-site.js';
import { feedSource } from './feed-source.js';
import { escaped } from './read-feed.js';

async function open(): Promise<SourceConnectorSubject> {
  const site = await openTestSite();
  let limited = { times: 0, retryAfterMs: 0 };
  let isTokenValid = true;
  let cut = 0;
  const entries = new Map<string, string>();
  const publish = (): void => {
    const items = [...entries].map(
      ([name, text]) =>
        `<item><guid>${name}</guid><title>${name}</title><description>${escaped(text)}</description></item>`,
    );
    site.pages.set('/feed', {
      body: `<rss version="2.0"><channel><title>Feed</title>${items.join('')}</channel></rss>`,
      type: 'application/rss+xml',
    });
  };
  publish();
  site.before = (_request, response) => {
    if (!isTokenValid) response.writeHead(401).end();
    else if (limited.times > 0) {
      limited.times -= 1;
      response.writeHead(503, { 'retry-after': String(limited.retryAfterMs / 1_000) }).end();
    } else if (cut > 0) {
      cut -= 1;
      response.writeHead(200, { 'content-length': '1000' }).write('<rss>');
      setTimeout(() => response.destroy(), 5);
    } else return false;
    return true;
  };
  return {
    connector: feedSource,
    config: { url: site.at('/feed'), keep: 'listed' },
    badConfigs: [{}, { url: 'feed' }, { url: 'file:///etc/passwd' }, { url: 'https://a.example/', keep: 'some' }],
    request: testFetch(site.port),
    async write(name, text) {
      entries.set(name, text);
      publish();
    },
    async remove(name) {
      entries.delete(name);
      publish();
    },
    async rename(from, to) {
      entries.set(to, entries.get(from) ?? '');
      entries.delete(from);
      publish();
    },
    faults: {
      limit: (times, retryAfterMs) => void (limited = { times, retryAfterMs }),
      setToken: (isValid) => void (isTokenValid = isValid),
      cutPages: (times) => void (cut = times),
    },
    close: () => site.close(),
  };
}

testSourceConnector({ describe, it }, 'feed', open, ['limit', 'setToken', 'cutPages']);

describe('the source feed', () => {
  let site: TestSite;
  let sync: MemorySync;
  beforeEach(async () => {
    site = await openTestSite();
    sync = createMemorySync();
  });
  afterEach(() => site.close());

  const run = (config: object = {}): Promise<SyncReport> =>
    syncSource({
      connector: feedSource,
      request: {
        ...testFetch(site.port),
        config: feedSource.config.parse({ url: site.at('/feed'), ...config }),
        maxBytes: 1_000_000,
        signal: new AbortController().signal,
        now: () => Date.now(),
        wait: () => Promise.resolve(),
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  const feed = (body: string): void => void site.pages.set('/feed', { body, type: 'application/xml' });
  const stored = () =>
    [...sync.documents.values()].map(({ id, title, url, content }) => ({ id, title, url, content: String(content) }));

  it('reads Atom with markup in its content', async () => {
    feed(`<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/"><title>All</title><id>urn:feed</id>
      <entry><title type="html">The &lt;b&gt;first&lt;/b&gt;</title><id>urn:1</id><link rel="self" href="/self"/><link href="/one"/><updated>2026-01-02T03:04:05Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One &amp; two <a href="/x?a=1&amp;b=2">x</a></p></div></content><media:title>no</media:title></entry>
      <entry><title>Second</title><id>urn:2</id><summary>Plain text</summary></entry></feed>`);
    await run();
    expect(stored()).toEqual([
      { id: 'urn:2', title: 'Second', url: undefined, content: 'Plain text' },
      {
        id: 'urn:1',
        title: 'The first',
        url: site.at('/one'),
        content:
          '<html><head><title>The first</title></head><body><div><p>One &amp; two <a href="/x?a=1&amp;b=2">x</a></p></div></body></html>',
      },
    ]);
    expect(sync.documents.get('urn:1')?.modified).toBe(Date.parse('2026-01-02T03:04:05Z'));
  });

  it('reads RSS 1.0 and 2.0, and prefers the full text', async () => {
    feed(
      '<rdf:RDF xmlns:rdf="r"><channel/><item rdf:about="a"><title>A</title><link>/a</link><description>Short</description><content:encoded><![CDATA[<p>Long</p>]]></content:encoded></item></rdf:RDF>',
    );
    await run();
    expect(stored()).toMatchObject([{ id: '/a', url: site.at('/a'), content: expect.stringContaining('<p>Long</p>') }]);
    feed(
      '<rss version="2.0"><channel><item><guid>b</guid><title>B</title><link>/b</link><description>Short</description><content:encoded><![CDATA[<p>Full</p>]]></content:encoded></item></channel></rss>',
    );
    await run();
    const full = stored().find(({ id }) => id === 'b');
    expect(full).toMatchObject({ url: site.at('/b'), content: expect.stringContaining('<p>Full</p>') });
    expect(full?.content).not.toContain('Short');
  });

  it('keeps entries that the feed no longer lists, unless the settings say otherwise', async () => {
    feed('<rss><channel><item><guid>1</guid><description>one</description></item></channel></rss>');
    await run();
    feed('<rss><channel><item><guid>2</guid><description>two</description></item></channel></rss>');
    await run();
    expect([...sync.documents.keys()]).toEqual(['1', '2']);
    const before = site.asked.length;
    const report = await run();
    expect([report.named, site.asked.slice(before)]).toEqual([0, [{ path: '/feed', status: 304 }]]);
  });

  it('reads the pages that entries link to, and retries a page that failed', async () => {
    feed(
      '<rss><channel><item><guid>1</guid><link>/one</link></item><item><guid>2</guid><link>http://10.0.0.1/</link></item><item><guid>3</guid><link>/three</link></item></channel></rss>',
    );
    site.pages.set('/one', { body: 'page one' });
    await run({ content: 'pages' });
    expect([...sync.documents.keys()]).toEqual(['1']);
    expect(Object.fromEntries(sync.failures)).toMatchObject({
      2: { code: 'fetch_blocked' },
      3: { code: 'fetch_status' },
    });
    site.pages.set('/three', { body: 'page three' });
    await run({ content: 'pages' });
    expect([...sync.documents.keys()]).toEqual(['1', '3']);
    expect(site.asked.filter(({ path }) => path === '/one')).toHaveLength(1);
  });

  it.each([
    ['no XML', '{"a":1}'],
    ['a page', '<html><body><p>x</p></body></html>'],
    ['a cut feed', '<rss><channel><item><guid>1</guid>'],
    ['a DOCTYPE', '<!DOCTYPE rss [<!ENTITY a "b">]><rss><channel/></rss>'],
    ['deep nesting', `<rss>${'<a>'.repeat(200)}${'</a>'.repeat(200)}</rss>`],
  ])('removes nothing when the feed is %s', async (_, body) => {
    feed('<rss><channel><item><guid>1</guid><description>one</description></item></channel></rss>');
    await run({ keep: 'listed' });
    feed(body);
    await expect(run({ keep: 'listed' })).rejects.toMatchObject({ code: 'source_failed', retryable: false });
    expect(sync.documents.size).toBe(1);
  });
});
