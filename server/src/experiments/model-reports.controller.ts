import { ModelReport } from '@heddle/core';
import { Controller, Get, Param } from '@nestjs/common';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { Access, anywhere } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { ModelReportService } from './model-report.service.js';

/** Cards of models with our own results. */
@Controller('api/models')
export class ModelReportsController {
  constructor(private readonly reports: ModelReportService) {}

  /** Its speed, memory and latency here, and its scores in the experiments that the caller may read. Errors: `model_unknown`. */
  @Get(':id/card')
  @Access('model:read', anywhere)
  @Reply(ModelReport)
  card(@Param('id') id: string, @View() view: ProjectView): Promise<ModelReport> {
    return this.reports.report(id, view);
  }
}
