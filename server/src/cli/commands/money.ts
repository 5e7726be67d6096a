import {
  BudgetState,
  GivenBudget,
  HeddleError,
  RoutePolicy,
  SpendReply,
  withReadOnly,
  type Budget,
} from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../output.js';
import { readJson } from '../read-file-or-stdin.js';
import { readTime } from '../read-time.js';
import { parseArgument, type JsonOption } from './parse-argument.js';
import { withClient } from './context.js';

/** `heddle budgets`. */
export async function listBudgets(options: JsonOption, command: Command): Promise<void> {
  const { budgets } = await withClient(command, ({ api }) => api.GET('/api/budgets'));
  if (options.json === true) printJson(budgets);
  else
    print(
      ...table([
        ['id', 'counts', 'period', 'spent of limit', 'at the limit'],
        ...budgets.map((budget) => [
          budget.id,
          scopeText(budget.scope),
          budget.period,
          limitText(budget, budget.spent),
          budget.isEnabled ? budget.onLimit : 'off',
        ]),
      ]),
    );
}

/** `heddle budgets set FILE`: creates or replaces a budget, and keeps what was spent. */
export async function setBudget(file: string, options: JsonOption, command: Command): Promise<void> {
  const budget = parseArgument(withReadOnly(GivenBudget, BudgetState), await readJson(file), 'The budget');
  const { id, ...rest } = budget;
  const state = await withClient(command, ({ api }) =>
    api.PUT('/api/budgets/{id}', { params: { path: { id } }, body: rest }),
  );
  if (options.json === true) printJson(state);
  else print(`${id}: ${limitText(state, state.spent)}`);
}

/** `heddle budgets remove`. */
export async function removeBudget(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/budgets/{id}', { params: { path: { id } } }));
  if (options.json === true) printJson({ id });
  else print(`${id} is removed.`);
}

/** `heddle policies`. */
export async function listPolicies(options: JsonOption, command: Command): Promise<void> {
  const { policies } = await withClient(command, ({ api }) => api.GET('/api/policies'));
  if (options.json === true) printJson(policies);
  else
    print(
      ...table([
        ['name', 'prefers', 'candidates'],
        ...policies.map(({ name, prefer, candidates }) => [
          name,
          prefer,
          candidates.map(({ model }) => model).join(', '),
        ]),
      ]),
    );
}

/** `heddle policies show NAME`: prints the policy as JSON, in the format of `heddle policies set`. */
export async function showPolicy(name: string, _options: JsonOption, command: Command): Promise<void> {
  printJson(await withClient(command, ({ api }) => api.GET('/api/policies/{name}', { params: { path: { name } } })));
}

/** `heddle policies set FILE`: creates or replaces a policy. */
export async function setPolicy(file: string, options: JsonOption, command: Command): Promise<void> {
  const given = parseArgument(RoutePolicy, await readJson(file), 'The policy');
  const policy = await withClient(command, ({ api }) =>
    api.PUT('/api/policies/{name}', { params: { path: { name: given.name } }, body: given }),
  );
  if (options.json === true) printJson(policy);
  else
    print(
      `${policy.name} is stored, with ${policy.candidates.length} ${policy.candidates.length === 1 ? 'candidate' : 'candidates'}.`,
    );
}

/** `heddle policies remove`. */
export async function removePolicy(name: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/policies/{name}', { params: { path: { name } } }));
  if (options.json === true) printJson({ name });
  else print(`${name} is removed.`);
}

/** `heddle spend`: shows the cost of model calls, by default of the last 30 days. */
export async function showSpend(
  options: JsonOption & { readonly by: string; readonly from?: string; readonly to?: string },
  command: Command,
): Promise<void> {
  const by = parseArgument(SpendReply.shape.by, options.by, '--by');
  const from = readTime(options.from, '--from');
  const to = readTime(options.to, '--to');
  if (from !== undefined && to !== undefined && from >= to)
    throw new HeddleError('usage', '--from must lie before --to, which is the day after the last one.');
  const reply = await withClient(command, ({ api }) => api.GET('/api/spend', { params: { query: { by, from, to } } }));
  if (options.json === true) printJson(reply);
  else
    print(
      ...table([
        [by, 'money', 'calls', 'failed', 'tokens in', 'cached', 'tokens out', 'seconds'],
        ...reply.rows.map((row) => [
          row.name,
          row.currency === null ? '-' : `${row.money.toFixed(4)} ${row.currency}`,
          ...[row.calls, row.failed, row.inputTokens, row.cachedTokens, row.outputTokens].map(String),
          row.seconds.toFixed(1),
        ]),
      ]),
    );
}

function scopeText(scope: Budget['scope']): string {
  switch (scope.kind) {
    case 'all':
      return 'everything';
    case 'node':
      return `node ${scope.node} of ${scope.workflow}`;
    case 'run':
      return `each run${scope.workflow === undefined ? '' : ` of ${scope.workflow}`}`;
    default:
      return `${scope.kind} ${scope.id}`;
  }
}

function limitText({ limits, currency }: Budget, spent: BudgetState['spent']): string {
  const text = [
    limits.money === undefined ? undefined : `${spent.money.toFixed(4)} of ${limits.money} ${currency}`,
    limits.tokens === undefined ? undefined : `${spent.tokens} of ${limits.tokens} tokens`,
    limits.calls === undefined ? undefined : `${spent.calls} of ${limits.calls} calls`,
    limits.seconds === undefined ? undefined : `${spent.seconds.toFixed(1)} of ${limits.seconds} seconds`,
  ].filter((part) => part !== undefined);
  return text.length === 0 ? 'no limit' : text.join(', ');
}
