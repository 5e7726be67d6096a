import { Module } from '@nestjs/common';
import { AgentsModule } from '../agents/agents.module.js';
import { AgUiController } from './ag-ui.controller.js';
import { AgUiService } from './ag-ui.service.js';

/** Published workflows for AG-UI clients. */
@Module({ imports: [AgentsModule], controllers: [AgUiController], providers: [AgUiService] })
export class AgUiModule {}
