// Our MCP client for the conformance suite of the protocol: signs in if required, lists the tools and calls the first one.
import { createTools, createGrantStore, ToolRegistry, ToolSignIn } from '@heddle/adapters/tools';
import { openDatabase, sqliteTables } from '@heddle/adapters/database';
import { createSealedText } from '@heddle/adapters/identity';
import { ToolServer } from '@heddle/core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const url = process.argv.at(-1);
const scenario = process.env.MCP_CONFORMANCE_SCENARIO ?? '';
const given = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? '{}');
const folder = mkdtempSync(join(tmpdir(), 'heddle-suite-'));
const database = openDatabase(join(folder, 'heddle.db'));
const clock = {
  now: Date.now,
  at: (time, callback) => {
    const timer = setTimeout(callback, Math.max(0, time - Date.now())).unref();
    return () => clearTimeout(timer);
  },
};
const tables = sqliteTables(database);
const registry = new ToolRegistry(tables, clock);
const commit = (writes) => tables.commit(writes);
const oauth = {
  ...(given.client_id === undefined ? {} : { clientId: given.client_id }),
  ...(given.client_secret === undefined ? {} : { clientSecret: 'suite' }),
};
const server = ToolServer.parse({
  id: 'suite',
  transport: { kind: 'http', url, isInside: true, ...(scenario.startsWith('auth/') ? { oauth } : {}) },
});
await registry.change((_view, write) => write.save(server), commit);
const secret = async () => given.client_secret;
const grants = createGrantStore(tables, createSealedText(database, join(folder, 'secret.key')), clock);
// The suite expects the client metadata document at this URL.
const metadataUrl = 'https://conformance-test.local/client-metadata.json';
const signIn = new ToolSignIn({ grants, clock, allowedHosts: [], secret, metadataUrl });
const audit = { commit: (_events, writes) => commit(writes) };
const host = createTools({ registry, clock, audit, secret, allowedHosts: [], signIn, log: console });

/** Plays the person: opens the consent page, which agrees by itself, and passes its answer to Heddle. */
async function agree() {
  const page = await signIn.begin(server, 'http://127.0.0.1:9/tools', 'me');
  const reply = await fetch(page, { redirect: 'manual' });
  const answer = new URL(reply.headers.get('location')).searchParams;
  const named = Object.fromEntries(
    ['state', 'code', 'iss', 'error'].map((name) => [name, answer.get(name) ?? undefined]),
  );
  const { id, grant } = await signIn.finish(named, 'me', () => server);
  await commit(grants.save(id, grant));
  await host.forget('suite');
}

/** Runs work. If it is refused because of a missing sign-in, signs in and tries again, at most three times. */
async function signedIn(work) {
  for (let times = 0; ; times += 1)
    try {
      return await work();
    } catch (error) {
      if (error.code !== 'mcp_sign_in' || times === 3) throw error;
      await agree();
    }
}

try {
  await signedIn(() => host.refresh('suite'));
  const found = (await registry.view()).tools('suite').filter(({ standing }) => standing !== 'refused');
  for (const { name, hash, proposed: effects } of found)
    await registry.change((view, write) => write.approve(view.tool(name), { hash, by: 'me', effects }), commit);
  // The scenario about schemas compares what we store of a definition.
  const echo = found.find(({ tool }) => tool === 'json_schema_echo');
  const [shown] = found.filter((tool) => tool !== echo);
  const tool = echo ?? shown;
  const options = { signal: AbortSignal.timeout(20_000), idempotencyKey: 'suite' };
  // A scenario lists its calls. Arguments that are null are left out: they do not fit the schema, so Heddle would never send them.
  for (const { name, arguments: named } of given.toolCalls ?? []) {
    const args = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== null));
    await host.call(found.find((one) => one.tool === name).name, args, options);
  }
  if (scenario === 'http-invalid-tool-headers')
    for (const { name, definition } of found) {
      const { required = [], properties } = definition.inputSchema;
      const args = required.map((one) => [one, properties[one].type === 'string' ? 'a' : 1]);
      await host.call(name, Object.fromEntries(args), options);
    }
  else if (given.toolCalls === undefined && tool !== undefined) {
    const args =
      tool === echo ? { schema: shown.definition.inputSchema } : tool.tool === 'add_numbers' ? { a: 5, b: 3 } : {};
    await signedIn(() => host.call(tool.name, args, options));
  }
} catch (error) {
  process.stderr.write(`${error.code ?? ''} ${error.stack ?? error}\n`);
  process.exitCode = 1;
} finally {
  await host.close();
  database.close();
  rmSync(folder, { recursive: true, force: true });
}
