import type { ExcerptStore } from '@heddle/adapters/journal';
import { RunExcerptsReply, type RunExcerpt } from '@heddle/core';
import { Controller, Get, Inject, Query } from '@nestjs/common';
import { z } from 'zod';
import { undefinedIf } from '../common/undefined-if.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { RunService } from './run.service.js';
import { EXCERPTS } from './list-tokens.js';

/** The ids of runs, separated by commas. */
const ExcerptsQuery = z.strictObject({
  runs: z
    .string()
    .max(8_000)
    .transform((text) => [...new Set(text.split(',').filter((id) => id !== ''))])
    .pipe(z.array(z.string()).min(1).max(100)),
});

/** Excerpts of runs, for lists. They contain values, so they require a stronger right than the list of runs. */
@Controller('api/run-excerpts')
export class RunExcerptsController {
  constructor(
    private readonly runs: RunService,
    @Inject(EXCERPTS) private readonly excerpts: ExcerptStore,
  ) {}

  @Get()
  @Access('run:values', { kind: 'run' })
  @Reply(RunExcerptsReply)
  async list(
    @Query({ schema: ExcerptsQuery }) query: z.infer<typeof ExcerptsQuery>,
    @View() view: ProjectView,
  ): Promise<RunExcerptsReply> {
    const excerpts: Record<string, RunExcerpt> = {};
    for (const id of query.runs) {
      const run = await undefinedIf(['run_not_found'], () => this.runs.summary(id));
      const found = run !== undefined && view.showsValuesOf(run) ? await this.excerpts.of(run.runId) : undefined;
      if (found !== undefined) excerpts[id] = found;
    }
    return { excerpts };
  }
}
