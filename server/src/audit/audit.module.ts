import { Global, Module } from '@nestjs/common';
import { ChannelStoresModule } from '../channel-stores/channel-stores.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { AuditContentService } from './audit-content.service.js';
import { AUDIT } from './audit-token.js';
import { AuditController } from './audit.controller.js';

/** The audit log. Global, because every route that changes something writes audit events. */
@Global()
@Module({
  imports: [ChannelStoresModule],
  controllers: [AuditController],
  providers: [
    fromHeddle(AUDIT, (heddle) => heddle.audit),
    fromHeddle(AuditContentService, (heddle) => heddle.auditContent),
  ],
  exports: [AUDIT],
})
export class AuditModule {}
