import type { HeaderModelInfo, HeaderOptions } from '@heddle/core';
import { headerPrompt } from './header-prompt.js';
import type { HeaderWriter } from './write-headers.js';

/** Counts the calls and tokens that headers would need, without calling a model. */
export class HeaderCounter implements Pick<HeaderWriter, 'write'> {
  calls = 0;
  /** Tokens that the model would read, counted by the embedding model's tokenizer. */
  tokens = 0;

  private readonly options: HeaderOptions;
  private readonly model: Pick<HeaderModelInfo, 'contextTokens'>;

  constructor(options: HeaderOptions, model: Pick<HeaderModelInfo, 'contextTokens'>) {
    this.options = options;
    this.model = model;
  }

  write: HeaderWriter['write'] = (document, passages) => {
    for (const passage of passages) {
      const { system, prompt } = headerPrompt(document, passage, this.options, this.model.contextTokens);
      const perCharacter = passage.tokens / Math.max(1, passage.text.length);
      this.calls += 1;
      this.tokens += Math.round((system.length + prompt.length) * perCharacter);
    }
    return Promise.resolve([]);
  };
}
