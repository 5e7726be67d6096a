import {
  ChangeKeyRequest,
  ChangeUserRequest,
  CreatedKeyReply,
  CreateKeyRequest,
  CreateUserRequest,
  InvitedReply,
  KeyReply,
  KeysReply,
  UserLinkReply,
  UserReply,
  UsersReply,
  type Principal,
} from '@heddle/core';
import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { KeyService } from './key.service.js';
import { SessionService } from './sign-in/session.service.js';
import { UserService } from './user.service.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Caller } from './caller.js';
import { View, type ProjectView } from './rights/project-view.js';

const oneUser = { kind: 'user', param: 'id' } as const;

/** The users of this installation, and the API keys of a project. */
@Controller('api')
export class AccountsController {
  constructor(
    private readonly userService: UserService,
    private readonly sessions: SessionService,
    private readonly keyService: KeyService,
  ) {}

  @Get('users')
  @Access('user:manage')
  @Reply(UsersReply)
  async users(): Promise<UsersReply> {
    return { users: await this.userService.list() };
  }

  @Post('users')
  @Access('user:manage')
  @Reply(InvitedReply, 201)
  invite(
    @Body({ schema: CreateUserRequest }) body: CreateUserRequest,
    @Caller() caller: Principal,
  ): Promise<InvitedReply> {
    return this.userService.invite(caller, body);
  }

  @Patch('users/:id')
  @Access('user:manage', oneUser)
  @Reply(UserReply)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeUserRequest }) body: ChangeUserRequest,
    @Caller() caller: Principal,
  ): Promise<UserReply> {
    return this.userService.change(caller, id, body);
  }

  /** Creates a new one-time link to choose a password. */
  @Post('users/:id/link')
  @Access('user:manage', oneUser)
  @Reply(UserLinkReply, 201)
  async link(@Param('id') id: string, @Caller() caller: Principal): Promise<UserLinkReply> {
    return { token: await this.userService.link(caller, id) };
  }

  /** Signs a user out everywhere. */
  @Delete('users/:id/sessions')
  @Access('user:manage', oneUser)
  @Reply(undefined, 204)
  signOut(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.sessions.endAllOf(caller, id);
  }

  @Get('keys')
  @Access('key:manage', { kind: 'key' })
  @Reply(KeysReply)
  async keys(@View() { project }: ProjectView): Promise<KeysReply> {
    return { keys: await this.keyService.list(project) };
  }

  @Post('keys')
  @Access('key:manage', { kind: 'key' })
  @Reply(CreatedKeyReply, 201)
  createKey(
    @Caller() caller: Principal,
    @Body({ schema: CreateKeyRequest }) body: CreateKeyRequest,
    @View() { project }: ProjectView,
  ): Promise<CreatedKeyReply> {
    return this.keyService.create(caller, body, project);
  }

  /** Replaces the scopes of a key, within the roles of its owner. */
  @Patch('keys/:id')
  @Access('key:manage', { kind: 'key', param: 'id' })
  @Reply(KeyReply)
  changeKey(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Body({ schema: ChangeKeyRequest }) { scopes }: ChangeKeyRequest,
  ): Promise<KeyReply> {
    return this.keyService.change(caller, id, scopes);
  }

  @Delete('keys/:id')
  @Access('key:manage', { kind: 'key', param: 'id' })
  @Reply(undefined, 204)
  revokeKey(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.keyService.revoke(caller, id);
  }
}
