import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { ChannelCallers } from './channel-callers.js';

/** Callers of routes whose body names what they act on. */
@Module({
  imports: [AuthorityModule],
  providers: [ChannelCallers],
  exports: [ChannelCallers],
})
export class ChannelCallersModule {}
