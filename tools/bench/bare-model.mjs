import { availableParallelism } from 'node:os';
import { join } from 'node:path';

/** The system prompt that both sides get. They also use the same model, threads, context, batch, prompt and length. */
export const system = 'You write short texts.';
export const threads = Math.max(1, availableParallelism() - 1);
export const contextTokens = 2048;
export const batchTokens = 128;

/** Opens the starter model with node-llama-cpp in this process, without Heddle. */
export async function openBareModel(modelsFolder, sequences = 1) {
  const { getLlama, LlamaChatSession } = await import('node-llama-cpp');
  const llama = await getLlama({ gpu: false, build: 'never', skipDownload: true, logLevel: 'error' });
  const model = await llama.loadModel({
    modelPath: join(modelsFolder, 'smollm2-135m', 'SmolLM2-135M-Instruct.Q4_1.gguf'),
  });
  const context = await model.createContext({
    sequences,
    contextSize: contextTokens,
    threads,
    batchSize: batchTokens,
  });
  const free = Array.from({ length: sequences }, () => context.getSequence());
  return {
    /** Gives the milliseconds to the first token, to the last token and to the end, and the number of tokens. */
    async generate(prompt, maxTokens) {
      const sequence = free.pop();
      await sequence.clearHistory();
      const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: system });
      const begin = performance.now();
      let first;
      let last;
      let tokens = 0;
      await session.prompt(prompt, {
        maxTokens,
        temperature: 0,
        repeatPenalty: false,
        onToken: (added) => {
          if (added.length === 0) return;
          last = performance.now() - begin;
          first ??= last;
          tokens += added.length;
        },
      });
      const total = performance.now() - begin;
      session.dispose({ disposeSequence: false });
      free.push(sequence);
      return { first, last, total, tokens };
    },
    async close() {
      await context.dispose();
      await model.dispose();
      await llama.dispose();
    },
  };
}

/** Makes the same call through the model host. */
export async function generateThroughHost(model, prompt, maxTokens) {
  const begin = performance.now();
  let first;
  let last;
  let tokens = 0;
  const messages = [
    { role: 'system', content: system },
    { role: 'user', content: prompt },
  ];
  for await (const event of model.generate(
    { messages, maxTokens, temperature: 0 },
    { signal: new AbortController().signal },
  )) {
    if (event.type === 'text') {
      last = performance.now() - begin;
      first ??= last;
    }
    if (event.type === 'end') tokens = event.usage.outputTokens;
  }
  return { first, last, total: performance.now() - begin, tokens };
}
