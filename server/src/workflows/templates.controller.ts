import { TemplateReply, TemplateSummary } from '@heddle/core';
import { Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import { View, type ProjectView } from '../auth/project-view.js';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access, anywhere } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

const TemplatesReply = z.object({ templates: z.array(TemplateSummary) }).meta({ id: 'TemplatesReply' });

/** Ready workflows, imported by copy. */
@Controller('api/templates')
export class TemplatesController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('workflow:read', anywhere)
  @Reply(TemplatesReply)
  async list(@View() { project }: ProjectView): Promise<z.infer<typeof TemplatesReply>> {
    return { templates: await this.heddle.templates.list(project) };
  }

  @Post(':id')
  @Acts({ act: 'workflow', step: 'copied', subject: 'workflow:{made.id}', details: { template: 'params.id' } })
  @Access('workflow:write', { kind: 'workflow' })
  @Reply(TemplateReply, 201)
  import(@Param('id') id: string, @View() { project }: ProjectView): Promise<TemplateReply> {
    return this.heddle.templates.import(id, project);
  }
}
