import {
  connectionPresets,
  type ConnectionHub,
  type ConnectionTests,
  type PastTest,
} from '@heddle/adapters/connections';
import {
  connectionSecret,
  HeddleError,
  type Audit,
  type AuditActor,
  type AuditEventOf,
  type Connection,
  type ConnectionReply,
  type ConnectionStore,
  type ConnectionTest,
  type PresetsReply,
  type SecretVault,
} from '@heddle/core';

export interface OpenedConnections {
  readonly store: ConnectionStore;
  readonly vault: SecretVault;
  readonly hub: ConnectionHub;
  /** The result of the last test of each connection; deleted when the connection or its key changes. */
  readonly tests: ConnectionTests;
  /** Whether the environment has a secret with this name. */
  readonly hasEnvironmentSecret: (name: string) => boolean;
  readonly now: () => number;
}

/** Called after each change, because compiled workflows depend on the clearances of connections. */
type ConnectionChange = () => void;

/** Connections to providers. Their keys can be set but never read. */
export class ConnectionService {
  constructor(
    private readonly parts: OpenedConnections,
    private readonly audit: Pick<Audit, 'during'>,
    private readonly onChange: ConnectionChange = () => undefined,
  ) {}

  async list(): Promise<readonly ConnectionReply[]> {
    const tests = await this.parts.tests.all();
    const connections = await this.parts.store.list();
    return Promise.all(connections.map((connection) => this.toReply(connection, tests)));
  }

  /** Errors: `connection_not_found`. */
  async get(id: string): Promise<ConnectionReply> {
    return this.toReply(await this.parts.store.get(id), await this.parts.tests.all());
  }

  presets(): PresetsReply {
    return {
      presets: connectionPresets.map(({ id, title, kind, baseUrl, needsKey, isLocal, hint }) => ({
        id,
        title,
        kind,
        needsKey,
        isLocal,
        hint,
        baseUrl,
      })),
    };
  }

  /** Errors: `conflict`, `bad_request`. */
  async create(connection: Connection, by: AuditActor): Promise<ConnectionReply> {
    return this.recorded(connection.id, { step: 'made', ...factsOf(connection) }, by, () =>
      this.save(connection, () => this.parts.store.add(connection)),
    );
  }

  /**
   * Replaces a connection. If its address changes, the stored key is deleted, so that a key is never sent to another server. Errors:
   * `connection_not_found`, `bad_request`.
   */
  async replace(id: string, connection: Connection, by: AuditActor): Promise<ConnectionReply> {
    if (connection.id !== id)
      throw new HeddleError('bad_request', `The connection is '${id}': its id cannot be changed, make a new one.`);
    checkAddress(connection);
    const before = await this.parts.store.get(id);
    return this.recorded(id, { step: 'replaced', ...factsOf(connection) }, by, async () => {
      if (hostOf(before) !== hostOf(connection)) await this.parts.vault.delete(connectionSecret(id));
      return this.save(connection, () => this.parts.store.save(connection));
    });
  }

  /** Errors: `connection_not_found`. */
  async remove(id: string, by: AuditActor): Promise<void> {
    await this.recorded(id, { step: 'removed' }, by, () => this.parts.store.delete(id));
    this.parts.hub.forget(id);
    this.onChange();
  }

  /** Errors: `connection_not_found`. */
  async setKey(id: string, value: string, by: AuditActor): Promise<void> {
    await this.parts.store.get(id);
    // The test result is deleted before the key changes, so that a result with another key is never shown.
    await this.parts.tests.forget(id);
    await this.recordedKey(id, 'key set', by, () => this.parts.vault.set(connectionSecret(id), value.trim()));
    this.parts.hub.forget(id);
  }

  /** Errors: `connection_not_found`. */
  async removeKey(id: string, by: AuditActor): Promise<void> {
    await this.parts.store.get(id);
    await this.parts.tests.forget(id);
    await this.recordedKey(id, 'key removed', by, () => this.parts.vault.delete(connectionSecret(id)));
    this.parts.hub.forget(id);
  }

  /** Errors: `connection_not_found`. */
  async test(
    id: string,
    options: { readonly model?: string | undefined; readonly signal?: AbortSignal },
    by: AuditActor,
  ): Promise<ConnectionTest> {
    return this.recorded(id, { step: 'tested', model: options.model }, by, async () => {
      const test = await this.parts.hub.test(id, options);
      await this.parts.tests.save(id, { ...test, at: this.parts.now() });
      return test;
    });
  }

  private recorded<T>(
    id: string,
    details: AuditEventOf<'connection'>['details'],
    by: AuditActor,
    work: () => Promise<T>,
  ): Promise<T> {
    return this.audit.during({ kind: 'connection', ...by, subject: `connection:${id}`, details }, work);
  }

  private recordedKey(id: string, step: 'key set' | 'key removed', by: AuditActor, work: () => Promise<void>) {
    return this.audit.during({ kind: 'secret', ...by, subject: `connection:${id}`, details: { step } }, work);
  }

  private async save(connection: Connection, store: () => Promise<void>): Promise<ConnectionReply> {
    checkAddress(connection);
    await this.parts.tests.forget(connection.id);
    await store();
    this.parts.hub.forget(connection.id);
    this.onChange();
    return this.get(connection.id);
  }

  private async toReply(connection: Connection, tests: ReadonlyMap<string, PastTest>): Promise<ConnectionReply> {
    const secret = connectionSecret(connection.id);
    const lastTest = tests.get(connection.id);
    const { circuit, inFlight, waiting, retryAt, pausedUntil } = this.parts.hub.state(connection.id);
    return {
      ...connection,
      key: (await this.parts.vault.has(secret))
        ? 'vault'
        : this.parts.hasEnvironmentSecret(secret)
          ? 'environment'
          : 'none',
      activity: {
        circuit,
        inFlight,
        waiting,
        retryAt,
        pausedUntil,
      },
      lastTest,
    };
  }
}

const factsOf = ({ kind, baseUrl, clearance }: Connection) => ({ kind, baseUrl, clearance });

/** The host that receives the key of a connection. */
function hostOf({ kind, baseUrl }: Connection): string {
  return baseUrl === undefined ? kind : `${kind} ${new URL(baseUrl).origin}`;
}

/** Refuses an address with a name and password, because they would be visible wherever the address is shown. */
function checkAddress({ kind, baseUrl, api }: Connection): void {
  if (api !== undefined && (kind === 'anthropic' || kind === 'google'))
    throw new HeddleError('bad_request', `A connection of kind '${kind}' has one API only: leave out api.`, {
      details: { input: 'api' },
    });
  if (baseUrl === undefined && (kind === 'azure-openai' || kind === 'openai-compatible'))
    throw new HeddleError('bad_request', 'This kind of connection needs a base URL, such as http://127.0.0.1:8000/v1.');
  if (baseUrl === undefined) return;
  const { username, password, search } = new URL(baseUrl);
  if (username !== '' || password !== '' || search !== '')
    throw new HeddleError(
      'bad_request',
      'The base URL must not hold a name, a password or parameters: set the key as the key of the connection.',
    );
}
