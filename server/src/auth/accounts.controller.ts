import {
  ChangeUserRequest,
  CreatedKeyReply,
  CreateKeyRequest,
  CreateUserRequest,
  InvitedReply,
  KeysReply,
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

/** Users and API keys of this Heddle. */
@Controller('api')
export class AccountsController {
  constructor(@Inject(HEDDLE) private readonly heddle: Heddle) {}

  @Get('users')
  @Access('user:manage')
  @Reply(UsersReply)
  users(): UsersReply {
    return { users: this.heddle.accounts.users() };
  }

  @Post('users')
  @Access('user:manage')
  @Reply(InvitedReply, 201)
  invite(@Body({ schema: CreateUserRequest }) body: CreateUserRequest): InvitedReply {
    return this.heddle.accounts.invite(body);
  }

  @Patch('users/:id')
  @Access('user:manage', { kind: 'user', param: 'id' })
  @Reply(UserReply)
  change(@Param('id') id: string, @Body({ schema: ChangeUserRequest }) body: ChangeUserRequest): UserReply {
    return this.heddle.accounts.change(id, body);
  }

  @Get('keys')
  @Access('key:manage')
  @Reply(KeysReply)
  keys(): KeysReply {
    return { keys: this.heddle.accounts.keys() };
  }

  @Post('keys')
  @Access('key:manage')
  @Reply(CreatedKeyReply, 201)
  createKey(@Caller() caller: Principal, @Body({ schema: CreateKeyRequest }) body: CreateKeyRequest): CreatedKeyReply {
    return this.heddle.accounts.createKey(caller, body);
  }

  @Delete('keys/:id')
  @HttpCode(204)
  @Access('key:manage', { kind: 'key', param: 'id' })
  @Reply(undefined, 204)
  revokeKey(@Param('id') id: string): void {
    this.heddle.accounts.revokeKey(id);
  }
}
