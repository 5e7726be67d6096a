import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { GrantService } from './grant.service.js';
import { GrantsController } from './grants.controller.js';
import { ProjectGrants } from './project-grants.js';

/** Which projects may use which connections, tool servers, models, collections, secrets and folders. */
@Module({
  controllers: [GrantsController],
  providers: [
    fromHeddle(ProjectGrants, (heddle) => heddle.grants),
    fromHeddle(GrantService, (heddle) => heddle.grantService),
  ],
  exports: [ProjectGrants, GrantService],
})
export class AuthorityModule {}
