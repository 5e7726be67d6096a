import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { localPrincipal, type WorkflowDocument } from '@heddle/core';
import type { AnyJson } from '../../testing/any-json.js';
import { echoDocument } from '../../testing/echo-document.js';
import { openTwoProjects, type Shown, type TwoProjects } from '../../security/testing/two-projects.js';

const calling = (host: string): WorkflowDocument => {
  const { nodes, edges, ...rest } = echoDocument();
  return {
    ...rest,
    nodes: { ...nodes, call: { type: 'http', version: 1, config: { url: `https://${host}/{{ value }}` } } },
    edges: [...edges, { from: 'say.text', to: 'call.value' }],
  };
};
const louder = { change: 'set_config', id: 'say', config: { template: 'Loud: {{ question }}' } };

describe('proposals of programs', () => {
  let house: TwoProjects;
  let program: Shown;
  let owner: Shown;
  let stranger: Shown;
  beforeAll(async () => {
    house = await openTwoProjects();
    program = house.key(house.alpha, {
      permissions: ['workflow:build', 'workflow:publish', 'workflow:write', 'human-input:answer'],
    });
    owner = house.person({ [house.alpha]: ['owner'] });
    stranger = house.person({ [house.beta]: ['owner'] });
  });
  afterAll(() => house.close());

  const tool = async (name: string, args: object, who = program) => {
    const { status, body } = await house.call(who, 'POST', `/api/build/tools/${name}`, { arguments: args });
    return { status, code: body.error?.code as string | undefined, result: body.result };
  };
  const propose = async (document: WorkflowDocument) => {
    const workflow = await house.workflow(house.alpha, document);
    const { result } = await tool('propose_publish', { workflow, note: 'Please.' });
    return { workflow, id: result.proposal as string };
  };
  const read = async (id: string, who = owner): Promise<AnyJson> =>
    (await house.call(who, 'GET', `/api/proposals/${id}`)).body;
  const accept = async (id: string, { hash, dataMapHash }: { hash: string; dataMapHash: string }, who = owner) => {
    const { status, body } = await house.call(who, 'POST', `/api/proposals/${id}/accept`, { hash, dataMapHash });
    return { status, body, code: body.error?.code as string | undefined };
  };
  const versionsOf = async (workflow: string) =>
    (await house.server.heddle.publishing.versions.versions(workflow)).versions;

  it('show a person the difference and the data map, and are published when both are accepted', async () => {
    const { workflow, id } = await propose(calling('one.example'));
    const shown = await read(id);
    expect(shown).toMatchObject({
      kind: 'publish',
      state: 'open',
      note: 'Please.',
      authorName: 'k',
      issues: expect.any(Array),
    });
    expect(shown.diff).toContain('+ node call (http)');
    expect(shown.newFlows).toContainEqual(expect.objectContaining({ destination: 'one.example', isLocal: false }));
    expect(await versionsOf(workflow)).toEqual([]);
    const wrong = { ...shown, dataMapHash: 'sha256:other' };
    expect((await accept(id, wrong)).code).toBe('proposal_stale');
    expect(await versionsOf(workflow)).toEqual([]);
    const { body } = await accept(id, shown);
    expect(body).toEqual({ id, state: 'accepted', workflow, version: 1 });
    expect(await versionsOf(workflow)).toMatchObject([
      { version: 1, author: `user:${owner.id}`, note: expect.stringContaining('Proposed by k.') },
    ]);
    expect((await accept(id, shown)).code).toBe('proposal_decided');
    const { records } = (await house.call(owner, 'GET', '/api/audit?act=proposal')).body;
    expect(
      records.map(({ who, details }: { who: string; details: { step: string } }) => [who.split(':')[0], details.step]),
    ).toEqual(
      expect.arrayContaining([
        ['user', 'accepted'],
        ['key', 'made'],
      ]),
    );
  });

  it('are never accepted by a program, whatever rights its key has, and the attempt is recorded', async () => {
    const { workflow, id } = await propose(echoDocument('A '));
    const shown = await read(id);
    const every = house.key(house.alpha, { permissions: ['workflow:publish', 'workflow:write', 'workflow:read'] });
    for (const [who, status] of [
      [program, 403],
      [every, 403],
      [house.key(house.beta, { permissions: ['workflow:publish', 'workflow:write'] }), 404],
      [stranger, 404],
      [house.person({ [house.alpha]: ['viewer'] }), 403],
      [house.person({ [house.alpha]: ['editor'] }), 403],
    ] as const) {
      expect((await accept(id, shown, who)).status).toBe(status);
      expect((await house.call(who, 'POST', `/api/proposals/${id}/reject`, {})).status).toBe(
        who === undefined ? 0 : status,
      );
    }
    for (const [method, path, body] of [
      ['POST', `/api/workflows/${workflow}/publish`, { acceptDataMap: true }],
      ['PUT', `/api/workflows/${workflow}`, { document: echoDocument() }],
      ['POST', `/api/workflows/${workflow}/live`, { live: null }],
      ['GET', `/api/workflows/${workflow}`, undefined],
      ['POST', '/api/keys', { name: 'more', scopes: {} }],
      ['POST', '/api/build/chats', { message: 'Hi', model: 'double/one' }],
    ] as const)
      expect([path, (await house.call(program, method, path, body)).status]).toEqual([path, 403]);
    expect(await versionsOf(workflow)).toEqual([]);
    expect((await read(id)).state).toBe('open');
    const { records } = (await house.call(owner, 'GET', '/api/audit?act=proposal')).body;
    expect(records).toContainEqual(
      expect.objectContaining({
        subject: `proposal:${id}`,
        isAllowed: false,
        details: { step: 'refused', reason: 'not a person' },
      }),
    );
  });

  it('become stale when the draft or its data map changes, and current again when the draft is as before', async () => {
    const workflow = await house.workflow(house.alpha, echoDocument('B '));
    await house.server.heddle.publishing.versions.publish(workflow, { acceptDataMap: true }, localPrincipal);
    const id = (await tool('propose_publish', { workflow })).result.proposal as string;
    const shown = await read(id);
    const { revision } = (await tool('read_workflow', { workflow })).result;
    await tool('change_workflow', { workflow, revision, changes: [louder] });
    expect((await read(id)).state).toBe('stale');
    expect((await accept(id, shown)).code).toBe('proposal_stale');
    await house.server.heddle.workflows.save(workflow, echoDocument('B '), undefined);
    expect((await read(id)).state).toBe('open');
    const hook = { name: 'Team', url: 'https://team.example/in', events: ['run.done'] };
    const made = await house.call(owner, 'POST', `/api/workflows/${workflow}/webhooks`, hook);
    expect([made.status, made.body.error]).toEqual([201, undefined]);
    expect((await read(id)).state).toBe('stale');
    expect((await accept(id, shown)).status).toBe(409);
    const gone = await house.call(owner, 'POST', `/api/proposals/${id}/reject`, { reason: 'Old.' });
    expect(gone.body).toMatchObject({ state: 'rejected' });
    await house.server.heddle.workflows.delete(workflow, undefined);
    expect((await house.call(owner, 'GET', '/api/proposals')).status).toBe(200);
  });

  it('are published once when the process died before it recorded the decision', async () => {
    const { workflow, id } = await propose(echoDocument('C '));
    const shown = await read(id);
    await house.server.heddle.publishing.versions.publish(workflow, { acceptDataMap: true }, localPrincipal);
    expect((await accept(id, shown)).body).toMatchObject({ state: 'accepted', version: 1 });
    expect(await versionsOf(workflow)).toHaveLength(1);
  });

  it('are accepted once when two people accept at the same time', async () => {
    const { workflow, id } = await propose(echoDocument('D '));
    const shown = await read(id);
    const both = await Promise.all([accept(id, shown), accept(id, shown, house.person({ [house.alpha]: ['owner'] }))]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409]);
    expect(await versionsOf(workflow)).toHaveLength(1);
  });

  it('change a draft only when a person accepts', async () => {
    const workflow = await house.workflow(house.alpha, echoDocument('E '));
    const { result } = await tool('propose_change', { workflow, changes: [louder], note: 'Louder.' });
    const draft = async () => (await house.server.heddle.workflows.get(workflow)).document.nodes['say']?.config;
    expect(await draft()).toEqual({ template: 'E {{ question }}' });
    const shown = await read(result.proposal);
    expect(shown.diff).toContain('config.template');
    expect((await accept(result.proposal, shown, house.person({ [house.alpha]: ['editor'] }))).body).toMatchObject({
      state: 'accepted',
    });
    expect(await draft()).toEqual({ template: 'Loud: {{ question }}' });
    expect(await versionsOf(workflow)).toEqual([]);
  });

  it('are listed only for people of the project', async () => {
    const { id } = await propose(echoDocument('F '));
    const listed = async (who: Shown) =>
      ((await house.call(who, 'GET', '/api/proposals?open=true')).body.proposals as { id: string }[]).map(
        (each) => each.id,
      );
    expect(await listed(owner)).toContain(id);
    expect(await listed(stranger)).toEqual([]);
    expect((await house.call(stranger, 'GET', `/api/proposals/${id}`)).status).toBe(404);
    expect((await house.call(program, 'GET', '/api/proposals')).status).toBe(403);
    expect((await tool('read_proposal', { proposal: id })).result).toMatchObject({ state: 'open' });
    const other = house.key(house.alpha, { permissions: ['workflow:build'] });
    expect((await tool('read_proposal', { proposal: id }, other)).code).toBe('proposal_not_found');
  });
});
