import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { ProjectsController } from './projects.controller.js';

/** The routes of projects, their members and their service accounts. */
@Module({
  imports: [AuthorityModule],
  controllers: [ProjectsController],
})
export class ProjectsModule {}
