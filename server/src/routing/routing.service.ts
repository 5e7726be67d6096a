import {
  type Audit,
  type AuditActor,
  type Budget,
  type BudgetState,
  type CandidateFactsReply,
  type ConnectionStore,
  type RoutePolicy,
  type Routing,
  type SpendReply,
  type WhatIfReply,
  type WhatIfRequest,
} from '@heddle/core';
import type { RoutingStores } from './open-routing.js';
import { whatIf } from './what-if.js';

/** Manages policies and budgets and reports spend, for HTTP routes and commands. */
export class RoutingService {
  constructor(
    private readonly parts: RoutingStores,
    private readonly routing: Routing,
    private readonly workflowId: (idOrSlug: string) => Promise<string>,
    private readonly connections: Pick<ConnectionStore, 'get'>,
    private readonly audit: Pick<Audit, 'commit' | 'write'>,
  ) {}

  policies(): Promise<readonly RoutePolicy[]> {
    return this.parts.policies.list();
  }

  /** Errors: `policy_not_found`. */
  policy(name: string): Promise<RoutePolicy> {
    return this.parts.policies.get(name);
  }

  /** Errors: `policy_invalid` if the policy has another name. */
  async savePolicy(name: string, policy: RoutePolicy, by: AuditActor): Promise<RoutePolicy> {
    const stored = { ...policy, name };
    await this.audit.commit(
      { kind: 'policy', ...by, subject: `policy:${name}`, details: { step: 'saved' } },
      this.parts.policies.save(stored),
    );
    return stored;
  }

  /** Errors: `policy_not_found`. */
  deletePolicy(name: string, by: AuditActor): Promise<void> {
    return this.audit.commit(
      { kind: 'policy', ...by, subject: `policy:${name}`, details: { step: 'removed' } },
      this.parts.policies.delete(name),
    );
  }

  /** Errors: `policy_not_found`, `workflow_not_found`. */
  async whatIf({ policy, last, workflow }: WhatIfRequest): Promise<WhatIfReply> {
    const rules = typeof policy === 'string' ? await this.policy(policy) : policy;
    const recorded = await this.parts.decisions.latest({
      limit: last,
      workflow: workflow === undefined ? undefined : await this.workflowId(workflow),
    });
    return whatIf(rules, recorded, await this.routing.facts([...new Set(rules.candidates.map(({ model }) => model))]));
  }

  async facts(models: readonly string[]): Promise<CandidateFactsReply> {
    const facts = await this.routing.facts([...new Set(models)]);
    return {
      facts: facts.map(
        ({ reason, price, latency, quality, supports: _, budgetLeft: _money, tokensLeft: _tokens, ...rest }) => ({
          ...rest,
          reason,
          price,
          latency,
          quality,
        }),
      ),
    };
  }

  budgets(): Promise<readonly BudgetState[]> {
    return Promise.all(this.parts.budgets.list().map(({ id }) => this.parts.budgets.state(id)));
  }

  /** Errors: `budget_not_found`. */
  async budget(id: string): Promise<BudgetState> {
    return this.parts.budgets.state(id);
  }

  /** Stores a budget. Workflows can be named by slug; the budget stores their ids. Errors: `workflow_not_found`, `connection_not_found`. */
  async saveBudget(budget: Budget, by: AuditActor): Promise<BudgetState> {
    const { id, limits, scope, period } = budget;
    const stored = { ...budget, scope: await this.scopeOf(scope) };
    const details = { step: 'saved', limits, scope, period } as const;
    const event = { kind: 'budget', ...by, subject: `budget:${id}`, details } as const;
    await this.audit.commit(event, this.parts.budgets.write.save(stored));
    return this.budget(id);
  }

  /** Errors: `budget_not_found`. */
  deleteBudget(id: string, by: AuditActor): Promise<void> {
    const event = { kind: 'budget', ...by, subject: `budget:${id}`, details: { step: 'removed' } } as const;
    return this.audit.commit(event, this.parts.budgets.write.delete(id));
  }

  async spend(query: Omit<SpendReply, 'rows'>): Promise<SpendReply> {
    return { ...query, rows: [...(await this.parts.calls.spend(query))] };
  }

  private async scopeOf(scope: Budget['scope']): Promise<Budget['scope']> {
    // A budget for a connection that does not exist would silently limit nothing.
    if (scope.kind === 'connection') await this.connections.get(scope.id);
    if (scope.kind === 'workflow') return { ...scope, id: await this.workflowId(scope.id) };
    if ((scope.kind === 'run' || scope.kind === 'node') && scope.workflow !== undefined)
      return { ...scope, workflow: await this.workflowId(scope.workflow) };
    return scope;
  }
}
