import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { DoorCallers } from './door-callers.js';

/** Callers of routes whose body names what they act on. */
@Module({
  imports: [AuthorityModule],
  providers: [DoorCallers],
  exports: [DoorCallers],
})
export class DoorCallersModule {}
