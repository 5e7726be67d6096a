import { HeddleError, SaveConnectionRequest, withoutUndefined } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, printToStderr, table } from '../../output.js';
import { readJson, readSecret } from '../../read-file-or-stdin.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { withClient } from '../context.js';

/** `heddle connections`. */
export async function listConnections(options: JsonOption, command: Command): Promise<void> {
  const { connections } = await withClient(command, ({ api }) => api.GET('/api/connections'));
  if (options.json === true) printJson(connections);
  else
    print(
      ...table([
        ['id', 'kind', 'address', 'clearance', 'key', 'state'],
        ...connections.map(({ id, kind, baseUrl, clearance, key, isEnabled, activity }) => [
          ...[id, kind, baseUrl ?? '', clearance, key],
          isEnabled ? activity.circuit : 'off',
        ]),
      ]),
    );
}

/** `heddle connections add`: adds a connection from a preset, a kind or a file. */
export async function addConnection(
  id: string,
  options: JsonOption & {
    readonly preset?: string;
    readonly kind?: string;
    readonly url?: string;
    readonly clearance?: string;
    readonly file?: string;
  },
  command: Command,
): Promise<void> {
  const { file, preset, kind, url, clearance } = options;
  const fromFile = file === undefined ? {} : await readJson(file);
  const given = (found: { readonly kind?: string; readonly baseUrl?: string }): unknown => ({
    ...found,
    ...(typeof fromFile === 'object' ? fromFile : {}),
    id,
    ...withoutUndefined({ preset, kind, baseUrl: url, clearance }),
  });
  const { connectionPresets } = await import('@heddle/adapters/connections');
  const start = connectionPresets.find((known) => known.id === preset);
  if (preset !== undefined && start === undefined)
    throw new HeddleError(
      'usage',
      `There is no preset '${preset}': ${connectionPresets.map((one) => one.id).join(', ')}.`,
    );
  const begin = start === undefined ? {} : { kind: start.kind, isLocal: start.isLocal, baseUrl: start.baseUrl };
  const connection = parseArgument(SaveConnectionRequest, given(begin), 'The connection');
  const added = await withClient(command, ({ api }) => api.POST('/api/connections', { body: connection }));
  if (options.json === true) printJson(added);
  else {
    print(`${id} is there.`);
    if (added.key === 'none') printToStderr(`Give it its key with: heddle connections key ${id} < FILE`);
  }
}

/** `heddle connections key`: reads the key from standard input. It is never shown again. */
export async function setConnectionKey(id: string, options: JsonOption, command: Command): Promise<void> {
  const value = await readSecret('the key');
  await withClient(command, async ({ api }) => {
    await api.PUT('/api/connections/{id}/key', { params: { path: { id } }, body: { value } });
  });
  if (options.json === true) printJson({ id });
  else print(`The key of ${id} is stored, encrypted.`);
}

/** `heddle connections test`. */
export async function testConnection(
  id: string,
  options: JsonOption & { readonly model?: string },
  command: Command,
): Promise<void> {
  const { model } = options;
  const test = await withClient(command, ({ api }) =>
    api.POST('/api/connections/{id}/test', { params: { path: { id } }, body: model === undefined ? {} : { model } }),
  );
  if (options.json === true) printJson(test);
  else if (test.isReachable) print(`${id} answers in ${Math.round(test.ms)} ms.`, ...test.models);
  if (test.isReachable) return;
  printToStderr(`heddle: ${test.message ?? 'It does not answer.'}`, `        (${test.code ?? 'provider_failed'})`);
  process.exitCode = 1;
}

/** `heddle connections remove`. */
export async function removeConnection(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/connections/{id}', { params: { path: { id } } }));
  if (options.json === true) printJson({ id });
  else print(`${id} is removed, with its key.`);
}
