import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { CACHES } from './caches-token.js';
import { CachesController } from './caches.controller.js';

/** The caches of workflow results. */
@Module({
  imports: [AuditModule],
  controllers: [CachesController],
  providers: [fromHeddle(CACHES, (heddle) => heddle.parts.routing.caches)],
})
export class CachesModule {}
