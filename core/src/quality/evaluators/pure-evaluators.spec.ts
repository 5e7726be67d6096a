import { describe, expect, it } from '@jest/globals';
import { publicLabel } from '../../labels/label.js';
import type { EvaluatorContext } from './define-evaluator.js';
import { evaluateOne } from './evaluate-one.js';
import { createEvaluatorCatalog } from './evaluator-catalog.js';
import { EvaluatorSetup, type Evaluation } from './evaluator.js';
import type { EvaluationSubject } from './evaluators.js';
import { pureEvaluators } from './kinds/index.js';

const catalog = createEvaluatorCatalog(pureEvaluators);

const subjectOf = (about: Partial<EvaluationSubject> & { readonly answer?: unknown }): EvaluationSubject => {
  const { answer, ...rest } = about;
  return {
    inputs: { question: 'q' },
    outputs: answer === undefined ? {} : { answer },
    passages: [],
    toolCalls: [],
    ms: 5,
    cost: 0.25,
    tokens: 12,
    label: publicLabel,
    ...rest,
  };
};

const context: EvaluatorContext = {
  signal: new AbortController().signal,
  match: (pattern, text) => (pattern.includes('(a+)+') ? undefined : new RegExp(pattern, 'u').test(text)),
  pause: () => Promise.resolve(),
  use: () => Promise.reject(new Error('A pure evaluator uses nothing.')),
  runWorkflow: () => Promise.reject(new Error('A pure evaluator runs nothing.')),
};
const meter = { now: () => 0, whole: new AbortController().signal, spent: () => ({ cost: 0, tokens: 0 }) };

async function judge(
  setup: { readonly kind: string; readonly config?: unknown; readonly output?: string },
  about: Parameters<typeof subjectOf>[0],
): Promise<readonly Evaluation[]> {
  const [ready] = catalog.ready([EvaluatorSetup.parse(setup)]);
  return evaluateOne(ready!, subjectOf(about), context, meter);
}

const valueOf = async (...of: Parameters<typeof judge>): Promise<unknown> => {
  const [first] = await judge(...of);
  return first?.value ?? first?.error?.code;
};

const passage = (document: string, text = 'text') => ({ document, text });
const citation = (document: string, quote = 'text') => ({
  number: 1,
  passage: 'p',
  document,
  quote,
  quoteStart: 0,
  quoteEnd: 4,
});

