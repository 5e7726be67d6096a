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
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Patch, Post } from '@nestjs/common';
import type { Heddle } from '../heddle/heddle.js';
import { HEDDLE } from '../heddle/token.js';
import { Access } from '../http/access.js';
import { Reply } from '../http/reply.js';
import { Caller } from './caller.js';
import { View, type ProjectView } from './project-view.js';

const oneUser = { kind: 'user', param: 'id' } as const;

/** Users of this Heddle, and the API keys of a project. */
@Controller('api')
export class AccountsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('users')
  @Access('user:manage')
  @Reply(UsersReply)
  users(): UsersReply {
    return { users: this.heddle.users.list() };
  }

  @Post('users')
  @Access('user:manage')
  @Reply(InvitedReply, 201)
  invite(
    @Body({ schema: CreateUserRequest }) body: CreateUserRequest,
    @Caller() caller: Principal,
  ): Promise<InvitedReply> {
    return this.heddle.users.invite(caller, body);
  }

  @Patch('users/:id')
  @Access('user:manage', oneUser)
  @Reply(UserReply)
  change(
    @Param('id') id: string,
    @Body({ schema: ChangeUserRequest }) body: ChangeUserRequest,
    @Caller() caller: Principal,
  ): Promise<UserReply> {
    return this.heddle.users.change(caller, id, body);
  }

  /** A new one-time link with which somebody chooses a password. */
  @Post('users/:id/link')
  @Access('user:manage', oneUser)
  @Reply(UserLinkReply, 201)
  async link(@Param('id') id: string, @Caller() caller: Principal): Promise<UserLinkReply> {
    return { token: await this.heddle.users.link(caller, id) };
  }

  /** Signs somebody out everywhere. */
  @Delete('users/:id/sessions')
  @HttpCode(204)
  @Access('user:manage', oneUser)
  @Reply(undefined, 204)
  signOut(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.heddle.sessions.endAllOf(caller, id);
  }

  @Get('keys')
  @Access('key:manage', { kind: 'key' })
  @Reply(KeysReply)
  keys(@View() { project }: ProjectView): KeysReply {
    return { keys: this.heddle.keys.list(project) };
  }

  @Post('keys')
  @Access('key:manage', { kind: 'key' })
  @Reply(CreatedKeyReply, 201)
  createKey(
    @Caller() caller: Principal,
    @Body({ schema: CreateKeyRequest }) body: CreateKeyRequest,
    @View() { project }: ProjectView,
  ): Promise<CreatedKeyReply> {
    return this.heddle.keys.create(caller, body, project);
  }

  /** Replaces what a key is good for, within the roles of its owner. */
  @Patch('keys/:id')
  @Access('key:manage', { kind: 'key', param: 'id' })
  @Reply(KeyReply)
  changeKey(
    @Param('id') id: string,
    @Caller() caller: Principal,
    @Body({ schema: ChangeKeyRequest }) { scopes }: ChangeKeyRequest,
  ): Promise<KeyReply> {
    return this.heddle.keys.change(caller, id, scopes);
  }

  @Delete('keys/:id')
  @HttpCode(204)
  @Access('key:manage', { kind: 'key', param: 'id' })
  @Reply(undefined, 204)
  revokeKey(@Param('id') id: string, @Caller() caller: Principal): Promise<void> {
    return this.heddle.keys.revoke(caller, id);
  }
}
