import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openPublished } from '../channels/testing/open-published.js';
import type { TestServer } from '../testing/test-server.js';

/** Addresses that a browser may open: pages of the editor, pages that the server writes, files, and unknown ones. */
const addresses = [
  '/',
  '/index.html',
  '/sign-in',
  '/sign-in?next=/runs',
  '/workflows/echo',
  '/workflows/echo/api',
  '/runs',
  '/settings/users',
  '/nothing-here',
  '/assets/app-1a2b.js',
  '/assets/none.js',
  '/v1/docs',
  '/v1/workflows/echo/docs',
  '/v1/workflows/none/docs',
  '/v1/workflows/echo',
  '/v1/workflows/openapi.json',
  '/v1/nothing',
  '/v1/runs/none',
  '/v1/workflows/%zz',
  '/workflows/%zz',
  '/share/none',
  '/api/health',
  '/api/openapi.json',
  '/api/nothing',
  '/api/files/none',
  '/mcp',
  '/metrics',
];

describe.each(['auto', 'required'])('every reply, when sign-in is %s', (signIn) => {
  let server: TestServer;
  let editor: string;
  beforeAll(async () => {
    editor = mkdtempSync(join(tmpdir(), 'heddle-editor-'));
    mkdirSync(join(editor, 'assets'));
    writeFileSync(join(editor, 'index.html'), '<!doctype html><title>Heddle</title>');
    writeFileSync(join(editor, 'assets', 'app-1a2b.js'), 'export {};');
    server = await openPublished({ editor, settings: { HEDDLE_SIGN_IN: signIn } });
  });
  afterAll(async () => {
    await server.close();
    rmSync(editor, { recursive: true });
  });

  it.each(addresses.flatMap((path) => ['GET', 'POST', 'OPTIONS'].map((method) => [method, path] as const)))(
    'has its headers: %s %s',
    async (method, path) => {
      const response = await fetch(`${server.address}${path}`, { method, headers: { accept: 'text/html' } });
      const { headers } = response;
      const text = await response.text();
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('permissions-policy')).toMatch(/camera=\(\).*microphone=\(\)/);
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      expect(headers.get('x-powered-by')).toBeNull();
      expect(headers.get('server')).toBeNull();
      const policy = new Map(
        (headers.get('content-security-policy') ?? '').split('; ').map((rule): [string, string] => {
          const [name = '', ...values] = rule.split(' ');
          return [name, values.join(' ')];
        }),
      );
      for (const kind of ['script-src', 'style-src', 'connect-src']) expect(policy.get(kind)).toBe("'self'");
      for (const kind of ['base-uri', 'frame-ancestors']) expect(policy.get(kind)).toBe("'none'");
      // The share page has no forms, and its policy names each kind of resource.
      for (const kind of ['default-src', 'form-action']) expect(policy.get(kind)).toMatch(/^'(?:self|none)'$/);
      expect(policy.get('object-src') ?? policy.get('default-src')).toBe("'none'");
      expect([...policy.values()].join(' ')).not.toMatch(/unsafe|\*|https?:/);
      // An address that cannot be decoded is refused before it is routed.
      if (/^\/(?:api|v1|mcp)/.test(path) && !path.includes('%'))
        expect(headers.get('cache-control')).toMatch(/no-store|no-cache/);
      expect(headers.get('x-frame-options')).toBe('DENY');
      if ((headers.get('content-type') ?? '').includes('text/html'))
        expect(text).not.toMatch(/<style|<script(?![^>]* src=)|\s(?:style|on\w+)=/i);
    },
  );
});
