import {
  missingChannel,
  newId,
  type ChannelKind,
  type ChannelStore,
  type StoredChannel,
} from '@heddle/adapters/channels';
import type { IdentityStores } from '@heddle/adapters/identity';
import type { Audit, AuditEvent, Clock, GuardedWrite, Principal } from '@heddle/core';
import { principalById } from '../auth/rights/principals.js';
import { goneForGood, type Deletions } from '../deletions/deletions.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

/** The members of a channel that are stored and never returned. */
interface Hidden {
  readonly secret?: string;
}

interface ChangeOptions {
  readonly step?: string;
  /** More writes for the same commit. */
  readonly also?: (id: string) => readonly GuardedWrite[];
}

const prefixes: Readonly<Record<ChannelKind, string>> = { hook: 'h', webhook: 'w', schedule: 's', share: 'l' };

/** Stores the channels of workflows. Each change writes an audit event in its transaction. */
export class ChannelService {
  constructor(
    private readonly store: ChannelStore,
    private readonly audit: Audit,
    private readonly workflows: WorkflowService,
    private readonly identity: IdentityStores,
    private readonly clock: Clock,
    private readonly deletions: Pick<Deletions, 'begin' | 'restore'>,
  ) {}

  /** Errors: `workflow_not_found`. */
  async list(kind: ChannelKind, workflow: string): Promise<readonly StoredChannel[]> {
    const { id } = await this.workflows.get(workflow);
    return this.store.list(kind, id);
  }

  /** A channel of this workflow. Errors: `workflow_not_found`, `trigger_not_found`. */
  async get(kind: ChannelKind, workflow: string, id: string): Promise<StoredChannel> {
    const stored = await this.workflows.get(workflow);
    const channel = await this.open(kind, id);
    if (channel.workflowId !== stored.id) throw missingChannel(id);
    return channel;
  }

  /** Finds a channel by its id alone, for requests that arrive through it. Errors: `trigger_not_found`. */
  async open(kind: ChannelKind, id: string): Promise<StoredChannel> {
    const channel = await this.store.find(id);
    if (channel?.kind !== kind) throw missingChannel(id);
    return channel;
  }

  /** The owner of the channel's runs, with their present rights. Errors: `forbidden`, `user_not_found`, `key_not_found`. */
  ownerOf({ owner }: StoredChannel): Promise<Principal> {
    return principalById(this.identity, owner);
  }

  /** Errors: `workflow_not_found`, `secret_unreadable`. */
  async create(
    kind: ChannelKind,
    workflow: string,
    body: object,
    caller: Principal,
    { step = 'made', also, ...hidden }: Hidden & ChangeOptions = {},
  ): Promise<StoredChannel> {
    const { id: workflowId } = await this.workflows.get(workflow);
    const { store, clock } = this;
    const channel = { id: newId(prefixes[kind]), kind, workflowId, owner: caller.id, body, createdAt: clock.now() };
    await this.commit({ ...channel, firedAt: undefined }, step, caller, [
      ...store.write.insert(channel, hidden),
      ...(also?.(channel.id) ?? []),
    ]);
    return { ...channel, firedAt: undefined };
  }

  /** Errors: as `get`. */
  async change(
    kind: ChannelKind,
    workflow: string,
    id: string,
    body: object,
    caller: Principal,
    { step = 'changed', also }: ChangeOptions = {},
  ): Promise<StoredChannel> {
    const channel = await this.get(kind, workflow, id);
    await this.commit({ ...channel, body }, step, caller, [this.store.write.update(id, body), ...(also?.(id) ?? [])]);
    return { ...channel, body };
  }

  /** Errors: as `get`, `secret_unreadable`. */
  async changeSecret(
    kind: ChannelKind,
    workflow: string,
    id: string,
    secret: string,
    caller: Principal,
  ): Promise<void> {
    const channel = await this.get(kind, workflow, id);
    await this.commit(channel, 'given a new secret', caller, [this.store.write.setSecret(id, secret)]);
  }

  /** Errors: as `get`. */
  async remove(
    kind: ChannelKind,
    workflow: string,
    id: string,
    caller: Principal,
    { step = 'removed', also }: ChangeOptions = {},
  ): Promise<void> {
    const channel = await this.get(kind, workflow, id);
    await this.commit(channel, step, caller, [this.store.write.remove(id), ...(also?.(id) ?? [])]);
  }

  /** Removes a trigger in a way that can be undone for a few seconds. Errors: as `get`. */
  async deleteForNow(kind: ChannelKind, workflow: string, id: string, caller: Principal): Promise<void> {
    const { workflowId } = await this.get(kind, workflow, id);
    await this.deletions.begin({ kind: 'trigger', within: workflowId, id, who: caller.id });
  }

  /** Errors: `workflow_not_found`; `not_found` if it is too late. */
  async restore(kind: ChannelKind, workflow: string, id: string, caller: Principal): Promise<StoredChannel> {
    const { id: within } = await this.workflows.get(workflow);
    const isKind = (await this.store.findDeleted(id))?.kind === kind;
    if (!isKind || !(await this.deletions.restore('trigger', id, { who: caller.id }, within)))
      throw goneForGood('The trigger');
    return this.open(kind, id);
  }

  private async commit(
    channel: StoredChannel,
    step: string,
    caller: Principal,
    writes: readonly GuardedWrite[],
  ): Promise<void> {
    await this.audit.commit(channelEvent(channel, step, caller.id), writes);
  }
}

export function channelEvent({ kind, id, workflowId, body }: StoredChannel, step: string, who: string): AuditEvent {
  const isGone = step === 'removed' || step === 'revoked';
  const details = { channel: id, ...nameOf(body), body: isGone ? undefined : body };
  return {
    kind: 'publish',
    who,
    subject: `workflow:${workflowId}`,
    details: { step: `${kind} ${step}` as const, ...details },
  };
}

/** The name of a channel. Audit events contain it, because they outlive the channel. */
function nameOf(body: unknown): { readonly name?: string } {
  const isNamed = typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string';
  return isNamed ? { name: String(body.name) } : {};
}
