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

/** Reads a secret that is kept elsewhere. Errors: `secret_unreadable`, `secret_not_found`. */
export type RemoteSecrets = (source: Extract<SecretSource, { kind: 'vault' | 'aws' }>, name: string) => Promise<string>;

export interface SecretCardParts {
  readonly store: SecretStore;
  readonly environment: PlainSecrets;
  /** The mounted folder; left out where none is set. */
  readonly folder?: PlainSecrets;
  readonly remote: RemoteSecrets;
}

const reserved = secretVariable(connectionSecret(''));

/** Whether a name is one of a connection's key, or shares its environment variable with one: no node reaches those. */
export const isKeyOfConnection = (name: string): boolean => secretVariable(name).startsWith(reserved);

/** The secrets of this Heddle: those with a card, and those of environment and folder that have none yet. */
export class SecretCards {
  readonly store: SecretStore;

  constructor(private readonly parts: SecretCardParts) {
    this.store = parts.store;
  }

  /** The card of a secret. One of environment or folder without a card belongs to the installation, and names no host yet. */
  card(owner: string, name: string): StoredSecret | undefined {
    if (isKeyOfConnection(name)) return undefined;
    const stored = this.store.card(owner, name);
    return stored ?? (owner === installationOwner ? this.found(name) : undefined);
  }

  /** Those of one owner, by name. */
  list(owner: string): readonly StoredSecret[] {
    const stored = this.store.list().filter((card) => card.owner === owner && !isKeyOfConnection(card.name));
    if (owner !== installationOwner) return stored;
    const known = new Set(stored.map(({ name }) => secretVariable(name)));
    const names = [...(this.parts.folder?.names() ?? []), ...this.parts.environment.names()];
    const found = [...new Map(names.map((name) => [secretVariable(name), name])).values()]
      .filter((name) => !known.has(secretVariable(name)) && !isKeyOfConnection(name))
      .flatMap((name) => this.found(name) ?? []);
    return [...stored, ...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** The value of a secret. Errors: `secret_not_found`, `secret_unreadable`. */
  async read({ owner, name, source }: SecretCard): Promise<string> {
    switch (source.kind) {
      case 'stored':
        return this.store.value(owner, name);
      case 'environment':
        return (await this.parts.environment.read(name)) ?? missing(name);
      case 'file':
        return (await this.parts.folder?.read(name)) ?? missing(name);
      case 'vault':
      case 'aws':
        return this.parts.remote(source, name);
    }
  }

  /** What stands outside for a key of a connection, of which only the installation disposes. */
  async outside(name: string): Promise<string | undefined> {
    return (await this.parts.folder?.read(name)) ?? this.parts.environment.read(name);
  }

  isOutside(name: string): boolean {
    return this.kindOf(name) !== undefined;
  }

  private kindOf(name: string): 'file' | 'environment' | undefined {
    if (this.parts.folder?.has(name) === true) return 'file';
    return this.parts.environment.has(name) ? 'environment' : undefined;
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
