import {
  CreatedKeyReply,
  InvitedReply,
  KeyReply,
  KeysReply,
  MembersReply,
  MeReply,
  ProjectReply,
  ProjectsReply,
  RecoveryCodesReply,
  ServiceReply,
  ServicesReply,
  SessionsReply,
  TotpReply,
  UserLinkReply,
  UserReply,
  UsersReply,
  type ChangeUserRequest,
  type CreateKeyRequest,
  type CreateServiceRequest,
  type CreateUserRequest,
  type KeyScopes,
  type PasswordRequest,
  type ProjectRequest,
  type Role,
  type TotpConfirmRequest,
} from '@heddle/core';
import { fetchJson, send } from '../http/http.js';

const at = (...parts: readonly string[]): string => `/api/${parts.map(encodeURIComponent).join('/')}`;
const withSignal = (signal: AbortSignal | undefined): { signal?: AbortSignal } =>
  signal === undefined ? {} : { signal };
const post = { method: 'POST' } as const;

/** The current user, other users and API keys. Errors of every call: ApiError. */
export const access = {
  me: (signal?: AbortSignal) => fetchJson(MeReply, at('auth', 'me'), withSignal(signal)),
  /** Whether a one-time link still works. Errors: ApiError `sign_in_failed` where it does not. */
  checkLink: async (token: string, signal?: AbortSignal): Promise<boolean> => {
    await send(at('auth', 'setup', 'check'), { ...post, body: { token }, ...withSignal(signal) });
    return true;
  },
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

  sessions: async (signal?: AbortSignal) =>
    (await fetchJson(SessionsReply, at('auth', 'sessions'), withSignal(signal))).sessions,
  endSession: async (id: string): Promise<void> => {
    await send(at('auth', 'sessions', id), { method: 'DELETE' });
  },
  endOtherSessions: async (): Promise<void> => {
    await send(`${at('auth', 'sessions')}?others=true`, { method: 'DELETE' });
  },

  users: async (signal?: AbortSignal) => (await fetchJson(UsersReply, at('users'), withSignal(signal))).users,
  invite: (body: CreateUserRequest) => fetchJson(InvitedReply, at('users'), { ...post, body }),
  changeUser: (id: string, body: ChangeUserRequest) => fetchJson(UserReply, at('users', id), { method: 'PATCH', body }),

  /** A new one-time link to set a password. */
  linkOf: async (id: string) => (await fetchJson(UserLinkReply, at('users', id, 'link'), { ...post, body: {} })).token,
  signOutUser: async (id: string): Promise<void> => {
    await send(at('users', id, 'sessions'), { method: 'DELETE' });
  },

  projects: async (signal?: AbortSignal) =>
    (await fetchJson(ProjectsReply, at('projects'), withSignal(signal))).projects,
  createProject: (body: ProjectRequest) => fetchJson(ProjectReply, at('projects'), { ...post, body }),
  renameProject: (id: string, name: string) =>
    fetchJson(ProjectReply, at('projects', id), { method: 'PATCH', body: { name } }),
  archiveProject: (id: string) => fetchJson(ProjectReply, at('projects', id, 'archive'), { ...post, body: {} }),
  restoreProject: (id: string) => fetchJson(ProjectReply, at('projects', id, 'archive'), { method: 'DELETE' }),
  /** Gives up all roles of the current user in the project. */
  leaveProject: async (id: string): Promise<void> => {
    await send(at('projects', id, 'membership'), { method: 'DELETE' });
  },
  removeProject: async (id: string): Promise<void> => {
    await send(at('projects', id), { method: 'DELETE' });
  },
  members: async (project: string, signal?: AbortSignal) =>
    (await fetchJson(MembersReply, at('projects', project, 'members'), withSignal(signal))).members,
  /** `member` is `user:ID`, `service:ID` or an e-mail address; without roles the member is removed. */
  setMember: async (project: string, member: string, roles: readonly Role[]) =>
    (await fetchJson(MembersReply, at('projects', project, 'members', member), { method: 'PUT', body: { roles } }))
      .members,
  services: async (signal?: AbortSignal) =>
    (await fetchJson(ServicesReply, at('services'), withSignal(signal))).services,
  /** In the project of this tab. */
  createService: (body: CreateServiceRequest) => fetchJson(ServiceReply, at('services'), { ...post, body }),
  removeService: async (id: string): Promise<void> => {
    await send(at('services', id), { method: 'DELETE' });
  },

  /** Those of the project of this tab. */
  keys: async (signal?: AbortSignal) => (await fetchJson(KeysReply, at('keys'), withSignal(signal))).keys,
  /** The reply has the secret, only this once. */
  createKey: (body: CreateKeyRequest) => fetchJson(CreatedKeyReply, at('keys'), { ...post, body }),
  /** The secret stays the same. */
  changeKey: (id: string, scopes: KeyScopes) =>
    fetchJson(KeyReply, at('keys', id), { method: 'PATCH', body: { scopes } }),
  revokeKey: async (id: string): Promise<void> => {
    await send(at('keys', id), { method: 'DELETE' });
  },
};
