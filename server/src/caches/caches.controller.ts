import {
  authorise,
  CachesReply,
  ClearCachesQuery,
  ClearedCachesReply,
  type Audit,
  type AuditActor,
  type Principal,
  type StoredCache,
  type Caches,
} from '@heddle/core';
import { Controller, Delete, Get, Inject, Query } from '@nestjs/common';
import { AUDIT } from '../audit/audit-token.js';
import { Actor, Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import type { IdentityStores } from '@heddle/adapters/identity';
import { IDENTITY_STORES } from '../auth/identity-stores-token.js';
import { CACHES } from './caches-token.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** The caches of workflow results. */
@Controller('api/caches')
export class CachesController {
  constructor(
    @Inject(IDENTITY_STORES) private readonly stores: IdentityStores,
    private readonly clock: TrustedClock,
    @Inject(CACHES) private readonly caches: Caches,
    @Inject(AUDIT) private readonly audit: Audit,
  ) {}

  /** What the caches contain, and what their hits saved. */
  @Get()
  @Access('run:read', { kind: 'run' })
  @Reply(CachesReply)
  async list(@Caller() caller: Principal, @View() { project: named, isNamed }: ProjectView): Promise<CachesReply> {
    const projects = (await this.stores.projects.list())
      .map(({ id }) => id)
      .filter((project) => !isNamed || project === named)
      .filter((project) => authorise(caller, 'run:read', { kind: 'run', project }, this.clock.now()) === 'allowed');
    const caches = await this.caches.list({ projects });
    return { caches: [...caches], hits: caches.reduce((sum, { hits }) => sum + hits, 0), saved: savedBy(caches) };
  }

  /** Empties the caches of the project; the saved amounts stay. */
  @Delete()
  @Access('workflow:write', { kind: 'workflow' })
  @Reply(ClearedCachesReply)
  async clear(
    @Query({ schema: ClearCachesQuery }) query: ClearCachesQuery,
    @View() { project }: ProjectView,
    @Actor() by: AuditActor,
  ): Promise<ClearedCachesReply> {
    const details = { step: 'caches emptied', workflow: query.workflow } as const;
    const cleared = await this.caches.clear({ projects: [project], ...query }, (writes) =>
      this.audit.commit({ kind: 'erase', ...by, subject: 'caches', details }, writes),
    );
    return { cleared };
  }
}

function savedBy(caches: readonly StoredCache[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const { saved } of caches)
    for (const [currency, amount] of Object.entries(saved)) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  return Object.fromEntries(sums);
}
