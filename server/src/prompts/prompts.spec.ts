import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  localPrincipal,
  playgroundDocument,
  playgroundInputs,
  PromptContent,
  type PromptReference,
  type WorkflowDocument,
} from '@heddle/core';
import { openTwoProjects, type Shown, type TwoProjects } from '../security/testing/two-projects.js';
import type { TestReply } from '../testing/test-server.js';

const text = (said: string): PromptContent => ({ kind: 'text', text: said });

/** Answers with the prompt, filled with its input. */
const says = (reference: PromptReference, field = 'template', name = 'Says'): WorkflowDocument => ({
  heddle: 2,
  name,
  nodes: {
    question: { type: 'input', version: 1, config: { fields: [{ name: 'who', type: 'Text' }] } },
    say: { type: 'prompt', version: 1, config: { template: '{{ who }}' }, prompts: { [field]: reference } },
    reply: { type: 'output', version: 1, config: { fields: [{ name: 'answer', type: 'Text' }] } },
  },
  edges: [
    { from: 'question.who', to: 'say.who' },
    { from: 'say.text', to: 'reply.answer' },
  ],
});

describe('prompts', () => {
  let house: TwoProjects;
  let owner: Shown & { readonly id: string };
  let editor: Shown & { readonly id: string };
  let viewer: Shown;
  let stranger: Shown;
  let count = 0;

  beforeAll(async () => {
    house = await openTwoProjects();
    owner = house.person({ [house.alpha]: ['owner'] });
    editor = house.person({ [house.alpha]: ['editor'] });
    viewer = house.person({ [house.alpha]: ['viewer'] });
    stranger = house.person({ [house.beta]: ['owner'] });
  });
  afterAll(() => house.close());

  const call = (who: Shown, method: string, path: string, body?: unknown, project?: string): Promise<TestReply> =>
    house.call(who, method, `/api/prompts${path}`, body, project);
  async function make(
    said = 'Hello {{ who }}',
    more: object = {},
    who: Shown = editor,
  ): Promise<{ id: string; name: string }> {
    const name = `prompt-${(count += 1)}`;
    const made = await call(who, 'POST', '', { name, content: text(said), ...more });
    expect(made.status).toBe(201);
    return { id: String(made.body['id']), name };
  }
  const save = (id: string, said: string, more: object = {}, who: Shown = editor): Promise<TestReply> =>
    call(who, 'POST', `/${id}/versions`, { content: text(said), ...more });
  const label = (id: string, name: string, version: number, who: Shown = editor): Promise<TestReply> =>
    call(who, 'PUT', `/${id}/labels/${name}`, { version });
  /** The answer of a workflow: of a draft as it is, or of a published one by its slug. */
  async function answerOf(document: WorkflowDocument, workflowId?: string): Promise<unknown> {
    const { runs, parts } = house.server.heddle;
    const { runId } = await runs.start({ document, workflowId, request: { inputs: { who: 'Ada' } }, trigger: 'api' });
    const { lastSeq } = await runs.settled(runId);
    const end = (await parts.journal.events(runId, { after: lastSeq - 1 })).find(({ type }) => type === 'run-end');
    return end?.type === 'run-end' ? (end.outputs?.['answer']?.value ?? end.error?.message) : undefined;
  }
  const publish = (id: string) =>
    house.server.heddle.publishing.versions.publish(id, { acceptDataMap: true }, localPrincipal);
  const published = async (slug: string): Promise<unknown> =>
    (await house.call(owner, 'POST', `/v1/workflows/${slug}`, { who: 'Ada' })).body['outputs']?.['answer'];

  it('has versions, labels and variables, and records each change without its text', async () => {
    const { id, name } = await make('Hello secretword {{ who }}', { note: 'first', title: 'Greeting' });
    expect((await save(id, 'Dear secretword {{ who }}', { base: 1, label: 'production' })).body).toMatchObject({
      version: 2,
      isNew: true,
    });
    expect((await label(id, 'staging', 1)).body['labels']).toEqual({ production: 2, staging: 1 });
    expect((await call(editor, 'DELETE', `/${id}/labels/staging`)).body['labels']).toEqual({ production: 2 });
    expect((await call(editor, 'PATCH', `/${id}`, { title: 'Hi' })).body).toMatchObject({ title: 'Hi', version: 2 });
    const { body } = await call(viewer, 'GET', `/${id}`);
    expect(body).toMatchObject({
      name,
      title: 'Hi',
      kind: 'text',
      version: 2,
      labels: { production: 2 },
      uses: [],
      newest: { content: text('Dear secretword {{ who }}'), variables: [{ name: 'who', isOptional: false }] },
      versions: [{ version: 2 }, { version: 1, note: 'first', who: `user:${editor.id}` }],
    });
    expect((await call(viewer, 'GET', `/${id}/versions/1`)).body['content']).toEqual(
      text('Hello secretword {{ who }}'),
    );
    expect((await call(viewer, 'GET', `/${id}/versions/9`)).status).toBe(404);
    const events = await house.server.heddle.audit.list({ subject: `prompt:${id}`, kinds: ['prompt'] });
    expect(events.map(({ details }) => details['step'])).toEqual([
      ...['changed', 'label removed', 'label set', 'version saved', 'made'],
    ]);
    expect(JSON.stringify(events)).not.toContain('secretword');
  });

  it('refuses the second of two simultaneous saves', async () => {
    const { id } = await make();
    const both = await Promise.all([save(id, 'one', { base: 1 }), save(id, 'two', { base: 1 }, owner)]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await call(viewer, 'GET', `/${id}`)).body['version']).toBe(2);
  });

  it('refuses invalid templates', async () => {
    const { id } = await make();
    const many = Array.from({ length: 10_000 }, (_none, index) => `{{v${index}}}`).join('');
    for (const said of [many, '{{ a', `{{ ${'a['.repeat(10_000)} }}`, 'x'.repeat(100_001)])
      expect((await save(id, said)).status).toBe(400);
    expect((await call(editor, 'POST', '', { name: 'Not a name', content: text('') })).status).toBe(400);
    expect((await call(editor, 'POST', '', { name: '__proto__', content: text('') })).status).toBe(400);
    expect((await label(id, '__proto__', 1)).status).toBe(400);
    expect((await label(id, 'latest', 1)).status).toBe(400);
  });

  it('can be read by viewers and changed by editors of its project', async () => {
    const { id, name } = await make();
    expect((await call(viewer, 'GET', '')).body['prompts']).toContainEqual(
      expect.objectContaining({ id, workflows: 0 }),
    );
    for (const [method, path, body] of [
      ['POST', '', { name: 'x', content: text('') }],
      ['POST', `/${id}/versions`, { content: text('') }],
      ['PATCH', `/${id}`, {}],
      ['PUT', `/${id}/labels/a`, { version: 1 }],
      ['DELETE', `/${id}/labels/a`, undefined],
      ['DELETE', `/${id}`, undefined],
      ['POST', `/${id}/restore`, undefined],
    ] as const) {
      expect((await call(viewer, method, path, body)).status).toBe(403);
      if (path !== '') expect((await call(stranger, method, path, body)).status).toBe(404);
    }
    for (const path of [`/${id}`, `/${id}/versions/1`]) {
      expect((await call(stranger, 'GET', path)).status).toBe(404);
      // This key may only call published versions.
      expect((await call(house.key(house.alpha), 'GET', path)).status).toBe(403);
    }
    const narrow = house.key(house.alpha, { workflows: ['w'], permissions: ['workflow:read', 'workflow:write'] });
    expect((await call(narrow, 'GET', `/${id}`)).status).toBe(404);
    expect((await call(stranger, 'GET', '')).body['prompts']).toEqual([]);
    // The name is free in another project, and taken in the same one.
    expect((await call(stranger, 'POST', '', { name, content: text('theirs') }, house.beta)).status).toBe(201);
    expect((await call(editor, 'POST', '', { name, content: text('again') })).status).toBe(409);
  });

  it('with owners, lets only them and the owners of the project move labels and delete it', async () => {
    const { id } = await make('a', { owners: [`user:${owner.id}`] });
    expect((await save(id, 'b')).status).toBe(200);
    expect((await save(id, 'c', { label: 'production' })).status).toBe(403);
    expect((await label(id, 'production', 1)).body['error']['message']).toContain('has owners');
    expect((await call(editor, 'PATCH', `/${id}`, { owners: [] })).status).toBe(403);
    expect((await call(editor, 'DELETE', `/${id}`)).status).toBe(403);
    expect((await label(id, 'production', 1, owner)).status).toBe(200);
    expect((await call(owner, 'PATCH', `/${id}`, { owners: [`user:${editor.id}`] })).status).toBe(200);
    expect((await label(id, 'production', 2)).status).toBe(200);
    expect((await call(owner, 'PATCH', `/${id}`, { owners: ['user:nobody'] })).status).toBe(400);
    expect((await call(viewer, 'GET', `/${id}`)).body).toMatchObject({ version: 2, labels: { production: 2 } });
  });

  it('is used by a draft as its label points now, and by a version as at the time of publishing', async () => {
    const { id, name } = await make('Hello {{ who }}', {});
    await label(id, 'production', 1);
    const reference = { prompt: name, label: 'production' };
    const workflow = await house.workflow(house.alpha, says(reference));
    const { slug, document } = await house.server.heddle.workflows.get(workflow);
    expect(await answerOf(document, workflow)).toBe('Hello Ada');
    const version = await publish(workflow);
    const { hash } = await house.server.heddle.parts.prompts.version(id, 1);
    expect(version.references).toContainEqual({ kind: 'prompt', id: `${name}@1`, hash });
    await save(id, 'Bye {{ who }}', { label: 'production' });
    expect(await answerOf(document, workflow)).toBe('Bye Ada');
    expect(await published(slug)).toBe('Hello Ada');
    expect(await house.server.heddle.publishing.versions.check(workflow)).toMatchObject({ isChanged: true });
    const { text: diff } = await house.server.heddle.publishing.versions.diff(workflow, 1, 'draft');
    expect(diff).toContain('Bye');
    // Both are uses; the list counts the workflow once.
    const { uses } = (await call(viewer, 'GET', `/${id}`)).body;
    expect(uses).toMatchObject([
      { workflow, slug, node: 'say', field: 'template', label: 'production' },
      { workflow, published: 1, version: 1 },
    ]);
    expect((await call(viewer, 'GET', '')).body['prompts']).toContainEqual(
      expect.objectContaining({ id, workflows: 1 }),
    );
  });

  it('cannot be deleted while a published version uses it, which the refusal names', async () => {
    const { id, name } = await make();
    const workflow = await house.workflow(house.alpha, says({ prompt: name, label: 'latest' }, 'template', 'Uses it'));
    await publish(workflow);
    const refused = await call(editor, 'DELETE', `/${id}?undo=true`);
    expect(refused).toMatchObject({ status: 409, body: { error: { details: { workflows: ['uses-it'] } } } });
    await house.server.heddle.publishing.versions.setLive(workflow, undefined, { who: 'local' });
    expect((await call(editor, 'DELETE', `/${id}?undo=true`)).status).toBe(204);
    expect((await call(editor, 'GET', `/${id}`)).status).toBe(404);
    const { document } = await house.server.heddle.workflows.get(workflow);
    const issues = async () => (await house.server.heddle.compile.report(document)).issues;
    expect(await issues()).toContainEqual(
      expect.objectContaining({ node: 'say', field: 'template', severity: 'error', code: 'reference-missing' }),
    );
    expect((await call(stranger, 'POST', `/${id}/restore`)).status).toBe(404);
    expect((await call(editor, 'POST', `/${id}/restore`)).status).toBe(200);
    expect(await issues()).toEqual([]);
    expect((await call(editor, 'DELETE', `/${id}`)).status).toBe(204);
    const events = await house.server.heddle.audit.list({ subject: `prompt:${id}`, kinds: ['erase'] });
    expect(events.map(({ details }) => details['step'])).toEqual([
      'prompt removed',
      'prompt restored',
      'prompt deleted',
    ]);
  });

  it('frees the name of a deleted prompt when it is needed', async () => {
    const { id, name } = await make();
    await call(editor, 'DELETE', `/${id}?undo=true`);
    expect((await call(editor, 'POST', '', { name, content: text('new') })).status).toBe(201);
    expect((await call(editor, 'POST', `/${id}/restore`)).status).toBe(404);
  });

  it('is not found from another project: by name, label, version or hash', async () => {
    const made = await call(
      stranger,
      'POST',
      '',
      { name: 'theirs-only', content: text('canary {{ who }}') },
      house.beta,
    );
    const id = String(made.body['id']);
    await call(stranger, 'PUT', `/${id}/labels/production`, { version: 1 });
    const { hash } = await house.server.heddle.parts.prompts.version(id, 1);
    for (const reference of [
      { prompt: 'theirs-only', label: 'production' },
      { prompt: 'theirs-only', version: 1 },
      { prompt: 'theirs-only', label: 'latest' },
    ]) {
      const document = says(reference);
      const workflow = await house.workflow(house.alpha, document);
      await expect(answerOf((await house.server.heddle.workflows.get(workflow)).document, workflow)).rejects.toThrow(
        'not in the library of this project',
      );
      const report = await house.call(editor, 'POST', '/api/compile', { document });
      expect(JSON.stringify(report.body)).not.toContain('canary');
    }
    // With a hash, the text in the document itself is used.
    const document = says({ prompt: 'theirs-only', version: 1, hash });
    const workflow = await house.workflow(house.alpha, document);
    expect(await answerOf((await house.server.heddle.workflows.get(workflow)).document, workflow)).toBe('Ada');
    // The version refers to what it contains, whatever the document claims.
    const { references } = await publish(workflow);
    const pinned = references.find(({ kind }) => kind === 'prompt');
    expect(pinned?.id).toBe('theirs-only@1');
    expect(pinned?.hash).not.toBe(hash);
  });

  it('is tried as an ordinary run: with the label of its values, and the cost of the call', async () => {
    for (const content of [
      text('Say {{ who }} and {{ error? }}'),
      text('Say nothing.'),
      PromptContent.parse({
        kind: 'chat',
        messages: [
          { role: 'system', content: 'You are {{ who }}.' },
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
          { role: 'user', content: 'c' },
        ],
      }),
    ]) {
      const document = playgroundDocument('greeting', { content, model: 'echo', maxTokens: 100 }, 'confidential');
      const { issues } = await house.server.heddle.compile.report(document);
      expect(issues.filter(({ severity }) => severity === 'error')).toEqual([]);
      const inputs = playgroundInputs(content, { who: 'Ada', error: '', other: 1 });
      expect(Object.values(inputs)).toEqual(JSON.stringify(content).includes('who') ? ['Ada'] : []);
    }
  });

  it('stays available to a run that began before the prompt was deleted', async () => {
    const { id, name } = await make('Hello {{ who }}');
    const workflow = await house.workflow(house.alpha, says({ prompt: name }, 'template', 'Runs on'));
    const { document } = await house.server.heddle.workflows.get(workflow);
    const { runs, parts } = house.server.heddle;
    const { runId } = await runs.start({
      document,
      workflowId: workflow,
      request: { inputs: { who: 'Ada' } },
      trigger: 'api',
    });
    expect((await call(editor, 'DELETE', `/${id}`)).status).toBe(204);
    expect((await runs.settled(runId)).status).toBe('done');
    expect(JSON.stringify(await parts.journal.bundle(runId))).toContain('Hello {{ who }}');
  });
});
