import {
  defaultProject,
  installationOwner,
  PutSecretRequest,
  SecretOwnerQuery,
  SecretCardReply,
  SecretsQuery,
  SecretsReply,
  type AuditActor,
  type Principal,
  type SecretChange,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Put, Query, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Actor, Caller, ruleOf } from '../auth/caller.js';
import { checkAccess } from '../auth/rights/check-access.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';
import { TrustedClock } from '../common/trusted-clock.js';
import { SecretService } from './secret.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';

/** A secret belongs to the project of the request, because names are not unique between projects. */
const ofProject = { kind: 'secret' } as const;

/** Secrets of a project or, with `?owner=installation`, of the installation. Their values can be set but are never shown. */
@Controller('api/secrets')
export class SecretsController {
  constructor(
    private readonly secrets: SecretService,
    private readonly clock: TrustedClock,
  ) {}

  /** Authors of workflows see only the names that they may use; whoever may set secrets sees the cards. */
  @Get()
  @Access(['workflow:write', 'secret:write'], ofProject)
  @Reply(SecretsReply)
  async list(
    @View() view: ProjectView,
    @Caller() caller: Principal,
    @Query({ schema: SecretsQuery }) query: SecretsQuery,
    @Req() request: FastifyRequest,
  ): Promise<SecretsReply> {
    const owner = this.ownerOf(view, caller, query);
    const showsCards = query.show !== 'names' && ruleOf(request) === 'secret:write';
    return { secrets: showsCards ? await this.secrets.list(owner) : [], names: await this.secrets.names(view.project) };
  }

  @Get(':name')
  @Access('secret:write', ofProject)
  @Reply(SecretCardReply)
  get(
    @Param('name') name: string,
    @View() view: ProjectView,
    @Caller() caller: Principal,
    @Query({ schema: SecretOwnerQuery }) query: SecretOwnerQuery,
  ): Promise<SecretCardReply> {
    return this.secrets.get(this.ownerOf(view, caller, query), name);
  }

  /** Creates a secret, or changes only the given members of an existing one. */
  @Put(':name')
  @Access('secret:write', ofProject)
  @Reply(undefined, 204)
  set(
    @Param('name') name: string,
    @Body({ schema: PutSecretRequest }) change: SecretChange,
    @View() view: ProjectView,
    @Caller() caller: Principal,
    @Query({ schema: SecretOwnerQuery }) query: SecretOwnerQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.secrets.set(this.ownerOf(view, caller, query), name, change, by);
  }

  @Delete(':name')
  @Access('secret:write', ofProject)
  @Reply(undefined, 204)
  remove(
    @Param('name') name: string,
    @View() view: ProjectView,
    @Caller() caller: Principal,
    @Query({ schema: SecretOwnerQuery }) query: SecretOwnerQuery,
    @Actor() by: AuditActor,
  ): Promise<void> {
    return this.secrets.remove(this.ownerOf(view, caller, query), name, by);
  }

  /** Errors: `forbidden` for secrets of the installation without a role in the default project. */
  private ownerOf({ project }: ProjectView, caller: Principal, { owner }: SecretOwnerQuery): string {
    if (owner === undefined) return project;
    checkAccess(caller, 'secret:write', { kind: 'installation', project: defaultProject }, this.clock);
    return installationOwner;
  }
}