describe('evaluators without a model', () => {
  it.each([
    ['exact', {}, 'Paris', ['Rome', ' Paris '], 1],
    ['exact', {}, 'Paris', 'Rome', 0],
    ['exact', {}, [1, 2], [1, 2], 1],
    ['exact', {}, [1], [[1], [2]], 1],
    ['contains', {}, 'It is paris.', ['Rome', 'Paris'], 1],
    ['contains', { parts: ['a', 'z'] }, 'abc', undefined, 0.5],
    ['contains', {}, 'abc', undefined, 'evaluation_no_expected'],
    ['regex', { pattern: '^\\d+$' }, '12', undefined, 1],
    ['regex', { pattern: '^\\d+$', shouldMatch: false }, '12', undefined, 0],
    ['regex', { pattern: '(a+)+$' }, 'aaaa', undefined, 'evaluation_unfit'],
    ['number', { absolute: 1 }, 'about 41', ['7', 42], 1],
    ['number', {}, '42', 'forty-two', 'evaluation_unfit'],
    ['number', {}, Number.NaN, 1, 0],
    ['json-schema', { schema: { type: 'object', required: ['a'] } }, '```json\n{"a":1}\n```', undefined, 1],
    ['json-schema', { schema: { type: 'object', required: ['a'] } }, '{}', undefined, 0],
    ['json-schema', { schema: { anyOf: [{ required: ['a'] }, { type: 'array' }] } }, { b: 1 }, undefined, 0],
    ['json-schema', { schema: { type: 'object' } }, 'no json', undefined, 0],
    ['fields', {}, '{"a":1,"b":2}', { a: 1, b: 3 }, 0.5],
    ['edit-distance', {}, 'abcd', ['xxxx', 'abcx'], 0.75],
    ['rouge', { variant: 'rouge1' }, 'the cat', 'the cat', 1],
    ['bleu', {}, 'the cat sat on the mat', ['a dog', 'the cat sat on the mat'], 1],
    ['chrf', { plus: true }, 'the cat', 'the cat', 1],
    ['refusal', {}, "I'm sorry, but I can't help with that.", undefined, 0],
    ['refusal', { wanted: 'refusal' }, 'Das kann ich leider nicht beantworten.', undefined, 1],
    ['refusal', {}, 'Paris. Sorry for the delay.', undefined, 1],
    ['latency', {}, undefined, undefined, 5],
    ['cost', {}, undefined, undefined, 0.25],
    ['tokens', {}, undefined, undefined, 12],
  ])('%s with %j judges %j against %j as %j', async (kind, config, answer, expected, wanted) => {
    const value = await valueOf({ kind, config }, { answer, expected });
    if (typeof wanted === 'number') expect(value).toBeCloseTo(wanted, 9);
    else expect(value).toBe(wanted);
  });

  it.each(['exact', 'number', 'fields', 'edit-distance', 'rouge', 'bleu', 'chrf'])(
    '%s gives an error and no value without an expected answer or an answer',
    async (kind) => {
      for (const evaluation of await judge({ kind }, { answer: 'x' }))
        expect(evaluation).toMatchObject({ error: { code: 'evaluation_no_expected' } });
      for (const evaluation of await judge({ kind }, { expected: 'x' })) {
        expect(evaluation).toMatchObject({ error: { code: 'evaluation_no_answer' } });
        expect(evaluation).not.toHaveProperty('value');
      }
    },
  );

  it('explains that the run failed, and still measures its time', async () => {
    const failed = { expected: 'x', error: { code: 'node_failed', message: 'Out of luck.' } };
    expect(await judge({ kind: 'exact' }, failed)).toMatchObject([
      { error: { code: 'evaluation_no_answer' }, explanation: 'The run failed: Out of luck.' },
    ]);
    expect(await valueOf({ kind: 'latency' }, failed)).toBe(5);
  });

  it('judges the named output, and lists the outputs if it is missing', async () => {
    const outputs = { first: 'a', second: 'b' };
    expect(await valueOf({ kind: 'exact', output: 'second' }, { outputs, expected: 'b' })).toBe(1);
    expect(await judge({ kind: 'exact', output: 'toString' }, { outputs, expected: 'b' })).toMatchObject([
      { explanation: "The run gave no output 'toString'; it gave first, second." },
    ]);
  });

  it('compares the retrieved passages with the references', async () => {
    const references = [{ document: 'b', grade: 1 }];
    const passages = [passage('a'), passage('b')];
    const found = await judge({ kind: 'retrieval', config: { k: 2 } }, { references, passages });
    expect(found.map(({ metric }) => metric)).toEqual(['retrieval.recall', 'retrieval.ndcg', 'retrieval.mrr']);
    expect(found.map(({ value }) => value)).toEqual([1, expect.closeTo(0.6309, 3), 0.5]);
    expect(await valueOf({ kind: 'retrieval' }, { references })).toBe(0);
    expect(await valueOf({ kind: 'retrieval' }, { passages })).toBe('evaluation_no_references');
  });

  it('counts citations of relevant documents, but not those with an invented quote', async () => {
    const references = [
      { document: 'a', grade: 1 },
      { document: 'b', grade: 1 },
      { document: 'c', grade: 0 },
    ];
    const cited = { outputs: { text: 'x', sources: [citation('a'), citation('c'), citation('b', 'invented')] } };
    const passages = ['a', 'b', 'c'].map((document) => passage(document));
    const [precision, recall] = await judge({ kind: 'citations' }, { ...cited, references, passages });
    expect([precision?.value, recall?.value]).toEqual([expect.closeTo(1 / 3, 9), 0.5]);
    expect(precision?.details).toMatchObject({ invented: ['b'] });
    expect(await valueOf({ kind: 'citations' }, { outputs: { text: 'x' }, references })).toBe(0);
  });
});

describe('tool calls', () => {
  const call = (name: string, given: unknown = {}) => ({ name, arguments: given });
  const made = [call('search', { q: 'a', limit: 5 }), call('search', { q: 'b' }), call('send')];
  const values = async (expected: unknown, config = {}): Promise<unknown> =>
    (await judge({ kind: 'tool-calls', config }, { expected, toolCalls: made })).map(
      ({ value, error }) => value ?? error?.code,
    );

  it('compares names and arguments in any order, and matches each call once', async () => {
    expect(await values([call('send'), call('search', { q: 'b' }), call('search', { q: 'a' })])).toEqual([1, 1]);
    // The first call also matches the expected call without arguments, which must stay free for the second call.
    expect(await values({ toolCalls: ['search', call('search', { q: 'a' }), 'send'] })).toEqual([1, 1]);
    expect(await values([call('search', { q: 'a' })], { arguments: 'equal' })).toEqual([0.5, 0]);
    expect(await values([])).toEqual([0, 0]);
  });

  it('compares the order of calls only if inOrder is set', async () => {
    const expected = ['send', 'search', 'search'];
    expect(await values(expected)).toEqual([1, 1]);
    expect((await values(expected, { inOrder: true })) as number[]).toEqual([
      expect.closeTo(2 / 3, 9),
      expect.closeTo(2 / 3, 9),
    ]);
  });

  it('gives an error without expected calls', async () => {
    expect(await values(undefined)).toEqual(['evaluation_no_expected', 'evaluation_no_expected']);
    expect(await values('text')).toEqual(['evaluation_unfit', 'evaluation_unfit']);
  });
});

