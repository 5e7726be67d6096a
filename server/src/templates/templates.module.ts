import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { TemplateService } from './template.service.js';
import { TemplatesController } from './templates.controller.js';

/** Templates, imported as copies. */
@Module({
  controllers: [TemplatesController],
  providers: [fromHeddle(TemplateService, (heddle) => heddle.templates)],
})
export class TemplatesModule {}
