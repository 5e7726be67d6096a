import { AlertChannelConfig, AlertRule, HeddleError } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, table } from '../../output.js';
import { readJson } from '../../read-file-or-stdin.js';
import { timeOf } from '../channels/channels.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

/** `heddle alerts list`. */
export async function listAlerts({ json }: JsonOption, command: Command): Promise<void> {
  const { alerts } = await withClient(command, ({ api }) => api.GET('/api/alerts'));
  if (json === true) printJson(alerts);
  else if (alerts.length === 0) print('There is no alert: heddle alerts add FILE adds one.');
  else
    print(
      ...table([
        ['id', 'name', 'severity', 'state', 'since', 'silent until'],
        ...alerts.map(({ id, name, severity, state, silentUntil, isEnabled }) => [
          ...[id, name, severity, isEnabled ? state.status : 'off', timeOf(state.since)],
          silentUntil === undefined ? '' : timeOf(silentUntil),
        ]),
      ]),
    );
}

/** `heddle alerts add FILE`. */
export async function addAlert(file: string, { json }: JsonOption, command: Command): Promise<void> {
  const body = parseArgument(AlertRule, await readJson(file), 'The alert');
  const alert = await withClient(command, ({ api }) => api.POST('/api/alerts', { body }));
  if (json === true) printJson(alert);
  else print(`${alert.id}: ${alert.name}`);
}

/** `heddle alerts history`. */
export async function showHistory(
  id: string,
  { json, limit }: JsonOption & { readonly limit: number },
  command: Command,
): Promise<void> {
  const { events } = await withClient(command, ({ api }) =>
    api.GET('/api/alerts/{id}/history', { params: { path: { id }, query: { limit } } }),
  );
  if (json === true) printJson(events);
  else if (events.length === 0) print('It has not fired yet.');
  for (const { at, kind, text, runs, isSilenced, deliveries } of json === true ? [] : events) {
    const receivers = deliveries.map(
      ({ channel, status, error }) => `${channel} ${status}${error === undefined ? '' : `: ${error}`}`,
    );
    print(`${timeOf(at)}  ${kind}${isSilenced ? ' (silent)' : ''}: ${text}`);
    if (runs.length > 0) print(`    runs: ${runs.join(', ')}`);
    if (receivers.length > 0) print(`    sent: ${receivers.join('; ')}`);
  }
}

/** `heddle alerts silence`. */
export async function silenceAlert(
  id: string,
  {
    json,
    minutes,
    end,
    reason = '',
  }: JsonOption & { readonly minutes: number; readonly end?: true; readonly reason?: string },
  command: Command,
): Promise<void> {
  const body = { minutes: end === true ? 0 : minutes, reason };
  const alert = await withClient(command, ({ api }) =>
    api.POST('/api/alerts/{id}/silence', { params: { path: { id } }, body }),
  );
  if (json === true) printJson(alert);
  else
    print(
      alert.silentUntil === undefined
        ? `${alert.name} is not silent.`
        : `${alert.name} is silent until ${timeOf(alert.silentUntil)}.`,
    );
}

/** `heddle alerts remove`. */
export async function removeAlert(id: string, { json }: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/alerts/{id}', { params: { path: { id } } }));
  if (json === true) printJson({ id });
  else print(`${id} is removed.`);
}

/** `heddle alerts channels`. */
export async function listChannels({ json }: JsonOption, command: Command): Promise<void> {
  const { channels } = await withClient(command, ({ api }) => api.GET('/api/alert-channels'));
  if (json === true) printJson(channels);
  else if (channels.length === 0) print('There is no alert channel: heddle alerts add-channel FILE adds one.');
  else
    print(
      ...table([
        ['id', 'kind', 'name', 'goes to', 'last message'],
        ...channels.map(({ id, kind, name, destination, last }) => [
          ...[id, kind, name, destination, last === undefined ? '' : (last.error ?? last.status)],
        ]),
      ]),
    );
}

/** `heddle alerts add-channel FILE`: the secret of a webhook is printed once. */
export async function addChannel(file: string, { json }: JsonOption, command: Command): Promise<void> {
  const body = parseArgument(AlertChannelConfig, await readJson(file), 'The alert channel');
  const channel = await withClient(command, ({ api }) => api.POST('/api/alert-channels', { body }));
  if (json === true) printJson(channel);
  else
    print(
      `${channel.id}: ${channel.name}`,
      ...(channel.secret === undefined ? [] : [`Its secret, shown once: ${channel.secret}`]),
    );
}

/** `heddle alerts test-channel`. Errors: `fetch_failed` if the receiver did not accept the message. */
export async function testChannel(id: string, { json }: JsonOption, command: Command): Promise<void> {
  const result = await withClient(command, ({ api }) =>
    api.POST('/api/alert-channels/{id}/test', { params: { path: { id } } }),
  );
  if (!result.isSent)
    throw new HeddleError('fetch_failed', result.error ?? 'The message was not accepted.', { retryable: false });
  if (json === true) printJson(result);
  else print('The test message was accepted.');
}

/** `heddle alerts remove-channel`. */
export async function removeChannel(id: string, { json }: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/alert-channels/{id}', { params: { path: { id } } }));
  if (json === true) printJson({ id });
  else print(`${id} is removed.`);
}
