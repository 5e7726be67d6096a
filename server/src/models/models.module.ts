import { Module } from '@nestjs/common';
import { AuthorityModule } from '../authority/authority.module.js';
import { fromHeddle } from '../heddle/from-heddle.js';
import { KillSwitchesModule } from '../kill-switches/kill-switches.module.js';
import { MODEL_HUB } from './model-hub-token.js';
import { ModelService } from './model.service.js';
import { ModelsController } from './models.controller.js';

/** Local models: the catalogue, downloads and model processes. */
@Module({
  imports: [AuthorityModule, KillSwitchesModule],
  controllers: [ModelsController],
  providers: [
    fromHeddle(ModelService, (heddle) => heddle.models),
    fromHeddle(MODEL_HUB, (heddle) => heddle.parts.models),
  ],
  exports: [ModelService, MODEL_HUB],
})
export class ModelsModule {}
