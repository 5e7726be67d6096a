import { copyFileSync } from 'node:fs';
import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from '../bootstrap/repository.mjs';
import { toolEnvironment } from '../bootstrap/run-command.mjs';
import { publish, runClient, samples } from './channel-cases.mjs';
import { createBrowser } from './oidc/browser.mjs';
import { prepareNode, preparePython } from './prepare-partners.mjs';
import { freePort, startPartner } from './start-partner.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));
const truthy = (value, what) => {
  if (!value) throw new Error(what);
};

/** Starts an OpenID Connect provider of another project, and a Heddle that uses it for sign-in. */
async function start(folder, partner) {
  const at = await freePort();
  const port = await freePort();
  const issuer = `http://127.0.0.1:${at}`;
  const home = `http://127.0.0.1:${port}`;
  const script = join(partner.folder, 'provider.mjs');
  copyFileSync(file('oidc/provider.mjs'), script);
  const provider = await startPartner(process.execPath, [script, String(at), home], {
    ...{ address: issuer, ready: '/.well-known/openid-configuration' },
  });
  try {
    const env = {
      ...{ ...toolEnvironment(), HEDDLE_DATA: join(folder, 'data-oidc'), PORT: String(port), HOST: '127.0.0.1' },
      ...{ HEDDLE_SIGN_IN: 'required', HEDDLE_PUBLIC_URL: home, HEDDLE_OIDC_ISSUER: issuer },
      ...{ HEDDLE_OIDC_CLIENT_ID: 'heddle', HEDDLE_OIDC_CLIENT_SECRET: 'the-secret-of-heddle' },
      ...{ HEDDLE_OIDC_DOMAINS: 'example.org', HEDDLE_OIDC_ROLES: '*=owner' },
    };
    const program = join(root, 'node_modules', '.bin', 'heddle');
    const heddle = await startPartner(process.execPath, [program, 'serve'], {
      ...{ address: home, ready: '/api/health', env },
    });
    return { issuer, home, close: () => heddle.close().finally(() => provider.close()) };
  } catch (error) {
    await provider.close();
    throw error;
  }
}

/** Gets the access token of a program to which Ada gives access at the provider. */
async function tokenOf(issuer, resource) {
  const verifier = randomBytes(32).toString('base64url');
  const back = 'http://127.0.0.1/callback';
  const query = new URLSearchParams({
    ...{ client_id: 'program', response_type: 'code', redirect_uri: back, resource, state: 's' },
    ...{ scope: 'openid run:published', code_challenge_method: 'S256' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  });
  const address = new URL(await createBrowser('ada').reach(`${issuer}/auth?${query}`, back));
  const reply = await fetch(`${issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: 'program', redirect_uri: back, resource },
      ...{ code: address.searchParams.get('code') ?? '', code_verifier: verifier },
    }),
  });
  const given = await reply.json();
  truthy(reply.ok, JSON.stringify(given));
  return given.access_token;
}

/** Gives the status of a request to the endpoint with a token. */
async function statusWith(home, token) {
  const params = { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'compat', version: '1' } };
  const reply = await fetch(`${home}/mcp`, {
    method: 'POST',
    headers: {
      ...{ authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      accept: 'application/json, text/event-stream',
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }),
  });
  await reply.body?.cancel();
  return reply.status;
}

async function run({ partner, folder, report }) {
  const { issuer, home, close } = await start(folder, partner);
  try {
    const endpoint = `${home}/mcp`;
    const before = await tokenOf(issuer, endpoint);
    await report('a token of somebody who never signed in here is refused', async () =>
      truthy((await statusWith(home, before)) === 401, 'it was not'),
    );
    const browser = createBrowser('ada');
    await report('a person signs in by the provider', async () => {
      await browser.visit(await browser.reach(`${home}/api/auth/oidc/start?to=/`, `${home}/api/auth/oidc/callback`));
      truthy(browser.cookies(home).includes('heddle='), `cookies: ${browser.cookies(home)}`);
    });
    const headers = { cookie: browser.cookies(home), origin: home };
    await publish(home, 'says', samples.says, headers);
    const token = await tokenOf(issuer, endpoint);
    await report('a token for this endpoint opens it', async () =>
      truthy((await statusWith(home, token)) === 200, 'it did not'),
    );
    const elsewhere = await tokenOf(issuer, 'https://other.example.com/mcp');
    await report('a token for another endpoint does not', async () =>
      truthy((await statusWith(home, elsewhere)) === 401, 'it did'),
    );
    for (const client of ['mcp', 'fastmcp']) {
      const named = (name, check) => report(`${client} for Python, ${name}`, check);
      await runClient(
        partner.python,
        [file('clients/python/with_mcp.py'), `${client}:tools`, `${home}/v1`, token],
        named,
      );
      await runClient(partner.python, [file('clients/mcp_oauth.py'), client, endpoint, headers.cookie], named);
    }
  } finally {
    await close();
  }
}

async function needs() {
  const node = await prepareNode('oidc-provider', ['oidc-provider@9.13.3']);
  const python = await preparePython('mcp-clients', ['mcp==2.3.0', 'fastmcp==4.2.3']);
  return node.skip === undefined && python.skip === undefined
    ? { ...node, ...python }
    : { skip: node.skip ?? python.skip };
}

/** Tests people and programs of a real OpenID Connect provider, at /mcp. */
export const oidcCase = {
  ...{ name: 'oidc-provider', title: 'Tokens of an OpenID Connect provider, and OAuth, at /mcp', isPlain: true },
  ...{ needs, run },
};
