import { Global, Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { AccountService } from './account.service.js';
import { AccountsController } from './accounts.controller.js';
import { AuthController } from './auth.controller.js';
import { CallerLimits } from './caller-limits.js';
import { CallerRights } from './caller-rights.js';
import { IDENTITY_STORES } from './identity-stores-token.js';
import { IDENTITY } from './identity.js';
import { KeyService } from './key.service.js';
import { OWNERSHIP } from './ownership.js';
import { ProjectService } from './project.service.js';
import { ReplySignals } from './reply-signals.js';
import { ProviderController } from './provider.controller.js';
import { ProviderService } from './provider.service.js';
import { SessionService } from './session.service.js';
import { UserService } from './user.service.js';

/** Accounts, projects and API keys, and who sends a request. Global, as the guard of each route needs it. */
@Global()
@Module({
  controllers: [AuthController, ProviderController, AccountsController],
  providers: [
    fromHeddle(IDENTITY, (heddle) => heddle.identity),
    fromHeddle(OWNERSHIP, (heddle) => heddle.ownership),
    fromHeddle(IDENTITY_STORES, (heddle) => heddle.parts.identity),
    fromHeddle(AccountService, (heddle) => heddle.accounts),
    fromHeddle(UserService, (heddle) => heddle.users),
    fromHeddle(SessionService, (heddle) => heddle.sessions),
    fromHeddle(KeyService, (heddle) => heddle.keys),
    fromHeddle(ProjectService, (heddle) => heddle.projects),
    fromHeddle(ProviderService, (heddle) => heddle.provider),
    fromHeddle(CallerRights, (heddle) => heddle.rights),
    CallerLimits,
    ReplySignals,
  ],
  exports: [IDENTITY, OWNERSHIP, IDENTITY_STORES, ProjectService, CallerRights, CallerLimits, ReplySignals],
})
export class AuthModule {}
