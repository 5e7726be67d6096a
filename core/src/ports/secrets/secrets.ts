import { z } from 'zod';

/** The owner of secrets that belong to the whole installation. Every other owner is the id of a project. */
export const installationOwner = 'installation';

/** The pattern of secret names. */
export const secretNamePattern = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

/** The name of a secret, as a request gives it. */
export const SecretName = z
  .string()
  .regex(secretNamePattern, { error: 'The name of a secret (letters, digits, ., _ and -), not its value' });

/** How a secret may be used: in requests to its hosts, or in the environment of a tool server's command. */
export const SecretUse = z.enum(['request', 'tool-environment']).meta({ id: 'SecretUse' });
export type SecretUse = z.infer<typeof SecretUse>;

/**
 * Where the value of a secret comes from. Every kind except `stored` is read with rights of the installation, so only owners of the
 * installation may choose it.
 */
export const SecretSource = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored') }),
    z.object({ kind: z.literal('environment') }),
    z.object({ kind: z.literal('file') }),
    z.object({
      kind: z.literal('vault'),
      path: z.string().min(1).max(512),
      field: z.string().min(1).max(256).default('value'),
    }),
    z.object({
      kind: z.literal('aws'),
      /** Name or ARN. */
      id: z.string().min(1).max(2_048),
      /** The field to read if the secret is a JSON object. Without it, the whole text is used. */
      field: z.string().min(1).max(256).optional(),
    }),
  ])
  .meta({ id: 'SecretSource' });
export type SecretSource = z.infer<typeof SecretSource>;

/** The description of a secret, without its value. */
export const SecretCard = z
  .object({
    name: z.string().regex(secretNamePattern),
    /** `installation`, or the id of a project. */
    owner: z.string(),
    /** The allowed hosts: `api.example.com`, `*.example.com`, `10.0.0.5:8080`; see `allowsSecretHost`. */
    hosts: z.array(z.string().min(1).max(300)).max(100).default([]),
    uses: z.array(SecretUse).max(2).default(['request']),
    /** Ids of the workflows that may use the secret. Default: all workflows of its project. */
    workflows: z.array(z.string().min(1).max(128)).max(1_000).optional(),
    source: SecretSource.default({ kind: 'stored' }),
    /** Set if a workflow sends the secret to an address that is known only during a run. An owner must then add the host. */
    needsHost: z.boolean().default(false),
  })
  .meta({ id: 'SecretCard' });
export type SecretCard = z.infer<typeof SecretCard>;

/** A card with the time of its last change (epoch milliseconds). */
export interface StoredSecret extends SecretCard {
  readonly updatedAt: number;
}

/** Cards and values of secrets, by owner and name. Values are encrypted at rest; only code inside the server reads and writes them. */
export interface SecretStore {
  /** Returns all cards, sorted by name. Keys of connections have no card. */
  list(): Promise<readonly StoredSecret[]>;
  card(owner: string, name: string): Promise<StoredSecret | undefined>;
  /**
   * Saves a card. Without a value, the stored value is kept. Errors: `secret_unreadable`; `bad_request`, also if a `stored` secret has no
   * value to keep.
   */
  save(card: SecretCard, value?: string): Promise<void>;
  hasValue(owner: string, name: string): Promise<boolean>;
  /** Errors: `secret_not_found`, `secret_unreadable`. */
  value(owner: string, name: string): Promise<string>;
  remove(owner: string, name: string): Promise<void>;
  /** Whether older secrets, and secrets from the environment, already have the hosts to which they are sent. */
  areHostsLearned(): Promise<boolean>;
  /** Saves the cards with their learned hosts, once. */
  learnHosts(cards: readonly SecretCard[]): Promise<void>;
}
