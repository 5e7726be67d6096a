import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { WorkflowDocument } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import { echoDocument } from '../testing/echo-document.js';

const secret = 'a-restricted-rate';
const guarded: WorkflowDocument = {
  heddle: 2,
  name: 'Guarded',
  nodes: {
    rates: { type: 'set', version: 1, label: 'restricted', config: { value: secret, type: 'Text' } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'rate', type: 'Text' }] } },
  },
  edges: [{ from: 'rates.value', to: 'reply.rate' }],
};
const initialize = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } },
};

describe('the access of programs that build workflows', () => {
  let house: TwoProjects;
  const builder = (more: object = {}, project = house.alpha): Shown =>
    house.key(project, { permissions: ['workflow:build'], ...more });
  beforeAll(async () => {
    house = await openTwoProjects();
  });
  afterAll(() => house.close());

  const tool = async (who: Shown, name: string, args: object = {}) => {
    const { status, body } = await house.call(who, 'POST', `/api/build/tools/${name}`, { arguments: args });
    return {
      status,
      code: body.error?.code as string | undefined,
      message: body.error?.message as string | undefined,
      result: body.result,
    };
  };
  const headers = { accept: 'application/json, text/event-stream' };

  it('takes a key or a token with the right at the endpoint, and no other credential', async () => {
    const status = async (who: Shown) =>
      (await house.call({ ...who, ...headers }, 'POST', '/mcp/build', initialize)).status;
    expect(await status(builder())).toBe(200);
    expect(await status({})).toBe(401);
    expect(await status(house.key(house.alpha))).toBe(403);
    expect(await status(house.person({ [house.alpha]: ['owner'] }))).toBe(401);
    const refused = await house.call(headers, 'POST', '/mcp/build', initialize);
    const asked = /resource_metadata="([^"]+)", scope="([^"]+)"/.exec(refused.headers.get('www-authenticate') ?? '');
    expect(asked?.[2]).toBe('workflow:build');
    const { body } = await house.call({}, 'GET', new URL(asked?.[1] ?? '').pathname);
    expect(body).toMatchObject({
      resource: expect.stringMatching(/\/mcp\/build$/),
      scopes_supported: expect.arrayContaining(['workflow:build']),
    });
  });

  it('finds nothing with a key of another project, or a key for another workflow', async () => {
    const workflow = await house.workflow(house.alpha, echoDocument());
    const other = await house.workflow(house.alpha, echoDocument('Other '));
    const { result: run } = await tool(builder(), 'run_workflow', { workflow });
    for (const who of [builder({}, house.beta), builder({ workflows: [other] })])
      for (const [name, args] of [
        ['read_workflow', { workflow }],
        ['compile_workflow', { workflow }],
        ['run_workflow', { workflow }],
        ['test_workflow', { workflow }],
        ['show_data_map', { workflow }],
        ['change_workflow', { workflow, revision: 1, changes: [{ change: 'set_workflow', name: 'Mine' }] }],
        ['propose_change', { workflow, changes: [{ change: 'set_workflow', name: 'Mine' }] }],
        ['propose_publish', { workflow }],
        ['explain_run', { run: run.runId }],
      ] as const)
        expect([name, await tool(who, name, args)]).toEqual([
          name,
          expect.objectContaining({ status: 404, result: undefined }),
        ]);
    const { result } = await tool(builder({}, house.beta), 'list_workflows');
    expect(result.workflows).toEqual([]);
    // Nor can a draft contain a workflow of another project.
    const slug = (await house.server.heddle.workflows.get(workflow)).slug;
    const made = await tool(builder({}, house.beta), 'create_workflow', {
      name: 'Thief',
      changes: [{ change: 'add_node', id: 'inner', type: 'workflow', config: { workflow: slug } }],
    });
    expect(made.result.issues).toContainEqual(expect.objectContaining({ code: 'workflow-missing' }));
  });

  it('returns samples to a key below the clearance, and values to a key at it', async () => {
    const workflow = await house.workflow(house.alpha, guarded);
    const low = await tool(builder(), 'run_workflow', { workflow });
    expect(low.result.outputs).toEqual({
      rate: { label: 'restricted', isHidden: true, schema: expect.anything(), sample: 'Sample rate' },
    });
    expect(JSON.stringify((await tool(builder(), 'read_workflow', { workflow })).result)).not.toContain(secret);
    const high = builder({ clearance: 'restricted' });
    expect((await tool(high, 'run_workflow', { workflow })).result.outputs).toEqual({
      rate: { label: 'restricted', value: secret },
    });
    expect((await tool(high, 'read_workflow', { workflow })).result.document.nodes.rates.config.value).toBe(secret);
  });

  it('reveals no hidden value by a change: labels and settings are locked, and declassified values stay hidden', async () => {
    const workflow = await house.workflow(house.alpha, guarded);
    const who = builder();
    for (const change of [
      { change: 'set_label', id: 'rates', label: null },
      { change: 'set_label', id: 'rates', label: 'public' },
      { change: 'set_config', id: 'rates', config: { type: 'Json' } },
    ])
      expect((await tool(who, 'change_workflow', { workflow, revision: 1, changes: [change] })).code).toBe('forbidden');
    const redacted = {
      change: 'insert_between',
      from: 'rates.value',
      to: 'reply.rate',
      id: 'low',
      type: 'redact',
      input: 'text',
      output: 'text',
      config: { from: 'restricted', to: 'public' },
    };
    const changed = await tool(who, 'change_workflow', { workflow, revision: 1, changes: [redacted] });
    expect([changed.code, changed.result?.issues]).toEqual([undefined, expect.any(Array)]);
    const { result } = await tool(who, 'run_workflow', { workflow });
    expect(JSON.stringify(result)).not.toContain(secret);
    expect(result.outputs?.rate?.isHidden ?? result.status).toBeTruthy();
  });

  it('reports what is wrong in bad input and where, and changes nothing', async () => {
    const who = builder();
    const workflow = await house.workflow(house.alpha, echoDocument());
    const change = async (changes: unknown, revision = 1) =>
      tool(who, 'change_workflow', { workflow, revision, changes });
    const good = { change: 'set_title', id: 'say', title: 'Say' };
    for (const [changes, code, message] of [
      [[], 'bad_request', /changes/],
      [[{ change: 'explode' }], 'bad_request', /changes\.0/],
      [
        [good, { change: 'remove_node', id: 'nothing' }],
        'change_invalid',
        /^Change 2 \(remove_node\): There is no node 'nothing'. The nodes are: question, reply, say/,
      ],
      [[{ change: 'add_node', id: 'say', type: 'prompt' }], 'change_invalid', /already/],
      [[{ change: 'add_node', id: '__proto__', type: 'prompt' }], 'change_invalid', /is not a valid id/],
      [[{ change: 'add_node', id: 'x', type: 'constructor' }], 'change_invalid', /no node type/],
      [[{ change: 'connect', from: 'say', to: 'reply.answer' }], 'change_invalid', /node\.port/],
      [
        [{ change: 'disconnect', from: 'question.question', to: 'reply.answer' }],
        'change_invalid',
        /Near it: say\.text to reply\.answer|question\.question to say/,
      ],
      [[{ change: 'set_title', within: 'none', id: 'say', title: 'x' }], 'change_invalid', /inner workflow/],
      [Array.from({ length: 201 }, () => good), 'bad_request', /changes/],
    ] as const)
      expect([changes, await change(changes)]).toEqual([
        changes,
        expect.objectContaining({ code, message: expect.stringMatching(message) }),
      ]);
    expect((await change([good], 7)).code).toBe('conflict');
    expect((await house.server.heddle.workflows.get(workflow)).revision).toBe(1);
    expect((await tool(who, 'publish_workflow', {})).code).toBe('tool_unknown');
    const many = { change: 'set_config', id: 'say', config: { template: 'x'.repeat(3_000_000) } };
    expect((await change([many])).status).toBeLessThan(500);
  });

  it('lets only a person give rights, and no key that builds also publish', async () => {
    const owner = house.person({ [house.alpha]: ['owner'] });
    const made = await house.call(owner, 'POST', '/api/keys', {
      name: 'Both',
      scopes: { permissions: ['workflow:build', 'workflow:publish'] },
    });
    expect([made.status, made.body.error?.message]).toEqual([400, expect.stringContaining('workflow:publish')]);
  });

  it('serves llms.txt and the documents that it names, without a dead link', async () => {
    const { status, body } = await house.call({}, 'GET', '/llms.txt');
    expect(status).toBe(200);
    const linksIn = (text: string): string[] =>
      [...text.matchAll(/^```[\s\S]*?^```|\]\(([^)\s]+)\)|`[^`\n]*`/gm)].flatMap(([, link]) => link ?? []);
    const links = linksIn(String(body)).filter((link) => link.endsWith('.md'));
    expect(links.length).toBeGreaterThan(20);
    const served = new Set(links);
    let count = 0;
    for (const link of links) {
      const text = String((await house.call({}, 'GET', new URL(link).pathname)).body);
      expect(text).toMatch(/^# /);
      const within = linksIn(text).map((to) => new URL(to, link));
      const dead = within.filter(
        ({ href, host }) => host === new URL(link).host && !served.has(href.split('#')[0] ?? ''),
      );
      expect([link, dead.map(({ pathname }) => pathname)]).toEqual([link, []]);
      count += within.length;
    }
    expect(count).toBeGreaterThan(200);
    const about = links.map(
      (link) =>
        String(body)
          .split('\n')
          .find((line) => line.includes(link)) ?? '',
    );
    for (const line of about) expect(line).toMatch(/\): \S.{19,}/);
    expect(about.find((line) => line.includes('/models.md'))).toContain('heddle models lists the catalogue');
    for (const bad of ['..%2Fpackage.json', 'README.md', 'none.md', 'decisions'])
      expect((await house.call({}, 'GET', `/docs/${bad}`)).status).toBe(404);
  });
});
