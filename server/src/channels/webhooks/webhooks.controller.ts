import {
  ChangeSecretRequest,
  ChangeWebhookRequest,
  CreatedWebhookReply,
  DeliveriesReply,
  Delivery,
  DeliveryReply,
  SecretReply,
  WebhookConfig,
  WebhookReply,
  WebhooksReply,
  type Principal,
  queryNumber,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { z } from 'zod';
import { Caller } from '../../auth/caller.js';
import { WebhookService } from './webhook.service.js';
import { UndoQuery } from '../../deletions/undo-query.js';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';

const target = { kind: 'workflow', param: 'id' } as const;
const DeliveriesQuery = z.object({
  status: Delivery.shape.status.optional(),
  limit: queryNumber(z.int().min(1).max(1_000)).default(100),
});

/** Outgoing webhooks of a workflow. */
@Controller('api/workflows/:id/webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhookService) {}

  @Get()
  @Access('workflow:read', target)
  @Reply(WebhooksReply)
  async list(@Param('id') id: string): Promise<z.infer<typeof WebhooksReply>> {
    return { webhooks: [...(await this.webhooks.list(id))] };
  }

  @Post()
  @Access('workflow:publish', target)
  @Reply(CreatedWebhookReply, 201)
  create(
    @Param('id') id: string,
    @Body({ schema: WebhookConfig }) config: WebhookConfig,
    @Caller() caller: Principal,
  ): Promise<CreatedWebhookReply> {
    return this.webhooks.create(id, config, caller);
  }

  @Put(':webhook')
  @Access('workflow:publish', target)
  @Reply(WebhookReply)
  change(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Body({ schema: ChangeWebhookRequest }) config: WebhookConfig,
    @Caller() caller: Principal,
  ): Promise<WebhookReply> {
    return this.webhooks.change(id, webhook, config, caller);
  }

  /** With `undo=true`, the webhook can be restored for a few seconds. */
  @Delete(':webhook')
  @Access('workflow:publish', target)
  @Reply(undefined, 204)
  remove(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Query({ schema: UndoQuery }) { undo }: UndoQuery,
    @Caller() caller: Principal,
  ): Promise<void> {
    const { webhooks } = this;
    return undo === true ? webhooks.deleteForNow(id, webhook, caller) : webhooks.remove(id, webhook, caller);
  }

  /** Restores a webhook that was deleted with `undo=true` a few seconds ago. Errors: `not_found`. */
  @Post(':webhook/restore')
  @Access('workflow:publish', target)
  @Reply(WebhookReply)
  restore(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Caller() caller: Principal,
  ): Promise<WebhookReply> {
    return this.webhooks.restore(id, webhook, caller);
  }

  /** Newest first; `status=dead` lists failed deliveries. */
  @Get(':webhook/deliveries')
  @Access('workflow:read', target)
  @Reply(DeliveriesReply)
  async deliveries(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Query({ schema: DeliveriesQuery }) query: z.infer<typeof DeliveriesQuery>,
  ): Promise<z.infer<typeof DeliveriesReply>> {
    return { deliveries: [...(await this.webhooks.deliveries(id, webhook, query))] };
  }

  @Get(':webhook/deliveries/:delivery')
  @Access('workflow:read', target)
  @Reply(DeliveryReply)
  delivery(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Param('delivery') delivery: string,
  ): Promise<DeliveryReply> {
    return this.webhooks.delivery(id, webhook, delivery);
  }

  @Post(':webhook/deliveries/:delivery/send')
  @Access('workflow:publish', target)
  @Reply(Delivery, 202)
  sendAgain(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Param('delivery') delivery: string,
    @Caller() caller: Principal,
  ): Promise<Delivery> {
    return this.webhooks.sendAgain(id, webhook, delivery, caller);
  }

  @Post(':webhook/secret')
  @Access('workflow:publish', target)
  @Reply(SecretReply)
  async changeSecret(
    @Param('id') id: string,
    @Param('webhook') webhook: string,
    @Body({ schema: ChangeSecretRequest }) { secret }: ChangeSecretRequest,
    @Caller() caller: Principal,
  ): Promise<SecretReply> {
    return { secret: await this.webhooks.changeSecret(id, webhook, secret, caller) };
  }
}
