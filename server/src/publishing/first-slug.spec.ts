import { HeddleError } from '@heddle/core';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { openPublished } from '../channels/testing/open-published.js';
import { createWorkflowsIn } from '../kill-switches/kill-switch-guard.js';
import type { AnyJson } from '../testing/any-json.js';
import { echoDocument } from '../testing/echo-document.js';
import type { TestServer } from '../testing/test-server.js';

let server: TestServer;
beforeEach(async () => {
  server = await openPublished();
});
afterEach(() => server.close());

const say = (type: string, config: object) => ({ type, version: 1, config });
/** The draft of echo with one more node, whose settings name a workflow. */
const naming = (type: string, config: object) => {
  const { nodes, ...rest } = echoDocument();
  return { ...rest, nodes: { ...nodes, extra: say(type, config) } };
};
/** A draft with a workflow as its only step. */
const stepping = (workflow: string) => ({
  ...echoDocument(),
  nodes: { ...echoDocument().nodes, say: say('workflow', { workflow }) },
  edges: [
    { from: 'question.question', to: 'say.question' },
    { from: 'say.answer', to: 'reply.answer' },
  ],
});
const made = async (document: object, slug: string): Promise<string> =>
  (await server.call('POST', '/api/workflows', { document, slug })).body.id as string;
const draft = async (id: string): Promise<AnyJson> => (await server.call('GET', `/api/workflows/${id}`)).body;
const publish = (id: string, slug: string) =>
  server.call('POST', `/api/workflows/${id}/publish`, { acceptDataMap: true, slug });
const issues = async (document: object): Promise<readonly string[]> =>
  ((await server.call('POST', '/api/compile', { document })).body.issues as { code: string }[]).map(({ code }) => code);

describe('a first version with another slug', () => {
  it.each([
    ['a step', 'workflow', { workflow: 'untitled' }, 'workflow'],
    ['a step for each', 'each', { workflow: 'untitled', input: 'question' }, 'workflow'],
    [
      'a tool of an agent',
      'agent',
      { model: 'm', tools: [{ use: 'calculator' }, { use: 'workflow', workflow: 'untitled', name: 'untitled' }] },
      'tools.1.workflow',
    ],
    [
      'settings that cannot be read',
      'agent',
      { model: 5, tools: [{ use: 'workflow', workflow: 'untitled' }] },
      'tools.0.workflow',
    ],
  ])('updates a draft that names the workflow as %s', async (_what, type, config, path) => {
    const id = await made(echoDocument(), 'untitled');
    const parent = await made(naming(type, config), 'parent');
    expect((await publish(id, 'greet')).status).toBe(201);
    const { document, revision } = await draft(parent);
    expect(revision).toBe(2);
    expect(path.split('.').reduce((value: AnyJson, name): AnyJson => value[name], document.nodes.extra.config)).toBe(
      'greet',
    );
    // A text that only looks like the slug stays, such as the name of a tool.
    expect(JSON.stringify(document).match(/untitled/g) ?? []).toHaveLength(
      JSON.stringify(config).includes('"name":"untitled"') ? 1 : 0,
    );
    expect(await issues(document)).not.toContain('workflow-missing');
  });

  it('updates a workflow inside a draft too, and a run of the draft uses it', async () => {
    const id = await made(echoDocument('Hello, '), 'untitled');
    const { nodes, edges } = stepping('untitled');
    const parent = await made({ ...stepping('#inner'), workflows: { inner: { nodes, edges } } }, 'parent');
    await publish(id, 'greet');
    const run = await server.call('POST', `/api/workflows/${parent}/runs?wait=1`, { inputs: { question: 'Ada' } });
    expect([run.status, JSON.stringify(run.body)]).toEqual([200, expect.stringContaining('Hello, Ada')]);
  });

  it('changes no draft of another project, and none when the slug is refused', async () => {
    const id = await made(echoDocument(), 'untitled');
    const { body: project } = await server.call('POST', '/api/projects', { name: 'Other' });
    const document = naming('workflow', { workflow: 'untitled' });
    const other = await server.call('POST', '/api/workflows', { document }, { 'heddle-project': project.id });
    const parent = await made(document, 'parent');
    expect((await publish(id, 'echo')).body.error.code).toBe('conflict');
    expect((await publish(id, 'constructor')).body.error.code).toBe('bad_request');
    expect([(await draft(id)).slug, (await draft(parent)).revision]).toEqual(['untitled', 1]);
    expect((await publish(id, 'greet')).status).toBe(201);
    expect([(await draft(parent)).revision, (await draft(other.body.id)).revision]).toEqual([2, 1]);
    expect((await draft(id)).slug).toBe('greet');
  });

  it('is one audit event, with its number, its slug and the changed drafts', async () => {
    const id = await made(echoDocument(), 'untitled');
    const parent = await made(naming('workflow', { workflow: 'untitled' }), 'parent');
    const { body } = await publish(id, 'greet');
    expect(body).toMatchObject({ version: 1, formerSlug: 'untitled' });
    const records = await server.heddle.audit.list({ kinds: ['publish'], subject: `workflow:${id}` });
    expect(records.map(({ details }) => details)).toEqual([
      expect.objectContaining({ version: 1, hash: body.hash, slug: 'greet', followed: [parent] }),
    ]);
  });

  it('copies a kill switch of the tool to its new name, or changes nothing', async () => {
    const id = await made(echoDocument(), 'untitled');
    await server.call('PUT', '/api/kill-switches/tool:untitled', { reason: 'It lies.' });
    expect((await publish(id, 'echo')).body.error.code).toBe('conflict');
    const targets = () => server.heddle.killSwitches.list().map(({ target }) => target);
    expect(targets()).toEqual(['tool:untitled']);
    const { killSwitches } = server.heddle.parts;
    const { write } = killSwitches;
    const otherwise = () => new HeddleError('internal', 'The disk is full.');
    const full = (from: string, to: string) => [
      ...write.copy(from, to),
      { sql: 'SELECT 1 WHERE 1 = 0', values: {}, rows: 1, otherwise },
    ];
    Object.assign(killSwitches, { write: { ...write, copy: full } });
    expect((await publish(id, 'greet')).status).toBe(500);
    expect([(await draft(id)).slug, ...targets()]).toEqual(['untitled', 'tool:untitled']);
    Object.assign(killSwitches, { write });
    await publish(id, 'greet');
    expect(targets().sort()).toEqual(['tool:greet', 'tool:untitled']);
    const [record] = await server.heddle.audit.list({ kinds: ['publish'], subject: `workflow:${id}` });
    expect(record?.details).toMatchObject({ killSwitches: ['tool:greet'] });
  });

  it('is found by a kill switch in runs that were accepted before, whichever workflow has the old slug now', async () => {
    const id = await made(echoDocument(), 'untitled');
    const parent = await made(stepping('untitled'), 'parent');
    const { runId } = await server.heddle.runs.start({
      document: (await draft(parent)).document,
      request: { inputs: { question: 'x' } },
      trigger: 'api',
    });
    const within = createWorkflowsIn(server.heddle.parts);
    await publish(id, 'greet');
    expect(await within(runId)).toEqual([id]);
    const later = await made(echoDocument(), 'untitled');
    expect(new Set(await within(runId))).toEqual(new Set([id, later]));
  });
});
