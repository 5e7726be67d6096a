import { isPlainObject, toHeddleError, type Delta, type NodeContext } from '@heddle/core';
import { chosenModel, converse, type ChatInputs, type ChatOutputs } from './converse.js';
import type { ChatConfig } from './chat-config.js';

/** The models of a route decision or of a list, best first; undefined for any other value. */
export function orderOf(order: unknown): readonly string[] | undefined {
  const list = isPlainObject(order) ? order['order'] : order;
  if (!Array.isArray(list)) return undefined;
  const models = list.filter((model): model is string => typeof model === 'string' && model !== '');
  return models.length === 0 ? undefined : models;
}

/** The name of the budget that refused a call with *downgrade*, so that the next model may be used; undefined for any other failure. */
export function downgradeOf(cause: unknown): string | undefined {
  const { code, details } = toHeddleError(cause);
  if (code !== 'budget_exceeded' || !isPlainObject(details) || details['onLimit'] !== 'downgrade') return undefined;
  return typeof details['budget'] === 'string' ? details['budget'] : '';
}

/**
 * Calls the chosen model. If a budget refuses the call with *downgrade*, calls the next model of the route and records the decision.
 * Budgets refuse before a call, so no text has been yielded by then. Errors: those of the last model.
 */
export async function* converseWithin(
  config: ChatConfig,
  { route, ...inputs }: ChatInputs & { readonly route?: unknown },
  context: NodeContext,
): AsyncGenerator<Delta, ChatOutputs, void> {
  const candidates = orderOf(route) ?? [];
  const requestedModel = inputs.model?.trim() ?? '';
  const first = requestedModel === '' ? (candidates[0] ?? config.model) : chosenModel(config, inputs);
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
  const why = passed.map(({ model: other, budget }) => `budget '${budget}' does not cover ${other}`);
  context.decide({
    kind: 'budget',
    summary: `Answered by ${model}: ${why.join(', and ')}.`,
    details: { model, passed: passed.map((entry) => ({ ...entry })) },
  });
}
