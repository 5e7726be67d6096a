import {
  CreatedKeyReply,
  InvitedReply,
  KeysReply,
  MeReply,
  RecoveryCodesReply,
  TotpReply,
  UserReply,
  UsersReply,
  type ChangeUserRequest,
  type CreateKeyRequest,
  type CreateUserRequest,
  type PasswordRequest,
  type TotpConfirmRequest,
} from '@heddle/core';
import { fetchJson, send } from './http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const post = { method: 'POST' } as const;

/** Who one is, the others, and API keys. Errors of every call: ApiError. */
export const access = {
  me: (signal?: AbortSignal) => fetchJson(MeReply, at('auth', 'me'), withSignal(signal)),
  signOut: async (): Promise<void> => {
    await send(at('auth', 'sign-out'), { ...post, body: {} });
  },
  /** Ends every other session. */
  changePassword: async (body: PasswordRequest): Promise<void> => {
    await send(at('auth', 'password'), { ...post, body });
  },
  beginTotp: () => fetchJson(TotpReply, at('auth', 'totp'), { ...post, body: {} }),
  confirmTotp: async (body: TotpConfirmRequest) =>
    (await fetchJson(RecoveryCodesReply, at('auth', 'totp', 'confirm'), { ...post, body })).codes,
  removeTotp: async (password: string): Promise<void> => {
    await send(at('auth', 'totp'), { method: 'DELETE', body: { password } });
  },

  users: async (signal?: AbortSignal) => (await fetchJson(UsersReply, at('users'), withSignal(signal))).users,
  invite: (body: CreateUserRequest) => fetchJson(InvitedReply, at('users'), { ...post, body }),
  changeUser: (id: string, body: ChangeUserRequest) => fetchJson(UserReply, at('users', id), { method: 'PATCH', body }),

  keys: async (signal?: AbortSignal) => (await fetchJson(KeysReply, at('keys'), withSignal(signal))).keys,
  /** The reply has the secret, this once. */
  createKey: (body: CreateKeyRequest) => fetchJson(CreatedKeyReply, at('keys'), { ...post, body }),
  revokeKey: async (id: string): Promise<void> => {
    await send(at('keys', id), { method: 'DELETE' });
  },
};
