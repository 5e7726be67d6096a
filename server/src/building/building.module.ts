import { Module } from '@nestjs/common';
import { ChannelCallersModule } from '../channels/channel-callers.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { BuildController } from './build.controller.js';
import { BuildService } from './build.service.js';
import { BuildChats } from './chat/build-chats.js';
import { DocsFilesController } from './docs/docs-files.controller.js';
import { BuildMcpController } from './mcp/build-mcp.controller.js';
import { ProposalService } from './proposals/proposal.service.js';
import { ProposalsController } from './proposals/proposals.controller.js';

/** Programs and models build drafts with tools, and propose; a person decides. */
@Module({
  imports: [ChannelCallersModule],
  controllers: [BuildController, BuildMcpController, ProposalsController, DocsFilesController],
  providers: [
    fromHeddle(BuildService, ({ building }) => building.build),
    fromHeddle(ProposalService, ({ building }) => building.proposals),
    fromHeddle(BuildChats, ({ building }) => building.chats),
  ],
})
export class BuildingModule {}
