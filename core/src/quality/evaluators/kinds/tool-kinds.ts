import { z } from 'zod';
import { isSameValue } from '../../../diff/diff-fields.js';
import { HeddleError } from '../../../errors/heddle-error.js';
import { isPlainObject } from '../../../values/json/json.js';
import { fMeasure } from '../../metrics/f-measure.js';
import { defineEvaluator, type EvaluatorDefinition } from '../define-evaluator.js';
import type { MadeToolCall } from '../evaluators.js';
import { scoreText } from '../judged-values.js';
import { lazyObject, lazyStrictObject } from '../../../values/lazy-object.js';

/** More calls than an agent makes. The limit keeps the comparison of all pairs fast. */
const mostCalls = 500;

/** An expected tool call; without arguments, only its name is compared. */
const ExpectedCall = z.union([
  z
    .string()
    .min(1)
    .transform((name) => ({ name })),
  lazyObject(() => ({ name: z.string().min(1), arguments: z.unknown().optional() })),
]);
const ExpectedCalls = z.union([
  z.array(ExpectedCall).max(mostCalls),
  z.object({ toolCalls: z.array(ExpectedCall).max(mostCalls) }).transform(({ toolCalls }) => toolCalls),
]);
type ExpectedCall = z.infer<typeof ExpectedCall>;

const Config = lazyStrictObject(() => ({
  inOrder: z.boolean().default(false).meta({ title: 'In order', description: 'The calls have to come in this order.' }),
  arguments: z
    .enum(['equal', 'contain'])
    .default('contain')
    .meta({ title: 'Arguments', description: 'Equal to the expected ones, or contain them.' }),
}));

const toolCalls = defineEvaluator({
  kind: 'tool-calls',
  title: 'Tool calls',
  about: 'Whether an agent made the expected calls: by name, and by name and arguments, as F1.',
  source: 'Name and argument matching as in the Berkeley Function Calling Leaderboard (Patil and others, 2024).',
  needs: ['run'],
  config: Config,
  metrics: () => [
    { name: 'names', title: 'Tool names', better: 'higher', unit: 'score' },
    { name: 'arguments', title: 'Tool arguments', better: 'higher', unit: 'score' },
  ],
  evaluate: ({ subject }, config) => {
    const wanted = expectedCalls(subject.expected);
    const made = subject.toolCalls.slice(0, mostCalls);
    const byName = scoreOf(made, wanted, config, () => true);
    const byArguments = scoreOf(made, wanted, config, (call, expected) => fitsArguments(call, expected, config));
    const details = {
      made: made.map(({ name }) => name).slice(0, 50),
      expected: wanted.map(({ name }) => name).slice(0, 50),
    };
    return [
      { metric: 'names', value: byName, explanation: sentence(byName, made, wanted, 'name'), details },
      {
        metric: 'arguments',
        value: byArguments,
        explanation: sentence(byArguments, made, wanted, 'name and arguments'),
      },
    ];
  },
});

/** Errors: `evaluation_no_expected`, `evaluation_unfit`. */
function expectedCalls(expected: unknown): readonly ExpectedCall[] {
  if (expected === undefined || expected === null)
    throw new HeddleError('evaluation_no_expected', 'The row has no expected answer.');
  const parsed = ExpectedCalls.safeParse(expected);
  if (parsed.success) return parsed.data;
  throw new HeddleError(
    'evaluation_unfit',
    'The expected answer names no calls: write a list of { "name": …, "arguments": … }, or an object with it as toolCalls.',
  );
}

const sentence = (value: number, made: readonly unknown[], wanted: readonly unknown[], by: string): string =>
  `${made.length} calls were made and ${wanted.length} expected: F1 by ${by} is ${scoreText(value)}.`;

/** The F-measure of matching calls: in any order by pairs, in order by the longest common subsequence. */
function scoreOf(
  made: readonly MadeToolCall[],
  wanted: readonly ExpectedCall[],
  { inOrder }: z.infer<typeof Config>,
  fits: (call: MadeToolCall, expected: ExpectedCall) => boolean,
): number {
  if (made.length === 0 && wanted.length === 0) return 1;
  const isMatch = (call: MadeToolCall, expected: ExpectedCall): boolean =>
    call.name === expected.name && fits(call, expected);
  const matches = inOrder ? commonLength(made, wanted, isMatch) : pairsOf(made, wanted, isMatch);
  return fMeasure(matches, made.length, wanted.length).f1;
}

type IsMatch = (call: MadeToolCall, expected: ExpectedCall) => boolean;

/**
 * The maximum number of pairs (augmenting paths), each call used once: a call that matches two expected ones must not take the wrong one.
 */
function pairsOf(made: readonly MadeToolCall[], wanted: readonly ExpectedCall[], isMatch: IsMatch): number {
  const fitting = made.map((call) => wanted.flatMap((expected, at) => (isMatch(call, expected) ? [at] : [])));
  const holder = new Map<number, number>();
  const pairUp = (call: number, tried: Set<number>): boolean => {
    for (const at of fitting[call] ?? []) {
      if (tried.has(at)) continue;
      tried.add(at);
      const other = holder.get(at);
      if (other !== undefined && !pairUp(other, tried)) continue;
      holder.set(at, call);
      return true;
    }
    return false;
  };
  return made.filter((_, call) => pairUp(call, new Set())).length;
}

function commonLength(made: readonly MadeToolCall[], wanted: readonly ExpectedCall[], isMatch: IsMatch): number {
  let row = Array.from({ length: wanted.length + 1 }, () => 0);
  for (const call of made) {
    const next = [0];
    for (const [at, expected] of wanted.entries())
      next.push(isMatch(call, expected) ? (row[at] ?? 0) + 1 : Math.max(row[at + 1] ?? 0, next[at] ?? 0));
    row = next;
  }
  return row.at(-1) ?? 0;
}

function fitsArguments(call: MadeToolCall, expected: ExpectedCall, config: z.infer<typeof Config>): boolean {
  if (!('arguments' in expected) || expected.arguments === undefined) return true;
  const { arguments: made } = call;
  if (config.arguments === 'equal' || !isPlainObject(made) || !isPlainObject(expected.arguments))
    return isSameValue(made, expected.arguments);
  return Object.entries(expected.arguments).every(
    ([name, value]) => Object.hasOwn(made, name) && isSameValue(made[name], value),
  );
}

/** Evaluators for tool calls. */
export const toolKinds: readonly EvaluatorDefinition[] = [toolCalls];
