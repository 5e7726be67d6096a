import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { StopsModule } from '../stops/stops.module.js';
import { ConnectionService } from './connection.service.js';
import { ConnectionsController } from './connections.controller.js';

/** Connections to model providers. */
@Module({
  imports: [AuthorityModule, StopsModule],
  controllers: [ConnectionsController],
  providers: [fromHeddle(ConnectionService, (heddle) => heddle.connections)],
})
export class ConnectionsModule {}
