import { Global, Module } from '@nestjs/common';
import { fromHeddle } from '../heddle/from-heddle.js';
import { AccountService } from './account.service.js';
import { AccountsController } from './accounts.controller.js';
import { AuthController } from './auth.controller.js';
import { CallerLimits } from './caller-limits.js';
import { CallerRights } from './rights/caller-rights.js';
import { IDENTITY_STORES } from './identity-stores-token.js';
import { IDENTITY } from './identity.js';
import { KeyService } from './key.service.js';
import { GroupService } from './readers/group.service.js';
import { GroupsController } from './readers/groups.controller.js';
import { ReaderNames } from './readers/reader-names.js';
import { ConsentController } from './oauth/consent.controller.js';
import { OAuthClients } from './oauth/oauth-clients.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { OAuthService } from './oauth/oauth.service.js';
import { Ownership } from './rights/ownership.js';
import { ProjectService } from './project.service.js';
import { ReplySignals } from './rights/reply-signals.js';
import { ProviderController } from './sign-in/provider.controller.js';
import { ProviderService } from './sign-in/provider.service.js';
import { SessionService } from './sign-in/session.service.js';
import { UserService } from './user.service.js';

/** Accounts, projects, API keys and the identity of callers. Global, because the guard of each route needs it. */
@Global()
@Module({
  controllers: [
    AuthController,
    ProviderController,
    AccountsController,
    GroupsController,
    OAuthController,
    ConsentController,
  ],
  providers: [
    fromHeddle(IDENTITY, (heddle) => heddle.identity),
    fromHeddle(Ownership, (heddle) => heddle.ownership),
    fromHeddle(IDENTITY_STORES, (heddle) => heddle.parts.identity),
    fromHeddle(AccountService, (heddle) => heddle.accounts),
    fromHeddle(UserService, (heddle) => heddle.users),
    fromHeddle(SessionService, (heddle) => heddle.sessions),
    fromHeddle(KeyService, (heddle) => heddle.keys),
    fromHeddle(GroupService, (heddle) => heddle.groups),
    fromHeddle(ReaderNames, (heddle) => heddle.readerNames),
    fromHeddle(ProjectService, (heddle) => heddle.projects),
    fromHeddle(ProviderService, (heddle) => heddle.provider),
    fromHeddle(CallerRights, (heddle) => heddle.rights),
    fromHeddle(OAuthService, (heddle) => heddle.oauth),
    fromHeddle(OAuthClients, (heddle) => heddle.oauthClients),
    CallerLimits,
    ReplySignals,
  ],
  exports: [
    IDENTITY,
    Ownership,
    IDENTITY_STORES,
    ProjectService,
    CallerRights,
    CallerLimits,
    ReplySignals,
    ReaderNames,
  ],
})
export class AuthModule {}
