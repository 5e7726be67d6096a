import { expect, it } from '@jest/globals';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { violationsOfThemes } from './axe-check.js';
import { browserSuite } from './browser-suite.js';
import { greeting } from './documents.js';
import { saveScreenshot } from './open-browser.js';
import { makeOwner, password, requests, type Person } from './people.js';

let owner: Person;

/** A program on the person's machine, which waits for the answer. */
async function program(): Promise<{ callback: string; answer: Promise<URLSearchParams>; close: () => void }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const callback = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const answer = new Promise<URLSearchParams>((resolve) => {
    server.on('request', (request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' }).end('You may close this page.');
      if (request.url?.startsWith('/callback') === true) resolve(new URL(request.url, callback).searchParams);
    });
  });
  return { callback, answer, close: () => void server.close() };
}

browserSuite(
  'connecting a program, in a browser',
  {
    environment: () => Promise.resolve({ HEDDLE_SIGN_IN: 'required' }),
    prepare: async ({ server }) => {
      owner = await makeOwner(server);
      await requests(server, owner, 'POST', '/api/workflows', { document: greeting, slug: 'greeting' });
      await requests(server, owner, 'POST', '/api/workflows/greeting/publish', { acceptDataMap: true });
    },
  },
  (fixture) => {
    const form = async (path: string, fields: Record<string, string>): Promise<Record<string, string>> => {
      const reply = await fetch(`${fixture.server.address}${path}`, {
        method: 'POST',
        body: new URLSearchParams(fields),
      });
      return (await reply.json()) as Record<string, string>;
    };

    it('leads through the sign-in to the consent page and back to the program, which then connects by MCP', async () => {
      const { address } = fixture.server;
      const { callback, answer, close } = await program();
      const registered = await fetch(`${address}/oauth/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ client_name: 'Desk assistant', redirect_uris: [callback] }),
      });
      const { client_id: client } = (await registered.json()) as { client_id: string };
      const verifier = randomBytes(32).toString('base64url');
      const query = new URLSearchParams({
        client_id: client,
        redirect_uri: callback,
        response_type: 'code',
        state: 'mine',
        scope: 'run:published collection:read human-input:answer',
        code_challenge_method: 'S256',
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      });
      fixture.watched.forgive(/status of 401/);
      const page = await fixture.open(`/oauth/authorize?${query.toString()}`);
      await page.waitForURL('**/sign-in?next=%2Fconnect*');
      await page.getByLabel('Email').fill(owner.email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('heading', { name: 'Connect Desk assistant?' }).waitFor();
      expect(await violationsOfThemes(page)).toEqual([]);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width: 1440, height: 900 });
        await saveScreenshot(page, `connect-1440-${colorScheme}`);
        await page.setViewportSize({ width: 390, height: 844 });
        await saveScreenshot(page, `connect-390-${colorScheme}`);
      }
      await page.getByLabel('Read collections and their documents').uncheck();
      await page.getByRole('button', { name: 'Connect', exact: true }).click();
      const answered = await answer;
      close();
      expect([answered.get('state'), answered.get('iss')]).toEqual(['mine', address]);
      const tokens = await form('/oauth/token', {
        grant_type: 'authorization_code',
        code: answered.get('code') ?? '',
        code_verifier: verifier,
        client_id: client,
        redirect_uri: callback,
      });
      expect(tokens['scope']).toBe('run:published human-input:answer');
      const headers = { authorization: `Bearer ${tokens['access_token']}` };
      const begun = await fetch(`${address}/mcp`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'initialize',
          params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'desk', version: '1' } },
        }),
      });
      expect([begun.status, (await begun.text()).includes('"heddle"')]).toEqual([200, true]);
    });

    it('cannot be shown in a frame, and explains an invalid request on its own page', async () => {
      const reply = await fetch(`${fixture.server.address}/connect?request=x`, { headers: { accept: 'text/html' } });
      expect(reply.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(reply.headers.get('x-frame-options')).toBe('DENY');
      const page = await fixture.open('/oauth/authorize?client_id=oc_none&redirect_uri=https://evil.example/');
      await page.getByText('This Heddle does not know the program').waitFor();
      expect(new URL(page.url()).origin).toBe(fixture.server.address);
    });
  },
);
