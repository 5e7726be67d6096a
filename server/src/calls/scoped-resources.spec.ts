import { describe, expect, it } from '@jest/globals';
import {
  HeddleError,
  labelOf,
  type CallScope,
  type Collection,
  type Embedder,
  type LabelLevel,
  type LanguageModel,
  type ResourceMap,
  type Resources,
  type SafeFetch,
  type ScopeRecord,
  type Tools,
} from '@heddle/core';
import { createFakeClock, createFakeEmbedder, createFakeLanguageModel } from '@heddle/core/testing';
import { authorisedResources } from '../authority/authorised-resources.js';
import type { CallContent, CallGuard, CallOutcome, PlannedCall } from './call-guard.js';
import { scopedResources } from './scoped-resources.js';

const message = { messages: [{ role: 'user', content: 'Where is it?' }], maxTokens: 20, temperature: 0 } as const;

function bench(given: Partial<ResourceMap>, guards: readonly CallGuard[] = []) {
  const records: ScopeRecord[] = [];
  const contents: CallContent[] = [];
  // A test requests only the resources that it gave.
  const open: Resources['use'] = async (...asked) => Promise.resolve(given[asked[0]] as never);
  const scope: CallScope = {
    runId: 'run',
    path: 'answer',
    attempt: 1,
    run: {
      runId: 'run',
      workflowId: 'w',
      workflowName: 'W',
      time: 0,
      trigger: 'test',
      inputs: {},
      options: {},
      rootId: 'run',
      origin: undefined,
      reused: [],
    },
    signal: new AbortController().signal,
    label: labelOf('confidential'),
    passages: () => ['handbook/a#1'],
    record: (record) => records.push(record),
  };
  const observer = { clock: createFakeClock(), guards, keep: (content: CallContent) => contents.push(content) };
  const anything = { run: scope.run, project: 'default', workflow: 'w', subject: 'local', mayUse: () => true };
  const authorised = authorisedResources(open, {});
  const scoped = scopedResources(authorised, { of: () => anything }, observer).scoped?.(scope);
  if (scoped === undefined) throw new Error('there are scoped resources');
  return { scoped, records, contents };
}

/** A guard that notes the calls that it admits and the ends that it is notified of. */
function noting(refusal?: HeddleError) {
  const asked: PlannedCall[] = [];
  const received: CallOutcome[] = [];
  const guard: CallGuard = {
    admit: (call) => {
      asked.push(call);
      if (refusal !== undefined) return Promise.reject(refusal);
      return Promise.resolve((outcome) => void received.push(outcome));
    },
  };
  return { asked, received, guard };
}

async function write(model: LanguageModel, most = Infinity): Promise<string> {
  let text = '';
  let events = 0;
  for await (const event of model.generate(message, { signal: new AbortController().signal })) {
    if (event.type === 'text') text += event.text;
    events += 1;
    if (events >= most) break;
  }
  return text;
}

const callOptions = { signal: new AbortController().signal, idempotencyKey: 'k' };

/** Tools of a server that requests a reply of a model. */
function asking(level: LabelLevel): Tools {
  return {
    destinationOf: () => Promise.resolve({ name: 'files', clearance: 'restricted', isLocal: true }),
    list: () => Promise.resolve([]),
    call: async (_name, _args, { sample, signal }) => {
      const reply = await sample?.({ model: 'hub/fake', level, request: message, signal });
      return { value: undefined, text: `${reply?.text} ${reply?.finishReason}` };
    },
  };
}

