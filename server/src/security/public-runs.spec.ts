import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canonicalJson } from '@heddle/core';
import { resumeRun, startRun } from '@heddle/engine';
import { echoDocument } from '../testing/echo-document.js';
import { startTestServer, type TestServer } from '../testing/test-server.js';

/** Fields with which a caller might try to run something other than the published version. */
const other = echoDocument('HIJACKED: ');
const extras: Readonly<Record<string, unknown>> = {
  document: other,
  workflow: other,
  graph: other,
  nodes: other.nodes,
  edges: other.edges,
  config: { template: 'HIJACKED' },
  code: 'return "HIJACKED"',
  template: 'HIJACKED',
  model: 'HIJACKED',
  tools: [{ name: 'HIJACKED' }],
  options: { pins: { say: { text: 'HIJACKED' } } },
  pins: { say: { text: 'HIJACKED' }, 'say.text': 'HIJACKED' },
  overrides: { say: { template: 'HIJACKED' } },
  tweaks: { say: { template: 'HIJACKED' } },
  inputs: { question: 'HIJACKED' },
  only: ['say'],
  from: 'say',
  reuseFrom: 'HIJACKED',
  breakpoints: ['say'],
  version: 99,
  trigger: 'editor',
  caller: { principal: 'local' },
  outputs: { answer: 'HIJACKED' },
  label: 'public',
  secrets: { a: 'HIJACKED' },
};

describe('a public run', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer({
      withStoredJournal: true,
      withStandardNodes: true,
      engine: { startRun, resumeRun },
    });
    await server.call('POST', '/api/workflows', { document: echoDocument(), slug: 'echo' });
    await server.call('POST', '/api/workflows/echo/publish', { acceptDataMap: true });
  });
  afterAll(() => server.close());

  /** A value that contains the field at every depth. */
  const atDepth = (name: string, depth: number): Record<string, unknown> =>
    Array.from({ length: depth }).reduce<Record<string, unknown>>((inner) => ({ x: inner, [name]: extras[name] }), {
      [name]: extras[name],
    });
  /** Whether the reply is an error, or the run used the published document without options. */
  async function isAsPublished(body: unknown): Promise<boolean> {
    const { runId, code } = body as { runId?: string; code?: string };
    if (runId === undefined) return typeof code === 'string';
    const run = await server.heddle.runs.accepted(runId);
    const { bundle } = await server.heddle.publishing.versions.version('echo', 1);
    return canonicalJson(run.document) === canonicalJson(bundle.document) && Object.keys(run.options).length === 0;
  }

  it('accepts only inputs, and ignores other fields at every depth, in the body, the query and the headers', async () => {
    const hits: string[] = [];
    for (const name of Object.keys(extras))
      for (let depth = 0; depth < 4; depth += 1) {
        const given = JSON.stringify(extras[name]);
        const bodies = [
          { question: 'hi', ...atDepth(name, depth) },
          { question: 'hi', inputs: { question: 'hi', ...atDepth(name, depth) } },
          { question: { text: 'hi', ...atDepth(name, depth) } },
        ];
        for (const body of bodies)
          if (!(await isAsPublished((await server.call('POST', '/v1/workflows/echo', body)).body)))
            hits.push(`body ${name} ${depth}`);
        const query = `?${name}=${encodeURIComponent(given)}`;
        const headers = {
          [`heddle-${name.toLowerCase()}`]: 'HIJACKED',
          [`x-heddle-${name.toLowerCase()}`]: 'HIJACKED',
        };
        const reply = await server.call('POST', `/v1/workflows/echo${query}`, { question: 'hi' }, headers);
        if (!(await isAsPublished(reply.body))) hits.push(`query ${name}`);
      }
    expect(hits).toEqual([]);
  }, 120_000);

  it('through a chat runs the published version, whatever the request says of tools and system', async () => {
    const hits: string[] = [];
    for (const name of Object.keys(extras)) {
      const body = {
        model: 'echo',
        messages: [{ role: 'user', content: 'hi', ...atDepth(name, 1) }],
        ...atDepth(name, 2),
      };
      const reply = await server.call('POST', '/v1/chat/completions', { ...body, model: 'echo' });
      const text = JSON.stringify(reply.body);
      if (text.includes('HIJACKED') && reply.status < 400) hits.push(name);
    }
    expect(hits).toEqual([]);
    const runs = await server.heddle.runs.list({ limit: 1000 });
    for (const { runId } of runs)
      expect(JSON.stringify((await server.heddle.runs.accepted(runId)).document)).not.toContain('HIJACKED');
  }, 60_000);

  it('through a share link runs the published version, whatever the request contains', async () => {
    const { body: share } = await server.call('POST', '/api/workflows/echo/shares', {
      name: 'Page',
      ratePerMinute: 10_000,
    });
    const path = `/v1/share/${share.token}/runs`;
    const session = { 'heddle-session': 'session-of-a-visitor' };
    const hits: string[] = [];
    for (const name of Object.keys(extras))
      for (let depth = 0; depth < 3; depth += 1) {
        const given = encodeURIComponent(JSON.stringify(extras[name]));
        const bodies = [
          { question: 'hi', ...atDepth(name, depth) },
          { question: { text: 'hi', ...atDepth(name, depth) } },
        ];
        for (const body of bodies) {
          const reply = await server.call('POST', path, body, session);
          if (reply.status < 400 || !(await isAsPublished(reply.body))) hits.push(`body ${name} ${depth}`);
        }
        const asked = { ...session, [`heddle-${name.toLowerCase()}`]: 'HIJACKED', 'heddle-version': '99' };
        const reply = await server.call('POST', `${path}?${name}=${given}`, { question: 'hi' }, asked);
        const runId = /"runId":"([^"]+)"/.exec(String(reply.body))?.[1] ?? '';
        if (String(reply.body).includes('HIJACKED') || !(await isAsPublished({ runId }))) hits.push(`query ${name}`);
      }
    expect(hits).toEqual([]);
  }, 60_000);
});
