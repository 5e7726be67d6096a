import { defaultLayout } from '../generation/build-messages.js';
import { chatNode } from '../generation/chat-node.js';
import { listOf } from '../fields/list-of.js';

export const generate = chatNode({
  type: 'generate',
  title: 'Generate',
  summary: 'Generates an answer with a language model, from passages if they are connected.',
  icon: 'sparkles',
  keywords: listOf(`
      llm, llms, ai, gpt, chatgpt, openai, chat, chat model, language model, large language model, model,
      completion, text generation, ask, answer, write, local model, ollama, llama, mistral, qwen, gemma, lm studio,
      claude, anthropic, gemini, azure openai, summarise, summarize, summarisation, summarization, summary, translate,
      translation, translator,
      extract, extraction, structured output, json output, paraphrase, rephrase, draft, vision, describe image, lora
    `),
  help: `
The model is local or of a connection. Connect **model** to a **route** node to choose it for each run by label, price, measured speed and quality. The defaults suit small local models; **reason** is the same node with defaults for frontier models.
`.trim(),
  defaults: { model: 'smollm2-135m', temperature: 0.2, maxTokens: 512, layout: defaultLayout, order: 'best-last' },
});
