import { ModelReport } from '@heddle/core';
import { Controller, Get, Param } from '@nestjs/common';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ModelReportService } from './model-report.service.js';

/** Model cards with results of this server. */
@Controller('api/models')
export class ModelReportsController {
  constructor(private readonly reports: ModelReportService) {}

  /**
   * The model's speed, memory and latency on this server, and its scores in experiments that the caller may read. Errors: `model_unknown`.
   */
  @Get(':id/card')
  @Access('model:read', anywhere)
  @Reply(ModelReport)
  card(@Param('id') id: string, @View() view: ProjectView): Promise<ModelReport> {
    return this.reports.report(id, view);
  }
}
