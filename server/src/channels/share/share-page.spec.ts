import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openPublished } from '../testing/open-published.js';
import type { TestServer } from '../../testing/test-server.js';

const site = 'https://shop.example';

describe('the page of a share', () => {
  let server: TestServer;
  let editor: string;
  const made = new Map<string, string>();
  beforeAll(async () => {
    editor = mkdtempSync(join(tmpdir(), 'heddle-editor-'));
    mkdirSync(join(editor, 'share', 'assets'), { recursive: true });
    const manifest = { 'src/features/share/page.tsx': { file: 'assets/page-1a.js', css: ['assets/page-1a.css'] } };
    writeFileSync(join(editor, 'share', 'manifest.json'), JSON.stringify(manifest));
    writeFileSync(join(editor, 'share', 'assets', 'page-1a.js'), 'page()');
    writeFileSync(join(editor, 'share', 'assets', 'page-1a.js.gz'), gzipSync('page()'));
    writeFileSync(join(editor, 'share', 'embed.js'), 'embed()');
    server = await openPublished({ editor });
    const share = async (name: string, config: object) => {
      const { body } = await server.call('POST', '/api/workflows/echo/shares', { name, ...config });
      made.set(name, `/share/${body.token}`);
    };
    await share('plain', { title: '</title><script>x</script>', greeting: '"><img src=x>', accent: '#12ab34' });
    await share('framed', { origins: [site, 'http://127.0.0.1:8080'] });
    await share('members', { audience: 'members' });
  });
  afterAll(async () => {
    await server.close();
    rmSync(editor, { recursive: true, force: true });
  });

  /** Sends headers that `fetch` would choose itself. */
  const get = (path: string, headers: Record<string, string> = {}) =>
    new Promise<{ status: number; headers: Record<string, string>; text: string }>((resolve, reject) => {
      const call = request(`${server.address}${path}`, { headers }, (reply) => {
        let text = '';
        reply.on('data', (part: Buffer) => (text += part.toString()));
        reply.on('end', () =>
          resolve({ status: reply.statusCode ?? 0, headers: reply.headers as Record<string, string>, text }),
        );
      });
      call.on('error', reject).end();
    });
  const address = (name: string): string => made.get(name) ?? '';
  const visit = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': 'cross-site' };
  const ancestors = (reply: { headers: Record<string, string> }): string =>
    /frame-ancestors ([^;]*)/.exec(reply.headers['content-security-policy'] ?? '')?.[1] ?? '';

  it('contains no inline script or style, and shows every text as text', async () => {
    const page = await get(address('plain'), { ...visit, 'sec-fetch-dest': 'document' });
    expect([page.status, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(page.headers).toMatchObject({
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
      'x-robots-tag': 'noindex, nofollow',
    });
    expect(page.text).toContain('<title>&lt;/title&gt;&lt;script&gt;x&lt;/script&gt;</title>');
    expect(page.text).toContain('&quot;&gt;&lt;img src=x&gt;');
    expect(page.text.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/share/assets/page-1a.js">']);
    expect(page.text).not.toMatch(/<style|<img|\son\w+=|\sstyle=/);
    expect(page.text).toContain('data-accent="#12ab34"');
    expect((await get(`${address('plain')}?theme=dark`)).text).toContain('data-theme="dark"');
    expect((await get(`${address('plain')}?theme=%22%3E`)).text).toContain('data-theme="auto"');
  });

  it('can be framed only by the origins of its list', async () => {
    const frame = { ...visit, 'sec-fetch-dest': 'iframe' };
    const listed = await get(`${address('framed')}?embed=1`, { ...frame, referer: `${site}/` });
    expect([listed.status, ancestors(listed), listed.headers['x-frame-options']]).toEqual([
      200,
      `${site} http://127.0.0.1:8080`,
      undefined,
    ]);
    expect(listed.text).toContain(`data-parent="${site}"`);
    expect(listed.text).toContain('data-embed');
    expect(listed.headers['content-security-policy']).toMatch(/; sandbox allow-scripts allow-same-origin /);
    const alone = await get(address('framed'), { ...visit, 'sec-fetch-dest': 'document' });
    expect(alone.headers['content-security-policy']).not.toContain('sandbox');
    const silent = await get(`${address('framed')}?embed=1`, frame);
    expect([silent.status, silent.text.includes('data-parent')]).toEqual([200, false]);
    for (const referer of ['https://evil.example/', `${site}.evil.example/`, 'http://shop.example/', `${site}:444/`]) {
      const other = await get(`${address('framed')}?embed=1`, { ...frame, referer });
      expect([other.status, ancestors(other), other.text.includes('data-embed')]).toEqual([403, "'none'", false]);
    }
    const closed = await get(`${address('plain')}?embed=1`, { ...frame, referer: `${site}/` });
    expect([closed.status, ancestors(closed)]).toEqual([403, "'none'"]);
  });

  it('is the only page that may be framed, with the only script that other sites may load', async () => {
    const frame = { ...visit, 'sec-fetch-dest': 'iframe', referer: `${site}/` };
    for (const path of ['/', '/workflows', '/sign-in', '/share', '/api/health', `${address('framed')}/x`])
      expect([path, (await get(path, frame)).status]).toEqual([path, 403]);
    const outside = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script' };
    const embed = await get('/embed.js', outside);
    expect([embed.status, embed.text, embed.headers['cross-origin-resource-policy']]).toEqual([
      200,
      'embed()',
      'cross-origin',
    ]);
    expect((await get('/share/assets/page-1a.js', outside)).status).toBe(403);
    const call = { 'sec-fetch-site': 'cross-site', origin: site };
    expect((await get(`/v1${address('framed')}`, call)).status).toBe(403);
    expect((await get('/embed.js', { ...outside, host: 'evil.example' })).status).toBe(403);
  });

  it('serves its files compressed and cacheable for ever, and no other files', async () => {
    const script = await get('/share/assets/page-1a.js', { 'accept-encoding': 'gzip' });
    expect([script.headers['content-encoding'], script.headers['content-type']]).toEqual([
      'gzip',
      'text/javascript; charset=utf-8',
    ]);
    expect(script.headers['cache-control']).toContain('immutable');
    expect((await get('/share/assets/page-1a.js')).text).toBe('page()');
    for (const name of ['manifest.json', '..%2fmanifest.json', '%2e%2e%2f%2e%2e%2findex.html', 'none.js', '.hidden.js'])
      expect((await get(`/share/assets/${name}`)).status).toBeGreaterThanOrEqual(400);
  });

  it('is the same for every link that does not work, and sends members to the sign-in', async () => {
    const pages = await Promise.all(
      [`/share/hsl_${'x'.repeat(43)}`, '/share/none', `${address('plain')}x`].map((path) => get(path)),
    );
    expect(new Set(pages.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(pages[0]?.status).toBe(404);
    expect(pages[0]?.text).toContain('This link does not work');
    const { heddle } = server;
    await heddle.parts.identity.users.create({ email: 'ada@example.org', name: 'Ada' });
    await heddle.parts.identity.users.create({ email: 'bea@example.org', name: 'Bea' });
    const page = await get(address('members'), { 'x-forwarded-for': '203.0.113.9' });
    expect([page.status, page.text.includes('Sign in first')]).toEqual([401, true]);
  });
});