describe('the catalogue of evaluators', () => {
  const ready = (...setups: readonly unknown[]) => catalog.ready(setups.map((setup) => EvaluatorSetup.parse(setup)));

  it('names the wrong evaluator and its wrong field', () => {
    expect(() => ready({ kind: 'latency' }, { kind: 'nope' })).toThrow(
      "Evaluator 2 (nope), kind: There is no kind 'nope'",
    );
    expect(() => ready({ kind: 'regex', config: { pattern: '(' } })).toThrow('config.pattern: It cannot be read');
    expect(() => ready({ kind: 'number', config: { absolute: -1 } })).toThrow('config.absolute');
    expect(() => ready({ kind: 'exact', config: { other: 1 } })).toThrow('config');
    const hostile = { type: 'object', properties: { a: { type: 'string', pattern: '(a+)+$' } } };
    expect(() => ready({ kind: 'json-schema', config: { schema: hostile } })).toThrow("contains 'pattern'");
    expect(() => ready({ kind: 'json-schema', config: { schema: { type: 'nope' } } })).toThrow('config.schema');
  });

  it('refuses two metrics with the same name, and accepts two evaluators of a kind with different names', () => {
    expect(() => ready({ kind: 'exact' }, { kind: 'exact' })).toThrow("Two evaluators give the metric 'exact'");
    const names = ready({ kind: 'fields' }, { kind: 'fields', name: 'strict' }).flatMap(({ metrics }) => metrics);
    const parts = ['f1', 'precision', 'recall'];
    expect(names.map(({ name }) => name)).toEqual(
      ['fields', 'strict'].flatMap((of) => parts.map((part) => `${of}.${part}`)),
    );
  });

  it('has a title for every field of every kind', () => {
    for (const { kind, config, about } of pureEvaluators) {
      expect({ kind, about }).toMatchObject({ about: expect.stringMatching(/\.$/) });
      const shape = (config as unknown as { shape: Record<string, { meta(): { title?: string } | undefined }> }).shape;
      for (const [field, schema] of Object.entries(shape))
        expect({ kind, field, title: schema.meta()?.title }).toMatchObject({ title: expect.any(String) });
    }
  });

  it('gives an error and no value for NaN, a value outside its unit, a throw, and huge texts', async () => {
    const [latency] = ready({ kind: 'latency' });
    const broken = async (evaluate: () => never | { value: number; explanation: string }) => {
      const definition = { ...latency!.definition, evaluate };
      const metrics = [{ name: 'x', title: 'x', better: 'higher', unit: 'score' } as const];
      return evaluateOne(
        { ...latency!, definition, metrics, setup: { kind: 'x', config: {} } },
        subjectOf({}),
        context,
        meter,
      );
    };
    for (const value of [Number.NaN, Infinity, -0.1, 1.1])
      expect(await broken(() => ({ value, explanation: 'x' }))).toMatchObject([
        { error: { code: 'evaluation_failed' } },
      ]);
    const thrown = await broken(() => {
      throw new Error('Boom.');
    });
    expect(thrown).toMatchObject([{ error: { code: 'evaluation_failed', message: 'Boom.' } }]);
    expect(thrown[0]).not.toHaveProperty('value');
    const huge = 'a '.repeat(500_000);
    expect(await valueOf({ kind: 'rouge' }, { answer: huge, expected: huge })).toBe('evaluation_unfit');
    const long = await broken(() => ({ value: 1, explanation: '🙂'.repeat(10_000) }));
    expect(long[0]!.explanation.length).toBeLessThan(2_010);
    expect(() => encodeURIComponent(long[0]!.explanation)).not.toThrow();
  });

  it('throws only when the signal of all evaluators aborts', async () => {
    const signal = AbortSignal.abort(new Error('Stopped.'));
    const [latency] = ready({ kind: 'latency' });
    const hangs = {
      ...latency!,
      definition: { ...latency!.definition, evaluate: () => new Promise<never>(() => undefined) },
    };
    const one = (whole: AbortSignal) => evaluateOne(hangs, subjectOf({}), { ...context, signal }, { ...meter, whole });
    await expect(one(signal)).rejects.toThrow('Stopped.');
    // Only the time limit of this evaluator ran out.
    expect(await one(meter.whole)).toMatchObject([{ error: { code: 'aborted', message: 'Stopped.' } }]);
  });
});
