import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PUBLISHED, type Published } from '../channels/published.js';
import { SETTINGS } from '../settings/settings-token.js';
import { fromHeddle } from './from-heddle.js';
import type { Heddle } from './heddle.js';
import { LOG } from '../common/log.js';
import { HEDDLE } from './token.js';

/** Nest's injection token of the path to the built editor. */
export const EDITOR_FOLDER = Symbol('editor folder');

/** What the host application passes to Heddle. */
interface HostOptions {
  readonly heddle: Heddle;
  readonly published: Published;
  readonly editor: string;
}

/**
 * Provides the host application's Heddle, its settings and its log. The module is global, because each feature takes its services from it.
 */
@Global()
@Module({})
export class HostModule {
  static forRoot({ heddle, published, editor }: HostOptions): DynamicModule {
    return {
      module: HostModule,
      providers: [
        { provide: HEDDLE, useValue: heddle },
        { provide: PUBLISHED, useValue: published },
        { provide: EDITOR_FOLDER, useValue: editor },
        fromHeddle(SETTINGS, ({ settings }) => settings),
        fromHeddle(LOG, ({ log }) => log),
      ],
      exports: [HEDDLE, PUBLISHED, EDITOR_FOLDER, SETTINGS, LOG],
    };
  }
}
