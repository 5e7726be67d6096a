import { PutSecretRequest, SecretsReply, SecretSummary, type SetSecretRequest } from '@heddle/core';
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put } from '@nestjs/common';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Acts } from '../http/acts.js';
import { Reply } from '../http/reply.js';

const one = { kind: 'secret', param: 'name' } as const;

/** Secrets that nodes may read by name. Their values are set here and never shown. */
@Controller('api/secrets')
export class SecretsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get()
  @Access('secret:write')
  @Reply(SecretsReply)
  async list(): Promise<SecretsReply> {
    return { secrets: [...(await this.heddle.connections.secrets())] };
  }

  @Get(':name')
  @Access('secret:write', one)
  @Reply(SecretSummary)
  get(@Param('name') name: string): Promise<SecretSummary> {
    return this.heddle.connections.secret(name);
  }

  @Put(':name')
  @HttpCode(204)
  @Acts({ act: 'secret', step: 'set', subject: 'secret:{params.name}' })
  @Access('secret:write', one)
  @Reply(undefined, 204)
  set(@Param('name') name: string, @Body({ schema: PutSecretRequest }) { value }: SetSecretRequest): Promise<void> {
    return this.heddle.connections.setSecret(name, value);
  }

  @Delete(':name')
  @HttpCode(204)
  @Acts({ act: 'secret', step: 'removed', subject: 'secret:{params.name}' })
  @Access('secret:write', one)
  @Reply(undefined, 204)
  remove(@Param('name') name: string): Promise<void> {
    return this.heddle.connections.removeSecret(name);
  }
}
