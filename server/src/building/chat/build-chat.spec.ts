import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Connection } from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';
import type { AnyJson } from '../../testing/any-json.js';
import { startModelServer, type ScriptedTurn, type TestModelServer } from '../../testing/test-model-server.js';
import { chatServer } from './chat-tools-of-run.js';

const call = (name: string, args: object = {}): ScriptedTurn => [{ name: `${chatServer}__${name}`, args }];
const greeting = [
  { change: 'set_workflow', name: 'Greeting' },
  { change: 'set_inputs', fields: [{ name: 'name', type: 'Text' }] },
  { change: 'add_node', id: 'say', type: 'prompt', config: { template: 'Hello {{ name }}!' } },
  { change: 'set_outputs', fields: [{ name: 'greeting', type: 'Text' }] },
  { change: 'connect', from: 'input.name', to: 'say.name' },
  { change: 'connect', from: 'say.text', to: 'output.greeting' },
];

describe('a chat with a model that builds workflows', () => {
  let house: TwoProjects;
  let person: Shown & { readonly id: string };
  const servers: TestModelServer[] = [];
  beforeAll(async () => {
    house = await openTwoProjects();
    person = house.person({ [house.alpha]: ['owner'] });
  });
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));
  afterAll(() => house.close());

  /** A model that replies with the next scripted entry at each request. */
  async function model(id: string, script: readonly ScriptedTurn[], clearance: 'internal' | 'public' = 'internal') {
    const server = await startModelServer(script);
    servers.push(server);
    await house.server.heddle.connections.create(
      Connection.parse({
        id,
        kind: 'openai-compatible',
        baseUrl: server.baseUrl,
        clearance,
        isLocal: false,
        models: [{ name: 'one', supports: { tools: true } }],
        prices: [{ model: 'one', inputPerMillion: 1, outputPerMillion: 2, asOf: '2026-01-01' }],
      }),
      { who: 'local' },
    );
    return { name: `${id}/one`, server };
  }
  const begin = (body: object, who: Shown = person) => house.call(who, 'POST', '/api/build/chats', body);
  const read = async (id: string): Promise<AnyJson> => (await house.call(person, 'GET', `/api/proposals/${id}`)).body;

  it('returns a draft that compiles, and saves it only when the person accepts it', async () => {
    const { heddle } = house.server;
    const { name, server } = await model('builder', [
      call('list_node_types', { search: 'prompt' }),
      call('change_draft', { changes: [{ change: 'remove_node', id: 'none' }] }),
      call('change_draft', { changes: greeting }),
      call('run_draft', { inputs: { name: 'Ada' } }),
      'It greets a person by name.',
      call('change_draft', {
        changes: [{ change: 'set_config', id: 'say', config: { template: 'Good day {{ name }}!' } }],
      }),
      'It is more polite now.',
    ]);
    const before = (await heddle.workflows.list()).length;
    const { status, body } = await begin({ message: 'Greet a person by name.', model: name });
    expect([status, body.error]).toEqual([202, undefined]);
    const { status: end } = await heddle.runs.settled(body.runId);
    expect(end).toBe('done');
    const proposal = await read(body.proposal);
    expect(proposal).toMatchObject({
      kind: 'draft',
      state: 'open',
      isWorking: false,
      title: 'Greet a person by name.',
      workflowName: 'Greeting',
      run: body.runId,
    });
    expect(proposal.issues.filter(({ severity }: { severity: string }) => severity === 'error')).toEqual([]);
    expect(proposal.diff).toContain('+ node say (prompt)');
    expect((await heddle.workflows.list()).length).toBe(before);
    // The model reads the result of its changes, and the remaining problems.
    const said = JSON.stringify(server.requests);
    expect(said).toContain("There is no node 'none'");
    expect(said).toContain('isCompiled');
    expect(said).toContain('Hello Ada!');

    const more = await begin({ message: 'More polite, please.', model: name, proposal: body.proposal });
    expect(more.status).toBe(202);
    await heddle.runs.settled(more.body.runId);
    expect(JSON.stringify(server.requests.at(-1)?.messages)).toContain('It greets a person by name.');
    const changed = await read(body.proposal);
    expect(
      (
        await house.call(person, 'POST', `/api/proposals/${body.proposal}/accept`, {
          hash: proposal.hash,
          dataMapHash: proposal.dataMapHash,
        })
      ).body.error.code,
    ).toBe('proposal_stale');
    const { hash, dataMapHash } = changed;
    const accepted = await house.call(person, 'POST', `/api/proposals/${body.proposal}/accept`, { hash, dataMapHash });
    expect(accepted.body).toMatchObject({ state: 'accepted', workflow: expect.any(String) });
    const stored = await heddle.workflows.get(accepted.body.workflow);
    expect(stored.document.nodes['say']?.config).toEqual({ template: 'Good day {{ name }}!' });
    expect((await heddle.publishing.versions.versions(stored.id)).versions).toEqual([]);
    expect((await begin({ message: 'And now?', model: name, proposal: body.proposal })).body.error.code).toBe(
      'proposal_decided',
    );
    // The calls of the model are charged to the person, as in any run.
    const summary = await heddle.runs.summary(more.body.runId);
    expect(summary).toMatchObject({ inputTokens: 20, outputTokens: 10, caller: { principal: `user:${person.id}` } });
    expect(summary.cost).toBeGreaterThan(0);
  });

  it('offers only tools that read or change the working copy, and no tool of another run', async () => {
    const { name, server } = await model('curious', [
      call('propose_publish', {}),
      call('change_workflow', { workflow: 'echo', revision: 1, changes: greeting }),
      'I could not.',
    ]);
    const { body } = await begin({ message: 'Publish everything.', model: name });
    await house.server.heddle.runs.settled(body.runId);
    const offered = (server.requests[0]?.tools as { function: { name: string } }[]).map(
      ({ function: { name: tool } }) => tool,
    );
    expect(offered.every((tool) => tool.startsWith(`${chatServer}__`))).toBe(true);
    expect(offered.filter((tool) => /publish|create_workflow|change_workflow|propose/.test(tool))).toEqual([]);
    expect(JSON.stringify(server.requests)).toContain('tool_unknown');
    // The tools belong to the run of a chat: a stored workflow that names them gets none.
    const document = {
      heddle: 2,
      name: 'Build a workflow',
      nodes: {
        asked: { type: 'input', version: 1, config: { fields: [{ name: 'request' }] } },
        agent: { type: 'agent', version: 1, config: { model: name, tools: [{ use: 'mcp', server: chatServer }] } },
        reply: { type: 'output', version: 1, config: { fields: [{ name: 'text' }] } },
      },
      edges: [
        { from: 'asked.request', to: 'agent.prompt' },
        { from: 'agent.text', to: 'reply.text' },
      ],
    };
    const run = await house.call(person, 'POST', '/api/runs?wait=1', { document, inputs: { request: 'Hi' } });
    expect(run.body.summary?.status ?? run.body.error?.code).not.toBe('done');
  });

  it('is open to people who may edit, and each chat only to the person who began it', async () => {
    const { name } = await model('quiet', ['Fine.']);
    expect(
      (
        await begin(
          { message: 'Hi', model: name },
          house.key(house.alpha, { permissions: ['workflow:build', 'model:try'] }),
        )
      ).status,
    ).toBe(403);
    expect((await begin({ message: 'Hi', model: name }, house.person({ [house.alpha]: ['runner'] }))).status).toBe(403);
    const lost = await begin({ message: 'Hi', model: 'none/one' });
    expect((await house.server.heddle.runs.settled(lost.body.runId)).error?.code).toBe('connection_not_found');
    expect((await begin({ message: ' ', model: name })).status).toBe(400);
    expect((await begin({ message: 'Hi', model: name, workflow: 'nothing' })).status).toBe(404);
    const { body } = await begin({ message: 'Hi', model: name });
    await house.server.heddle.runs.settled(body.runId);
    const other = house.person({ [house.alpha]: ['owner'] });
    expect((await begin({ message: 'Hi', model: name, proposal: body.proposal }, other)).body.error.code).toBe(
      'proposal_not_found',
    );
    expect(
      (await begin({ message: 'Hi', model: name, proposal: body.proposal }, house.person({ [house.beta]: ['owner'] })))
        .body.error.code,
    ).toBe('proposal_not_found');
  });

  it('ends when the person stops it, and cannot be accepted before', async () => {
    let answer: () => void = () => undefined;
    const slow = new Promise<string>((resolve) => {
      answer = () => resolve('Too late.');
    });
    const { name } = await model('slow', [call('change_draft', { changes: greeting }), () => slow]);
    const { body } = await begin({ message: 'Greet.', model: name });
    for (;;) if ((await read(body.proposal)).workflowName === 'Greeting') break;
    const { hash, dataMapHash, isWorking } = await read(body.proposal);
    expect(isWorking).toBe(true);
    const accept = () => house.call(person, 'POST', `/api/proposals/${body.proposal}/accept`, { hash, dataMapHash });
    expect((await accept()).body.error.code).toBe('conflict');
    expect((await house.call(person, 'POST', `/api/runs/${body.runId}/cancel`, {})).status).toBeLessThan(300);
    expect((await house.server.heddle.runs.settled(body.runId)).status).toBe('cancelled');
    answer();
    expect((await accept()).body).toMatchObject({ state: 'accepted' });
  });

  it('sends nothing to a model whose clearance is too low', async () => {
    const { name, server } = await model('public', ['Fine.'], 'public');
    const { body } = await begin({ message: 'The secret plan is blue.', model: name });
    expect((await house.server.heddle.runs.settled(body.runId)).error?.code).toBe('label_refused');
    expect(server.requests).toEqual([]);
  });
});
