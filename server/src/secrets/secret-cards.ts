import { secretVariable, type PlainSecrets } from '@heddle/adapters/secrets';
import {
  connectionSecret,
  installationOwner,
  SecretCard,
  secretNotFound,
  type SecretSource,
  type SecretStore,
  type StoredSecret,
} from '@heddle/core';

/** Reads a secret from a remote store. Errors: `secret_unreadable`, `secret_not_found`. */
export type RemoteSecrets = (source: Extract<SecretSource, { kind: 'vault' | 'aws' }>, name: string) => Promise<string>;

/** A snapshot of the cards. */
export interface CardView {
  /** Like `SecretCards.card`. */
  card(owner: string, name: string): StoredSecret | undefined;
}

const reserved = secretVariable(connectionSecret(''));

/** Whether a name is the key of a connection or has the same environment variable as one. Nodes cannot read such secrets. */
export const isKeyOfConnection = (name: string): boolean => secretVariable(name).startsWith(reserved);

/** The secrets of this installation: those with a card, and those from the environment and the secrets folder that have no card yet. */
export class SecretCards {
  constructor(
    readonly store: SecretStore,
    private readonly environment: PlainSecrets,
    private readonly remote: RemoteSecrets,
    /** The mounted secrets folder; undefined if none is configured. */
    private readonly folder?: PlainSecrets,
  ) {}

  /**
   * Gives the card of a secret. A secret from the environment or the folder that has no card belongs to the installation and has no hosts
   * yet.
   */
  async card(owner: string, name: string): Promise<StoredSecret | undefined> {
    if (isKeyOfConnection(name)) return undefined;
    return (await this.store.card(owner, name)) ?? this.outsideCard(owner, name);
  }

  /** Takes a snapshot of the stored cards, for callers that need many of them. Secrets without a stored card are looked up on demand. */
  async view(): Promise<CardView> {
    const keyOf = (owner: string, name: string): string => JSON.stringify([owner, name]);
    const stored = new Map((await this.store.list()).map((card) => [keyOf(card.owner, card.name), card]));
    return {
      card: (owner, name) =>
        isKeyOfConnection(name) ? undefined : (stored.get(keyOf(owner, name)) ?? this.outsideCard(owner, name)),
    };
  }

  /** Lists the secrets of one owner, by name. */
  async list(owner: string): Promise<readonly StoredSecret[]> {
    const stored = (await this.store.list()).filter((card) => card.owner === owner && !isKeyOfConnection(card.name));
    if (owner !== installationOwner) return stored;
    const known = new Set(stored.map(({ name }) => secretVariable(name)));
    const names = [...(this.folder?.names() ?? []), ...this.environment.names()];
    const found = [...new Map(names.map((name) => [secretVariable(name), name])).values()]
      .filter((name) => !known.has(secretVariable(name)) && !isKeyOfConnection(name))
      .flatMap((name) => this.found(name) ?? []);
    return [...stored, ...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Reads the value of a secret. Errors: `secret_not_found`, `secret_unreadable`. */
  async read({ owner, name, source }: SecretCard): Promise<string> {
    switch (source.kind) {
      case 'stored':
        return this.store.value(owner, name);
      case 'environment':
        return (await this.environment.read(name)) ?? missing(name);
      case 'file':
        return (await this.folder?.read(name)) ?? missing(name);
      case 'vault':
      case 'aws':
        return this.remote(source, name);
    }
  }

  /** Reads a value from the environment or the folder as the key of a connection; only the installation may use it. */
  async outside(name: string): Promise<string | undefined> {
    return (await this.folder?.read(name)) ?? this.environment.read(name);
  }

  isOutside(name: string): boolean {
    return this.kindOf(name) !== undefined;
  }

  private kindOf(name: string): 'file' | 'environment' | undefined {
    if (this.folder?.has(name) === true) return 'file';
    return this.environment.has(name) ? 'environment' : undefined;
  }

  private outsideCard(owner: string, name: string): StoredSecret | undefined {
    return owner === installationOwner ? this.found(name) : undefined;
  }

  private found(name: string): StoredSecret | undefined {
    const kind = this.kindOf(name);
    if (kind === undefined) return undefined;
    const card = SecretCard.safeParse({ name, owner: installationOwner, source: { kind }, needsHost: true });
    return card.success ? { ...card.data, updatedAt: 0 } : undefined;
  }
}

function missing(name: string): never {
  throw secretNotFound(name);
}
