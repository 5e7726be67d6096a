import type { Principal } from '@heddle/core';
import { Module } from '@nestjs/common';
import { ProjectViews } from '../../authority/project-views.js';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { LiveModule } from '../../live/live.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ChannelCallersModule } from '../channel-callers.module.js';
import { Library } from './library/library.js';
import { McpController } from './mcp.controller.js';

/** Published workflows as tools of the Model Context Protocol, with the library as resources and prompts. */
@Module({
  imports: [ChannelCallersModule, LiveModule, RunsModule],
  controllers: [McpController],
  providers: [
    fromHeddle(Library, ({ collections, prompts, parts, ownership, grants, clock, readerNames }) => {
      const views = new ProjectViews(ownership, grants, clock);
      const readersOf = (caller: Principal) => readerNames.ofPrincipal(caller);
      return new Library({ collections, prompts, blobs: parts.blobs, ownership, views, clock, readersOf });
    }),
  ],
})
export class McpModule {}
