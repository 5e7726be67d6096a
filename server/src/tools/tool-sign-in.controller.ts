import { BeginToolSignIn, FinishToolSignIn, ToolServerSummary, ToolSignInReply, type Principal } from '@heddle/core';
import { Body, Controller, Delete, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../auth/caller.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { ToolService } from './tool.service.js';
import { Access } from '../http/access.js';
import { serverAddressOf } from '../settings/server-address.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'tool', param: 'id' } as const;

/** Signs in to tool servers. The redirect opens the page Tools, which sends its parameters to this controller. */
@Controller('api/tools')
export class ToolSignInController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly tools: ToolService,
  ) {}

  /** Begins a sign-in and gives the address of the server's consent page. */
  @Post('servers/:id/sign-in')
  @Access('tool:register', one)
  @Reply(ToolSignInReply)
  async begin(
    @Param('id') id: string,
    @Body({ schema: BeginToolSignIn.nullish() }) request: BeginToolSignIn | null | undefined,
    @Req() sender: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<ToolSignInReply> {
    const home = serverAddressOf(this.settings, sender);
    return {
      url: await this.tools.beginSignIn(id, request?.redirectUrl ?? `${home}/tools`, caller.id),
    };
  }

  /** Finishes a sign-in with the parameters of the redirect. Only the user who began it may do this. */
  @Post('sign-in')
  @Access('tool:register')
  @Reply(ToolServerSummary)
  finish(
    @Body({ schema: FinishToolSignIn }) reply: FinishToolSignIn,
    @Caller() caller: Principal,
  ): Promise<ToolServerSummary> {
    return this.tools.finishSignIn(reply, caller.id);
  }

  /** Deletes the tokens of a server. */
  @Delete('servers/:id/sign-in')
  @Access('tool:register', one)
  @Reply(ToolServerSummary)
  signOut(@Param('id') id: string, @Caller() caller: Principal): Promise<ToolServerSummary> {
    return this.tools.signOut(id, caller.id);
  }
}
