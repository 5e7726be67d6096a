import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { KillSwitchesModule } from '../kill-switches/kill-switches.module.js';
import { ConnectionService } from './connection.service.js';
import { ConnectionsController } from './connections.controller.js';

/** Connections to model providers. */
@Module({
  imports: [AuthorityModule, KillSwitchesModule],
  controllers: [ConnectionsController],
  providers: [fromHeddle(ConnectionService, (heddle) => heddle.connections)],
  exports: [ConnectionService],
})
export class ConnectionsModule {}
