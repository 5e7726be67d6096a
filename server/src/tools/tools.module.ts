import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { ToolSignInController } from './tool-sign-in.controller.js';
import { ToolService } from './tool.service.js';
import { ToolsController } from './tools.controller.js';

/** Tool servers (MCP) of agents. */
@Module({
  imports: [AuthorityModule],
  controllers: [ToolsController, ToolSignInController],
  providers: [fromHeddle(ToolService, (heddle) => heddle.tools)],
})
export class ToolsModule {}
