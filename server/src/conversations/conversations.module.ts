import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { CONVERSATION_STORE } from './conversation-store-token.js';
import { ConversationService } from './conversation.service.js';
import { ConversationsController } from './conversations.controller.js';

/** Stored conversations. */
@Module({
  imports: [AuditModule, WorkflowsModule],
  controllers: [ConversationsController],
  providers: [
    fromHeddle(ConversationService, (heddle) => heddle.conversations),
    fromHeddle(CONVERSATION_STORE, (heddle) => heddle.parts.conversations),
  ],
})
export class ConversationsModule {}
