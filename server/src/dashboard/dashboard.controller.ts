import { DashboardDimension, DashboardReply, HeddleError, type Principal, queryNumber, QueryTime } from '@heddle/core';
import { Controller, Get, Query, StreamableFile } from '@nestjs/common';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { dashboardCsv } from './dashboard-csv.js';
import { DashboardService } from './dashboard.service.js';

const day = 86_400_000;
const Name = z.string().min(1).max(300);
const Filter = {
  from: QueryTime.optional(),
  to: QueryTime.optional(),
  project: Name.optional(),
  /** An id or a slug. */
  workflow: Name.optional(),
  /** 0 stands for the draft. */
  version: queryNumber(z.int().nonnegative()).optional(),
  model: Name.optional(),
  /** The id of an API key, or a kind of caller, such as `user`. */
  key: Name.optional(),
  channel: Name.optional(),
};
const isRange = ({ from, to }: { readonly from?: number | undefined; readonly to?: number | undefined }): boolean =>
  from === undefined || to === undefined || (from < to && to - from <= 1_100 * day);
const wrongRange = { path: ['from'], error: "It must lie before 'to', by at most 1,100 days" };
const DashboardQuery = z.strictObject(Filter).refine(isRange, wrongRange);
const ExportQuery = z
  .strictObject({
    ...Filter,
    table: z.enum(['series', 'errors', 'scores', ...DashboardDimension.options]).default('series'),
  })
  .refine(isRange, wrongRange);

/** Figures of runs, for the workflows whose runs the caller may read. The default period is the last 7 days. */
@Controller('api/dashboard')
export class DashboardController {
  constructor(
    private readonly dashboard: DashboardService,
    private readonly clock: TrustedClock,
  ) {}

  @Get()
  @Access('run:read', { kind: 'run' })
  @Reply(DashboardReply)
  read(
    @Query({ schema: DashboardQuery }) query: z.infer<typeof DashboardQuery>,
    @View() view: ProjectView,
    @Caller() principal: Principal,
  ): Promise<DashboardReply> {
    return this.dashboard.read(this.ranged(query), { view, principal });
  }

  /** A table as CSV. */
  @Get('export')
  @Access('run:read', { kind: 'run' })
  @Reply(undefined, 200, 'text/csv')
  async export(
    @Query({ schema: ExportQuery }) { table, ...query }: z.infer<typeof ExportQuery>,
    @View() view: ProjectView,
    @Caller() principal: Principal,
  ): Promise<StreamableFile> {
    const reply = await this.dashboard.read(this.ranged(query), { view, principal });
    return new StreamableFile(Buffer.from(dashboardCsv(reply, table)), {
      type: 'text/csv; charset=utf-8',
      disposition: `attachment; filename="dashboard-${table}.csv"`,
    });
  }

  private ranged<Query extends { readonly from?: number | undefined; readonly to?: number | undefined }>(
    query: Query,
  ): Query & { readonly from: number; readonly to: number } {
    const to = query.to ?? this.clock.now() + 1;
    const from = query.from ?? to - 7 * day;
    if (!isRange({ from, to })) throw new HeddleError('bad_request', `The query's 'from': ${wrongRange.error}.`);
    return { ...query, from, to };
  }
}
