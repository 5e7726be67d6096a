import {
  ChangeProjectRequest,
  CreateServiceRequest,
  MembersReply,
  ProjectReply,
  ProjectRequest,
  ProjectsReply,
  ServiceReply,
  ServicesReply,
  SetMemberRequest,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Inject, Param, Patch, Post, Put } from '@nestjs/common';
import type { IdentityStores } from '@heddle/adapters/identity';
import { IDENTITY_STORES } from '../auth/identity-stores-token.js';
import { ProjectService } from '../auth/project.service.js';
import { GrantService } from '../authority/grant.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Caller } from '../auth/caller.js';
import { View, type ProjectView } from '../auth/rights/project-view.js';

const one = { kind: 'project', param: 'id' } as const;

/** Projects, their members, and service accounts. */
@Controller('api')
export class ProjectsController {
  constructor(
    private readonly projects: ProjectService,
    @Inject(IDENTITY_STORES) private readonly stores: IdentityStores,
    private readonly grantService: GrantService,
  ) {}

  @Get('projects')
  @Access('signed-in')
  @Reply(ProjectsReply)
  async list(@Caller() caller: Principal): Promise<ProjectsReply> {
    return { projects: await this.projects.list(caller) };
  }

  @Post('projects')
  @Access('project:manage')
  @Reply(ProjectReply, 201)
  async create(
    @Body({ schema: ProjectRequest }) { name, grantsFrom }: ProjectRequest,
    @Caller() caller: Principal,
  ): Promise<ProjectReply> {
    if (grantsFrom !== undefined) await this.stores.projects.get(grantsFrom);
    const made = await this.projects.create(caller, name);
    if (grantsFrom !== undefined) await this.grantService.copy(grantsFrom, made.id, caller);
    return made;
  }

  @Patch('projects/:id')
  @Access('project:manage', one)
  @Reply(ProjectReply)
  rename(
    @Param('id') id: string,
    @Body({ schema: ChangeProjectRequest }) { name }: ProjectRequest,
    @Caller() caller: Principal,
  ): Promise<ProjectReply> {
    return this.projects.rename(caller, id, name);
  }

  /** Archives a project. It can still be read, but nothing new starts in it. */
  @Post('projects/:id/archive')
  @Access('project:manage', one)
  @Reply(ProjectReply)
  archive(@Param('id') id: string, @Caller() caller: Principal): Promise<ProjectReply> {
    return this.projects.archive(caller, id);
  }

  @Delete('projects/:id/archive')
  @Access('project:manage', one)
  @Reply(ProjectReply)
  restore(@Param('id') id: string, @Caller() caller: Principal): Promise<ProjectReply> {
    return this.projects.restore(caller, id);
  }

  /** Removes all roles of the caller in the project. */
  @Delete('projects/:id/membership')
  @Access('workflow:read', one)
  @Reply(undefined, 204)
  leave(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.projects.leave(caller, id);
  }

  @Delete('projects/:id')
  @Access('project:manage', one)
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.projects.remove(caller, id);
  }

  @Get('projects/:id/members')
  @Access('workflow:read', one)
  @Reply(MembersReply)
  async members(@Param('id') id: string): Promise<MembersReply> {
    return { members: await this.projects.members(id) };
  }

  /** Sets the roles of a member; an empty list removes them. */
  @Put('projects/:id/members/:member')
  @Access('user:manage', one)
  @Reply(MembersReply)
  async setMember(
    @Param('id') id: string,
    @Param('member') member: string,
    @Body({ schema: SetMemberRequest }) { roles }: SetMemberRequest,
    @Caller() caller: Principal,
  ): Promise<MembersReply> {
    return { members: await this.projects.setMember(caller, id, member, roles) };
  }

  @Get('services')
  @Access('user:manage')
  @Reply(ServicesReply)
  async services(): Promise<ServicesReply> {
    return { services: [...(await this.projects.services())] };
  }

  /** Creates a service account in the project of the request. */
  @Post('services')
  @Access('user:manage', { kind: 'project' })
  @Reply(ServiceReply, 201)
  createService(
    @Body({ schema: CreateServiceRequest }) { name, roles }: CreateServiceRequest,
    @Caller() caller: Principal,
    @View() { project }: ProjectView,
  ): Promise<ServiceReply> {
    return this.projects.createService(caller, name, project, roles);
  }

  @Delete('services/:id')
  @Access('user:manage', { kind: 'user', param: 'id' })
  @Reply(undefined, 204)
  removeService(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.projects.removeService(caller, id);
  }
}
