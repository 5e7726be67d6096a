import type { LanguageModelInfo } from '@heddle/core';
import type { Provider } from './provider.js';
import type { ReadFile } from './shared/load-files.js';
import type { CallLine } from './shared/make-call.js';

/** A model of a connection, and how to call it. */
export interface RemoteModelOptions {
  readonly info: LanguageModelInfo;
  /** Its name at the provider. */
  readonly model: string;
  readonly line: CallLine;
  readonly provider: () => Promise<Provider>;
  readonly readFile: ReadFile;
}
