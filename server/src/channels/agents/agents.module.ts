import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { AgentRuns } from './agent-runs.js';

/** The runs of callers who use an agent protocol. */
@Module({
  providers: [
    fromHeddle(
      AgentRuns,
      ({ publishing, runs, threads, ownership, parts, catalog, clock, settings, log }) =>
        new AgentRuns({
          published: publishing.runs,
          runs,
          threads,
          ownership,
          blobs: parts.blobs,
          catalog,
          clock,
          publicUrl: settings.publicUrl ?? '',
          log,
        }),
    ),
  ],
  exports: [AgentRuns],
})
export class AgentsModule {}
