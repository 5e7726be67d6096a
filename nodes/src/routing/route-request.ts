import {
  messageText,
  passagesText,
  type LabelLevel,
  type Message,
  type Passage,
  type RouteRequest,
} from '@heddle/core';
import { detectLanguage } from './detect-language.js';

/** The inputs of a routing request. */
export interface RouteInputs {
  readonly prompt?: string | undefined;
  readonly messages?: readonly Message[] | undefined;
  readonly passages?: readonly Passage[] | undefined;
  readonly image?: unknown;
  readonly category?: string | undefined;
}

/** Fewer characters per token than most texts have, so that the estimate is too high rather than too low. */
const charactersPerToken = 3;

/** The most tokens that models and their templates add to a prompt and to a message, and the most tokens of an image. */
const around = { prompt: 128, message: 64, image: 4096 };

/** Collects the facts of a request, which are the same for each candidate. */
export function routeRequest(
  inputs: RouteInputs,
  needs: { readonly label: LabelLevel; readonly maxTokens: number; readonly tools: boolean; readonly schema: boolean },
): RouteRequest {
  const { prompt = '', messages = [], passages = [] } = inputs;
  const texts = [...messages.map((message) => messageText(message)), prompt].filter((text) => text !== '');
  const characters = texts.join('\n').length + (passages.length === 0 ? 0 : passagesText(passages, false).length);
  const language = detectLanguage(texts.at(-1) ?? '');
  const hasImages =
    inputs.image !== undefined ||
    messages.some(({ content }) => typeof content !== 'string' && content.some(({ type }) => type === 'image'));
  return {
    ...needs,
    tokens: Math.ceil(characters / charactersPerToken),
    bound: boundOf(texts, passages, hasImages),
    images: hasImages,
    language,
    category: inputs.category,
  };
}

/** An upper bound of the tokens: a tokenizer makes at most one token of a byte. */
function boundOf(requestTexts: readonly string[], passages: readonly Passage[], hasImages: boolean): number {
  const texts = passages.length === 0 ? requestTexts : [...requestTexts, passagesText(passages, false)];
  const bytes = texts.reduce((sum, text) => sum + new TextEncoder().encode(text).length + around.message, 0);
  return around.prompt + bytes + (hasImages ? around.image : 0);
}
