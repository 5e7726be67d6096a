import { describe, expect, it } from '@jest/globals';
import { HeddleError, labelOf, type Answer, type Question, type Tools } from '@heddle/core';
import { createFakeLanguageModel, runNode, type FakeReply, type FakeResources } from '@heddle/core/testing';
import { agent } from './agent.node.js';
import { web } from '../testing/fake-resources.js';

const requests = (...calls: readonly (readonly [name: string, args: unknown])[]): FakeReply => ({
  toolCalls: calls.map(([name, args], index) => ({
    id: `c${index}`,
    name,
    arguments: typeof args === 'string' ? args : JSON.stringify(args),
  })),
});
const hashIn = (question: Question): unknown => question.details?.['hash'];
const approving = (_key: string, question: Question): Answer => ({
  type: 'answered',
  value: { choice: 'approve', hash: hashIn(question) },
  by: 'ada',
});
const page = (text: string): FakeResources['fetch'] => web(() => ({ text }));

const toolServer = { name: 'files', clearance: 'internal', isLocal: false } as const;

function serverOf(give: () => Promise<{ value: unknown; text: string }>, isApproved = true): Tools {
  return {
    destinationOf: async () => toolServer,
    list: () =>
      Promise.resolve([
        {
          name: 'files__write',
          description: 'Writes a file.',
          parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
          server: 'files',
          hash: 'sha256:1',
          effects: ['write'],
          isApproved,
          destination: toolServer,
          label: 'confidential',
        },
      ]),
    call: give,
  };
}

function work(
  script: readonly FakeReply[],
  config: Record<string, unknown>,
  options: Parameters<typeof runNode>[1] = {},
) {
  const model = createFakeLanguageModel(script);
  const run = runNode(agent, {
    ...options,
    config,
    inputs: { prompt: 'Do it.' },
    resources: { languageModel: model, ...options.resources },
  });
  return { model, run };
}
/** The last result of a tool that the model received. */
const observed = (model: ReturnType<typeof createFakeLanguageModel>): unknown =>
  model.requests
    .at(-1)
    ?.messages.filter(({ role }) => role === 'tool')
    .at(-1)?.content;

