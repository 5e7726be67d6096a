import { newId, type DoorKind, type DoorStore, type StoredDoor } from '@heddle/adapters/doors';
import type { IdentityStores } from '@heddle/adapters/identity';
import { HeddleError, type Audit, type Clock, type Principal } from '@heddle/core';
import { principalById } from '../auth/principals.js';
import type { WorkflowService } from '../workflows/workflow.service.js';

/** What doors of all kinds work with. */
export interface DoorParts {
  readonly store: DoorStore;
  readonly audit: Audit;
  readonly workflows: WorkflowService;
  readonly identity: IdentityStores;
  readonly clock: Clock;
}

/** What of a door is not told again. */
export interface Hidden {
  readonly secret?: string;
}

/** What belongs to a change: its name in the record, and what is written with it. */
export interface ChangeParts {
  readonly step?: string;
  readonly also?: (id: string) => void;
}

const prefixes: Readonly<Record<DoorKind, string>> = { hook: 'h', webhook: 'w', schedule: 's', share: 'l' };

/** Doors of workflows as they are kept: each change stands in the audit record, in its own transaction. */
export class DoorService {
  constructor(private readonly parts: DoorParts) {}

  /** Errors: `workflow_not_found`. */
  async list(kind: DoorKind, workflow: string): Promise<readonly StoredDoor[]> {
    const { id } = await this.parts.workflows.get(workflow);
    return this.parts.store.list(kind, id);
  }

  /** A door of this workflow. Errors: `workflow_not_found`, `trigger_not_found`. */
  async get(kind: DoorKind, workflow: string, id: string): Promise<StoredDoor> {
    const stored = await this.parts.workflows.get(workflow);
    const door = this.open(kind, id);
    if (door.workflowId !== stored.id) throw missing(id);
    return door;
  }

  /** A door by its id alone, for those who come through it. Errors: `trigger_not_found`. */
  open(kind: DoorKind, id: string): StoredDoor {
    const door = this.parts.store.find(id);
    if (door?.kind !== kind) throw missing(id);
    return door;
  }

  /** Who its runs belong to, with the rights of now. Errors: `forbidden`, `user_not_found`, `key_not_found`. */
  ownerOf({ owner }: StoredDoor): Principal {
    return principalById(this.parts.identity, owner);
  }

  /** Errors: `workflow_not_found`, `secret_unreadable`. */
  async create(
    kind: DoorKind,
    workflow: string,
    body: object,
    caller: Principal,
    { step = 'made', also, ...hidden }: Hidden & ChangeParts = {},
  ): Promise<StoredDoor> {
    const { id: workflowId } = await this.parts.workflows.get(workflow);
    const { store, clock } = this.parts;
    const door = { id: newId(prefixes[kind]), kind, workflowId, owner: caller.id, body, createdAt: clock.now() };
    await this.write({ ...door, firedAt: undefined }, step, caller, () => {
      store.insert(door, hidden);
      also?.(door.id);
    });
    return { ...door, firedAt: undefined };
  }

  /** Errors: as `get`. */
  async change(
    kind: DoorKind,
    workflow: string,
    id: string,
    body: object,
    caller: Principal,
    { step = 'changed', also }: ChangeParts = {},
  ): Promise<StoredDoor> {
    const door = await this.get(kind, workflow, id);
    await this.write({ ...door, body }, step, caller, () => {
      this.parts.store.update(id, body);
      also?.(id);
    });
    return { ...door, body };
  }

  /** Errors: as `get`, `secret_unreadable`. */
  async changeSecret(kind: DoorKind, workflow: string, id: string, secret: string, caller: Principal): Promise<void> {
    const door = await this.get(kind, workflow, id);
    await this.write(door, 'given a new secret', caller, () => this.parts.store.setSecret(id, secret));
  }

  /** Errors: as `get`. */
  async remove(
    kind: DoorKind,
    workflow: string,
    id: string,
    caller: Principal,
    { step = 'removed', also }: ChangeParts = {},
  ): Promise<void> {
    const door = await this.get(kind, workflow, id);
    await this.write(door, step, caller, () => {
      this.parts.store.remove(id);
      also?.(id);
    });
  }

  private async write(door: StoredDoor, step: string, caller: Principal, work: () => void): Promise<void> {
    const isGone = step === 'removed' || step === 'revoked';
    const details = {
      step: `${door.kind} ${step}`,
      door: door.id,
      ...nameOf(door.body),
      ...(isGone ? {} : { body: door.body }),
    };
    const entry = { act: 'publish', who: caller.id, subject: `workflow:${door.workflowId}`, isAllowed: true, details };
    await this.parts.audit.write([{ ...entry, act: 'publish' }], work);
  }
}

/** What a door is called, for records of it that outlive it. */
function nameOf(body: unknown): { readonly name?: string } {
  const isNamed = typeof body === 'object' && body !== null && 'name' in body && typeof body.name === 'string';
  return isNamed ? { name: String(body.name) } : {};
}

function missing(id: string): HeddleError {
  return new HeddleError('trigger_not_found', `There is no '${id}' here.`);
}
