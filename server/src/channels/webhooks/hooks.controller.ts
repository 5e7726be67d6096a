import {
  ArrivalsReply,
  ChangeHookRequest,
  ChangeSecretRequest,
  CreatedHookReply,
  CreateHookRequest,
  HookAnswer,
  type HookConfig,
  HookReceived,
  HookReply,
  HooksReply,
  SecretReply,
  TryHookRequest,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { HookService } from './hook.service.js';
import { Access } from '../../http/access.js';
import { TakesValues } from '../../http/bodies/body-bounds.js';
import { rawBodyOf } from '../../http/bodies/raw-body.js';
import { DescribedBody } from '../../http/openapi/described-body.js';
import { Reply } from '../../http/reply.js';
import { UndoQuery } from '../../deletions/undo-query.js';
import { ArrivalsQuery } from '../arrivals-query.js';

const target = { kind: 'workflow', param: 'id' } as const;

/** Incoming webhooks. Publishers create them; anyone who can sign a message calls them. */
@Controller()
export class HooksController {
  constructor(private readonly hooks: HookService) {}

  @Get('api/workflows/:id/hooks')
  @Access('workflow:read', target)
  @Reply(HooksReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof HooksReply>> {
    return { hooks: [...(await this.hooks.list(id))] };
  }

  @Post('api/workflows/:id/hooks')
  @Access('workflow:publish', target)
  @Reply(CreatedHookReply, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: CreateHookRequest }) request: CreateHookRequest,
    @Caller() caller: Principal,
  ): Promise<CreatedHookReply> {
    return this.hooks.create(id, request, caller);
  }

  @Put('api/workflows/:id/hooks/:hook')
  @Access('workflow:publish', target)
  @Reply(HookReply)
  change(
    @Param('id') id: string,
    @Param('hook') hook: string,
    @Body({ schema: ChangeHookRequest }) config: HookConfig,
    @Caller() caller: Principal,
  ): Promise<HookReply> {
    return this.hooks.change(id, hook, config, caller);
  }

  /** With `undo=true`, the webhook can be restored for a few seconds. */
  @Delete('api/workflows/:id/hooks/:hook')
  @Access('workflow:publish', target)
  @Reply(undefined, 204)
  remove(
    @Param('id') id: string,
    @Param('hook') hook: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
  ): Promise<void> {
    const { hooks } = this;
    return undo === true ? hooks.deleteForNow(id, hook, caller) : hooks.remove(id, hook, caller);
  }

  /** Restores a webhook that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post('api/workflows/:id/hooks/:hook/restore')
  @Access('workflow:publish', target)
  @Reply(HookReply)
  restore(@Param('id') id: string, @Param('hook') hook: string, @Caller() caller: Principal): Promise<HookReply> {
    return this.hooks.restore(id, hook, caller);
  }

  /** The received messages, newest first. */
  @Get('api/workflows/:id/hooks/:hook/arrivals')
  @Access('workflow:read', target)
  @Reply(ArrivalsReply)
  async arrivals(
    @Param('id') id: string,
    @Param('hook') hook: string,
    @Query({ schema: ArrivalsQuery }) { limit }: z.infer<typeof ArrivalsQuery>,
  ): Promise<z.infer<typeof ArrivalsReply>> {
    return { arrivals: [...(await this.hooks.arrivals(id, hook, limit))] };
  }

  /** The runs have the rights of the webhook's maker, so only publishers may send a test message. */
  @Post('api/workflows/:id/hooks/:hook/try')
  @TakesValues('inputs')
  @Access('workflow:publish', target)
  @Reply(HookReceived, 202)
  try(
    @Param('id') id: string,
    @Param('hook') hook: string,
    @Body({ schema: TryHookRequest }) { body }: z.infer<typeof TryHookRequest>,
  ): Promise<HookReceived> {
    return this.hooks.try(id, hook, body);
  }

  @Post('api/workflows/:id/hooks/:hook/secret')
  @Access('workflow:publish', target)
  @Reply(SecretReply)
  async changeSecret(
    @Param('id') id: string,
    @Param('hook') hook: string,
    @Body({ schema: ChangeSecretRequest }) { secret }: ChangeSecretRequest,
    @Caller() caller: Principal,
  ): Promise<SecretReply> {
    return { secret: await this.hooks.changeSecret(id, hook, secret, caller) };
  }

  /** The signature of the message is its credential. */
  @Post('v1/hooks/:hook')
  @DescribedBody({ description: 'The message, signed by its sender.', content: { 'application/json': z.unknown() } })
  @TakesValues('inputs')
  @Access('public')
  @Reply(HookAnswer, 202)
  receive(@Param('hook') hook: string, @Req() request: FastifyRequest): Promise<HookAnswer> {
    const message = { headers: request.headers, body: rawBodyOf(request), content: request.body };
    return this.hooks.receive(hook, message, request.ip);
  }
}
