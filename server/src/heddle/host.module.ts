import { Global, Module, type DynamicModule } from '@nestjs/common';
import { PUBLISHED, type Published } from '../channels/published.js';
import { SETTINGS } from '../settings/settings-token.js';
import { fromHeddle } from './from-heddle.js';
import type { Heddle } from './heddle.js';
import { LOG } from '../common/log.js';
import { HEDDLE } from './token.js';

/** Injects the folder of the built editor, a path. */
export const EDITOR_FOLDER = Symbol('editor folder');

/** What the host application gives to Heddle. */
interface HostOptions {
  readonly heddle: Heddle;
  readonly published: Published;
  readonly editor: string;
}

/** The Heddle of the host application with its settings and log. Global, because each feature takes its services from it. */
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
