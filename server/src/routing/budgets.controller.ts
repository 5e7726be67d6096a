import {
  Budget,
  BudgetsReply,
  BudgetState,
  SaveBudgetRequest,
  SpendReply,
  type AuditActor,
  QueryTime,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Actor } from '../auth/caller.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { RoutingService } from './routing.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'budget', param: 'id' } as const;
const day = 86_400_000;
const SpendQuery = z
  .object({
    from: QueryTime.optional(),
    to: QueryTime.optional(),
    by: SpendReply.shape.by.default('day'),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['from'],
    error: "It must lie before 'to'",
  });

@Controller('api')
export class BudgetsController {
  constructor(
    private readonly routing: RoutingService,
    private readonly clock: TrustedClock,
  ) {}

  @Get('budgets')
  @Access('budget:read')
  @Reply(BudgetsReply)
  async list(): Promise<BudgetsReply> {
    return { budgets: [...(await this.routing.budgets())] };
  }

  @Get('budgets/:id')
  @Access('budget:read', one)
  @Reply(BudgetState)
  get(@Param('id') id: string): Promise<BudgetState> {
    return this.routing.budget(id);
  }

  /** Creates or replaces a budget; the amount already spent stays. */
  @Put('budgets/:id')
  @Access('budget:write', one)
  @Reply(BudgetState)
  save(
    @Param('id') id: string,
    @Body({ schema: SaveBudgetRequest }) request: SaveBudgetRequest,
    @Actor() by: AuditActor,
  ): Promise<BudgetState> {
    return this.routing.saveBudget(Budget.parse({ ...request, id }), by);
  }

  @Delete('budgets/:id')
  @Access('budget:write', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Actor() by: AuditActor): Promise<void> {
    return this.routing.deleteBudget(id, by);
  }

  /** Gives the cost of model calls; by default, of the last 30 days. */
  @Get('spend')
  @Access('budget:read')
  @Reply(SpendReply)
  spend(@Query({ schema: SpendQuery }) { from, to, by }: z.infer<typeof SpendQuery>): Promise<SpendReply> {
    const until = to ?? this.clock.now() + 1;
    return this.routing.spend({ from: from ?? until - 30 * day, to: until, by });
  }
}
