import { Controller, Get, Inject } from '@nestjs/common';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { describeSettings } from '../settings/read-settings.js';
import { HealthReply, healthOf, SettingsReply } from './health.js';

@Controller('api')
export class HealthController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('health')
  @Access('public')
  @Reply(HealthReply)
  health(): Promise<HealthReply> {
    return healthOf(this.heddle);
  }

  @Get('settings')
  @Access('settings:read')
  @Reply(SettingsReply)
  settings(): SettingsReply {
    return { settings: describeSettings(this.heddle.settings) };
  }
}
