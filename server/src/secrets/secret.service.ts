import {
  HeddleError,
  installationOwner,
  secretHostOf,
  secretNamePattern,
  workflowNotFound,
  type Audit,
  type AuditActor,
  type NodeCatalog,
  type SecretCard,
  type SecretChange,
  type SecretCardReply,
  type SecretSource,
  type StoredSecret,
  type ToolServer,
  type WorkflowStore,
} from '@heddle/core';
import type { ProjectGrants } from '../authority/project-grants.js';
import type { Ownership } from '../auth/rights/ownership.js';
import type { SecretAccess } from './secret-access.js';
import { isKeyOfConnection, type SecretCards } from './secret-cards.js';
import { secretUsers, type SecretUser } from './secret-users.js';

/** Manages the secrets of a project or of the installation. Values can be set, but never read. */
export class SecretService {
  constructor(
    private readonly cards: SecretCards,
    private readonly access: Pick<SecretAccess, 'finder' | 'names'>,
    private readonly grants: Pick<ProjectGrants, 'forget'>,
    private readonly workflows: Pick<WorkflowStore, 'get' | 'list'>,
    private readonly catalog: NodeCatalog,
    private readonly servers: () => Promise<readonly ToolServer[]>,
    private readonly ownership: Pick<Ownership, 'projectsOf'>,
    private readonly audit: Pick<Audit, 'during'>,
    /** Called with the name of each secret that changed, because compiled workflows and open tool servers depend on secrets. */
    private readonly onChange: (name: string) => Promise<void>,
  ) {}

  /** Lists the cards of one owner, by name. */
  async list(owner: string): Promise<SecretCardReply[]> {
    const users = await this.users(owner);
    return (await this.cards.list(owner)).map((card) => replyOf(card, users.get(card.name)));
  }

  private users(owner: string) {
    const { cards, access, workflows, catalog, ownership, servers } = this;
    return secretUsers(owner, { cards, access, workflows, catalog, ownership, servers });
  }

  /** Lists the names that nodes of a project may use. */
  async names(project: string): Promise<string[]> {
    return [...(await this.access.names(project))];
  }

  /** Errors: `secret_not_found`. */
  async get(owner: string, name: string): Promise<SecretCardReply> {
    const card = await this.card(owner, name);
    return replyOf(card, (await this.users(owner)).get(name));
  }

  /** Creates a secret, or changes only the given members of an existing one. Errors: `bad_request`, `workflow_not_found`. */
  async set(owner: string, name: string, change: SecretChange, by: AuditActor): Promise<void> {
    if (!secretNamePattern.test(name) || isKeyOfConnection(name))
      throw new HeddleError(
        'bad_request',
        `A secret's name consists of letters, digits, dots, _ and -. It starts with a letter, but not with 'connection.'.`,
      );
    const { cards } = this;
    const before = await cards.card(owner, name);
    const source = sourceOf(owner, change, before?.source);
    const workflows =
      change.workflows === undefined ? before?.workflows : await this.workflowIds(owner, change.workflows);
    const card: SecretCard = {
      name,
      owner,
      source,
      hosts: change.hosts === undefined ? [...(before?.hosts ?? [])] : hostsOf(change.hosts),
      uses: change.uses ?? before?.uses ?? ['request'],
      workflows,
      // Once hosts are given, it is decided where the secret may go.
      needsHost: change.hosts === undefined && before?.needsHost === true,
    };
    const { hosts, uses, workflows: limit } = change;
    const details = { step: 'set', owner: shownOwner(owner), hosts, uses, workflows: limit } as const;
    await this.audit.during({ kind: 'secret', ...by, subject: `secret:${name}`, details }, () =>
      cards.store.save(card, change.value),
    );
    await this.onChange(name);
  }

  /** Errors: `secret_not_found`. */
  async remove(owner: string, name: string, by: AuditActor): Promise<void> {
    await this.card(owner, name);
    const details = { step: 'removed', owner: shownOwner(owner) } as const;
    await this.audit.during({ kind: 'secret', ...by, subject: `secret:${name}`, details }, () =>
      this.cards.store.remove(owner, name),
    );
    if (owner === installationOwner) await this.grants.forget('secret', name);
    await this.onChange(name);
  }

  /** Lists the secrets that are sent to addresses known only during a run, and for which an owner must still name the hosts. */
  async needingHosts(): Promise<readonly Pick<SecretCard, 'name' | 'owner'>[]> {
    return (await this.cards.store.list())
      .filter(({ needsHost, name }) => needsHost && !isKeyOfConnection(name))
      .map(({ name, owner }) => ({ name, owner }));
  }

  private async card(owner: string, name: string): Promise<StoredSecret> {
    const card = await this.cards.card(owner, name);
    if (card === undefined)
      throw new HeddleError(
        'secret_not_found',
        `There is no secret '${name.slice(0, 128)}' here: GET /api/secrets lists them.`,
        { details: { secret: name.slice(0, 128) } },
      );
    return card;
  }

  private async workflowIds(owner: string, names: readonly string[] | null): Promise<string[] | undefined> {
    if (names === null) return undefined;
    const ids: string[] = [];
    for (const name of names) {
      const { id } = await this.workflows.get(name);
      const isHere = owner === installationOwner || this.ownership.projectsOf('workflow', id).includes(owner);
      if (!isHere) throw workflowNotFound(name);
      ids.push(id);
    }
    return [...new Set(ids)];
  }
}

/** Undefined for a project, because the audit event names its project anyway. */
const shownOwner = (owner: string): string | undefined => (owner === installationOwner ? owner : undefined);

/** Errors: `bad_request`. */
function sourceOf(owner: string, { source, value }: SecretChange, before: SecretSource | undefined): SecretSource {
  const wanted = source ?? (value === undefined ? (before ?? { kind: 'stored' }) : { kind: 'stored' });
  if (wanted.kind === 'stored') return wanted;
  if (owner !== installationOwner)
    throw new HeddleError(
      'bad_request',
      'A secret from the environment, files or another store belongs to the installation: its owners set it there and grant it to projects.',
    );
  if (value !== undefined)
    throw new HeddleError(
      'bad_request',
      `The value is read from '${wanted.kind}': give either a value or this source.`,
    );
  return wanted;
}

/** Errors: `bad_request`. */
function hostsOf(given: readonly string[]): string[] {
  const hosts = given.map((text) => {
    const host = secretHostOf(text);
    if (host === undefined)
      throw new HeddleError(
        'bad_request',
        `'${text.slice(0, 100)}' is no host: write api.example.com, *.example.com, or a host with a port, such as crm.lan:8080.`,
      );
    return host;
  });
  return [...new Set(hosts)];
}

function replyOf(card: StoredSecret, users: readonly SecretUser[] = []): SecretCardReply {
  const isNowhere = card.hosts.length === 0 && card.uses.includes('request');
  return { ...card, needsHost: card.needsHost || isNowhere, usedBy: [...users] };
}
