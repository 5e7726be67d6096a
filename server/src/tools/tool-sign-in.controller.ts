import { BeginToolSignIn, FinishToolSignIn, ToolServerSummary, ToolSignInReply, type Principal } from '@heddle/core';
import { Body, Controller, Delete, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Caller } from '../auth/caller.js';
import type { Settings } from '../settings/settings-table.js';
import { SETTINGS } from '../settings/settings-token.js';
import { ToolService } from './tool.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'tool', param: 'id' } as const;

/** Signing in to tool servers. The way back leads to the page Tools, which hands in what it came with. */
@Controller('api/tools')
export class ToolSignInController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly tools: ToolService,
  ) {}

  /** Where to agree that Heddle may use a server. */
  @Post('servers/:id/sign-in')
  @HttpCode(200)
  @Access('tool:register', one)
  @Reply(ToolSignInReply)
  async begin(
    @Param('id') id: string,
    @Body({ schema: BeginToolSignIn.nullish() }) request: BeginToolSignIn | null | undefined,
    @Req() { protocol, headers }: FastifyRequest,
    @Caller() caller: Principal,
  ): Promise<ToolSignInReply> {
    const home = this.settings.publicUrl ?? `${protocol}://${headers.host ?? ''}`;
    return {
      url: await this.tools.beginSignIn(id, request?.redirectUrl ?? `${home.replace(/\/+$/, '')}/tools`, caller.id),
    };
  }

  /** Hands in what an authorization server sent the browser back with; only who began it may. */
  @Post('sign-in')
  @HttpCode(200)
  @Access('tool:register')
  @Reply(ToolServerSummary)
  finish(
    @Body({ schema: FinishToolSignIn }) reply: FinishToolSignIn,
    @Caller() caller: Principal,
  ): Promise<ToolServerSummary> {
    return this.tools.finishSignIn(reply, caller.id);
  }

  /** Forgets the tokens of a server. */
  @Delete('servers/:id/sign-in')
  @HttpCode(200)
  @Access('tool:register', one)
  @Reply(ToolServerSummary)
  signOut(@Param('id') id: string, @Caller() caller: Principal): Promise<ToolServerSummary> {
    return this.tools.signOut(id, caller.id);
  }
}
