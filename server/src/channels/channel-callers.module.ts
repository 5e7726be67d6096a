import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { ChannelCallers } from './channel-callers.js';

/** The callers of routes whose body names the resource. */
@Module({
  imports: [AuthorityModule],
  providers: [ChannelCallers],
  exports: [ChannelCallers],
})
export class ChannelCallersModule {}
