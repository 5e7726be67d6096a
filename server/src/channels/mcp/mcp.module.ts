import { Module } from '@nestjs/common';
import { LiveModule } from '../../live/live.module.js';
import { RunsModule } from '../../runs/runs.module.js';
import { ChannelCallersModule } from '../channel-callers.module.js';
import { McpController } from './mcp.controller.js';

/** Published workflows as tools of the Model Context Protocol. */
@Module({
  imports: [ChannelCallersModule, LiveModule, RunsModule],
  controllers: [McpController],
})
export class McpModule {}
