import { afterEach, describe, expect, it } from '@jest/globals';
import { localPrincipal } from '@heddle/core';
import { createFakeClock } from '@heddle/core/testing';
import { openPublished } from '../testing/open-published.js';
import type { TestReply, TestServer } from '../../testing/test-server.js';
import type { TestHeddleOptions } from '../../testing/test-heddle.js';

let server: TestServer;
afterEach(() => server.close());

const session = 'session-of-a-visitor';
const closedMessage = 'This link does not work: it is mistyped, paused or expired.';

async function open(config: object = {}, options: TestHeddleOptions = {}) {
  server = await openPublished(options);
  const { body: share, status } = await server.call('POST', '/api/workflows/echo/shares', { name: 'Site', ...config });
  expect(status).toBe(201);
  const at = (path = '', token: string = share.token) => `/v1/share/${token}${path}`;
  const ask = (body: unknown = { question: 'hi' }, headers: Record<string, string> = {}): Promise<TestReply> =>
    server.call('POST', at('/runs'), body, { 'heddle-session': session, ...headers });
  return { share, at, ask };
}

/** The run that a stream reports, and its result. */
function received({ body }: TestReply) {
  const text = String(body);
  const result = /event: result\ndata: (.*)/.exec(text)?.[1];
  return {
    runId: /"runId":"([^"]+)"/.exec(text)?.[1] ?? '',
    // The test checks the form.
    run: result === undefined ? undefined : (JSON.parse(result) as { run: Record<string, unknown> }).run,
  };
}

