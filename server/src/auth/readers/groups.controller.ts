import {
  ChangeGroupRequest,
  defaultProject,
  GroupReply,
  GroupRequest,
  GroupsReply,
  ReaderChoicesReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Patch, Post, Put } from '@nestjs/common';
import { Access } from '../../http/access.js';
import { Reply } from '../../http/reply.js';
import { Caller } from '../caller.js';
import { View, type ProjectView } from '../rights/project-view.js';
import { GroupService } from './group.service.js';

/** Groups that lists of readers name, and their members. */
@Controller('api')
export class GroupsController {
  constructor(private readonly service: GroupService) {}

  @Get('groups')
  @Access('user:manage')
  @Reply(GroupsReply)
  async list(): Promise<GroupsReply> {
    return { groups: await this.service.list(), claimed: await this.service.claimed() };
  }

  @Post('groups')
  @Access('user:manage')
  @Reply(GroupReply, 201)
  create(@Body({ schema: GroupRequest }) { name }: GroupRequest, @Caller() caller: Principal): Promise<GroupReply> {
    return this.service.create(caller, name);
  }

  @Patch('groups/:id')
  @Access('user:manage')
  @Reply(GroupReply)
  rename(
    @Param('id') id: string,
    @Body({ schema: ChangeGroupRequest }) { name }: ChangeGroupRequest,
    @Caller() caller: Principal,
  ): Promise<GroupReply> {
    return this.service.rename(caller, id, name);
  }

  @Delete('groups/:id')
  @Access('user:manage')
  @Reply(undefined, 204)
  remove(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.service.remove(caller, id);
  }

  /** Adds a member: `user:ID` or `user:ADDRESS`, `service:ID`, `key:ID`, `oidc-group:NAME`. Takes effect at the next search. */
  @Put('groups/:id/members/:member')
  @Access('user:manage')
  @Reply(GroupReply)
  addMember(
    @Param('id') id: string,
    @Param('member') member: string,
    @Caller() caller: Principal,
  ): Promise<GroupReply> {
    return this.service.addMember(caller, id, member);
  }

  /** Removes a member. Takes effect at the next search, even in runs that are in progress. */
  @Delete('groups/:id/members/:member')
  @Access('user:manage')
  @Reply(GroupReply)
  removeMember(
    @Param('id') id: string,
    @Param('member') member: string,
    @Caller() caller: Principal,
  ): Promise<GroupReply> {
    return this.service.removeMember(caller, id, member);
  }

  /** The readers that lists in this project can name: users, groups, service accounts, keys. */
  @Get('readers')
  @Access('reader:manage', { kind: 'collection' })
  @Reply(ReaderChoicesReply)
  async choices(@View() { project }: ProjectView): Promise<ReaderChoicesReply> {
    return { readers: await this.service.choices(project ?? defaultProject) };
  }
}
