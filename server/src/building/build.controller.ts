import { BuildChatReply, BuildChatRequest, BuildToolReply, BuildToolsReply, type Principal } from '@heddle/core';
import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { closeSignal } from '../http/connections/close-signal.js';
import { Access } from '../http/access.js';
import { TakesValues } from '../http/bodies/body-bounds.js';
import { Reply } from '../http/reply.js';
import { builderOf } from './builder.js';
import { BuildService } from './build.service.js';
import { buildTools } from './build-tools.js';
import { callTool } from './call-tool.js';
import { BuildChats } from './chat/build-chats.js';
import { ProposalService } from './proposals/proposal.service.js';

const CallToolRequest = z
  .strictObject({ arguments: z.record(z.string(), z.unknown()).default({}) })
  .prefault({})
  .meta({ id: 'CallToolRequest' });

/** The building tools over HTTP, for programs, and the chat of the editor that uses them. */
@Controller('api/build')
export class BuildController {
  constructor(
    private readonly build: BuildService,
    private readonly proposals: ProposalService,
    private readonly chats: BuildChats,
  ) {}

  @Get('tools')
  @Access('workflow:build', { kind: 'workflow' })
  @Reply(BuildToolsReply)
  tools(): z.infer<typeof BuildToolsReply> {
    return {
      tools: buildTools.map(({ name, title, description, inputSchema, isReadOnly }) => ({
        name,
        title,
        description,
        inputSchema,
        isReadOnly,
      })),
    };
  }

  @Post('tools/:tool')
  @TakesValues('large')
  @Access('workflow:build', { kind: 'workflow' })
  @Reply(BuildToolReply)
  async call(
    @Param('tool') tool: string,
    @Body({ schema: CallToolRequest }) { arguments: args }: z.infer<typeof CallToolRequest>,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.infer<typeof BuildToolReply>> {
    const builder = builderOf(caller, project, closeSignal(reply));
    return {
      result: await callTool(buildTools, tool, args, { build: this.build, proposals: this.proposals }, builder),
    };
  }

  /** Lets a model build what a person describes: starts a run, and creates the proposal that the run works on. */
  @Post('chats')
  @Access('workflow:build', { kind: 'workflow' })
  @Reply(BuildChatReply, 202)
  chat(
    @Body({ schema: BuildChatRequest }) body: BuildChatRequest,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<BuildChatReply> {
    return this.chats.begin(builderOf(caller, project), body);
  }
}
