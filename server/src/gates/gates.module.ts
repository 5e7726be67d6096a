import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { GateRules } from './gate-rules.js';
import { GateService } from './gate.service.js';
import { GatesController } from './gates.controller.js';

/** Gates of publishing: the rules of a project, and their results for drafts. */
@Module({
  controllers: [GatesController],
  providers: [fromHeddle(GateRules, (heddle) => heddle.gateRules), fromHeddle(GateService, (heddle) => heddle.gates)],
})
export class GatesModule {}
