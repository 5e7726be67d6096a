import { isPlainObject, toHeddleError, type Delta, type NodeContext } from '@heddle/core';
import { chosenModel, converse, type ChatInputs, type ChatOutputs } from './converse.js';
import type { ChatConfig } from './chat-config.js';

/** The models of a route's decision, best first, or of a list; undefined where nothing usable came in. */
export function orderOf(order: unknown): readonly string[] | undefined {
  const list = isPlainObject(order) ? order['order'] : order;
  if (!Array.isArray(list)) return undefined;
  const models = list.filter((model): model is string => typeof model === 'string' && model !== '');
  return models.length === 0 ? undefined : models;
}

/** The budget that refused a call and says *downgrade*: the next model may be asked instead. */
export function downgradeOf(cause: unknown): string | undefined {
  const { code, details } = toHeddleError(cause);
  if (code !== 'budget_exceeded' || !isPlainObject(details) || details['onLimit'] !== 'downgrade') return undefined;
  return typeof details['budget'] === 'string' ? details['budget'] : '';
}

/**
 * Asks the model that was chosen; where a budget says *downgrade*, the ones that come after it in `order`, which is recorded. Budgets
 * refuse before a call, so nothing was given out then. Errors: those of the last model.
 */
export async function* converseWithin(
  config: ChatConfig,
  { order, ...inputs }: ChatInputs & { readonly order?: unknown },
  context: NodeContext,
): AsyncGenerator<Delta, ChatOutputs, void> {
  const candidates = orderOf(order) ?? [];
  const given = inputs.model?.trim() ?? '';
  const first = given === '' ? (candidates[0] ?? config.model) : chosenModel(config, inputs);
  const models = [first, ...candidates.slice(candidates.indexOf(first) + 1)];
  const passed: { readonly model: string; readonly budget: string }[] = [];
  for (const [index, model] of models.entries()) {
    try {
      const outputs = yield* converse(config, { ...inputs, model }, context);
      if (passed.length > 0) decide(context, model, passed);
      return outputs;
    } catch (cause) {
      const budget = downgradeOf(cause);
      if (budget === undefined || index + 1 >= models.length) throw cause;
      passed.push({ model, budget });
    }
  }
  throw new Error('There is always a first model.');
}

function decide(
  context: NodeContext,
  model: string,
  passed: readonly { readonly model: string; readonly budget: string }[],
): void {
  const why = passed.map(({ model: other, budget }) => `budget '${budget}' has too little left for ${other}`);
  context.decide({
    kind: 'budget',
    summary: `Answered by ${model}: ${why.join(', and ')}.`,
    details: { model, passed: passed.map((entry) => ({ ...entry })) },
  });
}
