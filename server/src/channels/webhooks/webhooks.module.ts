import { Module } from '@nestjs/common';
import { fromHeddle } from '../../heddle/from-heddle.js';
import { HookService } from './hook.service.js';
import { HooksController } from './hooks.controller.js';
import { WebhookService } from './webhook.service.js';
import { WebhooksController } from './webhooks.controller.js';

/** Incoming and outgoing webhooks. */
@Module({
  controllers: [HooksController, WebhooksController],
  providers: [
    fromHeddle(HookService, (heddle) => heddle.channels.hooks),
    fromHeddle(WebhookService, (heddle) => heddle.channels.webhooks),
  ],
})
export class WebhooksModule {}