describe('scoped resources', () => {
  it('record a model call in the run, with its content by hash', async () => {
    const { guard, asked, received } = noting();
    const { scoped, records, contents } = bench({ languageModel: createFakeLanguageModel(['In Paris.']) }, [guard]);
    expect(await write(await scoped.use('languageModel', 'hub/fake'))).toBe('In Paris.');
    expect(records).toMatchObject([
      {
        type: 'model-call',
        model: 'hub/fake',
        kind: 'generate',
        isLocal: true,
        parameters: { maxTokens: 20, temperature: 0 },
        label: labelOf('confidential'),
        finishReason: 'stop',
        usage: { outputTokens: 2 },
      },
    ]);
    const [record] = records;
    if (record?.type !== 'model-call') throw new Error('a model call was recorded');
    expect(contents.map(({ hash, text }) => [hash, text])).toEqual([
      [record.promptHash, '[{"content":"Where is it?","role":"user"}]'],
      [record.outputHash, 'In Paris.'],
    ]);
    expect(asked).toMatchObject([{ kind: 'generate', subject: 'hub/fake', connection: 'hub', outputTokens: 20 }]);
    expect(received).toMatchObject([{ usage: { outputTokens: 2 }, error: undefined }]);
  });

  it('name the tools that a model was offered, and the file of a local model, by hash', async () => {
    const fake = createFakeLanguageModel(['Done.']);
    const languageModel: LanguageModel = { ...fake, info: { ...fake.info, fileHash: 'sha256:weights' } };
    const { scoped, records, contents } = bench({ languageModel });
    const model = await scoped.use('languageModel', 'fake');
    const tools = [{ name: 'look', description: 'Looks.', parameters: { type: 'object' } }];
    for await (const event of model.generate({ ...message, tools }, { signal: new AbortController().signal }))
      if (event.type === 'end') break;
    const [record] = records;
    if (record?.type !== 'model-call') throw new Error('a model call was recorded');
    expect(record).toMatchObject({ parameters: { tools: ['look'] }, fileHash: 'sha256:weights' });
    expect(record.passages).toEqual(['handbook/a#1']);
    expect(contents.find(({ hash }) => hash === record.toolsHash)?.text).toContain('"description":"Looks."');
  });

  it('record and admit what a collection embeds, with the files of its model', async () => {
    const { guard, asked } = noting();
    const embedder = { ...createFakeEmbedder({ dimensions: 4 }), fileHash: 'sha256:w', manifestHash: 'sha256:m' };
    const open = (by: Embedder): Collection => ({
      ...(undefined as unknown as Collection), // Only the methods that this test uses.
      name: 'handbook',
      through: ({ embedder: wrap = (one) => one }) => open(wrap(by)),
      search: async ({ query }) => {
        await by.embed([query], { kind: 'query' });
        return [];
      },
    });
    const { scoped, records } = bench({ collection: open(embedder) }, [guard]);
    await (await scoped.use('collection', 'handbook')).search({ query: 'Where?' });
    expect(asked).toMatchObject([{ kind: 'embed', subject: embedder.id }]);
    const files = { fileHash: 'sha256:w', manifestHash: 'sha256:m' };
    expect(records).toMatchObject([{ type: 'model-call', kind: 'embed', model: embedder.id, ...files }]);
  });

  it('record a call as complete once its end was read, even if the reader stops there', async () => {
    const { scoped, records } = bench({ languageModel: createFakeLanguageModel(['In Paris.']) });
    const model = await scoped.use('languageModel', 'fake');
    for await (const event of model.generate(message, { signal: new AbortController().signal }))
      if (event.type === 'end') break;
    expect(records).toMatchObject([{ type: 'model-call', finishReason: 'stop' }]);
    expect(records).toMatchObject([{ error: undefined }]);
  });

  it('do not make a call that a guard refuses, and notify the guards before it', async () => {
    const model = createFakeLanguageModel(['never']);
    const first = noting();
    const second = noting(new HeddleError('budget_exceeded', 'The budget is used up.'));
    const { scoped, records } = bench({ languageModel: model }, [first.guard, second.guard]);
    await expect(write(await scoped.use('languageModel', 'fake'))).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect([model.requests, records, first.received]).toMatchObject([[], [], [{ error: { code: 'budget_exceeded' } }]]);
  });

  it('record a failed call and an abandoned call, with the most that they can have spent', async () => {
    const { guard, received } = noting();
    const failing = createFakeLanguageModel([
      { text: 'Half', error: new HeddleError('provider_failed', 'It broke.') },
      { text: ['One ', 'two ', 'three'] },
    ]);
    const { scoped, records } = bench({ languageModel: failing }, [guard]);
    const model = await scoped.use('languageModel', 'far/fake');
    await expect(write(model)).rejects.toMatchObject({ code: 'provider_failed' });
    await write(model, 2);
    expect(records).toMatchObject([{ error: { code: 'provider_failed' } }, { error: { code: 'aborted' } }]);
    expect(received).toMatchObject([{ error: { code: 'provider_failed' } }, { error: { code: 'aborted' } }]);
    expect(received.every(({ usage }) => (usage?.outputTokens ?? 0) > 0)).toBe(true);
  });

  it('bound the tokens of a priced remote prompt by its bytes and the overhead of the provider', async () => {
    const { guard, asked } = noting();
    const remote = createFakeLanguageModel(['yes'], {
      destination: { name: 'far/fake', clearance: 'internal', isLocal: false },
    });
    const price = { model: 'fake', inputPerMillion: 1, outputPerMillion: 2, currency: 'USD', asOf: '2026-01-01' };
    const { scoped } = bench({ languageModel: { ...remote, info: { ...remote.info, price } } }, [guard]);
    await write(await scoped.use('languageModel', 'far/fake'));
    const bytes = '[{"content":"Where is it?","role":"user"}]'.length;
    // Templates of providers add up to 80 tokens; with tools, at most 530 were measured.
    expect(asked[0]?.inputTokens).toBeGreaterThanOrEqual(bytes + 80);
    expect(asked[0]?.price).toBe(price);
    const tools = [{ name: 'time', description: 'The time.', parameters: { type: 'object' } }];
    const used = await scoped.use('languageModel', 'far/fake');
    const messages = [{ role: 'user' as const, content: 'Where is it?' }];
    for await (const _event of used.generate({ messages, tools }, { signal: new AbortController().signal }));
    expect(asked[1]?.inputTokens).toBeGreaterThanOrEqual(bytes + 530);
  });

  it('give a call the same key in each attempt, and two calls of one attempt different keys', async () => {
    const keysOf = async (): Promise<(string | undefined)[]> => {
      const keys: (string | undefined)[] = [];
      const model = createFakeLanguageModel(['ok']);
      const spy: LanguageModel = {
        ...model,
        generate: (request, options) => {
          keys.push(options.idempotencyKey);
          return model.generate(request, options);
        },
      };
      const { scoped } = bench({ languageModel: spy });
      const used = await scoped.use('languageModel', 'far/fake');
      await write(used);
      await write(used);
      return keys;
    };
    const first = await keysOf();
    expect(new Set(first).size).toBe(2);
    expect(await keysOf()).toEqual(first);
  });

  it('record embedders and outside addresses in the same way', async () => {
    const { guard, asked, received } = noting();
    const fetch: SafeFetch = {
      destination: { name: 'network', clearance: 'internal', isLocal: false },
      fetch: () => Promise.reject(new HeddleError('fetch_failed', 'Nobody answers.')),
    };
    const { scoped, records } = bench({ embedder: createFakeEmbedder(), fetch }, [guard]);
    await (await scoped.use('embedder', 'mini')).embed(['a', 'b'], { kind: 'query' });
    await expect((await scoped.use('fetch')).fetch({ url: 'https://a.example/x' })).rejects.toThrow('Nobody answers.');
    expect(records).toMatchObject([{ type: 'model-call', kind: 'embed', model: 'mini', parameters: { texts: 2 } }]);
    expect(asked.map(({ kind, subject }) => [kind, subject])).toEqual([
      ['embed', 'mini'],
      ['network', 'a.example'],
    ]);
    expect(received).toMatchObject([{ error: undefined }, { error: { code: 'fetch_failed' } }]);
  });

  it('call a model for a tool server as a call of the execution that called the tool', async () => {
    const { guard, asked } = noting();
    const { scoped, records } = bench({ tools: asking('internal'), languageModel: createFakeLanguageModel(['Two.']) }, [
      guard,
    ]);
    const { text } = await (await scoped.use('tools')).call('files__count', {}, callOptions);
    expect(text).toBe('Two. stop');
    expect(asked).toMatchObject([
      { kind: 'tool', subject: 'files__count' },
      { kind: 'generate', subject: 'hub/fake', outputTokens: 20 },
    ]);
    expect(records).toMatchObject([
      {
        type: 'model-call',
        model: 'hub/fake',
        kind: 'generate',
        label: labelOf('confidential'),
        parameters: { maxTokens: 20, askedBy: 'files__count' },
        usage: { outputTokens: 1 },
      },
    ]);
  });

  it('refuse a tool server a model whose clearance is below what the execution read or the server holds', async () => {
    const model = createFakeLanguageModel(['Two.']);
    for (const [clearance, level, code] of [
      ['internal', 'public', 'label_refused'],
      ['confidential', 'restricted', 'label_refused'],
      ['confidential', 'public', undefined],
    ] as const) {
      const destination = { ...model.info.destination, clearance };
      const languageModel: LanguageModel = { ...model, info: { ...model.info, destination } };
      const { scoped, records } = bench({ tools: asking(level), languageModel });
      const call = (await scoped.use('tools')).call('files__count', {}, callOptions);
      if (code === undefined) await call;
      else await expect(call).rejects.toMatchObject({ code });
      // The refusal is recorded, as every refusal for a label is.
      expect(records).toMatchObject([
        code === undefined ? { type: 'model-call' } : { type: 'label-decision', decision: 'refused', clearance },
      ]);
    }
  });

  it('refuse a tool server a call that a guard refuses its caller', async () => {
    const guard: CallGuard = {
      admit: ({ kind }) =>
        kind === 'generate'
          ? Promise.reject(new HeddleError('budget_exceeded', 'Nothing is left.'))
          : Promise.resolve(() => undefined),
    };
    const { scoped } = bench({ tools: asking('internal'), languageModel: createFakeLanguageModel(['Two.']) }, [guard]);
    const call = (await scoped.use('tools')).call('files__count', {}, callOptions);
    await expect(call).rejects.toMatchObject({ code: 'budget_exceeded' });
  });
});
