import type { IdentityStores, StoredKey } from '@heddle/adapters/identity';
import {
  defaultProject,
  HeddleError,
  neverForBuilders,
  type Audit,
  type AuditEvent,
  type AuditEventOf,
  type Clock,
  type CreateKeyRequest,
  type KeyReply,
  type KeyScopes,
  type Principal,
} from '@heddle/core';

const shortestMs = 60_000;
const longestMs = 36_525 * 86_400_000;

/** API keys of a project. A key is shown once, and limited by its scopes and by the rights of its owner. */
export class KeyService {
  constructor(
    private readonly stores: IdentityStores,
    private readonly audit: Audit,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly budgets: { list(): readonly { readonly id: string }[] },
    /** Finds a workflow by id or slug. */
    private readonly workflows: { get(name: string): Promise<{ readonly id: string }> },
  ) {}

  async list(project = defaultProject): Promise<KeyReply[]> {
    return (await this.stores.keys.list(project)).map(keyReply);
  }

  /**
   * Creates a key for the caller, or for a service account of the project. Workflows are named by id or slug. Errors: `bad_request` for an
   * invalid expiry; `forbidden` if the caller is a key itself, which could create a wider one; `user_not_found` for a service account that
   * is not a member; `workflow_not_found`; `budget_not_found`.
   */
  async create(
    principal: Principal,
    { name, scopes: asked, service }: CreateKeyRequest,
    project = defaultProject,
  ): Promise<{ readonly key: KeyReply; readonly secret: string }> {
    if (principal.kind === 'key') throw new HeddleError('forbidden', 'An API key cannot create another one.');
    const { keys } = this.stores;
    const scopes = await this.checked(project, asked);
    const owner = service === undefined ? principal.id : await this.serviceIn(project, service);
    const { key, secret, writes } = keys.write.create({ name, owner, project, scopes });
    await this.audit.commit(keyEvent(principal, key, { step: 'made', name, owner, scopes }), writes);
    return { key: keyReply(key), secret };
  }

  /** Replaces the scopes of a key; its secret stays. Errors: those of `create`, `key_not_found`. */
  async change(principal: Principal, id: string, asked: KeyScopes): Promise<KeyReply> {
    if (principal.kind === 'key') throw new HeddleError('forbidden', 'An API key cannot change another one.');
    const { keys } = this.stores;
    const key = await keys.get(id);
    const scopes = await this.checked(key.project, asked, key.scopes);
    const event = keyEvent(principal, key, { step: 'changed', name: key.name, scopes });
    await this.audit.commit(event, keys.write.setScopes(id, scopes));
    return keyReply(await keys.get(id));
  }

  /** Errors: `key_not_found`. */
  async revoke(principal: Pick<Principal, 'id'>, id: string): Promise<void> {
    const { keys } = this.stores;
    const key = await keys.get(id);
    await this.audit.commit(keyEvent(principal, key, { step: 'revoked', name: key.name }), keys.write.revoke(id));
  }

  /** The scopes to store. Unchanged parts are not checked again. Errors: `bad_request`, `budget_not_found`, `workflow_not_found`. */
  private async checked(project: string, asked: KeyScopes, before?: KeyScopes): Promise<KeyScopes> {
    const { budget, expiresAt, workflows, permissions } = asked;
    const never = permissions.includes('workflow:build')
      ? permissions.filter((each) => neverForBuilders.has(each))
      : [];
    if (never.length > 0)
      throw new HeddleError(
        'bad_request',
        `A key that builds (workflow:build) cannot have ${never.join(', ')}: make another key for that.`,
        { details: { field: 'scopes.permissions' } },
      );
    if (expiresAt !== before?.expiresAt) this.checkEnd(expiresAt);
    if (budget !== undefined && budget !== before?.budget && !this.budgets.list().some(({ id }) => id === budget))
      throw new HeddleError('budget_not_found', `There is no budget '${budget.slice(0, 100)}': create it first.`);
    if (workflows === undefined) return asked;
    const added = workflows.filter((id) => before?.workflows?.includes(id) !== true);
    const kept = workflows.filter((id) => !added.includes(id));
    return { ...asked, workflows: [...kept, ...(await this.idsIn(project, added))] };
  }

  /** Refuses an expiry in the past. Errors: `bad_request`. */
  private checkEnd(expiresAt: number | undefined): void {
    if (expiresAt === undefined) return;
    const lasts = expiresAt - this.clock.now();
    if (lasts >= shortestMs && lasts <= longestMs) return;
    throw new HeddleError(
      'bad_request',
      'A key lasts at least a minute and at most 100 years: choose another expiry, or none.',
      { details: { field: 'scopes.expiresAt' } },
    );
  }

  private async idsIn(project: string, workflows: readonly string[]): Promise<string[]> {
    const { stores } = this;
    return Promise.all(
      workflows.map(async (name) => {
        const { id } = await this.workflows.get(name);
        // A key without a project belongs to the default project.
        const projects = stores.owned.projectsOf('workflow', id);
        if ((projects.length === 0 ? [defaultProject] : projects).includes(project)) return id;
        throw new HeddleError('workflow_not_found', `There is no workflow '${name}' in this project.`);
      }),
    );
  }

  private async serviceIn(project: string, service: string): Promise<string> {
    const member = `service:${service}`;
    if ((await this.stores.projects.rolesOf(member)).has(project)) return member;
    throw new HeddleError(
      'user_not_found',
      `There is no service account '${service}' in this project: make it a member.`,
    );
  }
}

function keyEvent(
  who: Pick<Principal, 'id'>,
  { id, project }: StoredKey,
  details: AuditEventOf<'key'>['details'],
): AuditEvent {
  return { kind: 'key', who: who.id, project, subject: `key:${id}`, details };
}

function keyReply(key: StoredKey): KeyReply {
  const { id, prefix, name, owner, project, scopes, createdAt, usedAt, revokedAt, narrowedFrom } = key;
  return {
    id,
    prefix,
    name,
    owner,
    project,
    scopes,
    createdAt,
    usedAt,
    revokedAt,
    narrowedFrom: narrowedFrom === undefined ? undefined : [...narrowedFrom],
  };
}
