import { z } from 'zod';
import { HeddleError } from '../../../errors/heddle-error.js';
import { fitJsonSchema } from '../../../node/json-schema.js';
import { isPlainObject } from '../../../values/json/json.js';
import { parseJson } from '../../../values/json/parse-json.js';
import { mostValues } from '../../../values/json/json-bounds.js';
import { fieldF1 } from '../../metrics/index.js';
import { defineEvaluator, type EvaluatorDefinition } from '../define-evaluator.js';
import { bestOf, findingOf, scoreText } from '../judged-values.js';

/** Parses an answer that is JSON text. Undefined if it cannot be parsed. */
function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const text = value.trim().replace(/^```(?:json)?\s*\n([^]*)\n?```$/, '$1');
  try {
    return parseJson(text, mostValues.usual);
  } catch {
    return undefined;
  }
}

const jsonSchema = defineEvaluator({
  kind: 'json-schema',
  title: 'JSON Schema',
  about: 'Whether the answer is JSON that fits a schema.',
  source: 'JSON Schema, draft 2020-12.',
  needs: ['answer'],
  config: z.strictObject({
    schema: z
      .record(z.string(), z.unknown())
      .meta({ title: 'Schema', description: 'Patterns are not allowed in it: use the evaluator regex.' }),
  }),
  check: ({ schema }) => {
    // Some patterns take years even on a short text, and a schema check has no time limit.
    const pattern = patternIn(schema);
    if (pattern !== undefined)
      return [{ field: 'schema', message: `It contains '${pattern}': check texts with the evaluator regex.` }];
    try {
      z.fromJSONSchema(withRequired(schema));
      return [];
    } catch (error) {
      return [{ field: 'schema', message: `It cannot be read: ${error instanceof Error ? error.message : 'unknown'}` }];
    }
  },
  metrics: () => [{ title: 'Fits the schema', better: 'higher', unit: 'check' }],
  evaluate: ({ answer }, { schema }) => {
    const value = jsonOf(answer);
    if (value === undefined) return { value: 0, explanation: 'The answer is not JSON.' };
    const misfit = fitJsonSchema(withRequired(schema), value);
    return misfit === undefined
      ? { value: 1, explanation: 'The answer fits the schema.' }
      : { value: 0, explanation: misfit };
  },
});

const plainValues: ReadonlySet<string> = new Set(['const', 'enum', 'examples', 'default']);

/** Adds each required member to `properties`, because zod checks only those. A schema with required members also gets the type `object`. */
function withRequired(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const inside = (value: unknown): unknown =>
    Array.isArray(value) ? value.map(inside) : isPlainObject(value) ? withRequired(value) : value;
  const all = Object.fromEntries(
    Object.entries(schema).map(([name, value]) => [name, plainValues.has(name) ? value : inside(value)]),
  );
  const { required, properties } = all;
  if (!Array.isArray(required)) return all;
  const names = required.filter((name): name is string => typeof name === 'string');
  const free = Object.fromEntries(names.map((name) => [name, {}]));
  return { type: 'object', ...all, properties: { ...free, ...(isPlainObject(properties) ? properties : {}) } };
}

/** The first keyword in a schema that contains a regular expression. */
function patternIn(root: unknown): string | undefined {
  const open: unknown[] = [root];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (Array.isArray(next)) open.push(...(next as unknown[]));
    else if (isPlainObject(next)) {
      if (typeof next['pattern'] === 'string') return 'pattern';
      if (isPlainObject(next['patternProperties'])) return 'patternProperties';
      open.push(...Object.values(next));
    }
  }
  return undefined;
}

const fields = defineEvaluator({
  kind: 'fields',
  title: 'Fields',
  about: 'How many fields of the expected JSON the answer has right: precision, recall and F1.',
  source: 'Micro-averaged F-measure of slot filling over pairs of path and value.',
  needs: ['answer', 'expected'],
  config: z.strictObject({}),
  metrics: () => [
    { name: 'f1', title: 'Fields F1', better: 'higher', unit: 'score' },
    { name: 'precision', title: 'Fields precision', better: 'higher', unit: 'score' },
    { name: 'recall', title: 'Fields recall', better: 'higher', unit: 'score' },
  ],
  evaluate: async (judged, _config, context) => {
    const answer = jsonOf(judged.answer);
    const { measures } = await bestOf(judged, context, (right) => {
      const wanted = jsonOf(right);
      if (wanted === undefined) throw new HeddleError('evaluation_unfit', 'The expected answer is not JSON.');
      const measures = fieldF1(answer, wanted);
      return { score: measures.f1, measures, explanation: '' };
    });
    const explanation =
      answer === undefined
        ? 'The answer is not JSON.'
        : `${scoreText(measures.precision * 100)} % of its fields are right, and ${scoreText(measures.recall * 100)} % of the expected ones are there.`;
    return [
      { ...findingOf({ score: measures.f1, explanation }), metric: 'f1' },
      { ...findingOf({ score: measures.precision, explanation }), metric: 'precision' },
      { ...findingOf({ score: measures.recall, explanation }), metric: 'recall' },
    ];
  },
});

/** Checks of JSON. */
export const dataKinds: readonly EvaluatorDefinition[] = [jsonSchema, fields];
