import { Global, Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { GrantService } from './grant.service.js';
import { GrantsController } from './grants.controller.js';
import { ProjectGrants } from './project-grants.js';
import { ProjectViews } from './project-views.js';

/**
 * Grants of connections, tool servers, models, collections, secrets and folders to projects. Global, because the guard of each route
 * needs it.
 */
@Global()
@Module({
  controllers: [GrantsController],
  providers: [
    fromHeddle(ProjectGrants, (heddle) => heddle.grants),
    fromHeddle(GrantService, (heddle) => heddle.grantService),
    ProjectViews,
  ],
  exports: [ProjectGrants, GrantService, ProjectViews],
})
export class AuthorityModule {}
