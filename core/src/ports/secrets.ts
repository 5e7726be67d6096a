import { z } from 'zod';

/** The owner of secrets that belong to the whole installation; any other owner is the id of a project. */
export const installationOwner = 'installation';

/** Names that secrets may have. */
export const secretNamePattern = /^[A-Za-z][A-Za-z0-9._-]{0,127}$/;

/** What a secret may be used for: requests to its hosts, or the environment of a tool server's command. */
export const SecretUse = z.enum(['request', 'tool-environment']).meta({ id: 'SecretUse' });
export type SecretUse = z.infer<typeof SecretUse>;

/** Where the value of a secret comes from. All but `stored` are read with rights of the installation, so only its owners choose them. */
export const SecretSource = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('stored') }),
    z.object({ kind: z.literal('environment') }),
    z.object({ kind: z.literal('file') }),
    z.object({
      kind: z.literal('vault'),
      /** Path of the secret inside the mount. */
      path: z.string().min(1).max(512),
      field: z.string().min(1).max(256).default('value'),
    }),
    z.object({
      kind: z.literal('aws'),
      /** Name or ARN. */
      id: z.string().min(1).max(2_048),
      /** Of a secret that is a JSON object: which member. Left out, the whole text counts. */
      field: z.string().min(1).max(256).optional(),
    }),
  ])
  .meta({ id: 'SecretSource' });
export type SecretSource = z.infer<typeof SecretSource>;

/** What is known of a secret; never its value. */
export const SecretCard = z
  .object({
    name: z.string().regex(secretNamePattern),
    /** `installation`, or the id of a project. */
    owner: z.string(),
    /** Where it may be sent: `api.example.com`, `*.example.com`, `10.0.0.5:8080`; see `allowsSecretHost`. */
    hosts: z.array(z.string().min(1).max(300)).max(100).default([]),
    uses: z.array(SecretUse).max(2).default(['request']),
    /** Ids of the workflows that may use it; left out, all of its project may. */
    workflows: z.array(z.string().min(1).max(128)).max(1_000).optional(),
    source: SecretSource.default({ kind: 'stored' }),
    /** Something sends it to an address that only a run knows: an owner must name the host. */
    needsHost: z.boolean().default(false),
  })
  .meta({ id: 'SecretCard' });
export type SecretCard = z.infer<typeof SecretCard>;

/** A card, and when it was written (epoch milliseconds). */
export interface StoredSecret extends SecretCard {
  readonly updatedAt: number;
}

/** Cards and values of secrets, by owner and name. Values are encrypted at rest; they go in and come out only inside the server. */
export interface SecretStore {
  /** Every card, by name. Keys of connections have none. */
  list(): readonly StoredSecret[];
  card(owner: string, name: string): StoredSecret | undefined;
  /** Writes a card; the value that is stored stays where none is given. */
  save(card: SecretCard, value?: string): Promise<void>;
  /** Whether a value is stored. */
  hasValue(owner: string, name: string): boolean;
  /** Errors: `secret_not_found`, `secret_unreadable`. */
  value(owner: string, name: string): Promise<string>;
  remove(owner: string, name: string): Promise<void>;
  /** Whether secrets of before, and those of the environment, have been given the hosts that their users name. */
  readonly areHostsLearned: boolean;
  /** Writes the cards of that, once. */
  learnHosts(cards: readonly SecretCard[]): Promise<void>;
}
