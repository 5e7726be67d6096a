import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { BATCH_STORE, CHANNEL_STORE, OPENAI_FILES } from './channel-tokens.js';

/** The stores of webhooks, schedules, share links and batches. */
@Module({
  providers: [
    fromHeddle(CHANNEL_STORE, (heddle) => heddle.parts.channels.store),
    fromHeddle(BATCH_STORE, (heddle) => heddle.parts.channels.batches),
    fromHeddle(OPENAI_FILES, (heddle) => heddle.parts.channels.openAiFiles),
  ],
  exports: [CHANNEL_STORE, BATCH_STORE, OPENAI_FILES],
})
export class ChannelStoresModule {}
