import { describe, expect, it } from '@jest/globals';
import type { LanguageModel } from '@heddle/core';
import { createFakeLanguageModel, runNode } from '@heddle/core/testing';
import { generate } from '../model/generate.node.js';

describe('a prompt that must fit', () => {
  it('lets the model count tokens only if the prompt might not fit', async () => {
    const counted: string[] = [];
    const ask = async (prompt: string): Promise<void> => {
      const model = createFakeLanguageModel(['ok'], { contextTokens: 4096 });
      const countTokens: LanguageModel['countTokens'] = async (messages) => {
        counted.push(JSON.stringify(messages[0]?.content).slice(1, 6));
        return model.countTokens(messages);
      };
      await runNode(generate, {
        config: {},
        inputs: { prompt },
        resources: { languageModel: { ...model, countTokens } },
      });
    };
    await ask('short');
    await ask('long '.repeat(1_000));
    expect(counted).toEqual(['long ']);
  });
});
