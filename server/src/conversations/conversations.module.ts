import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { WorkflowsModule } from '../workflows/workflows.module.js';
import { CONVERSATION_STORE } from './conversation-store-token.js';
import { ConversationService } from './conversation.service.js';
import { RetentionController } from './retention.controller.js';
import { RetentionService } from './retention.service.js';
import { FactService } from './fact.service.js';
import { FactsController } from './facts.controller.js';
import { ConversationsController } from './conversations.controller.js';

/** Stored conversations and facts. */
@Module({
  imports: [AuditModule, WorkflowsModule],
  controllers: [ConversationsController, FactsController, RetentionController],
  providers: [
    fromHeddle(ConversationService, (heddle) => heddle.conversations),
    fromHeddle(RetentionService, (heddle) => heddle.retention),
    fromHeddle(FactService, (heddle) => heddle.facts),
    fromHeddle(CONVERSATION_STORE, (heddle) => heddle.parts.conversations),
  ],
})
export class ConversationsModule {}
