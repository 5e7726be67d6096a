import { GroupRequest, HeddleError, Readers, ReaderRules, withoutUndefined, type GroupReply } from '@heddle/core';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import type { Caller } from '../../client/http-call.js';
import { print, printJson, printToStderr, table } from '../../output.js';
import { withClient } from '../context.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';

/** `heddle groups list`. */
export async function listGroups({ json }: JsonOption, command: Command): Promise<void> {
  const { groups } = await withClient(command, ({ api }) => api.GET('/api/groups'));
  if (json === true) printJson(groups);
  else if (groups.length === 0) print('There are no groups: heddle groups create NAME makes one.');
  else
    print(
      ...table([
        ['id', 'name', 'members'],
        ...groups.map(({ id, name, members }) => [id, name, members.map(({ title }) => title).join(', ')]),
      ]),
    );
}

/** `heddle groups create`. */
export async function createGroup(name: string, { json }: JsonOption, command: Command): Promise<void> {
  const body = parseArgument(GroupRequest, { name }, 'the group');
  const group = await withClient(command, ({ api }) => api.POST('/api/groups', { body }));
  printGroup(group, json);
}

/** `heddle groups rename`. */
export async function renameGroup(group: string, name: string, { json }: JsonOption, command: Command): Promise<void> {
  const body = parseArgument(GroupRequest, { name }, 'the group');
  const changed = await withClient(command, async ({ api }) =>
    api.PATCH('/api/groups/{id}', { params: { path: { id: await idOf(api, group) } }, body }),
  );
  printGroup(changed, json);
}

/** `heddle groups remove`. */
export async function removeGroup(group: string, { json }: JsonOption, command: Command): Promise<void> {
  const id = await withClient(command, async ({ api }) => {
    const found = await idOf(api, group);
    await api.DELETE('/api/groups/{id}', { params: { path: { id: found } } });
    return found;
  });
  if (json === true) printJson({ id });
  else printToStderr(`Removed ${group}.`);
}

/** `heddle groups add`. */
export async function addMember(group: string, member: string, { json }: JsonOption, command: Command): Promise<void> {
  const changed = await withClient(command, async ({ api }) =>
    api.PUT('/api/groups/{id}/members/{member}', { params: { path: { id: await idOf(api, group), member } } }),
  );
  printGroup(changed, json);
}

/** `heddle groups take`. */
export async function removeMember(
  group: string,
  member: string,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const changed = await withClient(command, async ({ api }) =>
    api.DELETE('/api/groups/{id}/members/{member}', { params: { path: { id: await idOf(api, group), member } } }),
  );
  printGroup(changed, json);
}

/** `heddle readers show`. */
export async function showReaders(name: string, { json }: JsonOption, command: Command): Promise<void> {
  const found = await withClient(command, async ({ api }) => {
    const all: { readonly id: string; readonly readers: readonly string[] }[] = [];
    for (let after: string | undefined; ;) {
      const { documents } = await api.GET('/api/collections/{name}/documents', {
        params: { path: { name }, query: withoutUndefined({ limit: 500, after }) },
      });
      for (const { id, readers } of documents) if (readers !== undefined) all.push({ id, readers });
      after = documents.at(-1)?.id;
      if (after === undefined || documents.length < 500) return all;
    }
  });
  if (json === true) printJson(found);
  else if (found.length === 0) print(`Everybody who may read '${name}' may read all of its documents.`);
  else print(...table([['document', 'readers'], ...found.map(({ id, readers }) => [id, readersText(readers)])]));
}

/** `heddle readers set`. */
export async function setReaders(
  name: string,
  document: string,
  given: readonly string[],
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const body = { readers: readersOf(given) };
  const changed = await withClient(command, ({ api }) =>
    api.PUT('/api/collections/{name}/documents/{id}/readers', { params: { path: { name, id: document } }, body }),
  );
  if (json === true) printJson(changed);
  else print(`${document}: ${readersText(changed.readers ?? null)} (${changed.documents} documents).`);
}

/** `heddle readers rules`. */
export async function readerRules(
  name: string,
  file: string | undefined,
  { json }: JsonOption,
  command: Command,
): Promise<void> {
  const params = { path: { name } };
  if (file === undefined) {
    printJson(await withClient(command, ({ api }) => api.GET('/api/collections/{name}/reader-rules', { params })));
    return;
  }
  const body = parseArgument(ReaderRules, JSON.parse(await readFile(file, 'utf8')), `the rules in '${file}'`);
  const changed = await withClient(command, ({ api }) =>
    api.PUT('/api/collections/{name}/reader-rules', { params, body }),
  );
  if (json === true) printJson(changed);
  else print(`${name}: the rules are set; ${changed.documents} documents have other readers now.`);
}

/** The readers that a command names; null for everybody. Errors: `usage`. */
export function readersOf(given: readonly string[]): string[] | null {
  const [first, ...others] = given;
  if (others.length === 0 && first === 'everybody') return null;
  if (others.length === 0 && first === 'nobody') return [];
  return parseArgument(Readers, given, 'the readers');
}

const readersText = (readers: readonly string[] | null): string =>
  readers === null ? 'everybody' : readers.length === 0 ? 'nobody' : readers.join(', ');

/** The id of a group that is given by its id or name. Errors: `group_not_found`. */
async function idOf(api: Caller['api'], group: string): Promise<string> {
  const { groups } = await api.GET('/api/groups');
  const found = groups.find(({ id, name }) => id === group || name === group);
  if (found !== undefined) return found.id;
  throw new HeddleError('group_not_found', `There is no group '${group}': heddle groups lists them.`);
}

function printGroup(group: GroupReply, json: true | undefined): void {
  if (json === true) printJson(group);
  else print(`${group.id}  ${group.name}: ${group.members.map(({ title }) => title).join(', ') || 'no members'}`);
}
