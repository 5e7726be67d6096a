import { gzipSync } from 'node:zlib';
import {
  createMemorySync,
  testSourceConnector,
  type MemorySync,
  type SourceConnectorSubject,
} from '@heddle/core/testing';
import { syncSource, type SafeFetch, type SyncReport } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { testFetch } from '../testing/source-request.js';
import { openTestSite, type TestSite } from '../testing/test-site.js';
import { webSource } from './web-source.js';

async function open(): Promise<SourceConnectorSubject> {
  const site = await openTestSite();
  let limited = { times: 0, retryAfterMs: 0 };
  let cut = 0;
  let isTokenValid = true;
  const names = new Set<string>();
  site.pages.set('/index', (_request, response) => {
    const links = [...names].map((name) => `<li><a href="/${name}">${name}</a>`);
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<ul>${links.join('')}</ul>`);
  });
  site.before = (_request, response) => {
    if (!isTokenValid) response.writeHead(401).end();
    else if (limited.times > 0) {
      limited.times -= 1;
      response.writeHead(429, { 'retry-after': String(limited.retryAfterMs / 1_000) }).end();
    } else if (cut > 0) {
      cut -= 1;
      response.writeHead(200, { 'content-type': 'text/html', 'content-length': '1000' }).write('half a page');
      setTimeout(() => response.destroy(), 5);
    } else return false;
    return true;
  };
  const set = (name: string, text: string): void => {
    names.add(name);
    site.pages.set(`/${name}`, { body: text, type: 'text/markdown' });
  };
  const remove = (name: string): void => {
    names.delete(name);
    site.pages.delete(`/${name}`);
  };
  return {
    connector: webSource,
    config: { start: [site.at('/index')], exclude: ['/index'], delayMs: 0 },
    badConfigs: [
      {},
      { start: [] },
      { start: ['ftp://site.test/'] },
      { start: ['http://a:b@site.test/'] },
      { start: ['no address'] },
    ],
    request: testFetch(site.port),
    write: async (name, text) => set(name, text),
    remove: async (name) => remove(name),
    rename: async (from, to) => {
      const page = site.pages.get(`/${from}`);
      remove(from);
      if (page !== undefined && typeof page === 'object') set(to, String(page.body));
    },
    downloads: () => site.asked.filter(({ path, status }) => status === 200 && /\.md$/.test(path)).length,
    faults: {
      limit: (times, retryAfterMs) => void (limited = { times, retryAfterMs }),
      cutPages: (times) => void (cut = times),
      setToken: (isValid) => void (isTokenValid = isValid),
    },
    close: () => site.close(),
  };
}

testSourceConnector({ describe, it }, 'web', open, ['limit', 'cutPages', 'setToken', 'downloads']);

describe('the source web', () => {
  let site: TestSite;
  let sync: MemorySync;
  let waits: number[];
  /** Replaces the fetch in a test. */
  let limits: Pick<SafeFetch, 'fetch'> | undefined;
  beforeEach(async () => {
    site = await openTestSite();
    sync = createMemorySync();
    waits = [];
    limits = undefined;
  });
  afterEach(() => site.close());

  const run = (config: object = {}): Promise<SyncReport> =>
    syncSource({
      connector: webSource,
      request: {
        ...testFetch(site.port),
        ...(limits === undefined ? {} : { fetch: { ...limits } }),
        config: webSource.config.parse({ start: [site.at('/')], ...config }),
        maxBytes: 1_000_000,
        signal: new AbortController().signal,
        now: () => Date.now(),
        wait: (ms: number) => {
          waits.push(ms);
          return Promise.resolve();
        },
      } as never,
      state: sync.state,
      target: sync.target,
      settings: {},
      hash: (text: string) => text,
    });
  const named = (): readonly string[] => [...sync.documents.keys()].map((id) => id.replace(site.at(''), '')).sort();
  const page = (path: string, body: string, headers: Readonly<Record<string, string>> = {}): void =>
    void site.pages.set(path, { body, headers });

  it('obeys robots.txt: rules, pause and sitemaps', async () => {
    site.pages.set('/robots.txt', {
      type: 'text/plain',
      body: `User-agent: *\nDisallow: /\n\nUser-agent: heddle\nDisallow: /private\nAllow: /private/open\nCrawl-delay: 2\nSitemap: ${site.at('/map.xml')}\n`,
    });
    const inMap = ['/mapped', '/private/mapped', '/packed'];
    site.pages.set('/map.xml', {
      type: 'application/xml',
      body: `<sitemapindex><sitemap><loc>${site.at('/pages.xml.gz')}</loc></sitemap><sitemap><loc>http://elsewhere.test/map.xml</loc></sitemap></sitemapindex>`,
    });
    const urls = inMap.map((path) => `<url><loc>${site.at(path)}</loc></url>`).join('');
    site.pages.set('/pages.xml.gz', { type: 'application/gzip', body: gzipSync(`<urlset>${urls}</urlset>`) });
    page('/', '<a href="/private/a">a</a><a href="/private/open">b</a><a href="/b">c</a>');
    for (const path of ['/private/a', '/private/open', '/b', ...inMap]) page(path, `page ${path}`);
    await run();
    expect(named()).toEqual(['/', '/b', '/mapped', '/packed', '/private/open']);
    expect(site.asked.map(({ path }) => path).filter((path) => /private\/(a|mapped)/.test(path))).toEqual([]);
    expect(waits.filter((ms) => ms === 2_000).length).toBeGreaterThanOrEqual(4);
  });

  it('reads and removes nothing when robots.txt forbids it or cannot be fetched', async () => {
    page('/', '<a href="/a">a</a>');
    page('/a', 'page a');
    await run();
    for (const [status, body, code] of [
      [500, '', 'source_unreachable'],
      [200, `User-agent: *\nDisallow: /${'# x'.repeat(200_000)}`, 'source_unreachable'],
      [200, 'User-agent: *\nDisallow: /', 'source_failed'],
    ] as const) {
      site.pages.set('/robots.txt', { status, body, type: 'text/plain' });
      await expect(run()).rejects.toMatchObject({ code });
      expect(named()).toEqual(['/', '/a']);
    }
  });

  it('stays on its sites, within its paths, its depth and its number of pages', async () => {
    page(
      '/',
      '<a href="//other.test/x">x</a><a href="http://169.254.169.254/">y</a><a href="/docs/1#part">1</a><a href="/docs/1">1</a><a href="/docs/old/2">2</a><a href="/blog">3</a><a href="javascript:1">4</a><a href="mailto:a@b.c">5</a><a href="http://u:p@site.test/">6</a>',
    );
    page('/docs/1', '<base href="/docs/deep/"><a href="next">n</a>');
    page('/docs/deep/next', '<a href="/docs/last">l</a>');
    for (const path of ['/docs/last', '/docs/old/2', '/blog']) page(path, 'a page');
    await run({ include: ['/docs/'], exclude: ['/docs/old/'], maxDepth: 2 });
    expect(named()).toEqual(['/docs/1', '/docs/deep/next']);
    await run({ maxPages: 2 });
    expect(named()).toHaveLength(2);
    expect(site.asked.map(({ path }) => path)).not.toContain('/x');
  });

  it('stops on an endless site', async () => {
    site.before = ({ url = '/' }, response) => {
      if (url === '/robots.txt' || url === '/sitemap.xml') return false;
      const links = Array.from(
        { length: 50 },
        (_, index) => `<a href="${url === '/' ? '' : url.slice(0, 200)}/${index}">x</a>`,
      );
      response.writeHead(200, { 'content-type': 'text/html' }).end(`page ${url}${links.join('')}`);
      return true;
    };
    const report = await run({ maxPages: 60 });
    expect([report.stored, sync.documents.size]).toEqual([60, 60]);
  });

  it('reads 10,000 links on one page, and stops after its number of pages', async () => {
    const links = Array.from({ length: 10_000 }, (_, index) => `<a href="/n${index}">x</a>`).join('');
    page('/', links);
    for (let index = 0; index < 200; index += 1) page(`/n${index}`, `page ${index}`);
    await run({ maxPages: 101 });
    expect(sync.documents.size).toBe(101);
  });

  it('reads a page once: canonical addresses and redirects', async () => {
    page(
      '/',
      '<a href="/a?ref=1">1</a><a href="/a?ref=2">2</a><a href="/old">3</a><a href="/one">4</a><a href="/inside">5</a><a href="/away">6</a>',
    );
    for (const path of ['/a?ref=1', '/a?ref=2', '/a']) page(path, `<link rel="canonical" href="/a"><p>${path}</p>`);
    site.pages.set('/old', { body: '', status: 301, headers: { location: '/new' } });
    page('/new', 'new');
    page('/one', '<link rel=canonical href="/two">');
    page('/two', '<link rel=canonical href="/one">');
    site.pages.set('/inside', { body: '', status: 302, headers: { location: 'http://10.0.0.7/' } });
    site.pages.set('/away', { body: '', status: 302, headers: { location: site.at('/else', 'other.test') } });
    page('/else', 'of another site');
    await run();
    await run();
    expect(named()).toEqual(['/', '/a', '/new', '/two']);
    expect([...sync.failures].map(([id, { code }]) => [id.replace(site.at(''), ''), code])).toEqual([
      ['/inside', 'fetch_blocked'],
    ]);
  });

  it('leaves out pages and links that are marked as noindex or nofollow, and files that are not documents', async () => {
    page(
      '/',
      '<a href="/hidden">1</a><a href="/header">2</a><a href="/dead">3</a><a href="/p.png">4</a><a href="/s.js">5</a><a href="/f.pdf">6</a><a rel=nofollow href="/n">7</a><a href="/x.bin">8</a>',
    );
    page('/hidden', '<meta name="robots" content="noindex"><a href="/below">b</a>');
    page('/below', 'below');
    page('/header', 'h', { 'x-robots-tag': 'noindex, nofollow' });
    page('/dead', '<meta name=robots content="nofollow"><a href="/n">n</a>');
    page('/n', 'n');
    site.pages.set('/p.png', { body: 'png', type: 'image/png' });
    site.pages.set('/s.js', { body: 'js', type: 'text/javascript' });
    site.pages.set('/f.pdf', { body: '%PDF', type: 'application/octet-stream' });
    site.pages.set('/x.bin', { body: 'x', type: 'application/octet-stream' });
    await run();
    expect(named()).toEqual(['/', '/below', '/dead', '/f.pdf']);
  });

  it('keeps a page that cannot be fetched now and the pages below it, and removes a page that is gone', async () => {
    page('/', '<a href="/hub">hub</a>');
    page('/hub', '<a href="/leaf">leaf</a><a href="/gone">gone</a>');
    page('/leaf', 'leaf');
    page('/gone', 'gone');
    await run();
    expect(named()).toEqual(['/', '/gone', '/hub', '/leaf']);
    for (const failure of [
      () => site.pages.set('/hub', { body: '', status: 500 }),
      () => site.pages.set('/hub', { body: '', status: 403 }),
      () => site.pages.set('/hub', (_request, response) => response.destroy()),
    ]) {
      failure();
      const report = await run();
      expect([report.failed, report.removed]).toEqual([1, 0]);
      expect(named()).toContain('/leaf');
    }
    page('/hub', '<a href="/leaf">leaf</a>');
    site.pages.delete('/gone');
    await run();
    expect([named(), sync.failures.size]).toEqual([['/', '/hub', '/leaf'], 0]);
  });

  it('gives up a page that is sent endlessly in small pieces, and reads the others', async () => {
    page('/', '<a href="/slow">s</a><a href="/endless">e</a><a href="/good">g</a>');
    page('/good', 'good');
    const timers: NodeJS.Timeout[] = [];
    for (const [path, size] of [
      ['/slow', 1],
      ['/endless', 100_000],
    ] as const)
      site.pages.set(path, (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        timers.push(setInterval(() => response.write('x'.repeat(size)), 5));
        response.once('close', () => timers.splice(0).forEach((timer) => clearInterval(timer)));
      });
    const { fetch } = testFetch(site.port);
    limits = { fetch: (request) => fetch!.fetch({ ...request, timeoutMs: 1_500 }) };
    await run();
    expect(named()).toEqual(['/', '/good']);
    expect([...sync.failures.values()].map(({ code }) => code).sort()).toEqual(['fetch_timeout', 'fetch_too_large']);
  });

  it('continues in the middle of a crawl after a kill, without reading earlier pages again', async () => {
    page('/', Array.from({ length: 120 }, (_, index) => `<a href="/p${index}">x</a>`).join(''));
    for (let index = 0; index < 120; index += 1) page(`/p${index}`, `page ${index}`);
    sync.killAfter(90);
    await expect(run()).rejects.toThrow();
    sync.revive();
    const before = site.asked.length;
    await run();
    expect(sync.documents.size).toBe(121);
    expect(site.asked.length - before).toBeLessThan(90);
  });

  it('reads a site that answers every address with a page, as if it had no sitemap', async () => {
    page('/', 'first');
    site.pages.set('/sitemap.xml', { body: '<!doctype html><title>Shop</title><p>Welcome.', type: 'text/html' });
    await run();
    expect(named()).toEqual(['/']);
    // A sitemap that robots.txt names certainly exists.
    site.pages.set('/robots.txt', { body: `Sitemap: ${site.at('/sitemap.xml')}`, type: 'text/plain' });
    await expect(run()).rejects.toMatchObject({ code: 'source_failed' });
    expect(named()).toEqual(['/']);
  });

  it('fails on a broken or hostile sitemap, and removes nothing', async () => {
    page('/', 'first');
    await run();
    for (const body of [
      '<urlset><url>',
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><urlset/>',
      `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`,
      gzipSync(Buffer.alloc(60_000_000)),
    ]) {
      site.pages.set('/sitemap.xml', { body, type: 'application/xml' });
      await expect(run()).rejects.toMatchObject({ code: 'source_failed', retryable: false });
    }
    expect(named()).toEqual(['/']);
  });
});
