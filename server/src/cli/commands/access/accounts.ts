import { readLock } from '@heddle/adapters/database';
import {
  ChangeKeyRequest,
  CreatedKeyReply,
  CreateKeyRequest,
  CreateUserRequest,
  InvitedReply,
  KeyReply,
  KeysReply,
  localPrincipal,
  UsersReply,
} from '@heddle/core';
import type { Command } from 'commander';
import { createCaller } from '../../client/http-call.js';
import { print, printJson, say, table } from '../../output.js';
import { parseGiven, type JsonOption } from '../at-heddle.js';
import { placeOf, settingsOf } from '../context.js';

/** Users and keys, through the running server of the data folder or on the folder itself. */
interface Accounts {
  users(): Promise<UsersReply>;
  invite(request: CreateUserRequest): Promise<InvitedReply>;
  keys(): Promise<KeysReply>;
  createKey(request: CreateKeyRequest): Promise<CreatedKeyReply>;
  changeKey(id: string, request: ChangeKeyRequest): Promise<KeyReply>;
  revokeKey(id: string): Promise<void>;
}

/** `heddle users`. */
export async function listUsers(options: JsonOption, command: Command): Promise<void> {
  const { users } = await withAccounts(command, (accounts) => accounts.users());
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
  const request = parseGiven(CreateUserRequest, given, 'the user');
  const invited = await withAccounts(command, (accounts) => accounts.invite(request));
  if (options.json === true) printJson(invited);
  else {
    say(`${email} chooses a password there, once and within seven days:`);
    print(`${placeOf(command)}/sign-in?setup=${invited.token}`);
  }
}

/** `heddle keys`. */
export async function listKeys(options: JsonOption, command: Command): Promise<void> {
  const { keys } = await withAccounts(command, (accounts) => accounts.keys());
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

/** `heddle keys create`: prints the key, this once. */
export async function createKey(
  name: string,
  options: JsonOption & {
    readonly workflow: readonly string[];
    readonly may: readonly string[];
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
      ratePerMinute: options.rate,
      expiresAt: options.days === undefined ? undefined : Date.now() + options.days * 86_400_000,
    },
  };
  const request = parseGiven(CreateKeyRequest, given, 'the key');
  const created = await withAccounts(command, (accounts) => accounts.createKey(request));
  if (options.json === true) printJson(created);
  else {
    say('Keep the key: it is not shown again.');
    print(created.secret);
  }
}

/** `heddle keys allow`: adds rights to those that a key has. */
export async function allowKey(
  id: string,
  rights: readonly string[],
  options: JsonOption,
  command: Command,
): Promise<void> {
  const key = await withAccounts(command, async (accounts) => {
    const known = (await accounts.keys()).keys.find((one) => one.id === id);
    const permissions = [...new Set([...(known?.scopes.permissions ?? []), ...rights])];
    return accounts.changeKey(
      id,
      parseGiven(ChangeKeyRequest, { scopes: { ...known?.scopes, permissions } }, 'the rights'),
    );
  });
  if (options.json === true) printJson(key);
  else print(`${id} may: ${key.scopes.permissions.join(', ')}.`);
}

/** `heddle keys revoke`. */
export async function revokeKey(id: string, options: JsonOption, command: Command): Promise<void> {
  await withAccounts(command, (accounts) => accounts.revokeKey(id));
  if (options.json === true) printJson({ id });
  else print(`${id} is revoked.`);
}

async function withAccounts<T>(command: Command, work: (accounts: Accounts) => Promise<T>): Promise<T> {
  const settings = settingsOf(command);
  const owner = readLock(settings.dataFolder);
  if (owner?.kind === 'server' && owner.address !== undefined) {
    const { call, request } = createCaller(owner.address, owner.token);
    return work({
      users: () => call(UsersReply, 'GET', '/api/users'),
      invite: (body) => call(InvitedReply, 'POST', '/api/users', body),
      keys: () => call(KeysReply, 'GET', '/api/keys'),
      createKey: (body) => call(CreatedKeyReply, 'POST', '/api/keys', body),
      changeKey: (id, body) => call(KeyReply, 'PATCH', `/api/keys/${encodeURIComponent(id)}`, body),
      revokeKey: async (id) => {
        await request('DELETE', `/api/keys/${encodeURIComponent(id)}`);
      },
    });
  }
  const { openHeddle } = await import('../../../heddle/open-heddle.js');
  const heddle = await openHeddle(settings, { kind: 'command', waitMs: 5_000 });
  const { users, keys } = heddle;
  try {
    return await work({
      users: () => Promise.resolve({ users: users.list() }),
      invite: (body) => users.invite(localPrincipal, body),
      keys: () => Promise.resolve({ keys: keys.list() }),
      createKey: (body) => keys.create(localPrincipal, body),
      changeKey: (id, { scopes }) => keys.change(localPrincipal, id, scopes),
      revokeKey: (id) => keys.revoke(localPrincipal, id),
    });
  } finally {
    await heddle.stop();
    await heddle.close();
  }
}
