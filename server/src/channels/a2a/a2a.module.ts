import { Module } from '@nestjs/common';
import { PublishingModule } from '../../publishing/publishing.module.js';
import { AgentsModule } from '../agents/agents.module.js';
import { A2aController } from './a2a.controller.js';

/** Published workflows as agents of A2A. */
@Module({ imports: [AgentsModule, PublishingModule], controllers: [A2aController] })
export class A2aModule {}