describe('a share link', () => {
  it('is made with a token that is shown once and stored as a hash', async () => {
    const { share } = await open({ title: 'Ask us' });
    expect(share).toMatchObject({ kind: 'chat', name: 'Site', runsToday: 0, path: `/share/${share.token}` });
    expect(share.token).toMatch(/^hsl_[\w-]{43}$/);
    const listed = await server.call('GET', '/api/workflows/echo/shares');
    expect(listed.body.shares).toMatchObject([{ id: share.id, title: 'Ask us', runsPerDay: 1000 }]);
    expect(JSON.stringify(listed.body)).not.toContain(share.token);
    const records = await server.heddle.audit.list({ kinds: ['publish'] });
    expect(JSON.stringify(records)).not.toContain(share.token);
  });

  it('is listed as the page that it shows, also where it was stored without a kind', async () => {
    const { share, at } = await open();
    const { tables } = server.heddle.parts;
    const row = await tables.get<{ body: string }>('SELECT body FROM channels WHERE id = @id', { id: share.id });
    const { kind, ...body } = JSON.parse(row?.body ?? '') as { readonly kind: string };
    expect(kind).toBe('chat');
    await tables.note([
      { sql: 'UPDATE channels SET body = @body WHERE id = @id', values: { id: share.id, body: JSON.stringify(body) } },
    ]);
    expect((await server.call('GET', at())).body.kind).toBe('chat');
    const listed = await server.call('GET', '/api/workflows/echo/shares');
    expect(listed.body.shares).toMatchObject([{ id: share.id, kind: 'chat' }]);
  });

  it('accepts feedback of a user only on their own run, and removes it', async () => {
    const { share, at, ask } = await open();
    const { runId } = received(await ask());
    const as = (who: string) => ({ 'heddle-session': who });
    const path = at(`/runs/${runId}/feedback`);
    const rate = (body: object, who = session): Promise<TestReply> => server.call('POST', path, body, as(who));
    expect((await rate({ rating: 2, comment: 'Late', correction: 'Hello' })).status).toBe(204);
    const other = 'session-of-another-one';
    expect((await rate({ thumb: 'up' }, other)).status).toBe(404);
    expect((await server.call('GET', path, undefined, as(other))).status).toBe(404);
    expect((await server.call('DELETE', path, undefined, as(other))).status).toBe(404);
    for (const body of [{}, { thumb: 'up', rating: 1 }, { score: 1 }, { correction: 'x'.repeat(20_001) }])
      expect((await rate(body)).status).toBe(400);
    expect((await server.call('GET', path, undefined, as(session))).body.feedback).toMatchObject([
      { rating: 2, comment: 'Late', correction: 'Hello' },
    ]);
    const { feedback, names } = (await server.call('GET', `/api/runs/${runId}/feedback`)).body;
    expect(feedback).toMatchObject([{ who: expect.stringContaining(`share:${share.id} visitor:`), isOwn: false }]);
    expect(Object.values(names)).toEqual(['Somebody on a share page']);
    expect((await server.call('DELETE', path, undefined, as(session))).status).toBe(204);
    expect((await server.call('GET', path, undefined, as(session))).body).toEqual({ feedback: [] });
  });

  it('shows what the page needs, and nothing of the nodes of the workflow', async () => {
    const { at } = await open({ greeting: 'Hello', examples: ['What is new?'] });
    const { body } = await server.call('GET', at());
    expect(body).toEqual({
      kind: 'chat',
      title: 'Echo',
      greeting: 'Hello',
      examples: ['What is new?'],
      inputs: [{ name: 'question', type: 'Text', isRequired: true, schema: { type: 'string', maxLength: 100_000 } }],
      outputs: [{ name: 'answer', type: 'Text' }],
      chat: { input: 'question', takes: 'text', output: 'answer', hasMemory: false },
      maxFileBytes: expect.any(Number),
    });
  });

  it('runs the live version for its user, and shows the run to no one else', async () => {
    const { ask, at, share } = await open();
    const { runId, run } = received(await ask());
    expect(run).toEqual({ runId, status: 'done', outputs: { answer: 'You asked: hi' } });
    const acceptance = await server.heddle.parts.journal.acceptance(runId);
    expect(acceptance).toMatchObject({
      trigger: 'published',
      caller: {
        principal: `share:${share.id}`,
        channel: 'share',
        key: share.id,
        endUser: expect.stringMatching(/^visitor:/),
      },
    });
    expect(JSON.stringify(acceptance)).not.toContain(session);
    const get = (as: string, path = '') =>
      server.call('GET', at(`/runs/${runId}${path}`), undefined, { 'heddle-session': as });
    expect((await get(session)).body.outputs).toEqual({ answer: 'You asked: hi' });
    expect(received(await get(session, '/events')).run).toMatchObject({ status: 'done' });
    const other = await get('session-of-another-one');
    expect([other.status, other.body.code]).toEqual([404, 'run_not_found']);
    expect((await get('session-of-another-one', '/events')).status).toBe(404);
    expect((await get('short')).body.code).toBe('bad_request');
    const second = await server.call('POST', '/api/workflows/echo/shares', { name: 'Other' });
    const through = `/v1/share/${second.body.token}/runs/${runId}`;
    expect((await server.call('GET', through, undefined, { 'heddle-session': session })).status).toBe(404);
  });

  it('is shown in the audit log by its name instead of its id, while it exists', async () => {
    const { share, ask } = await open();
    await ask();
    const who = `share:${share.id}`;
    const named = async (): Promise<unknown> => (await server.call('GET', `/api/audit?who=${who}`)).body.names;
    await server.heddle.audit.write({ kind: 'egress', who, subject: 'run:r', details: {} });
    expect(await named()).toEqual({ [who]: share.name });
    expect((await server.call('DELETE', `/api/workflows/echo/shares/${share.id}`)).status).toBe(204);
    expect(await named()).toEqual({});
    const events = await server.heddle.audit.list({ subject: `workflow:${share.workflowId}`, kinds: ['publish'] });
    expect(events[0]?.details).toMatchObject({ step: 'share revoked', channel: share.id, name: share.name });
  });

  it('answers alike for a token that is unknown, expired, paused, revoked or replaced', async () => {
    const clock = createFakeClock(Date.now());
    const { share, at } = await open({ expiresAt: clock.now() + 60_000 }, { clock });
    const {
      id,
      workflowId: _w,
      owner: _o,
      createdAt: _c,
      runsToday: _r,
      uploadedToday: _u,
      token: _t,
      path: _p,
      ...config
    } = share;
    const path = `/api/workflows/echo/shares/${id}`;
    const answers: TestReply[] = [await server.call('GET', at('', `hsl_${'x'.repeat(43)}`))];
    expect((await server.call('GET', at())).status).toBe(200);
    await clock.advance(60_000);
    answers.push(await server.call('GET', at()));
    await server.call('PUT', path, { ...config, expiresAt: undefined, isPaused: true });
    answers.push(await server.call('GET', at()));
    await server.call('PUT', path, { ...config, expiresAt: undefined });
    expect((await server.call('GET', at())).status).toBe(200);
    const { body: renewed } = await server.call('POST', `${path}/renew`);
    answers.push(await server.call('GET', at()));
    expect((await server.call('GET', at('', renewed.token))).status).toBe(200);
    expect((await server.call('DELETE', path)).status).toBe(204);
    answers.push(await server.call('GET', at('', renewed.token)));
    answers.push(
      await server.call('POST', at('/runs', renewed.token), { question: 'x' }, { 'heddle-session': session }),
    );
    for (const { status, body } of answers)
      expect([status, body.code, body.detail]).toEqual([404, 'not_found', closedMessage]);
    const steps = (await server.heddle.audit.list({ kinds: ['publish'] })).map(({ details }) => details['step']);
    for (const step of ['made', 'changed', 'renewed', 'revoked']) expect(steps).toContain(`share ${step}`);
  });

  it('has a rate limit, and a daily limit of runs that counts each run', async () => {
    const clock = createFakeClock(Date.UTC(2030, 0, 1, 23, 59, 30));
    const { ask, share } = await open({ runsPerDay: 2 }, { clock });
    expect(received(await ask()).run).toMatchObject({ status: 'done' });
    expect(received(await ask()).run).toMatchObject({ status: 'done' });
    const third = await ask();
    expect([third.status, third.body.code, third.headers.get('retry-after')]).toEqual([429, 'too_many_requests', '30']);
    expect((await server.call('GET', '/api/workflows/echo/shares')).body.shares).toMatchObject([
      { id: share.id, runsToday: 2, lastRunAt: clock.now() },
    ]);
    await clock.advance(30_000);
    expect(received(await ask()).run).toMatchObject({ status: 'done' });
    expect((await server.call('GET', '/api/workflows/echo/shares')).body.shares[0].runsToday).toBe(1);
    await server.close();
    const slow = await open({ ratePerMinute: 1 });
    expect((await slow.ask()).status).toBe(200);
    expect((await slow.ask()).body.code).toBe('too_many_requests');
  });

  it('accepts only the declared inputs', async () => {
    const { ask, at } = await open();
    for (const extra of [{ document: {} }, { nodes: {} }, { model: 'x' }, { version: 1 }, { constructor: 1 }])
      expect((await ask({ question: 'hi', ...extra })).body.code).toBe('input_unknown');
    expect(received(await ask('{"question":"hi","__proto__":{"question":"no"}}')).run?.['outputs']).toEqual({
      answer: 'You asked: hi',
    });
    expect((await ask({ question: '' })).body.code).toBe('input_empty');
    expect((await ask({})).body).toMatchObject({ code: 'input_missing', details: { input: 'question' } });
    expect((await ask('[]')).body.code).toBe('bad_request');
    expect((await server.call('GET', at())).status).toBe(200);
    expect(await server.heddle.runs.list({})).toHaveLength(1);
  });

  it('starts one run per message id, and keeps a pinned version', async () => {
    const { ask } = await open({ version: 1 });
    const { body: stored } = await server.call('GET', '/api/workflows/echo');
    stored.document.nodes.say.config.template = 'New: {{ question }}';
    await server.heddle.workflows.save(stored.id, stored.document, undefined);
    await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true }, localPrincipal);
    const named = { 'idempotency-key': 'm1' };
    const runs = await Promise.all([ask(undefined, named), ask(undefined, named)]);
    expect(new Set(runs.map((reply) => received(reply).runId)).size).toBe(1);
    expect(received(runs[0]).run).toMatchObject({ outputs: { answer: 'You asked: hi' } });
    expect((await ask({ question: 'other' }, named)).body.code).toBe('idempotency_conflict');
  });

  it('is refused when it cannot work, and has a budget of its own when one is given', async () => {
    const { share } = await open({ budget: { money: 5 } });
    const make = (config: object) => server.call('POST', '/api/workflows/echo/shares', { name: 'X', ...config });
    expect((await make({ version: 9 })).body.error.code).toBe('version_not_found');
    for (const wrong of [
      { audience: 'members', origins: ['https://a.example'] },
      { origins: ['https://a.example/path'] },
      { origins: ['javascript:alert(1)'] },
      { accent: 'red;}' },
      { nodes: {} },
      { budget: { period: 'day' } },
    ])
      expect((await make(wrong)).status).toBe(400);
    const name = `share-${share.id.slice(2)}`;
    expect((await server.call('GET', `/api/budgets/${name}`)).body).toMatchObject({
      scope: { kind: 'key', id: share.id },
      limits: { money: 5 },
    });
    await server.call('DELETE', `/api/workflows/echo/shares/${share.id}`);
    expect((await server.call('GET', `/api/budgets/${name}`)).status).toBe(404);
    await server.call('POST', '/api/workflows', {
      document: {
        heddle: 2,
        name: 'Sum',
        nodes: {
          in: { type: 'input', version: 1, config: { fields: [{ name: 'a', type: 'Number' }] } },
          out: { type: 'output', version: 1, config: { fields: [{ name: 'sum', type: 'Number' }] } },
        },
        edges: [{ from: 'in.a', to: 'out.sum' }],
      },
      slug: 'sum',
    });
    const sum = (config: object) => server.call('POST', '/api/workflows/sum/shares', { name: 'S', ...config });
    expect((await sum({})).body.error.code).toBe('not_published');
    await server.heddle.publishing.versions.publish('sum', { acceptDataMap: true }, localPrincipal);
    expect((await sum({ kind: 'chat' })).body.error.code).toBe('bad_request');
    expect((await sum({})).body.kind).toBe('form');
  });

  it('starts no run while a kill switch is on', async () => {
    const { ask } = await open();
    await server.call('PUT', '/api/kill-switches/all', { reason: 'a secret reason' });
    const reply = await ask();
    expect([reply.status, reply.body.code]).toEqual([423, 'kill_switch']);
    expect(reply.body.detail).toBe('A kill switch is on. Try again, or ask the person who gave you this page.');
    expect(JSON.stringify(reply.body)).not.toContain('secret reason');
  });

  it('shows nothing above its clearance, whatever the version allows', async () => {
    const { ask, at } = await open({ clearance: 'public' });
    const { run, runId } = received(await ask());
    expect(run).toMatchObject({ status: 'failed', outputs: {}, error: { code: 'label_refused' } });
    expect(run?.['error']).toMatchObject({
      message: expect.stringMatching(/\. Try again, or ask the person who gave you this page\.$/),
    });
    const again = await server.call('GET', at(`/runs/${runId}`), undefined, { 'heddle-session': session });
    expect(again.body).toMatchObject({ outputs: {}, error: { code: 'label_refused' } });
    expect(JSON.stringify([run, again.body])).not.toContain('You asked');
  });

  it('gives each user always the same version of a canary, and not all users the same one', async () => {
    const { ask } = await open({ ratePerMinute: 1_000 });
    const { document } = await server.heddle.workflows.get('echo');
    const next = structuredClone(document) as { nodes: Record<string, { config: unknown }> };
    if (next.nodes['say'] !== undefined) next.nodes['say'].config = { template: 'New: {{ question }}' };
    await server.heddle.workflows.save('echo', next, undefined);
    const canary = { share: 0.5 };
    await server.heddle.publishing.versions.publish('echo', { acceptDataMap: true, canary }, localPrincipal);
    const seen = new Map<string, Set<unknown>>();
    for (let anonymousUser = 0; anonymousUser < 16; anonymousUser += 1) {
      const headers = { 'heddle-session': `session-of-visitor-${anonymousUser}` };
      const answers = [received(await ask(undefined, headers)).run, received(await ask(undefined, headers)).run];
      seen.set(String(anonymousUser), new Set(answers.map((run) => JSON.stringify(run?.['outputs']))));
    }
    expect([...seen.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...seen.values()].flatMap((answers) => [...answers])).size).toBe(2);
  });
});
