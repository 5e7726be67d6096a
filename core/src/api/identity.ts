import { z } from 'zod';
import { GivenPerMinute, GivenTime } from './bounds.js';
import { Role } from '../access/permissions.js';
import { KeyScopes } from '../access/principal.js';
import { withReadOnly } from './read-only.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

const Email = z.email().max(254);
const Name = z.string().trim().min(1).max(100);
const Password = z.string().min(12).max(200);

/** Body of `POST /api/auth/sign-in`; `code` is a code from the authenticator app or a recovery code. */
export const SignInRequest = lazyStrictObject(() => ({
  email: z.string().max(254),
  password: z.string().max(200),
  code: z.string().max(40).optional(),
})).meta({ id: 'SignInRequest' });
export type SignInRequest = z.infer<typeof SignInRequest>;

/** Body of `POST /api/auth/setup`: uses a one-time link. The first owner sends name and email; an invited user only a password. */
export const SetupRequest = lazyStrictObject(() => ({
  token: z.string().max(100),
  email: Email.optional(),
  name: Name.optional(),
  password: Password,
})).meta({ id: 'SetupRequest' });
export type SetupRequest = z.infer<typeof SetupRequest>;

/** Body of `POST /api/auth/setup/check`. */
export const SetupCheckRequest = SetupRequest.pick({ token: true }).meta({ id: 'SetupCheckRequest' });

/** Body of `POST /api/auth/password`. */
export const PasswordRequest = lazyStrictObject(() => ({ current: z.string().max(200), next: Password })).meta({
  id: 'PasswordRequest',
});
export type PasswordRequest = z.infer<typeof PasswordRequest>;

/** Reply of `GET /api/auth/me`. */
export const MeReply = lazyObject(() => ({
  isSignInNeeded: z.boolean(),
  hasUsers: z.boolean(),
  /** The sign-in provider, if one is configured: open `address` in the browser. */
  provider: z.object({ name: z.string(), address: z.string() }).optional(),
  /** Missing if no one is signed in. */
  principal: z
    .object({
      id: z.string(),
      kind: z.enum(['local', 'user', 'key', 'service']),
      name: z.string(),
      roles: z.record(z.string(), z.array(Role)),
      /** Whether the second factor is on; only for a user. */
      hasSecondFactor: z.boolean().optional(),
    })
    .optional(),
})).meta({ id: 'MeReply' });
export type MeReply = z.infer<typeof MeReply>;

/** A session of a user. */
export const SessionReply = lazyObject(() => ({
  id: z.string(),
  /** The `User-Agent` of the browser. */
  agent: z.string(),
  createdAt: z.number(),
  seenAt: z.number(),
  /** Whether it is the session of the request. */
  isCurrent: z.boolean(),
})).meta({ id: 'SessionReply' });
export type SessionReply = z.infer<typeof SessionReply>;
/** Reply of `GET /api/auth/sessions`. */
export const SessionsReply = z.object({ sessions: z.array(SessionReply) }).meta({ id: 'SessionsReply' });
export type SessionsReply = z.infer<typeof SessionsReply>;

/** Reply of `POST /api/auth/totp`: the secret for the authenticator app. The second factor is off until a code is confirmed. */
export const TotpReply = lazyObject(() => ({ secret: z.string(), address: z.string() })).meta({ id: 'TotpReply' });
export type TotpReply = z.infer<typeof TotpReply>;
/** Body of `POST /api/auth/totp/confirm`. */
export const TotpConfirmRequest = lazyStrictObject(() => ({
  secret: z.string().regex(/^[A-Z2-7]{32}$/),
  code: z.string().regex(/^\d{6}$/, { error: 'Enter the six digits from your authenticator app' }),
})).meta({ id: 'TotpConfirmRequest' });
export type TotpConfirmRequest = z.infer<typeof TotpConfirmRequest>;
/** The recovery codes of the second factor. */
export const RecoveryCodesReply = z.object({ codes: z.array(z.string()) }).meta({ id: 'RecoveryCodesReply' });
export type RecoveryCodesReply = z.infer<typeof RecoveryCodesReply>;

