import {
  defineEvaluator,
  HeddleError,
  isPlainObject,
  type EvaluatorDefinition,
  type Finding,
  type Judged,
} from '@heddle/core';
import { z } from 'zod';

/** The values that code and workflows receive. */
const given = ({ subject, answer }: Judged) => ({
  answer,
  inputs: subject.inputs,
  outputs: subject.outputs,
  expected: subject.expected,
  references: subject.references,
  passages: subject.passages,
  toolCalls: subject.toolCalls,
  error: subject.error,
  ms: subject.ms,
  cost: subject.cost,
  tokens: subject.tokens,
});

/** Reads a number, true, false, or an object with a score. Errors: `evaluation_failed`. */
function findingOf(result: unknown, explained?: unknown): Finding {
  if (isPlainObject(result)) {
    const { score, explanation } = result as { score?: unknown; explanation?: unknown };
    if (isPlainObject(score)) throw nonsense();
    return findingOf(score, explanation);
  }
  const value = typeof result === 'boolean' ? Number(result) : result;
  if (typeof value !== 'number' || !Number.isFinite(value)) throw nonsense();
  return { value, explanation: typeof explained === 'string' && explained !== '' ? explained : `It gave ${value}.` };
}

const nonsense = (): HeddleError =>
  new HeddleError(
    'evaluation_failed',
    'It gave no score: a number from 0 to 1, true or false, or an object with score and explanation.',
  );

/** Runs JavaScript of the user in the sandbox of the `code` node. */
const code = defineEvaluator({
  kind: 'code',
  title: 'Code',
  about:
    'JavaScript judges the answer. It runs in the sandbox of the node code: no network, no files, with limits of time and memory.',
  needs: [],
  config: z.strictObject({
    code: z
      .string()
      .min(1)
      .max(100_000)
      .default("return { score: String(input.answer).length < 500, explanation: 'At most 500 characters.' };")
      .meta({
        title: 'Code',
        description:
          'It reads input.answer, inputs, outputs, expected, references, passages, toolCalls, error, ms, cost and tokens.',
        widget: 'code',
      }),
    timeoutMs: z.int().min(10).max(60_000).default(1_000).meta({ title: 'Timeout', widget: 'duration' }),
  }),
  metrics: () => [{ title: 'Code', better: 'higher', unit: 'score' }],
  evaluate: async (judged, { code: source, timeoutMs }, context) => {
    const sandbox = await context.use('sandbox');
    return findingOf(await sandbox.run(source, given(judged), { timeoutMs, memoryMb: 32, signal: context.signal }));
  },
});

/** Runs a published workflow of the project. */
const workflow = defineEvaluator({
  kind: 'workflow',
  title: 'Workflow',
  about: 'A published workflow of the project judges the answer. It runs with the rights of the caller.',
  needs: [],
  config: z.strictObject({
    workflow: z.string().min(1).max(200).meta({
      title: 'Workflow',
      description: 'It gets answer, expected, inputs, outputs, passages and more, by the names of its inputs.',
      widget: 'workflow',
    }),
    score: z.string().min(1).max(200).default('score').meta({ title: 'Output with the score' }),
    explanation: z.string().max(200).default('explanation').meta({ title: 'Output with the explanation' }),
    timeoutMs: z.int().min(100).max(280_000).default(60_000).meta({ title: 'Timeout', widget: 'duration' }),
  }),
  metrics: () => [{ title: 'Workflow', better: 'higher', unit: 'score' }],
  references: ({ workflow: id }) => [{ kind: 'workflow', id, field: 'workflow' }],
  evaluate: async (judged, { workflow: id, score, explanation, timeoutMs }, context) => {
    const { outputs, runId } = await context.runWorkflow(id, given(judged), { timeoutMs });
    const read = (name: string): unknown => (Object.hasOwn(outputs, name) ? outputs[name] : undefined);
    if (read(score) === undefined)
      throw new HeddleError('evaluation_failed', `The run ${runId} gave no output '${score}'.`, { details: { runId } });
    return { ...findingOf(read(score), read(explanation)), details: { runId } };
  },
});

/** People judge later, in annotation queues. */
const person = defineEvaluator({
  kind: 'person',
  title: 'Person',
  about: 'People judge the answers of an experiment in an annotation queue. There is no value until they have.',
  needs: ['answer'],
  config: z.strictObject({
    instructions: z.string().max(5_000).default('').meta({ title: 'What to judge', widget: 'text' }),
  }),
  metrics: () => [{ title: 'Person', better: 'higher', unit: 'score' }],
  evaluate: () => {
    const message = 'A person has to judge it.';
    return { explanation: message, error: { code: 'waits_for_person', message } };
  },
});

/** Evaluators that users define themselves. */
export const ownKinds: readonly EvaluatorDefinition[] = [code, workflow, person];