describe('agent', () => {
  it('calls tools until it has an answer, several at once, and records each', async () => {
    const { model, run } = work([requests(['calculator', { expression: '17 * 23' }], ['time', {}]), 'It is 391.'], {
      tools: [{ use: 'calculator' }, { use: 'time' }],
    });
    const { outputs, toolCalls } = await run;
    expect(outputs).toMatchObject({ text: 'It is 391.', steps: 2 });
    expect(model.requests[1]?.messages.slice(-2).map(({ content }) => content)).toEqual([
      '391',
      '2023-11-14T22:13:20.000Z',
    ]);
    // They run at the same time, so either may be recorded first.
    expect(toolCalls.map(({ tool, permission }) => [tool, permission]).sort()).toEqual([
      ['calculator', 'allow'],
      ['time', 'allow'],
    ]);
  });

  it.each([
    ['cut', '{"expression": "1 +'],
    ['no object', '[1]'],
    ['of the wrong type', { expression: 1 }],
    ['unknown', { expression: '1', other: 2 }],
  ])('reports arguments that are %s to the model, and does not call the tool', async (_what, args) => {
    const { model, run } = work([requests(['calculator', args]), 'Sorry.'], { tools: [{ use: 'calculator' }] });
    const { toolCalls } = await run;
    expect(observed(model)).toMatch(/^Error tool_arguments_invalid/);
    expect(toolCalls).toMatchObject([{ error: { code: 'tool_arguments_invalid' } }]);
  });

  it('reports an unknown tool to the model', async () => {
    const { model, run } = work([requests(['rm', {}]), 'Sorry.'], { tools: [{ use: 'time' }] });
    await run;
    expect(observed(model)).toMatch(/^Error tool_unknown/);
  });

  it('never uses a denied tool, and does not offer it', async () => {
    const { model, run } = work([requests(['time', {}]), 'Sorry.'], { tools: [{ use: 'time', permission: 'deny' }] });
    await run;
    expect([model.requests[0]?.tools, observed(model)]).toEqual([
      undefined,
      expect.stringMatching(/^Error tool_denied/),
    ]);
  });

  it('continues after a tool that throws, and stores the failure: a second run does not call it again', async () => {
    const steps = new Map<string, unknown>();
    let calls = 0;
    const tools = serverOf(() => {
      calls += 1;
      return Promise.reject(new Error('It broke.'));
    });
    const options = { resources: { tools }, steps };
    const config = { tools: [{ use: 'mcp', server: 'files' }] };
    const script = [requests(['files__write', { path: 'a' }]), 'It failed.'];
    const first = work(script, config, options);
    await first.run;
    expect(observed(first.model)).toBe('Error tool_failed: It broke.');
    const second = work(['never asked'], config, options);
    expect((await second.run).outputs['text']).toBe('It failed.');
    expect([calls, second.model.requests]).toEqual([1, []]);
  });

  it('refuses a result of 50 MB', async () => {
    const tools = serverOf(() => Promise.resolve({ value: undefined, text: 'x'.repeat(50_000_000) }));
    const { model, run } = work(
      [requests(['files__write', { path: 'a' }]), 'Too long.'],
      { tools: [{ use: 'mcp', server: 'files' }] },
      { resources: { tools } },
    );
    await run;
    expect(observed(model)).toMatch(/^Error tool_result_too_large/);
  });

  it('ends a model that loops on one tool, whatever the order of its arguments', async () => {
    const fetch = page('x');
    const again = (text: string) => requests(['http', text]);
    const { run } = work(
      [
        again('{"url":"http://a.example","method":"GET"}'),
        again('{"method":"GET","url":"http://a.example"}'),
        again('{"url":"http://a.example","method":"GET"}'),
      ],
      { tools: [{ use: 'http' }], maxRepeats: 2 },
      { resources: { fetch: fetch! }, answers: approving },
    );
    await expect(run).rejects.toMatchObject({ code: 'tool_repeated' });
  });

  it('stops at a limit of steps or tokens: fails, or answers without tools', async () => {
    const script: FakeReply[] = [requests(['calculator', { expression: '1' }]), 'As far as I know: 1.'];
    const tools = [{ use: 'calculator' }];
    const answering = work(script, { tools, maxSteps: 2 });
    expect((await answering.run).outputs['text']).toBe('As far as I know: 1.');
    expect(answering.model.requests.map(({ toolChoice }) => toolChoice)).toEqual(['auto', 'none']);
    await expect(work(script, { tools, maxSteps: 2, atLimit: 'fail' }).run).rejects.toMatchObject({
      code: 'agent_limit',
    });
    await expect(work(script, { tools, totalTokens: 1, atLimit: 'fail' }).run).rejects.toMatchObject({
      code: 'agent_limit',
    });
  });

  it('asks a person with exact arguments and their hash, and records who approved', async () => {
    const { run } = work(
      [requests(['calculator', { expression: '1+1' }]), 'Two.'],
      { tools: [{ use: 'calculator', permission: 'ask' }], assignee: 'ada' },
      { answers: approving },
    );
    const { requests: questions, toolCalls, decisions } = await run;
    expect(questions).toMatchObject([
      {
        question: {
          assignee: 'ada',
          details: {
            tool: 'calculator',
            arguments: { expression: '1+1' },
            hash: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
          },
        },
      },
    ]);
    expect([toolCalls, decisions]).toMatchObject([[{ permission: 'ask', by: 'ada' }], [{ kind: 'approval' }]]);
  });

  it('does not make a call that was refused or never decided', async () => {
    const tools = serverOf(() => Promise.reject(new Error('must not be called')));
    const config = { tools: [{ use: 'mcp', server: 'files', permission: 'ask' }] };
    const script = [requests(['files__write', { path: 'a' }]), 'Well then.'];
    for (const answers of [
      {},
      (_key: string, question: Question): Answer => ({
        type: 'answered',
        value: { choice: 'refuse', hash: hashIn(question) },
      }),
    ]) {
      const { model, run } = work(script, config, { resources: { tools }, answers });
      await run;
      expect(observed(model)).toMatch(/^Error approval_refused/);
    }
  });

  it('does not accept an approval of another call', async () => {
    const { run } = work(
      [requests(['calculator', { expression: '1' }])],
      { tools: [{ use: 'calculator', permission: 'ask' }] },
      { answers: () => ({ type: 'answered', value: { choice: 'approve', hash: 'sha256:old' } }) },
    );
    await expect(run).rejects.toMatchObject({ code: 'approval_changed' });
  });

  it('requires an approval before a tool that writes only after untrusted text was read', async () => {
    let written = 0;
    const tools = serverOf(() => {
      written += 1;
      return Promise.resolve({ value: 'ok', text: 'ok' });
    });
    const config = { tools: [{ use: 'mcp', server: 'files' }] };
    const clean = await work([requests(['files__write', { path: 'a' }]), 'Done.'], config, { resources: { tools } })
      .run;
    expect([clean.requests, written, clean.label.marks]).toEqual([[], 1, ['untrusted']]);
    const { run } = work([requests(['files__write', { path: 'a' }]), 'Done.'], config, {
      resources: { tools },
      label: labelOf('internal', ['untrusted']),
    });
    expect([(await run).requests.length, written]).toEqual([1, 1]);
  });

  it('neither offers nor calls a tool without an approved definition', async () => {
    const tools = serverOf(() => Promise.reject(new Error('must not be called')), false);
    const { model, run } = work(
      [requests(['files__write', { path: 'a' }]), 'Then not.'],
      { tools: [{ use: 'mcp', server: 'files' }, { use: 'time' }] },
      { resources: { tools } },
    );
    const { toolCalls } = await run;
    expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(['time']);
    expect(observed(model)).toMatch(/^Error tool_changed/);
    expect(toolCalls).toMatchObject([{ tool: 'files__write', error: { code: 'tool_changed' } }]);
  });

  it('raises its label to the label of the tool server', async () => {
    const tools = serverOf(() => Promise.resolve({ value: undefined, text: 'ok' }));
    const config = { tools: [{ use: 'mcp', server: 'files' }] };
    const { run } = work([requests(['files__write', { path: 'a' }]), 'Done.'], config, { resources: { tools } });
    expect((await run).label).toEqual(labelOf('confidential', ['untrusted']));
  });

  it('runs a workflow as a nested run, reports its failure to the model, and passes on errors that end the run', async () => {
    const config = { tools: [{ use: 'workflow', workflow: '#look', changes: false }] };
    const script = [requests(['look', { question: 'q' }]), 'Found.'];
    const { nested } = await work(script, config, { nested: () => ({ answer: 'here' }) }).run;
    expect(nested).toMatchObject([{ workflow: '#look', inputs: { question: 'q' } }]);
    const failing = work(script, config, { nested: () => Promise.reject(new HeddleError('node_failed', 'It broke.')) });
    await failing.run;
    expect(observed(failing.model)).toBe('Error node_failed: It broke.');
    const deep = work(script, config, { nested: () => Promise.reject(new HeddleError('nesting_limit', 'Too deep.')) });
    await expect(deep.run).rejects.toMatchObject({ code: 'nesting_limit' });
    // The engine suspends by throwing its own error, which the node must pass on unchanged (rule "Re-entry").
    const suspended = new Error('suspended');
    const suspending = work(script, config, { nested: () => Promise.reject(suspended) });
    await expect(suspending.run).rejects.toBe(suspended);
  });

  it('refuses two tools with the same name, and a model without tools', async () => {
    await expect(work(['x'], { tools: [{ use: 'time' }, { use: 'time' }] }).run).rejects.toMatchObject({
      code: 'tool_denied',
    });
    const languageModel = createFakeLanguageModel(['x'], { supports: { tools: false } });
    const run = work(['x'], { tools: [{ use: 'time' }] }, { resources: { languageModel } }).run;
    await expect(run).rejects.toMatchObject({ code: 'provider_refused' });
  });
});