/** A user. */
export const UserReply = lazyObject(() => ({
  id: z.string(),
  email: z.string(),
  name: z.string(),
  isDisabled: z.boolean(),
  hasSecondFactor: z.boolean(),
  createdAt: z.number(),
  signedInAt: z.number().optional(),
  roles: z.record(z.string(), z.array(Role)),
})).meta({ id: 'UserReply' });
export type UserReply = z.infer<typeof UserReply>;
/** Reply of `GET /api/users`. */
export const UsersReply = z.object({ users: z.array(UserReply) }).meta({ id: 'UsersReply' });
export type UsersReply = z.infer<typeof UsersReply>;

/** Body of `POST /api/users`. The reply has a one-time link with which the user sets a password. */
export const CreateUserRequest = lazyStrictObject(() => ({
  email: Email,
  name: Name,
  roles: z.array(Role).max(6).default(['viewer']),
})).meta({ id: 'CreateUserRequest' });
export type CreateUserRequest = z.infer<typeof CreateUserRequest>;
/** Reply of `POST /api/users`. */
export const InvitedReply = lazyObject(() => ({ user: UserReply, token: z.string() })).meta({ id: 'InvitedReply' });
export type InvitedReply = z.infer<typeof InvitedReply>;

/** Reply of `POST /api/users/:id/link`: a new one-time link, for example for a forgotten password. */
export const UserLinkReply = z.object({ token: z.string() }).meta({ id: 'UserLinkReply' });
export type UserLinkReply = z.infer<typeof UserLinkReply>;

/** Body of `PATCH /api/users/:id`. `roles` is a list for the project `default`, or an object by project as in `GET /api/users`. */
export const ChangeUserRequest = withReadOnly(
  lazyStrictObject(() => ({
    isDisabled: z.boolean().optional(),
    roles: z.union([z.array(Role).max(6), z.record(z.string(), z.array(Role).max(6))]).optional(),
  })),
  UserReply,
).meta({ id: 'ChangeUserRequest' });
export type ChangeUserRequest = z.infer<typeof ChangeUserRequest>;

const GivenScopes = KeyScopes.extend({ ratePerMinute: GivenPerMinute.optional(), expiresAt: GivenTime.optional() });

/** Body of `POST /api/keys`. */
export const CreateKeyRequest = lazyStrictObject(() => ({
  name: Name,
  scopes: GivenScopes.prefault({}),
  /** Id of the service account of the key; without it, the key acts for its creator. */
  service: z.string().max(100).optional(),
})).meta({ id: 'CreateKeyRequest' });
export type CreateKeyRequest = z.infer<typeof CreateKeyRequest>;
/** An API key, without its secret. */
export const KeyReply = lazyObject(() => ({
  id: z.string(),
  prefix: z.string(),
  name: z.string(),
  owner: z.string(),
  project: z.string(),
  scopes: KeyScopes,
  createdAt: z.number(),
  usedAt: z.number().optional(),
  revokedAt: z.number().optional(),
  /** Rights that an upgrade removed when keys were limited to calls of published versions. */
  narrowedFrom: z.array(z.string()).optional(),
})).meta({ id: 'KeyReply' });
export type KeyReply = z.infer<typeof KeyReply>;
/** The new scopes of a key; its secret does not change. */
export const ChangeKeyRequest = withReadOnly(z.strictObject({ scopes: GivenScopes }), KeyReply).meta({
  id: 'ChangeKeyRequest',
});
export type ChangeKeyRequest = z.infer<typeof ChangeKeyRequest>;
/** Reply of `GET /api/keys`. */
export const KeysReply = z.object({ keys: z.array(KeyReply) }).meta({ id: 'KeysReply' });
export type KeysReply = z.infer<typeof KeysReply>;
/** A new key. Only this reply contains the `secret`. */
export const CreatedKeyReply = lazyObject(() => ({ key: KeyReply, secret: z.string() })).meta({
  id: 'CreatedKeyReply',
});
export type CreatedKeyReply = z.infer<typeof CreatedKeyReply>;
