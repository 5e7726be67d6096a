import { Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { SecretService } from './secret.service.js';
import { SecretsController } from './secrets.controller.js';

/** Secrets of projects and of the installation. */
@Module({
  controllers: [SecretsController],
  providers: [fromHeddle(SecretService, (heddle) => heddle.secrets)],
})
export class SecretsModule {}
