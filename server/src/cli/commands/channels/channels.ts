import { configOf, HeddleError, HookConfig, ScheduleConfig, WebhookConfig, type Arrival } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readSecret } from '../../read-file-or-stdin.js';
import type { JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

type ChannelKind = 'hooks' | 'webhooks' | 'schedules';

/** A time in a table, in UTC; empty if undefined. */
export const timeOf = (time: number | undefined): string => (time === undefined ? '' : new Date(time).toISOString());

/** `heddle hooks|webhooks|schedules pause|resume`. */
export async function setPaused(
  kind: ChannelKind,
  workflow: string,
  id: string,
  isPaused: boolean,
  options: JsonOption,
  command: Command,
): Promise<void> {
  const params = { path: { id: workflow } };
  const changed = await withClient(command, async ({ api }) => {
    switch (kind) {
      case 'hooks': {
        const found = channelById((await api.GET('/api/workflows/{id}/hooks', { params })).hooks, id);
        return api.PUT('/api/workflows/{id}/hooks/{hook}', {
          params: { path: { id: workflow, hook: id } },
          body: { ...configOf(HookConfig, found), isPaused },
        });
      }
      case 'webhooks': {
        const found = channelById((await api.GET('/api/workflows/{id}/webhooks', { params })).webhooks, id);
        return api.PUT('/api/workflows/{id}/webhooks/{webhook}', {
          params: { path: { id: workflow, webhook: id } },
          body: { ...configOf(WebhookConfig, found), isPaused },
        });
      }
      case 'schedules': {
        const found = channelById((await api.GET('/api/workflows/{id}/schedules', { params })).schedules, id);
        return api.PUT('/api/workflows/{id}/schedules/{schedule}', {
          params: { path: { id: workflow, schedule: id } },
          body: { ...configOf(ScheduleConfig, found), isPaused },
        });
      }
    }
  });
  if (options.json === true) printJson(changed);
  else print(`${changed.name}: ${isPaused ? 'paused' : 'goes on'}`);
}

/** `heddle hooks|webhooks|schedules delete`. */
export async function removeChannel(
  kind: ChannelKind,
  workflow: string,
  id: string,
  options: JsonOption,
  command: Command,
): Promise<void> {
  await withClient(command, ({ api }) => {
    const params = { path: { id: workflow, hook: id, webhook: id, schedule: id } };
    if (kind === 'hooks') return api.DELETE('/api/workflows/{id}/hooks/{hook}', { params });
    if (kind === 'webhooks') return api.DELETE('/api/workflows/{id}/webhooks/{webhook}', { params });
    return api.DELETE('/api/workflows/{id}/schedules/{schedule}', { params });
  });
  if (options.json === true) printJson({ removed: id });
  else print(`${id} is removed`);
}

/** `heddle hooks|webhooks secret`. */
export async function changeSecret(
  kind: ChannelKind,
  workflow: string,
  id: string,
  options: JsonOption & { readonly secret?: true },
  command: Command,
): Promise<void> {
  const body = options.secret === true ? { secret: await readSecret('the secret') } : {};
  const reply = await withClient(command, ({ api }) =>
    kind === 'hooks'
      ? api.POST('/api/workflows/{id}/hooks/{hook}/secret', { params: { path: { id: workflow, hook: id } }, body })
      : api.POST('/api/workflows/{id}/webhooks/{webhook}/secret', {
          params: { path: { id: workflow, webhook: id } },
          body,
        }),
  );
  if (options.json === true) printJson(reply);
  else print(`secret   ${reply.secret}`, 'Keep it now: it is not shown again.');
}

/** Finds a channel by its id. Errors: `trigger_not_found`. */
export function channelById<Channel extends { readonly id: string; readonly name: string }>(
  channels: readonly Channel[],
  id: string,
): Channel {
  const found = channels.find((channel) => channel.id === id);
  if (found !== undefined) return found;
  throw new HeddleError('trigger_not_found', `There is no '${id}' here: list them for their ids.`);
}

/** Formats arrivals as lines. */
export function arrivalLines(arrivals: readonly Arrival[], name: (key: string) => string): readonly string[] {
  return table([
    ['at', 'what', 'run', 'why not'],
    ...arrivals.map(({ at: time, key, runId, error }) => [
      timeOf(time),
      name(key),
      runId ?? '',
      error === undefined ? '' : `${error.message} (${error.code})`,
    ]),
  ]);
}

/** The inputs from `--input name=template`. A value that is valid JSON is parsed. Errors: `usage`. */
export function inputsOf(given: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (given.length === 0) return undefined;
  return Object.fromEntries(
    given.map((entry) => pairOf(entry, '--input')).map(([name, text]) => [name, valueOf(text)]),
  );
}

/** Splits `name=value`. Errors: `usage`. */
export function pairOf(entry: string, option: string): readonly [string, string] {
  const split = entry.indexOf('=');
  if (split < 1) throw new HeddleError('usage', `${option} takes name=value; it was given '${entry.slice(0, 80)}'.`);
  return [entry.slice(0, split), entry.slice(split + 1)];
}

function valueOf(text: string): unknown {
  // A template stays text, even if it begins like an object.
  if (text.startsWith('{{')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
