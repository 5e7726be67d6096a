import type { LanguageModelInfo } from '@heddle/core';
import type { Provider } from './provider.js';
import type { ReadFile } from './shared/load-files.js';
import type { CallLine } from './shared/make-call.js';

export interface RemoteModelOptions {
  readonly info: LanguageModelInfo;
  /** The name of the model at the provider. */
  readonly model: string;
  readonly line: CallLine;
  readonly provider: () => Promise<Provider>;
  readonly readFile: ReadFile;
}
