import { type HookScheme } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readJson, readSecret } from '../../read-file-or-stdin.js';
import type { JsonOption } from '../parse-argument.js';
import { addressOf, withClient } from '../context.js';
import { arrivalLines, inputsOf } from './channels.js';

interface HookOptions extends JsonOption {
  readonly scheme: HookScheme;
  readonly input: readonly string[];
  readonly secret?: true;
  readonly rate?: number;
  readonly tolerance?: number;
}

/** `heddle hooks`. */
export async function listHooks(workflow: string, options: JsonOption, command: Command): Promise<void> {
  const { hooks } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/hooks', { params: { path: { id: workflow } } }),
  );
  if (options.json === true) printJson(hooks);
  else if (hooks.length === 0) print(`'${workflow}' has no incoming webhooks.`);
  else
    print(
      ...table([
        ['id', 'name', 'signed by', 'address', 'state', 'trouble'],
        ...hooks.map(({ id, name, scheme, path, isPaused, problems }) => [
          ...[
            id,
            name,
            scheme,
            `${addressOf(command)}${path}`,
            isPaused ? 'paused' : 'open',
            problems[0]?.message ?? '',
          ],
        ]),
      ]),
    );
}

/** `heddle hooks create`. */
export async function createHook(
  workflow: string,
  name: string,
  options: HookOptions,
  command: Command,
): Promise<void> {
  const inputs = inputsOf(options.input);
  const secret = options.secret === true ? { secret: await readSecret('the secret') } : {};
  const hook = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/hooks', {
      params: { path: { id: workflow } },
      body: {
        name,
        scheme: options.scheme,
        inputs,
        ratePerMinute: options.rate,
        toleranceSeconds: options.tolerance,
        ...secret,
      },
    }),
  );
  if (options.json === true) printJson(hook);
  else
    print(
      `id       ${hook.id}`,
      `address  POST ${addressOf(command)}${hook.path}`,
      `secret   ${hook.secret}`,
      'Keep the secret now: it is not shown again.',
    );
}

/** `heddle hooks arrivals`. */
export async function hookArrivals(
  workflow: string,
  id: string,
  options: JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const { arrivals } = await withClient(command, ({ api }) =>
    api.GET('/api/workflows/{id}/hooks/{hook}/arrivals', {
      params: { path: { id: workflow, hook: id }, query: { limit: options.limit } },
    }),
  );
  if (options.json === true) printJson(arrivals);
  else if (arrivals.length === 0) print('It has received no messages yet.');
  else print(...arrivalLines(arrivals, (key) => (key === '' ? '(unsigned)' : key)));
}

/** `heddle hooks try`. */
export async function tryHook(
  workflow: string,
  id: string,
  file: string,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const body = await readJson(file);
  const reply = await withClient(command, ({ api }) =>
    api.POST('/api/workflows/{id}/hooks/{hook}/try', { params: { path: { id: workflow, hook: id } }, body: { body } }),
  );
  if (options.json === true) printJson(reply);
  else print(`run ${reply.runId}`);
}
