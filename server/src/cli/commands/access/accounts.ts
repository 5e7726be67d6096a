import { ChangeKeyRequest, CreateKeyRequest, CreateUserRequest } from '@heddle/core';
import type { Command } from 'commander';
import { print, printJson, printToStderr, table } from '../../output.js';
import { parseArgument, type JsonOption } from '../parse-argument.js';
import { addressOf, withClient } from '../context.js';

/** `heddle users`. */
export async function listUsers(options: JsonOption, command: Command): Promise<void> {
  const { users } = await withClient(command, ({ api }) => api.GET('/api/users'));
  if (options.json === true) printJson(users);
  else
    print(
      ...table([
        ['id', 'email', 'name', 'roles'],
        ...users.map(({ id, email, name, roles }) => [id, email, name, (roles['default'] ?? []).join(', ')]),
      ]),
    );
}

/** `heddle users add`: prints the one-time link with which the user chooses a password. */
export async function addUser(
  email: string,
  options: JsonOption & { readonly name?: string; readonly role: readonly string[] },
  command: Command,
): Promise<void> {
  const given = {
    email,
    name: options.name ?? email,
    ...(options.role.length === 0 ? {} : { roles: options.role }),
  };
  const request = parseArgument(CreateUserRequest, given, 'the user');
  const invited = await withClient(command, ({ api }) => api.POST('/api/users', { body: request }));
  if (options.json === true) printJson(invited);
  else {
    printToStderr(`${email} chooses a password there, once and within seven days:`);
    print(`${addressOf(command)}/sign-in?setup=${invited.token}`);
  }
}

/** `heddle keys`. */
export async function listKeys(options: JsonOption, command: Command): Promise<void> {
  const { keys } = await withClient(command, ({ api }) => api.GET('/api/keys'));
  if (options.json === true) printJson(keys);
  else
    print(
      ...table([
        ['id', 'key', 'name', 'owner', 'state'],
        ...keys.map((key) => [
          key.id,
          `${key.prefix}…`,
          key.name,
          key.owner,
          key.revokedAt === undefined ? 'good' : 'revoked',
        ]),
      ]),
    );
}

/** `heddle keys create`: prints the key, which is never shown again. */
export async function createKey(
  name: string,
  options: JsonOption & {
    readonly workflow: readonly string[];
    readonly may: readonly string[];
    readonly clearance?: string;
    readonly rate?: number;
    readonly days?: number;
  },
  command: Command,
): Promise<void> {
  const given = {
    name,
    scopes: {
      ...(options.workflow.length === 0 ? {} : { workflows: options.workflow }),
      ...(options.may.length === 0 ? {} : { permissions: options.may }),
      clearance: options.clearance,
      ratePerMinute: options.rate,
      expiresAt: options.days === undefined ? undefined : Date.now() + options.days * 86_400_000,
    },
  };
  const request = parseArgument(CreateKeyRequest, given, 'the key');
  const created = await withClient(command, ({ api }) => api.POST('/api/keys', { body: request }));
  if (options.json === true) printJson(created);
  else {
    printToStderr('Keep the key: it is not shown again.');
    print(created.secret);
  }
}

/** `heddle keys allow`: adds rights to a key. */
export async function allowKey(
  id: string,
  rights: readonly string[],
  options: JsonOption,
  command: Command,
): Promise<void> {
  const key = await withClient(command, async ({ api }) => {
    const { keys } = await api.GET('/api/keys');
    const known = keys.find((one) => one.id === id);
    const permissions = [...new Set([...(known?.scopes.permissions ?? []), ...rights])];
    const change = parseArgument(ChangeKeyRequest, { scopes: { ...known?.scopes, permissions } }, 'the rights');
    return api.PATCH('/api/keys/{id}', { params: { path: { id } }, body: change });
  });
  if (options.json === true) printJson(key);
  else print(`${id} may: ${key.scopes.permissions.join(', ')}.`);
}

/** `heddle keys revoke`. */
export async function revokeKey(id: string, options: JsonOption, command: Command): Promise<void> {
  await withClient(command, ({ api }) => api.DELETE('/api/keys/{id}', { params: { path: { id } } }));
  if (options.json === true) printJson({ id });
  else print(`${id} is revoked.`);
}

/** `heddle users forget`: erases the data of a person, and lists what was erased, by kind, and what remains. */
export async function forgetPerson(subject: string, { json }: JsonOption, command: Command): Promise<void> {
  const report = await withClient(command, ({ api }) => api.POST('/api/people/forget', { body: { subject } }));
  if (json === true) {
    printJson(report);
    return;
  }
  print(
    ...table([['erased', 'number'], ...Object.entries(report.erased).map(([kind, count]) => [kind, String(count)])]),
  );
  print(...report.remains.map((text) => `Remains: ${text}`));
}
