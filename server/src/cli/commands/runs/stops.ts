import { HeddleError, KillSwitchTarget } from '@heddle/core';
import type { Command } from 'commander';
import type { Caller } from '../../client/http-call.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import type { JsonOption } from '../parse-argument.js';

/**
 * `heddle stop`: activates the kill switch of everything, a workflow, a tool or a connection. Without a target it lists what is stopped.
 */
export async function stop(
  target: string | undefined,
  options: JsonOption & { readonly reason: string },
  command: Command,
): Promise<void> {
  await withClient(command, async ({ api }) => {
    if (target === undefined) {
      const found = await api.GET('/api/kill-switches');
      if (options.json === true) printJson(found);
      else if (found.killSwitches.length === 0) print('Nothing is stopped.');
      else
        print(
          ...table([
            ['target', 'since', 'who', 'reason'],
            ...found.killSwitches.map(({ target: what, time, who, reason }) => [
              what,
              new Date(time).toISOString(),
              who,
              reason,
            ]),
          ]),
        );
      return;
    }
    const reply = await api.PUT('/api/kill-switches/{target}', {
      params: { path: { target: await targetOf(api, target) } },
      body: { reason: options.reason },
    });
    printToStderr(...(reply.warnings ?? []));
    if (options.json === true) printJson(reply);
    else print(`${reply.target} is stopped; ${reply.runs} running ${reply.runs === 1 ? 'run is' : 'runs are'} paused.`);
  });
}

/** `heddle release`. */
export async function release(target: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, async ({ api }) => {
    const reply = await api.DELETE('/api/kill-switches/{target}', {
      params: { path: { target: await targetOf(api, target) } },
    });
    if (options.json === true) printJson(reply);
    else
      print(
        `${reply.target} is released; ${reply.runs} paused ${reply.runs === 1 ? 'run continues' : 'runs continue'}.`,
      );
  });
}

/** Replaces the slug in a workflow target by the id, which the API needs. Errors: `usage`. */
async function targetOf(api: Caller['api'], target: string): Promise<string> {
  if (!KillSwitchTarget.safeParse(target).success)
    throw new HeddleError(
      'usage',
      `'${target}' cannot be stopped: name all, workflow:SLUG, tool:NAME or connection:ID.`,
    );
  const workflow = /^workflow:(.+)$/.exec(target)?.[1];
  if (workflow === undefined) return target;
  const { id } = await api.GET('/api/workflows/{id}', { params: { path: { id: workflow } } });
  return `workflow:${id}`;
}
